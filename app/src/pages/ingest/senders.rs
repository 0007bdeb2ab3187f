//! Who sent.

use leptos::prelude::*;

use super::{
    doors::{door_name, number_cell},
    state::Page,
};
use crate::{
    components::{Panel, Record, Table, TableScroll, TimeStyle, TimeText},
    view::{IntoPart, Part, show_some},
};

const HEADS: &[&str] = &["Sender", "Requests", "Events", "Refused", "Last seen"];

/// A row for each SDK and key. In the order of their names: by the time they
/// were last seen, the rows would change places every few seconds.
pub(super) fn senders() -> Part {
    let page = Page::from_context();
    show_some(move || {
        let mut senders: Vec<Sender> = Record::read_list(&page.senders.read()).into_iter().map(Sender::read).collect();
        if senders.is_empty() {
            return None;
        }
        senders.sort_by(|a, b| (&a.sdk, &a.note).cmp(&(&b.sdk, &b.note)));
        let rows = senders.into_iter().map(Sender::row).collect();
        let table = view! { <Table label="Senders" heads=HEADS rows/> }.part();
        let body = view! { <TableScroll label="Who sent" table/> }.part();
        Some(view! { <Panel title="Senders" body/> }.part())
    })
    .part()
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
        let numbers: Vec<Part> = ["requests", "accepted", "refused"]
            .iter()
            .map(|name| number_cell(record.number(name)))
            .collect();
        let last = record
            .moment("last_seen")
            .map(|time| view! { <TimeText time style=TimeStyle::Ago/> });
        view! {
            <tr>
                <td>
                    <span class="sender">{sdk}</span>
                    <span class="row-note">{note}</span>
                </td>
                {numbers}
                <td class="nowrap">{last}</td>
            </tr>
        }
        .part()
    }
}
