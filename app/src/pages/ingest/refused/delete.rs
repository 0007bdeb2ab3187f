//! Deleting, which cannot be undone.

use leptos::prelude::*;

use super::actions::Which;
use crate::{
    components::{Button, ButtonKind, Dialog},
    pages::ingest::state::Page,
    view::{IntoPart, Part, el, make},
};

/// Asks once more, then deletes.
pub(in super::super) fn delete_dialog(page: Page, which: Which) -> Part {
    let Which { asking, busy, .. } = which;
    let body = make(move || {
        let what = match which.id.get_value() {
            Some(_) => "This event was not stored, and what was sent is kept here alone.".to_owned(),
            None => format!(
                "None of the events that were refused for \u{201c}{}\u{201d} was stored, and what was sent is kept here alone.",
                page.reason.read_untracked()
            ),
        };
        let buttons = vec![
            view! { <Button label="Keep" on_press=move |()| asking.set(false)/> }.part(),
            view! { <Button kind=ButtonKind::Danger busy label="Delete" on_press=move |()| which.delete(page)/> }
                .part(),
        ];
        vec![
            el("p", "", vec![what.part(), " This cannot be undone.".part()]),
            el("div", "dialog-actions", buttons),
        ]
        .part()
    });
    view! { <Dialog open=asking title="Delete what was refused?" id="delete-refused" body/> }.part()
}
