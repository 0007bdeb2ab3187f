//! `/p/{slug}/services`: how each service is doing; and a page for each.

mod list;
mod service;
mod status;

pub(crate) use list::ServicesPage;
pub(crate) use service::ServicePage;
