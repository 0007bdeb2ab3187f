//! `/login` and `/register`: one form, two uses.

use eventglass_model::Credentials;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{components::Redirect, hooks::use_url};

use crate::{
    api::{self, ApiError},
    browser,
    components::{Field, SubmitButton, form_error, wait},
    layout::Mark,
    login,
    session::Session,
    view::{IntoPart, Part, el, nothing, show_some, tag},
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

const TAKEN: &str = "has an account already: log in instead";
const WRONG: &str = "This e-mail and password do not go together.";

/// What is wrong with the form: at its fields, or with the whole.
#[derive(Default)]
struct Faults {
    email: Option<String>,
    password: Option<String>,
    whole: Option<String>,
}

impl Faults {
    /// What the server said of the form that was sent without scripts. Words
    /// that are not its own say nothing: anybody can write a link.
    fn from_word(word: Option<&str>) -> Self {
        let mut faults = Self::default();
        match word {
            Some("email") => faults.email = Some("must be an e-mail address such as ada@example.com".to_owned()),
            Some("password") => faults.password = Some("must have at least 8 characters".to_owned()),
            Some("email_taken") => faults.email = Some(TAKEN.to_owned()),
            Some("invalid_credentials") => faults.whole = Some(WRONG.to_owned()),
            Some("too_many_attempts") => {
                faults.whole = Some("Too many attempts: wait a minute, then try again.".to_owned());
            }
            Some(_) | None => {}
        }
        faults
    }

    fn from_error(error: &ApiError) -> Self {
        let (email, password) = (error.field("email"), error.field("password"));
        let whole = match error.code() {
            "email_taken" => {
                return Self {
                    email: Some(TAKEN.to_owned()),
                    ..Self::default()
                };
            }
            "invalid_credentials" => Some(WRONG.to_owned()),
            _ if email.is_some() || password.is_some() => None,
            _ => Some(error.message()),
        };
        Self { email, password, whole }
    }
}

fn auth_page(purpose: Use) -> impl IntoView {
    let search = use_url().read_untracked().search().to_owned();
    let session = Session::from_context();
    let next = login::next(&search);
    let already_in = {
        let next = next.clone();
        show_some(move || {
            let path = next.clone();
            session.me().flatten().map(|_| view! { <Redirect path/> }.part())
        })
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
    let link = tag("a").class("link").attr("href", path).child(other.part());
    let parts = vec![
        el("div", "auth-mark", vec![view! { <Mark/> }.part()]),
        el("h1", "auth-title", vec![title.part()]),
        el("p", "auth-lead", vec![lead.part()]),
        auth_form(
            purpose,
            action,
            next,
            Faults::from_word(login::fault(&search).as_deref()),
        ),
        el("p", "auth-other", vec![question.part(), " ".part(), link.part()]),
    ];
    view! {
        <Title text=title/>
        {wait(nothing(), already_in, RwSignal::new(false))}
        {el("div", "auth", vec![el("div", "auth-box", parts)])}
    }
    .part()
}

fn auth_form(purpose: Use, action: &'static str, next: String, faults: Faults) -> Part {
    let [email, password, whole] = [faults.email, faults.password, faults.whole].map(RwSignal::new);
    let hidden = tag("input")
        .attr("type", "hidden")
        .attr("name", "next")
        .attr("value", next.clone())
        .part();
    let busy = RwSignal::new(false);
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let credentials = Credentials {
            email: browser::field_of(&event, "email"),
            password: browser::field_of(&event, "password"),
        };
        busy.set(true);
        let next = next.clone();
        spawn_local(async move {
            let answer = match purpose {
                Use::LogIn => api::log_in(&credentials).await,
                Use::Register => api::register(&credentials).await,
            };
            let Err(error) = answer else {
                // By loading the page afresh: the server renders it for its new visitor.
                browser::assign(&next);
                return;
            };
            busy.set(false);
            let faults = Faults::from_error(&error);
            browser::focus_id(if faults.email.is_some() { "email" } else { "password" });
            email.set(faults.email);
            password.set(faults.password);
            whole.set(faults.whole);
        });
    };
    let (autocomplete, hint, path) = match purpose {
        Use::LogIn => ("current-password", "", "/api/auth/login/form"),
        Use::Register => ("new-password", "At least 8 characters.", "/api/auth/register/form"),
    };
    // Without scripts the browser sends the form itself. `post`, so that a
    // password can never end up in an address, whatever happens.
    view! {
        <form class="auth-form" method="post" action=path novalidate on:submit=submit>
            {hidden}
            <Field
                label="E-mail"
                name="email"
                kind="email"
                autocomplete="username"
                placeholder="ada@example.com"
                autofocus=true
                error=email
            />
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete=autocomplete
                hint=hint
                error=password
            />
            {form_error(whole)}
            <SubmitButton busy label=action works_alone=true/>
        </form>
    }
    .part()
}
