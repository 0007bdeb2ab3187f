//! How bad an event is: a shape, a colour and a word.

use eventglass_model::Severity;
use leptos::prelude::*;

use super::drawing;
use crate::view::{IntoPart, el, svg};

/// The class that gives an element the severity's colour as `currentColor`.
const fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "sev sev-debug",
        Severity::Info => "sev sev-info",
        Severity::Warning => "sev sev-warning",
        Severity::Error => "sev sev-error",
        Severity::Critical => "sev sev-critical",
    }
}

/// Shapes differ, so that colours need not be told apart: a ring, a dot, a
/// triangle, a square, a diamond with a mark in it.
const fn shape(severity: Severity) -> &'static str {
    match severity {
        Severity::Debug => "M6 3.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6Zm0 1.3a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z",
        Severity::Info => "M6 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
        Severity::Warning => "M6 1.5 11 10.3H1Z",
        Severity::Error => "M2 2h8v8H2Z",
        Severity::Critical => "M6 0l6 6-6 6-6-6Zm-.9 2.6.2 4.2h1.4l.2-4.2Zm.9 5a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8Z",
    }
}

/// A severity. Its word is always there, if only for screen readers.
#[component]
pub(crate) fn SeverityMark(
    /// Which.
    severity: Severity,
) -> impl IntoView {
    let shape = svg("path").attr("fill-rule", "evenodd").attr("d", shape(severity));
    let mark = drawing("sev-mark", "0 0 12 12").child(shape.part());
    let word = el("span", "sev-word", vec![severity.as_str().part()]);
    el("span", class(severity), vec![mark.part(), word])
}
