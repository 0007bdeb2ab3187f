//! Who sent.

use leptos::prelude::*;

use super::{
    doors::{door_name, number_cell},
    state::Page,
};
use crate::{
    components::{Panel, Record, Table, TableScroll, TimeStyle, TimeText},
    view::{IntoPart, Part, el, show_some},
};

const HEADS: &[&str] = &["Sender", "Requests", "Events", "Refused", "Last seen"];

/// A row for each SDK and key. In the order of their names: by the time they
/// were last seen, the rows would change places every few seconds.
pub(super) fn senders() -> Part {
    let page = Page::from_context();
    show_some(move || {
        let mut senders: Vec<Sender> = Vec::new();
        for record in Record::read_list(&page.senders.read()) {
            let sender = Sender::read(record);
            // They are few: this is a tenth of the code of a sort.
            let place = senders.partition_point(|known| (&known.sdk, &known.note) <= (&sender.sdk, &sender.note));
            senders.insert(place, sender);
        }
        if senders.is_empty() {
            return None;
        }
        let rows = senders.into_iter().map(Sender::row).collect();
        let table = view! { <Table label="Senders" heads=HEADS rows/> }.part();
        let body = view! { <TableScroll label="Who sent" table/> }.part();
        Some(view! { <Panel title="Senders" body/> }.part())
    })
    .part()
}

/// How long ago it was, as a cell.
pub(super) fn last_seen(record: &Record) -> Part {
    let time = record.moment("last_seen");
    let ago = time.map(|time| view! { <TimeText time style=TimeStyle::Ago/> }.part());
    el("td", "nowrap", ago.into_iter().collect())
}

struct Sender {
    sdk: String,
    note: String,
    record: Record,
}

impl Sender {
    fn read(record: Record) -> Self {
        let sdk = record.text("sdk").filter(|sdk| !sdk.is_empty());
        let door = record.text("door").unwrap_or_default();
        let key = record.text("key");
        let (sdk, key) = match (sdk, key) {
            // What was replayed from this page came with no key.
            (Some(sdk), None) if sdk == "replay" => ("Replay".to_owned(), None),
            (sdk, key) => {
                let key = key.unwrap_or_else(|| "a key that is gone".to_owned());
                (sdk.unwrap_or_else(|| "No name given".to_owned()), Some(key))
            }
        };
        let door = door_name(&door);
        let note = key.map_or_else(|| door.to_owned(), |key| format!("{door} · {key}"));
        Self { sdk, note, record }
    }

    fn row(self) -> Part {
        let Self { sdk, note, record } = self;
        let mut row = vec![el(
            "td",
            "",
            vec![sdk.part(), el("span", "row-note", vec![note.part()])],
        )];
        row.extend(["requests", "accepted", "refused"].map(|name| number_cell(record.number(name))));
        row.push(last_seen(&record));
        el("tr", "", row)
    }
}
