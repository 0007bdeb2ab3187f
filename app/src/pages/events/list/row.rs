//! One row.

use leptos::prelude::*;

use super::{
    super::state::Page,
    merge::Row,
    summary::{Summary, summary},
};
use crate::{
    components::{SeverityMark, StatusCode, TimeStyle, TimeText},
    format::duration_ms,
};

/// Names the link of a row in the document.
pub(in super::super) fn row_id(id: &str) -> String {
    format!("event-{id}")
}

/// Which row something is about: asked by every row, told to the two concerned.
pub(super) type Which = Selector<Option<String>>;

/// One row. All of it is a link to the event, so that it can be opened in a
/// tab of its own like any other.
pub(super) fn row_view(page: Page, row: Row, open: Which, cursor: Which) -> impl IntoView {
    let event = row.event;
    let id = Some(event.id.clone());
    let is_open = {
        let id = id.clone();
        move || open.selected(&id).then_some("true")
    };
    // One stop for the Tab key: the row that the keyboard is at.
    let tab = move || if cursor.selected(&id) { "0" } else { "-1" };
    let Summary {
        method,
        title,
        exact,
        rest,
    } = summary(&event);
    let severity = event.severity;
    let time = event.time;
    view! {
        <div role="row" class="ev-row ev-grid" class:is-new=row.fresh data-severity=severity.as_str()>
            <span role="cell" class="c-time">
                <TimeText time style=TimeStyle::Row/>
            </span>
            <span role="cell" class="c-severity">
                <SeverityMark severity/>
            </span>
            <span role="cell" class="c-kind" title=event.kind.clone()>
                {event.kind.clone()}
            </span>
            <span role="cell" class="c-service" title=event.service.clone()>
                {event.service.clone()}
            </span>
            <span role="cell" class="c-name">
                {method.map(|method| view! { <span class="ev-method">{method}</span> })}
                <a
                    class="ev-link"
                    class:mono=exact
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
            <span role="cell" class="c-duration" title=event.duration_ms.map(|ms| format!("{ms} ms"))>
                {event.duration_ms.map(duration_ms)}
            </span>
        </div>
    }
    .into_any()
}
