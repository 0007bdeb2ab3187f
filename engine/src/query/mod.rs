//! What a search means, above any one database.
//!
//! A query becomes a *plan*: a question to the words of the index, which never
//! loses an event that matches, and a *filter*, which judges each event that the
//! index finds. The filter is the definition of the language; stores only walk.

mod count;
mod events;
mod facets;
mod fields;
mod filter;
mod histogram;
mod json_path;
mod metrics;
mod narrow;
mod newest;
mod paths;
mod plan;
mod pulse;
mod search;
mod services;
mod values;

use std::sync::{Arc, Mutex, PoisonError};

pub use events::events;
pub use facets::facets;
pub use histogram::histogram;
#[cfg(test)]
pub(crate) use metrics::scan as scan_facts;
pub use metrics::{MetricsError, MetricsReader};
pub use newest::{Scan, Scanned, Totals, scan, totals};
pub use paths::attribute_paths;
pub use pulse::PulseSearch;
pub use search::EventSearch;

pub(crate) use count::count;
pub(crate) use filter::Filter;
pub(crate) use narrow::{Narrow, Syntax, of_project};
pub(crate) use plan::Plan;

use crate::store::StoreError;

/// The visitor, after the walk, which holds it no more.
pub(crate) fn take<T>(visitor: Arc<Mutex<T>>) -> Result<T, StoreError> {
    let visitor = Arc::into_inner(visitor).ok_or_else(|| StoreError::Inconsistent("a walk goes on".to_owned()))?;
    Ok(visitor.into_inner().unwrap_or_else(PoisonError::into_inner))
}
