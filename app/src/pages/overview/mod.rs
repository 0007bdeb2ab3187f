//! `/p/{slug}/overview`: how a project is doing, at a glance.

mod budget;
mod empty;
mod page;
mod top;

pub(crate) use page::OverviewPage;
