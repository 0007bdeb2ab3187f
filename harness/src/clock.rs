//! The one place that asks the machine what time it is.

use std::time::{SystemTime, UNIX_EPOCH};

use eventglass_model::Timestamp;

/// The present moment, for the edge of a tool; everything inside takes a [`Timestamp`].
#[must_use]
pub fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the edge: everything inside is given the time")]
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}
