//! The root: routes and the frame around all pages.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    bundles::{Events, Numbers, Settings, Traces},
    components::{Toaster, Toasts},
    hydration::provide_hydrated,
    layout::{Help, ProjectNav, TopBar},
    pages::{
        auth::{Home, LoginPage, RegisterPage},
        kit::KitPage,
        not_found::NotFound,
        projects::{ProjectHome, ProjectsPage},
    },
    session::Session,
    view::{IntoPart, Part},
};

/// The user interface. Pages are rendered whole before the first byte is sent
/// (`SsrMode::Async`): only then is the status known, and only then does a
/// page work where scripts are slow or off.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_hydrated();
    Toasts::provide();
    view! {
        <Title formatter=in_title/>
        <Router>
            <Frame/>
        </Router>
    }
}

/// What the browser shows as the title of a page.
fn in_title(page: String) -> String {
    if page.is_empty() {
        "Eventglass".to_owned()
    } else {
        format!("{page} · Eventglass")
    }
}

#[component]
fn Frame() -> impl IntoView {
    Session::provide();
    view! {
        <a class="skip-link" href="#main" rel="external">
            "Skip to content"
        </a>
        <TopBar/>
        <ProjectNav/>
        <main id="main" class="main" tabindex="-1">
            <FlatRoutes fallback=missing>
                <Route path=path!("/") view=home as Draw ssr=SsrMode::Async/>
                <Route path=path!("/login") view=login as Draw ssr=SsrMode::Async/>
                <Route path=path!("/register") view=register as Draw ssr=SsrMode::Async/>
                <Route path=path!("/projects") view=projects as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project") view=project as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/overview") view=overview as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/services") view=services as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/services/:service") view=service as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/llm") view=llm as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/geo") view=geo as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/dashboards") view=dashboards as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/dashboards/:dashboard") view=dashboard as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/events/:event?") view=events as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/traces") view=traces as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/traces/compare") view=compare as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/traces/:trace") view=trace as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/sessions") view=sessions as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/sessions/:group") view=session as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/users") view=users as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/users/:group") view=user as Draw ssr=SsrMode::Async/>
                <Route path=path!("/shared/:token") view=trace as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/ingest") view=ingest as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/settings/general") view=general as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/settings/keys") view=keys as Draw ssr=SsrMode::Async/>
                <Route path=path!("/p/:project/settings/pricing") view=pricing as Draw ssr=SsrMode::Async/>
                <Route path=path!("/_kit") view=kit as Draw ssr=SsrMode::Async/>
            </FlatRoutes>
        </main>
        <Toaster/>
        <Help/>
    }
}

/// Draws a page. One type for all pages: the router's code is written anew for
/// each type of page that it knows.
type Draw = fn() -> Part;

fn home() -> Part {
    view! { <Home/> }.part()
}

fn login() -> Part {
    view! { <LoginPage/> }.part()
}

fn register() -> Part {
    view! { <RegisterPage/> }.part()
}

fn projects() -> Part {
    view! { <ProjectsPage/> }.part()
}

fn project() -> Part {
    view! { <ProjectHome/> }.part()
}

fn overview() -> Part {
    Numbers::Overview.part()
}

fn services() -> Part {
    Numbers::Services.part()
}

fn service() -> Part {
    Numbers::Service.part()
}

fn llm() -> Part {
    Numbers::Llm.part()
}

fn geo() -> Part {
    Numbers::Geo.part()
}

fn dashboards() -> Part {
    Numbers::Dashboards.part()
}

fn dashboard() -> Part {
    Numbers::Dashboard.part()
}

fn events() -> Part {
    Events::Events.part()
}

fn traces() -> Part {
    Traces::Traces.part()
}

fn compare() -> Part {
    Traces::Compare.part()
}

fn trace() -> Part {
    Traces::Trace.part()
}

fn sessions() -> Part {
    Numbers::Sessions.part()
}

fn session() -> Part {
    Numbers::Session.part()
}

fn users() -> Part {
    Numbers::Users.part()
}

fn user() -> Part {
    Numbers::User.part()
}

fn ingest() -> Part {
    Numbers::Ingest.part()
}

fn general() -> Part {
    Settings::General.part()
}

fn keys() -> Part {
    Settings::Keys.part()
}

fn pricing() -> Part {
    Settings::Pricing.part()
}

fn kit() -> Part {
    view! { <KitPage/> }.part()
}

fn missing() -> Part {
    view! { <NotFound/> }.part()
}
