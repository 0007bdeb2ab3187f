//! `/p/{slug}/settings/general`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{form::settings_form, tabs::tabs, usage::usage};
use crate::{
    api::{self, ApiError, Fetched},
    components::{ErrorView, Record, SkeletonLines, wait},
    view::{IntoPart, Part, show_some},
};

/// How the project takes events, and how much of its month is used.
#[component]
pub(crate) fn GeneralPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.read().get("project").unwrap_or_default());
    let usage_of_month = Fetched::one(move || api::usage_path(&slug.read()));
    let saved = Callback::new(move |()| usage_of_month.refetch());
    view! {
        <Title text=move || format!("Settings · {}", slug.get())/>
        <div class="page">
            <header class="page-head">
                <h1 class="page-title">"Settings"</h1>
            </header>
            {tabs(slug)}
            {fetched(usage_of_month, usage)}
            {fetched(Fetched::one(move || api::settings_path(&slug.read())), move |record| settings_form(slug, record, saved))}
        </div>
    }
    .part()
}

/// What was fetched, once it is there.
fn fetched(answer: Fetched, draw: impl Fn(&Record) -> Part + Send + 'static) -> Part {
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
