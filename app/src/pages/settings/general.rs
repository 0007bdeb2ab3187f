//! `/p/{slug}/settings/general`.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{form::settings_form, tabs::tabs, usage::usage};
use crate::{
    api::{self, ApiError, Fetched},
    components::{ErrorView, Record, SkeletonLines, page_head, wait},
    session::project_slug,
    view::{IntoPart, Part, el, show_some},
};

/// How the project takes events, and how much of its month is used.
#[component]
pub(crate) fn GeneralPage() -> impl IntoView {
    let slug = project_slug();
    let usage_of_month = Fetched::one(move || api::usage_path(&slug.read()));
    let saved = Callback::new(move |()| usage_of_month.refetch());
    let settings = Fetched::one(move || api::settings_path(&slug.read()));
    let parts = vec![
        page_head("Settings", None),
        tabs(slug),
        fetched(usage_of_month, Box::new(usage)),
        fetched(settings, Box::new(move |record| settings_form(slug, record, saved))),
    ];
    view! {
        <Title text=move || format!("Settings · {}", slug.get())/>
        {el("div", "page", parts)}
    }
    .part()
}

/// What was fetched, once it is there.
fn fetched(answer: Fetched, draw: Box<dyn Fn(&Record) -> Part + Send>) -> Part {
    let retry = Callback::new(move |()| answer.refetch());
    let body = show_some(move || {
        let record = answer
            .text()?
            .and_then(|text| Record::read(&text).ok_or(ApiError::Unreadable(200)));
        Some(match record {
            Ok(record) => draw(&record),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let meanwhile = view! { <SkeletonLines count=6/> }.part();
    wait(meanwhile, body, RwSignal::new(false))
}
