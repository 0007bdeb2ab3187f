//! How much of the month is used.

use leptos::prelude::*;

use crate::{
    components::{Panel, Record, TimeStyle, TimeText},
    format::grouped,
    view::{El, IntoPart, Part, el, tag},
};

const SPENT: &str = "The month is used up: events are refused with 429 until it starts again.";

/// What came this month, and how much of what may come that is
/// ([`Usage`](eventglass_model::Usage)).
pub(super) fn usage(record: &Record) -> Part {
    let events = record.number("events");
    let limits = record.within("limits");
    let most = limits.and_then(|limits| limits.value::<i64>("events_per_month"));
    let plan = record.text("plan").unwrap_or_default();
    let month = record.text("month").unwrap_or_default();
    let resets = record
        .moment("resets_at")
        .map(|time| view! { <TimeText time style=TimeStyle::Minute/> }.part());
    let spent = most.is_some_and(|most| events >= most);
    let (said, bar) = match most {
        None => ("events; the plan has no limit".to_owned(), None),
        Some(most) => {
            let bar = tag("progress")
                .class(if spent { "usage-bar is-spent" } else { "usage-bar" })
                .attr("aria-label", "How much of the month is used")
                .attr("max", most.max(1).to_string())
                .attr("value", events.min(most).to_string());
            (format!("of {} events", grouped(most)), Some(bar))
        }
    };
    let number = el("strong", "usage-number num", vec![grouped(events).part()]);
    let mut parts = vec![el("p", "", vec![number, " ".part(), said.part()])];
    parts.extend(bar.map(El::part));
    if spent {
        parts.push(el("p", "form-error", vec![SPENT.part()]));
    }
    let plan = el("strong", "", vec![plan.part()]);
    let mut note = vec!["Plan ".part(), plan, ". The count starts again at ".part()];
    note.extend(resets);
    note.push(".".part());
    parts.push(el("p", "note", note));
    let body = el("div", "panel-body usage", parts);
    view! { <Panel title=format!("Stored this month, {month}") body/> }.part()
}
