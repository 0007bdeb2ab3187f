//! How to send events to a project: commands with its key in them, to paste.

use leptos::prelude::*;

use crate::{
    browser::{self, Store},
    components::{CopyButton, Snippet},
    view::{IntoPart, el, tag},
};

/// Where a key that was just created is kept until the tab is closed, so that
/// the empty events page can show commands that work.
fn storage_key(slug: &str) -> String {
    format!("eg_key.{slug}")
}

/// Keeps a key that was just created.
pub(super) fn remember_key(slug: &str, key: &str) {
    browser::remember(Store::Tab, &storage_key(slug), key);
}

/// The key of this project that was created in this tab.
pub(super) fn recall_key(slug: &str) -> Option<String> {
    browser::recall(Store::Tab, &storage_key(slug))
}

/// Forgets it, when keys are revoked.
pub(super) fn forget_key(slug: &str) {
    browser::forget(Store::Tab, &storage_key(slug));
}

/// A key that is shown this once.
#[component]
pub(super) fn KeyOnce(
    /// The key.
    key: String,
) -> impl IntoView {
    let copied = key.clone();
    let shown = tag("code")
        .class("key-once-text")
        .attr("data-testid", "api-key")
        .child(key.part());
    let copy = view! { <CopyButton what=move |()| copied.clone() label="Copy the key" wordy=true/> }.part();
    let note = "This is the only time it is shown. Keep it where you keep secrets.";
    vec![
        el("div", "key-once", vec![shown.part(), copy]),
        el("p", "note", vec![note.part()]),
    ]
    .part()
}

/// Commands that send events: one by hand, and thousands of realistic ones.
#[component]
pub(super) fn SendEvents(
    /// The project's key.
    key: String,
    /// The project's slug, to name a file by.
    slug: String,
) -> impl IntoView {
    let origin = browser::origin();
    let curl = format!(
        "curl -X POST {origin}/api/v1/events \\\n  -H 'X-API-Key: {key}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"kind\": \"system_event\", \"name\": \"hello\",\n       \"message\": \"Hello from curl\", \"service\": \"my-laptop\"}}'"
    );
    let file = format!("{slug}.jsonl");
    let bulk = format!(
        "eventglass generate --count 10000 --format jsonl --output {file}\neventglass ingest {file} --url {origin} \\\n  --api-key {key}"
    );
    view! {
        <Snippet title="One event, from any terminal" code=curl/>
        <Snippet title="10,000 realistic events, with the program that runs this server" code=bulk/>
    }
    .part()
}
