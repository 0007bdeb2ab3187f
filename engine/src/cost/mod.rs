//! What model calls cost. Pure but for [`Prices`], `Recompute` and
//! [`budget`], which read and write a store.
//!
//! A door reports tokens ([`Reported`], [`of_map`]); they become disjoint
//! buckets; at ingest a project's [`Book`] finds the model's price at the time
//! of the call and adds up, in whole billionths of a dollar. See docs/cost.md.

mod book;
mod budget;
mod names;
mod prices;
mod rates;
mod recompute;
mod table;
#[cfg(test)]
mod tests;
mod usage;
mod usage_map;

pub use book::Book;
pub use budget::budget;
pub use prices::{PriceError, Prices};
#[cfg(test)]
pub(crate) use recompute::LEASE;
pub(crate) use recompute::Recompute;
pub use usage::{Parts, Reported};
pub use usage_map::{Dialect, of_map, report_of};
