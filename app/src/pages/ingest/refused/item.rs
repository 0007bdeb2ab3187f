//! One refused item.

use leptos::prelude::*;

use super::actions::Which;
use crate::{
    components::{Badge, Button, ButtonKind, CopyButton, Glyph, IconButton, Json, Record, TimeStyle, TimeText},
    format::pretty,
    json::{from_text, items},
    pages::ingest::{doors::door_name, state::Page},
    view::{IntoPart, Part, el, memo, show_some, titled},
};

/// An item: when and how it came, what is wrong with it, what was sent. It
/// goes when it is stored or deleted.
pub(super) fn item(page: Page, which: Which, json: String) -> Part {
    let Some(id) = Record::read(&json).map(|record| record.number("id")) else {
        return ().part();
    };
    let is_gone = memo(move |_| which.gone.read().contains(&id));
    show_some(move || {
        let record = Record::read(&json).filter(|_| !is_gone.get())?;
        Some(card(page, which, id, &record))
    })
    .part()
}

fn card(page: Page, which: Which, id: i64, record: &Record) -> Part {
    let door = record.text("door").unwrap_or_default();
    let key = record.text("key").unwrap_or_else(|| "a key that is gone".to_owned());
    let mut from = vec![key.part()];
    if let Some(event_id) = record.text("event_id") {
        let event_id = titled(
            "code",
            "",
            "The sender's id of the event".to_owned(),
            vec![event_id.part()],
        );
        from.extend([" · ".part(), event_id]);
    }
    let faults: Vec<Part> = record.list("errors").iter().map(fault).collect();
    let payload = record.raw("payload").map(str::to_owned);
    let mut head = Vec::new();
    if let Some(time) = record.moment("time") {
        head.push(view! { <TimeText time style=TimeStyle::Row/> }.part());
    }
    head.push(view! { <Badge word=door_name(&door).to_owned()/> }.part());
    head.push(el("span", "grow", Vec::new()));
    if payload.is_some() {
        let replay = Callback::new(move |()| which.replay(page, Some(id)));
        head.push(view! { <Button kind=ButtonKind::Ghost busy=which.busy label="Replay" on_press=replay/> }.part());
    }
    let delete = Callback::new(move |()| which.ask(Some(id)));
    head.push(view! { <IconButton glyph=Glyph::Trash label="Delete" on_press=delete/> }.part());
    let parts = vec![
        el("header", "refused-head", head),
        el("p", "refused-from", from),
        el("ul", "faults", faults),
        payload_view(payload),
    ];
    el("article", "refused", parts)
}

/// What is wrong, and where.
fn fault(record: &Record) -> Part {
    let place = place(record.raw("loc").unwrap_or_default());
    let mut said = Vec::new();
    if !place.is_empty() {
        said.extend([el("code", "", vec![place.part()]), " ".part()]);
    }
    said.push(record.text("msg").unwrap_or_default().part());
    el("li", "", said)
}

/// `["body", "events", 5, "time"]` as `events[5].time`: that it is the body
/// goes without saying.
fn place(loc: &str) -> String {
    let mut place = String::new();
    for step in items(loc) {
        match from_text::<String>(step) {
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
        return el("p", "note", vec![NO_PAYLOAD.part()]);
    };
    let copied = text.clone();
    let copy = Callback::new(move |()| pretty(&copied));
    let parts = vec![
        view! { <CopyButton what=copy label="Copy what was sent"/> }.part(),
        view! { <Json text/> }.part(),
    ];
    el("div", "refused-payload", parts)
}

const NO_PAYLOAD: &str = "What was sent is not kept: it is too large, or cannot be told from the rest of its request.";

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
