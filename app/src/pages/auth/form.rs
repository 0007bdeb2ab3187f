//! `/login` and `/register`: one form, two uses.

use eventglass_model::{Credentials, Email, Password};
use leptos::{ev, html, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_url};

use crate::{
    api::{self, ApiError},
    browser,
    components::{Button, ButtonKind, Field},
    hydration::use_hydrated,
    layout::Mark,
    login,
    session::Session,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    LogIn,
    Register,
}

/// `/login`.
#[component]
pub(crate) fn LoginPage() -> impl IntoView {
    auth_page(Use::LogIn)
}

/// `/register`.
#[component]
pub(crate) fn RegisterPage() -> impl IntoView {
    auth_page(Use::Register)
}

/// What is wrong with the form: at its fields, or with the whole.
#[derive(Clone, Default)]
struct Faults {
    email: Option<String>,
    password: Option<String>,
    whole: Option<String>,
}

impl Faults {
    /// The rules of the API, so that most mistakes are told without asking it.
    fn check(purpose: Use, credentials: &Credentials) -> Option<Self> {
        let email = Email::parse(&credentials.email).err();
        let password = match purpose {
            Use::Register => Password::parse(credentials.password.clone()).err(),
            Use::LogIn => None,
        };
        (email.is_some() || password.is_some()).then(|| Self {
            email: email.map(|e| e.to_string()),
            password: password.map(|e| e.to_string()),
            whole: None,
        })
    }

    fn from_error(error: &ApiError) -> Self {
        let (email, password) = (error.field("email"), error.field("password"));
        let whole = match error.code() {
            "email_taken" => {
                return Self {
                    email: Some("has an account already: log in instead".to_owned()),
                    ..Self::default()
                };
            }
            "invalid_credentials" => Some("This e-mail and password do not go together.".to_owned()),
            _ if email.is_some() || password.is_some() => None,
            _ => Some(error.message()),
        };
        Self { email, password, whole }
    }
}

fn auth_page(purpose: Use) -> impl IntoView {
    let search = use_url().read_untracked().search().to_owned();
    let me = Session::from_context().me;
    let next = login::next(&search);
    let already_in = {
        let next = next.clone();
        move || {
            let next = next.clone();
            me.get()
                .and_then(Result::ok)
                .map(move |_| view! { <Redirect path=next/> })
        }
    };
    let (title, lead, action) = match purpose {
        Use::LogIn => ("Log in", "Welcome back.", "Log in"),
        Use::Register => (
            "Create an account",
            "See what your services and agents are doing.",
            "Create account",
        ),
    };
    let hand_on = login::hand_on(&search);
    let (question, other, path) = match purpose {
        Use::LogIn => ("New here?", "Create an account", format!("/register{hand_on}")),
        Use::Register => ("Have an account?", "Log in", format!("/login{hand_on}")),
    };
    view! {
        <Title text=title/>
        <Transition>{already_in}</Transition>
        <div class="auth">
            <div class="auth-box">
                <div class="auth-mark">
                    <Mark/>
                </div>
                <h1 class="auth-title">{title}</h1>
                <p class="auth-lead">{lead}</p>
                {auth_form(purpose, action, next)}
                <p class="auth-other">
                    {question} " " <a class="link" href=path>
                        {other}
                    </a>
                </p>
                <noscript>
                    <p class="auth-other">"Logging in needs JavaScript."</p>
                </noscript>
            </div>
        </div>
    }
    .into_any()
}

fn auth_form(purpose: Use, action: &'static str, next: String) -> impl IntoView {
    let email = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let faults = RwSignal::new(Faults::default());
    let busy = RwSignal::new(false);
    let hydrated = use_hydrated();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value()).unwrap_or_default();
        let credentials = Credentials {
            email: value(email),
            password: value(password),
        };
        if let Some(found) = Faults::check(purpose, &credentials) {
            browser::focus_id(if found.email.is_some() { "email" } else { "password" });
            faults.set(found);
            return;
        }
        faults.set(Faults::default());
        busy.set(true);
        let next = next.clone();
        spawn_local(async move {
            let answer = match purpose {
                Use::LogIn => api::log_in(&credentials).await,
                Use::Register => api::register(&credentials).await,
            };
            match answer {
                // By loading the page afresh: the server renders it for its new visitor.
                Ok(_) => browser::assign(&next),
                Err(error) => {
                    busy.set(false);
                    faults.set(Faults::from_error(&error));
                }
            }
        });
    };
    let autocomplete = match purpose {
        Use::LogIn => "current-password",
        Use::Register => "new-password",
    };
    let hint = match purpose {
        Use::LogIn => "",
        Use::Register => "At least 8 characters.",
    };
    // `post`, so that a password can never end up in an address, whatever happens.
    view! {
        <form class="auth-form" method="post" novalidate on:submit=submit>
            <Field
                label="E-mail"
                name="email"
                kind="email"
                node=email
                autocomplete="username"
                placeholder="ada@example.com"
                autofocus=true
                error=Signal::derive(move || faults.read().email.clone())
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                node=password
                autocomplete=autocomplete
                hint=hint
                error=Signal::derive(move || faults.read().password.clone())
            />
            <p class="form-error" role="alert">
                {move || faults.read().whole.clone()}
            </p>
            // Until the page is alive, pressing it would only lose what was typed.
            <Button
                kind=ButtonKind::Primary
                submit=true
                busy=busy
                disabled=Signal::derive(move || !hydrated.get())
                attr:data-waits=""
            >
                {action}
            </Button>
        </form>
    }
    .into_any()
}
