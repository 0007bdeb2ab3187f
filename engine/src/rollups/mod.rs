//! What events add up to, kept with them, so that a chart never reads events.
//!
//! A commit writes, in its own transaction, what its events add up to: a
//! *delta* for each of its projects, one row ([`DeltaBuilder`]). Beside the
//! commits a *folder* ([`Fold`]) merges deltas into blobs, one for each minute,
//! hour and day, and deletes them in the same transaction. A question is
//! answered from both ([`answer`]), so that no answer is stale.
//!
//! All of it is rules over bytes; what reads and writes them is in the stores.

mod answer;
mod ask;
mod blob;
mod cell;
mod codec;
mod collect;
mod delta;
mod dictionary;
mod facts;
mod family;
mod fold;
mod histogram;
mod keeper;
mod key;
mod live;
mod pending;
mod plan;
mod rows;
mod series_test;
mod settings;
mod users;

pub use answer::answer;
pub use ask::{Ask, AskError, Source};
pub use delta::{DeltaBuilder, add_delta};
pub use dictionary::{Dictionary, SeriesRow};
pub use facts::{Facts, TokenCounts, tokens_of};
pub use family::{Family, Tier};
pub use fold::{Bucket, Fold};
pub use keeper::keep;
pub use key::{Key, Value, key_bytes, key_of_bytes};
pub use live::{Batch, Live, View};
pub use pending::{Pending, ProjectPending};
pub use plan::{Part, Read, Stored};
pub use rows::{FactsRow, ScannedRows};
pub use settings::RollupSettings;

/// A map with a fast hash that a client cannot foresee.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// The same of keys alone.
type Set<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
