//! Creating a key.

use eventglass_model::CreateApiKey;
use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api, browser,
    components::{Field, SubmitButton},
    pages::send_events::remember_key,
    view::IntoPart,
};

/// Asks for a name and creates the key.
#[component]
pub(super) fn NewKeyForm(
    /// The project.
    slug: String,
    /// Told of the key.
    done: Callback<String>,
) -> impl IntoView {
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let body = CreateApiKey {
            name: browser::field_of(&event, "name"),
        };
        let slug = slug.clone();
        busy.set(true);
        spawn_local(async move {
            let answer = api::create_key(&slug, &body).await;
            busy.set(false);
            match answer {
                Ok(created) => {
                    remember_key(&slug, &created.api_key);
                    done.run(created.api_key);
                }
                Err(error) => fault.set(Some(error.field("name").unwrap_or_else(|| error.message()))),
            }
        });
    };
    view! {
        <form class="form" method="post" novalidate on:submit=submit>
            <Field
                label="Name"
                name="name"
                placeholder="checkout-service, production"
                hint="Who will send with it, so that you know which to revoke."
                autofocus=true
                error=fault
            />
            <SubmitButton busy label="Create key"/>
        </form>
    }
    .part()
}
