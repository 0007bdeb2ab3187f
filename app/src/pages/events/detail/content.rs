//! All that is known of an event.

use eventglass_model::{Severity, Status};
use leptos::prelude::*;

use super::{facts::facts, payload::Payload};
use crate::{
    components::{Badge, CopyButton, Record, SeverityMark, StatusCode, TimeStyle, TimeText, Tone},
    format::{duration_ms, exact_ms, pretty},
    view::{IntoPart, Part},
};

/// An event, from what it says to what was sent with it.
pub(super) fn content(record: &Record, json: String) -> Part {
    let copy = Callback::new(move |()| pretty(&json));
    view! {
        {lead(record)}
        {payload(record, "input", "Input")}
        {payload(record, "output", "Output")}
        {facts(record)}
        {payload(record, "attributes", "Attributes")}
        <div class="detail-foot">
            <CopyButton what=copy label="Copy the event as JSON" wordy=true/>
        </div>
    }
    .part()
}

/// What happened, at a glance.
fn lead(record: &Record) -> Part {
    let kind = record.text("kind").unwrap_or_default();
    let title = title(record).unwrap_or_else(|| kind.clone());
    let message = record.text("message").filter(|message| *message != title);
    let severity = record.text("severity").and_then(|word| Severity::parse(&word).ok());
    let code = record.value::<i64>("status_code");
    let duration = record.value::<f64>("duration_ms");
    view! {
        <div class="detail-lead">
            <h3 class="detail-title">{title}</h3>
            <p class="detail-line">
                {severity.map(|severity| view! { <SeverityMark severity/> })} <Badge word=kind/>
                {ended(record, severity).map(|(tone, word)| view! { <Badge tone word/> })}
                {code.map(|code| view! { <StatusCode code/> })}
                {duration.map(|ms| view! { <span title=exact_ms(ms)>{duration_ms(ms)}</span> })}
            </p>
            {record.moment("time").map(when)}
            {message.map(|message| view! { <p class="detail-message">{message}</p> })}
        </div>
    }
    .part()
}

fn when(time: eventglass_model::Timestamp) -> Part {
    view! {
        <p class="detail-time">
            <TimeText time style=TimeStyle::Exact/>
        </p>
    }
    .part()
}

fn title(record: &Record) -> Option<String> {
    let request = || {
        let endpoint = record.text("endpoint")?;
        Some(match record.text("method") {
            Some(method) => format!("{method} {endpoint}"),
            None => endpoint,
        })
    };
    record.text("name").or_else(request)
}

/// How it ended, unless the severity says so already.
fn ended(record: &Record, severity: Option<Severity>) -> Option<(Tone, &'static str)> {
    let status = Status::parse(&record.text("status")?).ok()?;
    let tone = match status {
        Status::Unset => return None,
        Status::Error if severity >= Some(Severity::Error) => return None,
        Status::Error | Status::Timeout => Tone::Error,
        Status::Ok => Tone::Accent,
    };
    Some((tone, status.as_str()))
}

fn payload(record: &Record, key: &str, title: &'static str) -> Option<Part> {
    let text = record.raw(key)?.to_owned();
    Some(view! { <Payload title text/> }.part())
}
