//! Naming a search.

use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    super::state::Page,
    views_menu::{Saved, current},
};
use crate::{
    api, browser,
    components::{Field, SubmitButton, Toasts, form_error},
    view::{IntoPart, el, tag},
};

/// What the form is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Purpose {
    /// Keeping what the page shows.
    #[default]
    Create,
    /// Another name, or other people who see it.
    Change(Saved),
}

const SHARED: &str = "view-shared";

/// The name of a view, and who sees it.
#[component]
pub(super) fn ViewForm(purpose: Purpose, naming: RwSignal<bool>, changed: RwSignal<u32>) -> impl IntoView {
    let page = Page::from_context();
    let toasts = Toasts::from_context();
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<String>);
    let whole = RwSignal::new(None::<String>);
    let (name, shared, action) = match &purpose {
        Purpose::Create => (String::new(), false, "Save the view"),
        Purpose::Change(view) => (view.settings.name.clone(), view.settings.shared, "Save"),
    };
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let name = browser::field_of(&event, "view-name").trim().to_owned();
        let shared = browser::input(SHARED).is_some_and(|input| input.checked());
        let slug = page.slug.get_untracked();
        let purpose = purpose.clone();
        busy.set(true);
        spawn_local(async move {
            let (answer, is_new) = match purpose {
                Purpose::Create => (api::create_view(&slug, &current(page, name, shared)).await, true),
                Purpose::Change(view) => {
                    let mut settings = view.settings;
                    (settings.name, settings.shared) = (name, shared);
                    (api::change_view(&slug, view.id, &settings).await, false)
                }
            };
            busy.try_set(false);
            match answer.and_then(|json| Saved::read(&json)) {
                Ok(view) => {
                    toasts.say(format!("Saved as {}.", view.settings.name));
                    naming.try_set(false);
                    changed.try_update(|n| *n += 1);
                    if is_new {
                        page.show_as(|address| address.view = Some(view.id));
                    }
                }
                Err(error) => {
                    let of_name = error.field("name");
                    whole.try_set(of_name.is_none().then(|| error.message()));
                    fault.try_set(of_name);
                }
            }
        });
    };
    let check = tag("input")
        .attr("type", "checkbox")
        .attr("id", SHARED)
        .when(shared, "checked")
        .part();
    let label = el(
        "label",
        "check",
        vec![check, "Every member of the project sees it".part()],
    );
    view! {
        <form class="auth-form" on:submit=submit novalidate>
            <Field label="Name" name="view-name" value=name autofocus=true error=fault/>
            {label}
            {form_error(whole)}
            <SubmitButton busy label=action/>
        </form>
    }
    .part()
}
