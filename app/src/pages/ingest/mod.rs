//! `/p/{slug}/ingest`: how ingest fares, and what it did not take.
//!
//! The address holds the whole state: `minutes` is the span that is shown,
//! `hide` what is left out of the chart, `reason` the refused items beside it.

mod chart;
mod doors;
mod empty;
mod page;
mod reasons;
mod refused;
mod senders;
mod state;
mod traffic;
mod vitals;

pub(crate) use page::IngestPage;
