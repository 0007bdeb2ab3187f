//! What is kept. Traits here, one implementation a folder; the URL's scheme
//! picks one at start, and nothing above this module knows which.

#[cfg(test)]
mod conformance;
mod cost;
mod dashboards;
mod error;
mod key;
mod open;
mod order;
mod page;
mod pattern;
mod payload;
pub mod postgres;
mod retention;
pub(crate) mod rollups;
pub(crate) mod row;
mod scan;
mod schema;
pub mod sqlite;
mod traces;
mod traits;
mod transfer;
mod trust;
mod views;
mod walk;
mod written;

pub use cost::{CostStore, JobEnd, OwnPrice, PriceJob, PriceWalk, PricedRow, Reprice, Step, UnpricedRow};
pub use dashboards::{Changed, DashboardStore, NewDashboard};
pub use error::StoreError;
pub use key::EventKey;
pub(crate) use key::tail_matches;
pub use open::{Room, open};
pub(crate) use page::token;
pub(crate) use payload::Payload;
pub use retention::{Forgotten, Retention, RetentionStore};
pub use rollups::{BuildProgress, FoldPass, RollupStore};
pub use scan::ScanStore;
pub use schema::{Schema, schema};
pub use traces::{
    FoldInput, FoldOutput, GroupBucket, GroupBy, GroupTotals, GroupWalk, GroupsFound, ShareRow, TraceFilter, TraceMark,
    TracePlace, TraceRows, TraceStore, TraceWalk, TracesFound,
};
pub use traits::{
    AccessStore, Appended, EventStore, KeyHolder, KeyRow, Merged, NewKey, PulseCounts, SharedStore, Store, UserRow,
    Which,
};
pub use transfer::{CopiedTable, Doing, Watcher, copy};
pub(crate) use trust::door;
pub use trust::{Expiry, IngestMinute, NewRefused, StoredAnswer, TrustStore};
pub use views::{ViewRow, ViewStore};
pub use walk::{NumberIn, SharedVisit, Visit, Walk, Walked};
pub use written::Written;
