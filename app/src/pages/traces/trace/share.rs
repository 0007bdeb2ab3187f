//! Links to a trace that need no login.

use eventglass_model::{CreatedShare, Share, ShareList};
use leptos::{prelude::*, task::spawn_local};

use super::state::Page;
use crate::{
    api::{self, ApiError},
    browser,
    components::{Button, ButtonKind, CopyButton, Dialog, Glyph, Icon, LinkButton, TimeStyle, TimeText, Toasts},
    view::{IntoPart, Part, el, make, show, tag},
};

/// What is known of the links.
#[derive(Clone)]
enum Links {
    Coming,
    Known(ShareList),
    Failed(ApiError),
}

/// A button that opens the dialog of the links.
#[component]
pub(super) fn ShareButton() -> impl IntoView {
    let page = Page::from_context();
    let open = RwSignal::new(false);
    let links = RwSignal::new(Links::Coming);
    // The secret is told only once, when the link is made.
    let fresh = RwSignal::new(None::<CreatedShare>);
    let press = move |_| {
        open.set(true);
        fresh.set(None);
        refresh(page, links);
    };
    let button = tag("button")
        .attr("type", "button")
        .class("btn")
        .press(press)
        .child(view! { <Icon glyph=Glyph::Share/> }.part())
        .child("Share".part());
    let body = make(move || show(move || content(page, links, fresh)).part());
    vec![
        button.part(),
        view! { <Dialog open title="Share this trace" id="share" body/> }.part(),
    ]
    .part()
}

fn refresh(page: Page, links: RwSignal<Links>) {
    let path = api::shares_path(&page.slug.read_untracked(), &page.trace.read_untracked());
    spawn_local(async move {
        let answer = api::get_text(path).await.and_then(|text| api::read(&text));
        links.try_set(match answer {
            Ok(list) => Links::Known(list),
            Err(error) => Links::Failed(error),
        });
    });
}

fn content(page: Page, links: RwSignal<Links>, fresh: RwSignal<Option<CreatedShare>>) -> Part {
    let list = match links.get() {
        Links::Coming => return el("p", "muted", vec!["Looking for links …".part()]),
        Links::Failed(error) => return el("p", "form-error", vec![error.message().part()]),
        Links::Known(list) => list,
    };
    if !list.allowed {
        return not_allowed(page, links);
    }
    let toasts = Toasts::from_context();
    let busy = RwSignal::new(false);
    let create = Callback::new(move |()| {
        busy.set(true);
        let answer = api::create_share(&page.slug.read_untracked(), &page.trace.read_untracked());
        spawn_local(async move {
            let answer = answer.await;
            busy.try_set(false);
            match answer {
                Ok(created) => {
                    fresh.try_set(Some(created));
                    refresh(page, links);
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    let what = "Whoever has the link can read this one trace, with all its prompts and answers, without a login. \
                Nothing else of the project can be seen.";
    let mut parts = vec![el("p", "note", vec![what.part()])];
    if let Some(created) = fresh.get() {
        let link = format!("{}{}", browser::origin(), created.path);
        let copied = link.clone();
        let copy = view! { <CopyButton what=move |()| copied.clone() label="Copy the link" wordy=true/> }.part();
        let shown = tag("code")
            .class("key-once-text")
            .attr("data-testid", "share-link")
            .child(link.part());
        parts.push(el("div", "key-once", vec![shown.part(), copy]));
        parts.push(el("p", "note", vec!["This is the only time the link is shown.".part()]));
    } else {
        parts.push(view! { <Button kind=ButtonKind::Primary busy label="Create a link" on_press=create/> }.part());
    }
    let forbid = Callback::new(move |()| {
        let answer = api::change_settings(&page.slug.read_untracked(), "{\"trace_links\":false}".to_owned());
        spawn_local(async move {
            match answer.await {
                Ok(()) => {
                    fresh.try_set(None);
                    refresh(page, links);
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    if !list.items.is_empty() {
        let rows = list
            .items
            .into_iter()
            .map(|share| share_row(page, links, fresh, share))
            .collect();
        parts.push(el("ul", "share-list", rows));
    }
    parts.push(view! { <LinkButton label="Turn off all links of this project" on_press=forbid/> }.part());
    el("div", "stack", parts)
}

/// Links are off until an admin of the project allows them.
fn not_allowed(page: Page, links: RwSignal<Links>) -> Part {
    let toasts = Toasts::from_context();
    let busy = RwSignal::new(false);
    let allow = Callback::new(move |()| {
        busy.set(true);
        let answer = api::change_settings(&page.slug.read_untracked(), "{\"trace_links\":true}".to_owned());
        spawn_local(async move {
            let answer = answer.await;
            busy.try_set(false);
            match answer {
                Ok(()) => refresh(page, links),
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    let why = "Links that need no login are off in this project. An admin can allow them; they show one trace each, \
               to whoever has the link.";
    let parts = vec![
        el("p", "note", vec![why.part()]),
        view! { <Button busy label="Allow links in this project" on_press=allow/> }.part(),
    ];
    el("div", "stack", parts)
}

fn share_row(page: Page, links: RwSignal<Links>, fresh: RwSignal<Option<CreatedShare>>, share: Share) -> Part {
    let toasts = Toasts::from_context();
    let time = share.created_at;
    let id = share.id;
    let revoke = Callback::new(move |()| {
        let id = id.clone();
        let answer = api::delete_share(&page.slug.read_untracked(), &page.trace.read_untracked(), &id);
        spawn_local(async move {
            match answer.await {
                Ok(()) => {
                    toasts.say("The link no longer works.");
                    fresh.try_update(|fresh| {
                        if fresh.as_ref().is_some_and(|fresh| fresh.share.id == id) {
                            *fresh = None;
                        }
                    });
                    refresh(page, links);
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    let parts = vec![
        el(
            "span",
            "",
            vec!["Made ".part(), view! { <TimeText time style=TimeStyle::Ago/> }.part()],
        ),
        el(
            "span",
            "muted truncate",
            vec![format!("by {}", share.created_by).part()],
        ),
        el("span", "grow", Vec::new()),
        view! { <LinkButton label="Revoke" on_press=revoke/> }.part(),
    ];
    el("li", "share-row", parts)
}
