//! Taking what was found elsewhere.

use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    api,
    components::{Glyph, Icon, Menu},
    format::grouped,
    view::{IntoPart, Part, el, make, tag, text},
};

/// The formats: as the API spells them, for people, and what they are for.
const FORMATS: &[(&str, &str, &str)] = &[
    ("jsonl", "JSON lines", "whole events, one in each line"),
    ("csv", "CSV", "for spreadsheets"),
    ("parquet", "Parquet", "for notebooks and warehouses"),
];

/// Links to all events that match, in some formats. The page fetches what they
/// lead to, says how far it is, and can stop it; without scripts, or pressed
/// with a key of the browser's own, they are links like any other.
#[component]
pub(super) fn ExportMenu() -> impl IntoView {
    let page = Page::from_context();
    let open = RwSignal::new(false);
    let button = make(|| view! { <Icon glyph=Glyph::Download/> }.part());
    let body = make(move || {
        let estimate = text(move || match page.matching.get() {
            Some((1, false)) => "1 event matches.".to_owned(),
            Some((count, false)) => format!("{} events match.", grouped(count)),
            Some((count, true)) => format!("More than {} events match.", grouped(count)),
            None => "All events that match.".to_owned(),
        });
        let mut parts = vec![el("p", "menu-note", vec![estimate.part()])];
        parts.extend(
            FORMATS
                .iter()
                .map(|(format, label, what)| link(page, open, format, label, what)),
        );
        parts.part()
    });
    view! { <Menu id="export" open label="Export" button class="btn btn-icon" end=true body/> }
}

fn link(page: Page, open: RwSignal<bool>, format: &'static str, label: &'static str, what: &'static str) -> Part {
    tag("a")
        .class("menu-item")
        .text("href", move || {
            api::export_path(&page.slug.read(), format, &page.query.read())
        })
        .attr("download", "")
        .attr("rel", "external")
        .press(move |event| {
            open.set(false);
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
                return;
            }
            event.prevent_default();
            let path = api::export_path(&page.slug.read_untracked(), format, &page.query.read_untracked());
            page.exporting.start(path, format);
        })
        .child(el("span", "", vec![label.part()]))
        .child(el("span", "menu-what", vec![what.part()]))
        .part()
}
