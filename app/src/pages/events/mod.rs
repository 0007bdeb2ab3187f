//! Events: the list, what narrows it, and one of them in detail.
//!
//! The address holds the whole state: `/p/{slug}/events?<query>` is the list,
//! `/p/{slug}/events/{id}?<query>` the same list with one event open. Every
//! control writes the address, and everything else follows from it.

mod address;
mod detail;
mod filters;
mod keyboard;
mod list;
mod page;
mod state;

pub(crate) use page::EventsPage;
