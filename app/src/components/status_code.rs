//! A status code.

use leptos::prelude::*;

use crate::view::{IntoPart, el};

/// A status code, coloured by its class as HTTP has them.
#[component]
pub(crate) fn StatusCode(
    /// The code.
    code: i64,
) -> impl IntoView {
    let class = match code {
        400..500 => "code code-refused",
        500..600 => "code code-failed",
        _ => "code",
    };
    el("span", class, vec![code.to_string().part()])
}
