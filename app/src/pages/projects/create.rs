//! Creating a project.

use eventglass_model::CreateProject;
use leptos::{ev, prelude::*, task::spawn_local};

use super::created::Created;
use crate::{
    api::{self, ApiError},
    browser,
    components::{Field, SubmitButton, form_error},
    pages::send_events::remember_key,
    view::{IntoPart, PartFn, make},
};

/// Asks for a name and creates the project.
#[component]
pub(super) fn CreateForm(
    /// Given what there is to show of the project.
    done: Callback<PartFn>,
) -> impl IntoView {
    let fault = RwSignal::new(None::<String>);
    let whole = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let body = CreateProject {
            name: browser::field_of(&event, "name"),
            description: browser::field_of(&event, "description"),
        };
        whole.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = api::create_project(&body).await;
            busy.set(false);
            match answer {
                Ok(created) => {
                    remember_key(&created.project.slug, &created.api_key);
                    done.run(make(move || view! { <Created created=created.clone()/> }.part()));
                }
                Err(error) => {
                    fault.set(error.field("name"));
                    whole.set(rest_of(&error));
                }
            }
        });
    };
    view! {
        <form class="form" method="post" novalidate on:submit=submit>
            <Field label="Name" name="name" placeholder="Checkout" autofocus=true error=fault/>
            <Field label="Description" name="description" hint="Optional."/>
            {form_error(whole)}
            <SubmitButton busy label="Create project"/>
        </form>
    }
    .part()
}

/// What is wrong beyond the name.
fn rest_of(error: &ApiError) -> Option<String> {
    match (error.field("name"), error.field("description")) {
        (Some(_), _) => None,
        (None, Some(fault)) => Some(format!("The description {fault}")),
        (None, None) => Some(error.message()),
    }
}
