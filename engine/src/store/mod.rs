//! What is kept. Traits here, one implementation a folder; the URL's scheme
//! picks one at start, and nothing above this module knows which.

#[cfg(test)]
mod conformance;
mod dashboards;
mod error;
mod facets;
mod key;
mod open;
mod order;
mod page;
mod pattern;
pub mod postgres;
mod retention;
mod rollups;
mod row;
mod scan;
mod schema;
pub mod sqlite;
mod traits;
mod transfer;
mod trust;

pub use dashboards::{Changed, DashboardStore, NewDashboard};
pub use error::StoreError;
pub use key::EventKey;
pub(crate) use key::tail_matches;
pub use open::open;
pub use retention::{Forgotten, Retention, RetentionStore};
pub use rollups::{BuildProgress, RollupStore};
pub use scan::{Scan, ScanStore, Scanned, Totals};
pub use schema::{Schema, schema};
pub use traits::{
    AccessStore, Appended, EventStore, KeyHolder, KeyRow, Merged, NewKey, PulseCounts, SharedStore, Store, UserRow,
};
pub use transfer::{CopiedTable, Doing, Watcher, copy};
pub(crate) use trust::door;
pub use trust::{Expiry, IngestMinute, NewRefused, StoredAnswer, TrustStore};
