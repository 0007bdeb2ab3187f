//! One row.

use leptos::prelude::*;

use super::{
    super::state::Page,
    merge::Row,
    summary::{Summary, summary},
};
use crate::{
    components::{SeverityMark, StatusCode, TimeStyle, TimeText},
    format::{duration_ms, exact_ms},
    view::{El, IntoPart, Part, el, tag},
};

/// Names the link of a row in the document.
pub(in super::super) fn row_id(id: &str) -> String {
    format!("event-{id}")
}

/// Which row something is about: asked by every row, told to the two concerned.
pub(super) type Which = Selector<Option<String>>;

/// One row. All of it is a link to the event, so that it can be opened in a
/// tab of its own like any other.
pub(super) fn row_view(page: Page, row: Row, open: Which, cursor: Which) -> Part {
    let event = row.event;
    let id = Some(event.id.clone());
    let is_open = {
        let id = id.clone();
        move || open.selected(&id).then_some("true")
    };
    // One stop for the Tab key: the row that the keyboard is at.
    let tab = move || Some(if cursor.selected(&id) { "0" } else { "-1" });
    let Summary {
        method,
        title,
        exact,
        rest,
    } = summary(&event);
    let severity = event.severity;
    let time = event.time;
    let link = tag("a")
        .class(if exact { "ev-link mono" } else { "ev-link" })
        .attr("id", row_id(&event.id))
        .attr("href", page.event_path(&event.id))
        .attr("data-noscroll", "")
        .word("tabindex", tab)
        .word("aria-current", is_open)
        .child(title.part());
    let name = method.map(|method| el("span", "ev-method", vec![method.part()]));
    let code = event.status_code.map(|code| view! { <StatusCode code/> }.part());
    let mut duration = cell("c-duration");
    if let Some(ms) = event.duration_ms {
        duration = duration.attr("title", exact_ms(ms)).child(duration_ms(ms).part());
    }
    tag("div")
        .attr("role", "row")
        .class(if row.fresh {
            "ev-row ev-grid is-new"
        } else {
            "ev-row ev-grid"
        })
        .attr("data-severity", severity.as_str())
        .child(
            cell("c-time")
                .child(view! { <TimeText time style=TimeStyle::Row/> }.part())
                .part(),
        )
        .child(
            cell("c-severity")
                .child(view! { <SeverityMark severity/> }.part())
                .part(),
        )
        .child(titled_cell("c-kind", event.kind.clone()))
        .child(titled_cell("c-service", event.service.clone().unwrap_or_default()))
        .child(
            cell("c-name")
                .children(name.into_iter().collect())
                .child(link.part())
                .child(el("span", "ev-rest", vec![rest.part()]))
                .part(),
        )
        .child(cell("c-code").children(code.into_iter().collect()).part())
        .child(duration.part())
        .part()
}

fn cell(class: &'static str) -> El {
    tag("span").attr("role", "cell").class(class)
}

/// A cell that may be cut off, and says all of it when pointed at.
fn titled_cell(class: &'static str, text: String) -> Part {
    cell(class).attr("title", text.clone()).child(text.part()).part()
}
