//! Something is going on.

use crate::view::{Part, tag};

/// A dot that comes and goes.
pub(crate) fn pulse() -> Part {
    tag("span").class("pulse").attr("aria-hidden", "true").part()
}
