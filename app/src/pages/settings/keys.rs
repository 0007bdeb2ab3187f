//! `/p/{slug}/settings/keys`.

use eventglass_model::{ApiKey, ApiKeyList};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    new_key::NewKeyForm,
    revoke::{RevokeDialog, Revoking},
    tabs::tabs,
};
use crate::{
    api::{self, Fetched},
    components::{
        Button, ButtonKind, Dialog, EmptyState, ErrorView, Glyph, Panel, SkeletonRows, Table, TimeStyle, TimeText, wait,
    },
    pages::send_events::{KeyOnce, SendEvents},
    view::{IntoPart, Part, make, show_some},
};

/// The keys that SDKs send events with.
#[component]
pub(crate) fn KeysPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("project").unwrap_or_default());
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
                let body = view! { <p>"Without one, nothing can send events to it."</p> }.part();
                view! { <EmptyState glyph=Glyph::Key title="This project has no keys" body/> }.part()
            }
            Ok(list) => {
                let rows = list.items.into_iter().map(|key| row(key, revoking)).collect();
                view! {
                    <div class="panel">
                        <Table label="Keys" heads=&["Key", "Name", ""] rows/>
                    </div>
                }
                .part()
            }
        })
    });
    let created = show_some(move || created.get().map(|key| new_key(key, slug.get())));
    let form = make(move || view! { <NewKeyForm slug=slug.get_untracked() done/> }.part());
    let meanwhile = view! { <SkeletonRows count=3/> }.part();
    view! {
        <Title text=move || format!("Keys · {}", slug.get())/>
        <div class="page">
            <header class="page-head">
                <h1 class="page-title">"Settings"</h1>
                <Button glyph=Glyph::Plus label="New key" on_press=move |()| creating.set(true)/>
            </header>
            {tabs(slug)}
            {created}
            {wait(meanwhile, body, RwSignal::new(false))}
        </div>
        <Dialog open=creating title="New key" id="new-key" body=form/>
        <RevokeDialog slug revoking done=retry/>
    }
    .part()
}

fn new_key(key: String, slug: String) -> Part {
    let body = view! {
        <div class="panel-body stack">
            <div>
                <KeyOnce key=key.clone()/>
            </div>
            <SendEvents key slug/>
        </div>
    }
    .part();
    view! { <Panel title="The new key" body/> }.part()
}

fn row(key: ApiKey, revoking: Revoking) -> Part {
    let prefix = format!("{}…", key.prefix);
    let time = key.created_at;
    let name = if key.name.is_empty() {
        view! { <span class="muted">"no name"</span> }.part()
    } else {
        key.name.clone().part()
    };
    view! {
        <tr>
            <td class="mono nowrap">{prefix}</td>
            <td>
                {name}
                <span class="row-note">
                    "created " <TimeText time style=TimeStyle::Ago/>
                </span>
            </td>
            <td class="row-actions">
                <Button
                    kind=ButtonKind::Ghost
                    label="Revoke"
                    on_press=move |()| revoking.ask(&key)
                />
            </td>
        </tr>
    }
    .part()
}
