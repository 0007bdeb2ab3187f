//! One refused item.

use leptos::prelude::*;

use super::actions::Which;
use crate::{
    components::{
        Badge, Button, ButtonKind, CopyButton, Glyph, IconButton, Json, Record, TimeStyle, TimeText, items,
    },
    format::pretty,
    pages::ingest::{doors::door_name, state::Page},
    view::{IntoPart, Part, show_some},
};

/// An item: when and how it came, what is wrong with it, what was sent. It
/// goes when it is stored or deleted.
pub(super) fn item(page: Page, which: Which, json: String) -> Part {
    let Some(id) = Record::read(&json).map(|record| record.number("id")) else {
        return ().part();
    };
    let is_gone = Memo::new(move |_| which.gone.read().contains(&id));
    show_some(move || {
        let record = Record::read(&json).filter(|_| !is_gone.get())?;
        Some(card(page, which, id, &record))
    })
    .part()
}

fn card(page: Page, which: Which, id: i64, record: &Record) -> Part {
    let door = record.text("door").unwrap_or_default();
    let time = record
        .moment("time")
        .map(|time| view! { <TimeText time style=TimeStyle::Row/> });
    let key = record.text("key").unwrap_or_else(|| "a key that is gone".to_owned());
    let event_id = record
        .text("event_id")
        .map(|event_id| view! { " · " <code title="The sender's id of the event">{event_id}</code> });
    let faults: Vec<Part> = record.list("errors").iter().map(fault).collect();
    let payload = record.raw("payload").map(str::to_owned);
    let replay = payload.is_some().then(|| {
        let replay = Callback::new(move |()| which.replay(page, Some(id)));
        view! { <Button kind=ButtonKind::Ghost busy=which.busy label="Replay" on_press=replay/> }
    });
    view! {
        <article class="refused" id=format!("refused-{id}")>
            <header class="refused-head">
                {time} <Badge word=door_name(&door).to_owned()/>
                <span class="grow"></span>
                {replay}
                <IconButton glyph=Glyph::Trash label="Delete" on_press=move |()| which.ask(Some(id))/>
            </header>
            <p class="refused-from">{key} {event_id}</p>
            <ul class="faults">{faults}</ul>
            {payload_view(payload)}
        </article>
    }
    .part()
}

/// What is wrong, and where.
fn fault(record: &Record) -> Part {
    let place = place(record.raw("loc").unwrap_or_default());
    let place = (!place.is_empty()).then(|| view! { <code>{place}</code> });
    view! { <li>{place} " " {record.text("msg")}</li> }.part()
}

/// `["body", "events", 5, "time"]` as `events[5].time`: that it is the body
/// goes without saying.
fn place(loc: &str) -> String {
    let mut place = String::new();
    for step in items(loc) {
        match serde_json::from_str::<String>(step) {
            Ok(key) if key == "body" && place.is_empty() => {}
            Ok(key) => {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(&key);
            }
            Err(_) => place.push_str(&format!("[{step}]")),
        }
    }
    place
}

fn payload_view(payload: Option<String>) -> Part {
    let Some(text) = payload else {
        return view! {
            <p class="note">"What was sent is not kept: it is too large, or cannot be told from the rest of its request."</p>
        }
        .part();
    };
    let copied = text.clone();
    let copy = Callback::new(move |()| pretty(&copied));
    view! {
        <div class="refused-payload">
            <CopyButton what=copy label="Copy what was sent"/>
            <Json text/>
        </div>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_paths() {
        assert_eq!(place(r#"["body","events",5,"event_type"]"#), "events[5].event_type");
        assert_eq!(place(r#"["body",0,"body"]"#), "[0].body");
        assert_eq!(place(r#"["body"]"#), "");
        assert_eq!(place(""), "");
    }
}
