//! Creating a key.

use eventglass_model::{CreateApiKey, CreatedApiKey};
use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    api,
    components::{Button, ButtonKind, Field},
    pages::send_events::remember_key,
};

/// Asks for a name and creates the key.
#[component]
pub(super) fn NewKeyForm(
    /// The project.
    slug: String,
    /// Told of the key.
    done: Callback<CreatedApiKey>,
) -> impl IntoView {
    let name = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let body = CreateApiKey {
            name: name.get_untracked().map(|input| input.value()).unwrap_or_default(),
        };
        let slug = slug.clone();
        busy.set(true);
        spawn_local(async move {
            let answer = api::create_key(&slug, &body).await;
            busy.set(false);
            match answer {
                Ok(created) => {
                    remember_key(&slug, &created.api_key);
                    done.run(created);
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
                node=name
                placeholder="checkout-service, production"
                hint="Who will send with it, so that you know which to revoke."
                autofocus=true
                error=fault
            />
            <Button kind=ButtonKind::Primary submit=true busy=busy>
                "Create key"
            </Button>
        </form>
    }
    .into_any()
}
