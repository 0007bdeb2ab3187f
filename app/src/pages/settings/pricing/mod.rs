//! `/p/{slug}/settings/pricing`: what calls of models cost.

mod form;
mod job;
mod list;
mod page;
mod unpriced;

pub(crate) use page::PricingPage;
