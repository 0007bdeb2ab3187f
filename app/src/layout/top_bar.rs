//! The bar on top of every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Mark, project_menu::ProjectMenu, theme::ThemeToggle, user_menu::UserMenu};
use crate::{
    browser,
    components::{Glyph, Icon, Kbd, wait},
    session::Session,
    view::{IntoPart, Part, nothing, press, show_some, word},
};

/// Logo, project, pages of the project, search, theme, user.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let session = Session::from_context();
    let pathname = use_location().pathname;
    let somebody = move || session.me().flatten();
    let project = show_some(move || somebody().map(|_| view! { <ProjectMenu/> }.part()));
    let user = show_some(move || somebody().map(|me| view! { <UserMenu email=me.email/> }.part()));
    let nav = show_some(move || session.slug.get().map(|slug| project_nav(&slug)));
    let hint = show_some(move || pathname.with(|path| is_under(path, "events")).then(search_hint));
    view! {
        <header class="topbar">
            <a class="brand" href="/projects" aria-label="Eventglass">
                <Mark/>
                <span class="brand-name">"Eventglass"</span>
            </a>
            {wait(nothing(), project, RwSignal::new(false))}
            <nav class="topbar-nav" aria-label="Project">
                {nav}
            </nav>
            <span class="grow"></span>
            {hint}
            <ThemeToggle/>
            {wait(nothing(), user, RwSignal::new(false))}
        </header>
    }
    .part()
}

fn project_nav(slug: &str) -> Part {
    view! {
        <NavLink href=format!("/p/{slug}/events") area="events" glyph=Glyph::Events label="Events"/>
        <NavLink href=format!("/p/{slug}/ingest") area="ingest" glyph=Glyph::Inbox label="Ingest"/>
        <NavLink href=format!("/p/{slug}/settings/general") area="settings" glyph=Glyph::Sliders label="Settings"/>
    }
    .part()
}

#[component]
fn NavLink(href: String, area: &'static str, glyph: Glyph, label: &'static str) -> impl IntoView {
    let pathname = use_location().pathname;
    let here = word(move || pathname.with(|path| is_under(path, area)).then_some("page"));
    view! {
        <a class="nav-link" href=href title=label aria-current=here>
            <Icon glyph/>
            <span>{label}</span>
        </a>
    }
    .part()
}

fn search_hint() -> Part {
    view! {
        <button
            type="button"
            class="search-hint"
            aria-label="Go to the search box"
            on:click=press(|_| browser::focus_id("search"))
        >
            <Icon glyph=Glyph::Search/>
            <span>"Search"</span>
            <Kbd key="/"/>
        </button>
    }
    .part()
}

/// Whether a path is in one area of a project: `/p/shop/events/7` is in `events`.
fn is_under(path: &str, area: &str) -> bool {
    path.strip_prefix("/p/").and_then(|rest| rest.split('/').nth(1)) == Some(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_area() {
        assert!(is_under("/p/shop/events/7", "events"));
        assert!(is_under("/p/events/settings/keys", "settings"));
        assert!(!is_under("/p/events", "events"));
        assert!(!is_under("/projects", "events"));
    }
}
