//! How much of the month is used.

use leptos::prelude::*;

use crate::{
    components::{Panel, Record, TimeStyle, TimeText},
    format::grouped,
    view::{IntoPart, Part},
};

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
        .map(|time| view! { <TimeText time style=TimeStyle::Minute/> });
    let spent = most.is_some_and(|most| events >= most);
    let (said, bar) = match most {
        None => ("events; the plan has no limit".to_owned(), None),
        Some(most) => {
            let bar = view! {
                <progress
                    class=if spent { "usage-bar is-spent" } else { "usage-bar" }
                    aria-label="How much of the month is used"
                    max=most.max(1).to_string()
                    value=events.min(most).to_string()
                ></progress>
            };
            (format!("of {} events", grouped(most)), Some(bar))
        }
    };
    let refused = spent.then(|| {
        view! { <p class="form-error">"The month is used up: events are refused with 429 until it starts again."</p> }
    });
    let body = view! {
        <div class="panel-body usage">
            <p>
                <strong class="usage-number num">{grouped(events)}</strong>
                " "
                {said}
            </p>
            {bar}
            {refused}
            <p class="note">
                "Plan " <strong>{plan}</strong> ". The count starts again at " {resets} "."
            </p>
        </div>
    }
    .part();
    view! { <Panel title=format!("Stored this month, {month}") body/> }.part()
}
