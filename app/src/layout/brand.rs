//! The mark.

use leptos::prelude::*;

use crate::{components::drawing, view::svg};

/// Events seen through a glass. The same drawing as `style/public/favicon.svg`.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    let glass = svg("circle").attr("cx", "14").attr("cy", "14").attr("r", "11.5");
    let rest = svg("path").attr("d", "M22.5 22.5 29 29M9 17v-3M14 19V9M19 16v-4");
    drawing("mark", "0 0 32 32")
        .child(glass.part())
        .child(rest.part())
        .part()
}
