//! A project's settings.

mod form;
mod general;
mod keys;
mod limits;
mod new_key;
mod pricing;
mod revoke;
mod tabs;
mod usage;

pub(crate) use general::GeneralPage;
pub(crate) use keys::KeysPage;
pub(crate) use pricing::PricingPage;
