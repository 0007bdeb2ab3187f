//! A panel beside a page; on a phone, a sheet over it.

use crate::view::{IntoPart, Part, el, tag};

/// Something in detail beside the page that it was chosen on. `id` names its
/// heading, which can take the focus; `what` is in it, for screen readers.
pub(crate) fn side_panel(
    id: &'static str,
    heading: &'static str,
    what: &'static str,
    buttons: Vec<Part>,
    body: Vec<Part>,
) -> Part {
    let heading = tag("h2")
        .class("panel-title")
        .attr("id", id)
        .attr("tabindex", "-1")
        .child(heading.part());
    let head = vec![heading.part(), el("div", "detail-actions", buttons)];
    let body = tag("div")
        .class("detail-body")
        .attr("tabindex", "0")
        .attr("aria-label", what)
        .attr("role", "region")
        .children(body);
    tag("aside")
        .class("detail")
        .attr("aria-labelledby", id)
        .child(el("header", "detail-head", head))
        .child(body.part())
        .part()
}
