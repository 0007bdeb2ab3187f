//! The root: routes and the frame around all pages.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    components::{Toaster, Toasts},
    hydration::provide_hydrated,
    layout::{Help, TopBar},
    pages::{
        auth::{Home, LoginPage, RegisterPage},
        events::{EventPanel, EventsPage},
        kit::KitPage,
        not_found::NotFound,
        projects::{ProjectHome, ProjectsPage},
        settings::KeysPage,
    },
    session::Session,
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
        <Title formatter=|page: String| if page.is_empty() { "Eventglass".to_owned() } else { format!("{page} · Eventglass") }/>
        <Router>
            <Frame/>
        </Router>
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
        <main id="main" class="main" tabindex="-1">
            <Routes fallback=|| view! { <NotFound/> }.into_any()>
                <Route path=path!("/") view=|| view! { <Home/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("/login") view=|| view! { <LoginPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("/register") view=|| view! { <RegisterPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("/projects") view=|| view! { <ProjectsPage/> }.into_any() ssr=SsrMode::Async/>
                <Route path=path!("/p/:project") view=|| view! { <ProjectHome/> }.into_any() ssr=SsrMode::Async/>
                <ParentRoute
                    path=path!("/p/:project/events")
                    view=|| view! { <EventsPage/> }.into_any()
                    ssr=SsrMode::Async
                >
                    <Route path=path!("") view=|| ().into_any()/>
                    <Route path=path!(":event") view=|| view! { <EventPanel/> }.into_any()/>
                </ParentRoute>
                <Route
                    path=path!("/p/:project/settings/keys")
                    view=|| view! { <KeysPage/> }.into_any()
                    ssr=SsrMode::Async
                />
                <Route path=path!("/_kit") view=|| view! { <KitPage/> }.into_any() ssr=SsrMode::Async/>
            </Routes>
        </main>
        <Toaster/>
        <Help/>
    }
}
