//! `/p/{slug}/settings/keys`.

use eventglass_model::{ApiKey, ApiKeyList};
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    new_key::NewKeyForm,
    revoke::{RevokeDialog, Revoking},
    tabs::tabs,
};
use crate::{
    api::{self, Fetched},
    components::{
        Button, ButtonKind, Dialog, EmptyState, ErrorView, Glyph, Panel, SkeletonRows, Table, TimeStyle, TimeText,
        page_head, wait,
    },
    pages::send_events::{KeyOnce, SendEvents},
    session::project_slug,
    view::{IntoPart, Part, el, make, show_some},
};

/// The keys that SDKs send events with.
#[component]
pub(crate) fn KeysPage() -> impl IntoView {
    let slug = project_slug();
    let keys = Fetched::one(move || api::keys_path(&slug.read()));
    let creating = RwSignal::new(false);
    // The new key, while it may be seen.
    let created = RwSignal::new(None::<String>);
    let revoking = Revoking::new();
    let done = Callback::new(move |key| {
        creating.set(false);
        created.set(Some(key));
        keys.refetch();
    });
    let retry = Callback::new(move |()| keys.refetch());
    let body = show_some(move || {
        Some(match keys.read::<ApiKeyList>()? {
            Err(error) => view! { <ErrorView error retry/> }.part(),
            Ok(list) if list.items.is_empty() => {
                let body = el("p", "", vec!["Without one, nothing can send events to it.".part()]);
                view! { <EmptyState glyph=Glyph::Key title="This project has no keys" body/> }.part()
            }
            Ok(list) => {
                let rows = list.items.into_iter().map(|key| row(key, revoking)).collect();
                let table = view! { <Table label="Keys" heads=&["Key", "Name", ""] rows/> }.part();
                el("div", "panel", vec![table])
            }
        })
    });
    let created = show_some(move || created.get().map(|key| new_key(key, slug.get())));
    let form = make(move || view! { <NewKeyForm slug=slug.get_untracked() done/> }.part());
    let meanwhile = view! { <SkeletonRows count=3/> }.part();
    let new = view! { <Button glyph=Glyph::Plus label="New key" on_press=move |()| creating.set(true)/> }.part();
    let parts = vec![
        page_head("Settings", Some(new)),
        tabs(slug),
        created.part(),
        wait(meanwhile, body, RwSignal::new(false)),
    ];
    view! {
        <Title text=move || format!("Keys · {}", slug.get())/>
        {el("div", "page", parts)}
        <Dialog open=creating title="New key" id="new-key" body=form/>
        <RevokeDialog slug revoking done=retry/>
    }
    .part()
}

fn new_key(key: String, slug: String) -> Part {
    let parts = vec![
        el("div", "", vec![view! { <KeyOnce key=key.clone()/> }.part()]),
        view! { <SendEvents key slug/> }.part(),
    ];
    let body = el("div", "panel-body stack", parts);
    view! { <Panel title="The new key" body/> }.part()
}

fn row(key: ApiKey, revoking: Revoking) -> Part {
    let prefix = format!("{}…", key.prefix);
    let time = key.created_at;
    let name = if key.name.is_empty() {
        el("span", "muted", vec!["no name".part()])
    } else {
        key.name.clone().part()
    };
    let created = vec![
        "created ".part(),
        view! { <TimeText time style=TimeStyle::Ago/> }.part(),
    ];
    let revoke = Callback::new(move |()| revoking.ask(&key));
    let revoke = view! { <Button kind=ButtonKind::Ghost label="Revoke" on_press=revoke/> }.part();
    let cells = vec![
        el("td", "mono nowrap", vec![prefix.part()]),
        el("td", "", vec![name, el("span", "row-note", created)]),
        el("td", "row-actions", vec![revoke]),
    ];
    el("tr", "", cells)
}
