//! What is kept. Traits here, one implementation a folder; the URL's scheme
//! picks one at start, and nothing above this module knows which.

#[cfg(test)]
mod conformance;
mod key;
pub mod sqlite;
mod traits;

pub use key::EventKey;
pub(crate) use key::tail_matches;
pub use traits::{
    AccessStore, Appended, EventStore, KeyRow, NewKey, PulseCounts, SharedStore, Store, StoreError, UserRow,
};
