//! The fields of an event, grouped by the question they answer.

use eventglass_model::{CostSource, Event, EventQuery, Status, Timestamp};
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{CopyButton, Glyph, IconButton, TimeStyle, TimeText},
    format::{duration_ms, exact_ms, exact_usd, grouped, usd},
    view::{IntoPart, Part},
};

/// What pressing the glass beside a value looks for.
#[derive(Clone, Copy)]
enum Find {
    /// Nothing: it is no use to look for this.
    Nothing,
    /// Events of this service.
    Service,
    /// Events of this kind.
    Kind,
    /// Events of this environment.
    Environment,
    /// Events that carry this id.
    Id,
}

/// How a value is shown.
enum Shown {
    /// As it is.
    Text,
    /// In the fixed-width face.
    Exact,
    /// Written for people; the value itself is in the tooltip.
    Friendly(String),
    /// As a moment.
    Moment(Timestamp),
}

/// One field of an event.
pub(super) struct Fact {
    label: &'static str,
    value: String,
    shown: Shown,
    find: Find,
}

impl Fact {
    fn new(label: &'static str, value: impl Into<String>, shown: Shown, find: Find) -> Self {
        Self {
            label,
            value: value.into(),
            shown,
            find,
        }
    }

    /// A row of the list of fields.
    pub(super) fn into_view(self) -> Part {
        let Self {
            label,
            value,
            shown,
            find,
        } = self;
        let copied = value.clone();
        let find = find_button(label, find, value.clone());
        let shown = match shown {
            Shown::Text => value.part(),
            Shown::Exact => view! { <span class="mono">{value}</span> }.part(),
            Shown::Friendly(text) => view! { <span title=value>{text}</span> }.part(),
            Shown::Moment(time) => view! { <TimeText time style=TimeStyle::Exact/> }.part(),
        };
        view! {
            <div class="fact">
                <dt>{label}</dt>
                <dd>
                    <span class="fact-value">{shown}</span>
                    <span class="fact-actions">
                        {find}
                        <CopyButton
                            what=move |()| copied.clone()
                            label=format!("Copy {}", label.to_ascii_lowercase())
                        />
                    </span>
                </dd>
            </div>
        }
        .part()
    }
}

fn find_button(label: &str, find: Find, value: String) -> Option<Part> {
    if matches!(find, Find::Nothing) {
        return None;
    }
    let page = Page::from_context();
    let look = Callback::new(move |()| page.look_for(&find.query(&value), false));
    let label = format!("Find all with this {}", label.to_ascii_lowercase());
    Some(view! { <IconButton glyph=Glyph::Search label on_press=look/> }.part())
}

impl Find {
    fn query(self, value: &str) -> EventQuery {
        let value = value.to_owned();
        let mut query = EventQuery::default();
        match self {
            Self::Nothing => {}
            Self::Service => query.service.push(value),
            Self::Kind => query.kind.push(value),
            Self::Environment => query.environment.push(value),
            Self::Id => query.q = value,
        }
        query
    }
}

/// The fields that the event has; groups without any are left out.
pub(super) fn facts(event: &Event) -> Vec<(&'static str, Vec<Fact>)> {
    let text =
        |label, value: &Option<String>, find| value.clone().map(|value| Fact::new(label, value, Shown::Text, find));
    let exact =
        |label, value: &Option<String>, find| value.clone().map(|value| Fact::new(label, value, Shown::Exact, find));
    let groups = vec![
        (
            "What",
            vec![
                Some(Fact::new("Kind", &event.kind, Shown::Text, Find::Kind)),
                (event.status != Status::Unset)
                    .then(|| Fact::new("Status", event.status.as_str(), Shown::Text, Find::Nothing)),
                event
                    .status_code
                    .map(|code| Fact::new("Status code", code.to_string(), Shown::Exact, Find::Nothing)),
                event.duration_ms.map(|ms| {
                    let exact = exact_ms(ms);
                    Fact::new("Duration", exact, Shown::Friendly(duration_ms(ms)), Find::Nothing)
                }),
            ],
        ),
        ("Model", model_facts(event)),
        (
            "Where",
            vec![
                text("Service", &event.service, Find::Service),
                exact("Method", &event.method, Find::Nothing),
                exact("Endpoint", &event.endpoint, Find::Nothing),
                text("Environment", &event.environment, Find::Environment),
                exact("Version", &event.version, Find::Nothing),
                text("Topic", &event.topic, Find::Nothing),
            ],
        ),
        (
            "Who",
            vec![
                exact("User", &event.user_id, Find::Id),
                exact("Session", &event.session_id, Find::Id),
                exact("Request", &event.request_id, Find::Id),
            ],
        ),
        (
            "Trace",
            vec![
                exact("Trace", &event.trace_id, Find::Id),
                exact("Span", &event.span_id, Find::Id),
                exact("Parent span", &event.parent_span_id, Find::Id),
            ],
        ),
        (
            "Place and device",
            vec![
                text("Country", &event.country, Find::Nothing),
                text("City", &event.city, Find::Nothing),
                text("Region", &event.region, Find::Nothing),
                text("Device", &event.device, Find::Nothing),
            ],
        ),
        (
            "Record",
            vec![
                Some(Fact::new("Event id", &event.event_id, Shown::Exact, Find::Id)),
                Some(Fact::new("Id", &event.id, Shown::Exact, Find::Nothing)),
                Some(moment("Happened", event.time)),
                Some(moment("Received", event.received_at)),
            ],
        ),
    ];
    groups
        .into_iter()
        .map(|(group, facts)| (group, facts.into_iter().flatten().collect::<Vec<_>>()))
        .filter(|(_, facts)| !facts.is_empty())
        .collect()
}

fn moment(label: &'static str, time: Timestamp) -> Fact {
    Fact::new(label, time.to_string(), Shown::Moment(time), Find::Nothing)
}

fn model_facts(event: &Event) -> Vec<Option<Fact>> {
    let tokens = event.tokens.clone().unwrap_or_default();
    let count = |label, count: i64| {
        (count > 0).then(|| Fact::new(label, count.to_string(), Shown::Friendly(grouped(count)), Find::Nothing))
    };
    let cost = match (event.cost_usd, event.cost_source) {
        (Some(cost), source) => {
            let by = if source == Some(CostSource::Client) {
                ", as the client said"
            } else {
                ""
            };
            let shown = Shown::Friendly(format!("{}{by}", usd(cost)));
            Some(Fact::new("Cost", exact_usd(cost), shown, Find::Nothing))
        }
        (None, Some(CostSource::Unpriced)) => Some(Fact::new("Cost", "no price is known", Shown::Text, Find::Nothing)),
        (None, _) => None,
    };
    let named = |label, value: &Option<String>| value.clone().map(|v| Fact::new(label, v, Shown::Exact, Find::Nothing));
    vec![
        named("Provider", &event.provider),
        named("Model", &event.model),
        count("Input tokens", tokens.input_total),
        count("of which cached", tokens.cache_read),
        count("written to cache", tokens.cache_write),
        count("Output tokens", tokens.output_total),
        count("of which reasoning", tokens.output_reasoning),
        count("Total tokens", tokens.total),
        cost,
    ]
}
