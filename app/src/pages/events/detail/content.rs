//! All that is known of an event.

use eventglass_model::{Event, Severity, Status};
use leptos::prelude::*;
use serde_json::value::RawValue;

use super::{
    facts::{Fact, facts},
    payload::Payload,
};
use crate::{
    components::{Badge, CopyButton, SeverityMark, StatusCode, TimeStyle, TimeText, Tone},
    format::{duration_ms, pretty},
    view::{IntoPart, Part},
};

/// An event, from what it says to what was sent with it.
#[component]
pub(super) fn Content(
    /// The event.
    event: Event,
    /// The same as it came, to copy.
    text: String,
) -> impl IntoView {
    let whole = Callback::new(move |()| pretty(&text));
    let title = event
        .name
        .clone()
        .or_else(|| match (&event.method, &event.endpoint) {
            (Some(method), Some(endpoint)) => Some(format!("{method} {endpoint}")),
            (_, endpoint) => endpoint.clone(),
        })
        .unwrap_or_else(|| event.kind.clone());
    let message = event.message.clone().filter(|message| *message != title);
    let kind = event.kind.clone();
    let time = event.time;
    let severity = event.severity;
    let ended = match event.status {
        Status::Unset => None,
        // The severity says so already.
        Status::Error if severity >= Severity::Error => None,
        Status::Error | Status::Timeout => Some((Tone::Error, event.status.as_str())),
        Status::Ok => Some((Tone::Accent, event.status.as_str())),
    };
    view! {
        <div class="detail-lead">
            <h3 class="detail-title">{title}</h3>
            <p class="detail-line">
                <SeverityMark severity/>
                <Badge word=kind/>
                {ended.map(|(tone, word)| view! { <Badge tone word/> })}
                {event.status_code.map(|code| view! { <StatusCode code/> })}
                {event.duration_ms.map(|ms| view! { <span class="num">{duration_ms(ms)}</span> })}
            </p>
            <p class="detail-time">
                <TimeText time style=TimeStyle::Exact/>
            </p>
            {message.map(|message| view! { <p class="detail-message">{message}</p> })}
        </div>
        {payload("Input", event.input.as_deref())}
        {payload("Output", event.output.as_deref())}
        {facts(&event).into_iter().map(group_view).collect_view()}
        {payload("Attributes", event.attributes.as_deref())}
        <div class="detail-foot">
            <CopyButton what=whole label="Copy the event as JSON" wordy=true/>
        </div>
    }
    .part()
}

fn group_view((title, facts): (&'static str, Vec<Fact>)) -> Part {
    view! {
        <section class="facts">
            <h3 class="facts-title">{title}</h3>
            <dl>{facts.into_iter().map(Fact::into_view).collect_view()}</dl>
        </section>
    }
    .part()
}

fn payload(title: &'static str, json: Option<&RawValue>) -> Option<Part> {
    json.map(|json| view! { <Payload title text=json.get().to_owned()/> }.part())
}
