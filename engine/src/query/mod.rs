//! What a search means, above any one database.

mod pulse;
mod search;
mod words;

pub use pulse::PulseSearch;
pub use search::{EventSearch, Only};
pub use words::{Term, Words};
