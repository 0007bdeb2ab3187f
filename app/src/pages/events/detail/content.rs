//! All that is known of an event.

use std::sync::Arc;

use eventglass_model::{Event, Severity, Status};
use leptos::prelude::*;
use serde_json::value::RawValue;

use super::{
    facts::{Fact, facts},
    payload::Payload,
};
use crate::components::{Badge, CopyButton, SeverityMark, StatusCode, TimeStyle, TimeText, Tone};
use crate::format::duration_ms;

/// An event, from what it says to what was sent with it.
#[component]
pub(super) fn Content(
    /// The event.
    event: Event,
) -> impl IntoView {
    let event = Arc::new(event);
    let whole = Arc::clone(&event);
    let copy_whole = Callback::new(move |()| serde_json::to_string_pretty(&*whole).unwrap_or_default());
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
                <Badge>{kind}</Badge>
                {ended.map(|(tone, word)| view! { <Badge tone>{word}</Badge> })}
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
        {facts(&event)
            .into_iter()
            .map(|(group, facts)| {
                view! {
                    <section class="facts">
                        <h3 class="facts-title">{group}</h3>
                        <dl>{facts.into_iter().map(Fact::into_view).collect_view()}</dl>
                    </section>
                }
            })
            .collect_view()}
        {payload("Attributes", event.attributes.as_deref())}
        <div class="detail-foot">
            <CopyButton text=copy_whole label="Copy the event as JSON" wordy=true/>
        </div>
    }
    .into_any()
}

fn payload(title: &'static str, json: Option<&RawValue>) -> impl IntoView + use<> {
    json.map(|json| view! { <Payload title text=json.get().to_owned()/> })
}
