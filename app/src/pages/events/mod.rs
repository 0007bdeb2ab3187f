//! Events: the list, what narrows it, and one of them in detail.
//!
//! The address holds the whole state: `/p/{slug}/events?<query>` is the list,
//! `/p/{slug}/events/{id}?<query>` the same list with one event open. Every
//! control writes the address, and everything else follows from it.

mod address;
mod columns;
mod detail;
mod exporting;
mod filters;
mod histogram;
mod keyboard;
mod list;
mod page;
mod preferences;
mod search;
mod state;
mod terms;

pub(crate) use page::EventsPage;
