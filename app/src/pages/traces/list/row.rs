//! One row.

use eventglass_model::{TraceSummary, encode_segment};
use leptos::prelude::*;

use crate::{
    components::{TimeStyle, TimeText},
    format::{duration_ms, exact_ms, grouped},
    pages::traces::{
        figures::{cost, errors, status, tokens},
        tree::Role,
    },
    view::{El, IntoPart, Part, el, show, svg, tag},
};

/// The columns: their classes and heads.
const COLUMNS: [(&str, &str); 9] = [
    ("tc-time", "Started"),
    ("tc-name", "Trace"),
    ("tc-status", "Status"),
    ("tc-duration", "Duration"),
    ("tc-spans", "Spans"),
    ("tc-errors", "Errors"),
    ("tc-tokens", "Tokens"),
    ("tc-cost", "Cost"),
    ("tc-who", "User, session"),
];

/// The heads of the columns.
pub(in super::super) fn head_row() -> Part {
    let heads = COLUMNS.map(|(class, label)| {
        tag("span")
            .attr("role", "columnheader")
            .class(class)
            .child(label.part())
            .part()
    });
    tag("div")
        .attr("role", "row")
        .class("ev-head tc-grid")
        .children(heads.into())
        .part()
}

/// Names the link of a row in the document.
pub(super) fn row_id(id: &str) -> String {
    format!("trace-{id}")
}

/// A trace as a row of a table. All of it is a link. Its figures may change
/// while it is there; the row itself stays.
pub(in super::super) fn trace_row(slug: &str, now: ArcRwSignal<TraceSummary>, link: El) -> Part {
    let first = now.get_untracked();
    let time = first.start;
    let role = Role::of(&first.kind);
    let figure = move |class: &'static str, shown: fn(&TraceSummary) -> Part| {
        let now = now.clone();
        cell(class).child(show(move || shown(&now.read())).part()).part()
    };
    let mark = crate::components::drawing("icon", "0 0 16 16").child(svg("path").attr("d", role.shape()).part());
    let mark = tag("span")
        .class("role-mark")
        .attr("data-role", role.token())
        .attr("title", role.word())
        .child(mark.part());
    let name = link
        .attr("href", format!("/p/{slug}/traces/{}", encode_segment(&first.trace_id)))
        .attr("title", first.name.clone())
        .child(first.name.clone().part());
    let service = first.service.clone().unwrap_or_default();
    let models = first.models.join(", ");
    let cells = vec![
        cell("tc-time")
            .child(view! { <TimeText time style=TimeStyle::Row/> }.part())
            .part(),
        cell("tc-name")
            .child(mark.part())
            .child(name.part())
            .child(el("span", "tc-service", vec![service.part()]))
            .child(el("span", "tr-model", vec![models.part()]))
            .part(),
        figure("tc-status", status),
        figure("tc-duration", |head| {
            crate::view::titled(
                "span",
                "",
                exact_ms(head.duration_ms),
                vec![duration_ms(head.duration_ms).part()],
            )
        }),
        figure("tc-spans", |head| grouped(head.span_count).part()),
        figure("tc-errors", |head| errors(head.error_count)),
        figure("tc-tokens", tokens),
        figure("tc-cost", |head| cost(head.cost_usd, head.cost_complete)),
        cell("tc-who").child(who(slug, &first)).part(),
    ];
    tag("div")
        .attr("role", "row")
        .class("tc-row tc-grid")
        .children(cells)
        .part()
}

fn cell(class: &'static str) -> El {
    tag("span").attr("role", "cell").class(class)
}

/// Links to the user and the session, above that of the row.
fn who(slug: &str, trace: &TraceSummary) -> Part {
    let links = [("users", &trace.user_id), ("sessions", &trace.session_id)];
    let links = links.into_iter().filter_map(|(what, id)| {
        let id = id.clone()?;
        let link = tag("a")
            .class("tc-who-link")
            .attr("href", format!("/p/{slug}/{what}/{}", encode_segment(&id)))
            .attr("title", id.clone())
            .child(id.part());
        Some(link.part())
    });
    links.collect::<Vec<Part>>().part()
}
