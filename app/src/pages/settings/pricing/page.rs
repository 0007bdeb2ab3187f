//! The page.

use eventglass_model::RecomputeStatus;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    form::{PriceForm, price_dialog},
    job::{is_running, job},
    list::prices,
    unpriced::unpriced,
};
use crate::{
    api,
    components::{Button, Glyph, page_head},
    pages::{
        scope::{Refresh, ask},
        settings::tabs::tabs,
    },
    session::project_slug,
    view::{IntoPart, Part, el, memo},
};

/// What models cost, which have no price, and how far the pricing of the past is.
#[component]
pub(crate) fn PricingPage() -> impl IntoView {
    let slug = project_slug();
    let latest = RwSignal::new(None::<RecomputeStatus>);
    // While a job runs, how far it is.
    let every = memo(move |_| latest.with(|status| is_running(status.as_ref())).then_some(2_u32));
    let progress = Refresh::every(every.into());
    // The rest changes when a price is set or a job ends.
    let rest = Refresh::every(Signal::stored(None));
    let form = PriceForm::new(slug, progress, rest);
    let status = ask::<RecomputeStatus>(progress, move || api::recompute_path(&slug.read()));
    Effect::new(move |was_running: Option<bool>| {
        let now = status.latest.get();
        let running = is_running(now.as_ref());
        latest.set(now);
        if was_running == Some(true) && !running {
            rest.now();
        }
        running
    });
    let new = view! { <Button glyph=Glyph::Plus label="Set a price" on_press=move |()| form.open("", None)/> }.part();
    let parts: Vec<Part> = vec![
        page_head("Settings", Some(new)),
        tabs(slug),
        job(slug, status, progress),
        unpriced(slug, form, rest),
        prices(slug, form, rest),
    ];
    view! {
        <Title text=move || format!("Prices · {}", slug.get())/>
        {el("div", "page page-wide", parts)}
        {price_dialog(form)}
    }
    .part()
}
