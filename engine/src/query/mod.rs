//! What a search means, above any one database.

mod metrics;
mod pulse;
mod search;
mod services;
mod words;

pub use metrics::{MetricsError, MetricsReader};
pub use pulse::PulseSearch;
pub use search::{EventSearch, Only};
pub use words::{Term, Words};
