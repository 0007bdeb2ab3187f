//! Creating a project.

use eventglass_model::{CreateProject, CreatedProject, ProjectName};
use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    browser,
    components::{Button, ButtonKind, Field},
    hydration::use_hydrated,
    pages::send_events::remember_key,
};

/// Asks for a name and creates the project.
#[component]
pub(super) fn CreateForm(
    /// Told of the project and its key.
    done: Callback<CreatedProject>,
) -> impl IntoView {
    let name = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Input>::new();
    let fault = RwSignal::new(None::<String>);
    let whole = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let hydrated = use_hydrated();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value()).unwrap_or_default();
        let body = CreateProject {
            name: value(name),
            description: value(description),
        };
        fault.set(ProjectName::parse(&body.name).err().map(|error| error.to_string()));
        if fault.read_untracked().is_some() {
            browser::focus_id("name");
            return;
        }
        whole.set(None);
        busy.set(true);
        spawn_local(async move {
            let answer = api::create_project(&body).await;
            busy.set(false);
            match answer {
                Ok(created) => {
                    remember_key(&created.project.slug, &created.api_key);
                    done.run(created);
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
            <Field label="Name" name="name" node=name placeholder="Checkout" autofocus=true error=fault/>
            <Field label="Description" name="description" node=description hint="Optional."/>
            <p class="form-error" role="alert">
                {move || whole.get()}
            </p>
            <Button
                kind=ButtonKind::Primary
                submit=true
                busy=busy
                disabled=Signal::derive(move || !hydrated.get())
                attr:data-waits=""
            >
                "Create project"
            </Button>
        </form>
    }
    .into_any()
}

/// What is wrong beyond the name.
fn rest_of(error: &ApiError) -> Option<String> {
    match (error.field("name"), error.field("description")) {
        (Some(_), _) => None,
        (None, Some(fault)) => Some(format!("The description {fault}")),
        (None, None) => Some(error.message()),
    }
}
