//! The head of a page.

use crate::view::{IntoPart, Part, el};

/// The title of a page, and at its other end what can be done there.
pub(crate) fn page_head(title: impl IntoPart, actions: Option<Part>) -> Part {
    let mut parts = vec![el("h1", "page-title", vec![title.part()])];
    parts.extend(actions);
    el("header", "page-head", parts)
}
