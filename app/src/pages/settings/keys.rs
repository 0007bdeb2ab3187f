//! `/p/{slug}/settings/keys`.

use eventglass_model::{ApiKey, CreatedApiKey};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{new_key::NewKeyForm, revoke::RevokeDialog};
use crate::{
    api,
    components::{
        Button, ButtonKind, Dialog, EmptyState, ErrorView, Glyph, Icon, Panel, SkeletonRows, Table, TimeStyle, TimeText,
    },
    pages::send_events::{KeyOnce, SendEvents},
};

/// The keys that SDKs send events with.
#[component]
pub(crate) fn KeysPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("project").unwrap_or_default());
    let keys = Resource::new(move || slug.get(), |slug| async move { api::keys(&slug).await });
    let creating = RwSignal::new(false);
    let created = RwSignal::new(None::<CreatedApiKey>);
    let revoking = RwSignal::new(None::<ApiKey>);
    let done = Callback::new(move |key| {
        creating.set(false);
        created.set(Some(key));
        keys.refetch();
    });
    let retry = Callback::new(move |()| keys.refetch());
    let body = move || {
        keys.get().map(|answer| match answer {
            Err(error) => view! { <ErrorView error retry/> }.into_any(),
            Ok(list) if list.items.is_empty() => view! {
                <EmptyState glyph=Glyph::Key title="This project has no keys">
                    <p>"Without one, nothing can send events to it."</p>
                </EmptyState>
            }
            .into_any(),
            Ok(list) => {
                let rows = list.items.into_iter().map(|key| row(key, revoking)).collect_view();
                view! {
                    <div class="panel">
                        <Table label="Keys" heads=&["Key", "Name", ""]>
                            {rows}
                        </Table>
                    </div>
                }
                .into_any()
            }
        })
    };
    view! {
        <Title text=move || format!("Keys · {}", slug.get())/>
        <div class="page">
            <header class="page-head">
                <h1 class="page-title">"Keys"</h1>
                <Button on:click=move |_| creating.set(true)>
                    <Icon glyph=Glyph::Plus/>
                    "New key"
                </Button>
            </header>
            {move || {
                created
                    .get()
                    .map(|created| {
                        view! {
                            <Panel title="The new key">
                                <div class="panel-body stack">
                                    <div>
                                        <KeyOnce key=created.api_key.clone()/>
                                    </div>
                                    <SendEvents key=created.api_key slug=slug.get()/>
                                </div>
                            </Panel>
                        }
                    })
            }}
            <Transition fallback=|| view! { <SkeletonRows count=3/> }>{body}</Transition>
        </div>
        <Dialog open=creating title="New key" id="new-key-title">
            <NewKeyForm slug=slug.get_untracked() done/>
        </Dialog>
        <RevokeDialog slug revoking done=retry/>
    }
    .into_any()
}

fn row(key: ApiKey, revoking: RwSignal<Option<ApiKey>>) -> impl IntoView {
    let name = key.name.clone();
    let prefix = format!("{}…", key.prefix);
    let time = key.created_at;
    view! {
        <tr>
            <td class="mono nowrap">{prefix}</td>
            <td>
                {if name.is_empty() {
                    view! { <span class="muted">"no name"</span> }.into_any()
                } else {
                    name.into_any()
                }}
                <span class="row-note">
                    "created " <TimeText time style=TimeStyle::Ago/>
                </span>
            </td>
            <td class="row-actions">
                <Button kind=ButtonKind::Ghost on:click=move |_| revoking.set(Some(key.clone()))>
                    "Revoke"
                </Button>
            </td>
        </tr>
    }
}
