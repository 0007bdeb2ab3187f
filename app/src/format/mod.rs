//! Numbers, durations and moments, written for people. Pure: the exact value
//! belongs beside them, in a `title`.

mod duration;
mod json;
mod moment;
mod number;
mod relative;
pub(crate) mod time_text;
mod unit;

pub(crate) use duration::{duration_ms, exact_ms};
pub(crate) use json::pretty;
pub(crate) use moment::{Civil, offset};
pub(crate) use number::{bytes, compact, count, exact_usd, grouped, usd};
pub(crate) use relative::ago;
pub(crate) use unit::{Unit, change, position};

/// Between a number and its unit: they belong on one line.
const NBSP: char = '\u{a0}';
