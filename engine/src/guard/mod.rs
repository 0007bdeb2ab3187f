//! How much may come in: rates in sliding windows, and the month's quota.

mod policy;
mod quotas;
mod rates;
mod window;

pub use policy::{Plans, Policies, Policy};
pub use quotas::{Month, QuotaReached, Quotas, Reservation};
pub use rates::{Limited, RateState, Rates, Scope};
