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
    view::{IntoPart, Part, word},
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
        word(move || open.selected(&id).then_some("true"))
    };
    // One stop for the Tab key: the row that the keyboard is at.
    let tab = word(move || Some(if cursor.selected(&id) { "0" } else { "-1" }));
    let Summary {
        method,
        title,
        exact,
        rest,
    } = summary(&event);
    let severity = event.severity;
    let time = event.time;
    let service = event.service.clone().unwrap_or_default();
    let exact_duration = event.duration_ms.map(exact_ms);
    view! {
        <div
            role="row"
            class=if row.fresh { "ev-row ev-grid is-new" } else { "ev-row ev-grid" }
            data-severity=severity.as_str()
        >
            <span role="cell" class="c-time">
                <TimeText time style=TimeStyle::Row/>
            </span>
            <span role="cell" class="c-severity">
                <SeverityMark severity/>
            </span>
            <span role="cell" class="c-kind" title=event.kind.clone()>
                {event.kind.clone()}
            </span>
            <span role="cell" class="c-service" title=service>
                {service.clone()}
            </span>
            <span role="cell" class="c-name">
                {method.map(|method| view! { <span class="ev-method">{method}</span> })}
                <a
                    class=if exact { "ev-link mono" } else { "ev-link" }
                    id=row_id(&event.id)
                    href=page.event_path(&event.id)
                    data-noscroll=""
                    tabindex=tab
                    aria-current=is_open
                >
                    {title}
                </a>
                <span class="ev-rest">{rest}</span>
            </span>
            <span role="cell" class="c-code">
                {event.status_code.map(|code| view! { <StatusCode code/> })}
            </span>
            <span role="cell" class="c-duration" title=exact_duration>
                {event.duration_ms.map(duration_ms)}
            </span>
        </div>
    }
    .part()
}
