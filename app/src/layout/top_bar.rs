//! The bar on top of every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Mark, project_menu::ProjectMenu, theme::ThemeToggle, user_menu::UserMenu};
use crate::{
    browser,
    components::{Glyph, Icon, Kbd},
    session::Session,
};

/// Logo, project, pages of the project, search, theme, user.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let session = Session::from_context();
    let pathname = use_location().pathname;
    let on_events = move || pathname.with(|path| is_under(path, "events"));
    view! {
        <header class="topbar">
            <a class="brand" href="/projects">
                <Mark/>
                <span class="brand-name">"Eventglass"</span>
            </a>
            <Transition>
                {move || {
                    session.me.get().and_then(Result::ok).map(|_| view! { <ProjectMenu/> })
                }}
            </Transition>
            <nav class="topbar-nav" aria-label="Project">
                {move || session.slug.get().map(|slug| project_nav(&slug))}
            </nav>
            <span class="grow"></span>
            {move || {
                on_events()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="search-hint"
                                aria-label="Go to the search box"
                                on:click=|_| browser::focus_id("search")
                            >
                                <Icon glyph=Glyph::Search/>
                                <span>"Search"</span>
                                <Kbd>"/"</Kbd>
                            </button>
                        }
                    })
            }}
            <ThemeToggle/>
            <Transition>
                {move || session.me.get().and_then(Result::ok).map(|me| view! { <UserMenu email=me.email/> })}
            </Transition>
        </header>
    }
    .into_any()
}

fn project_nav(slug: &str) -> impl IntoView + use<> {
    let pathname = use_location().pathname;
    let link = move |href: String, area: &'static str, glyph: Glyph, label: &'static str| {
        view! {
            <a
                class="nav-link"
                href=href
                title=label
                aria-current=move || pathname.with(|path| is_under(path, area)).then_some("page")
            >
                <Icon glyph/>
                <span>{label}</span>
            </a>
        }
    };
    (
        link(format!("/p/{slug}/events"), "events", Glyph::Events, "Events"),
        link(format!("/p/{slug}/settings/keys"), "settings", Glyph::Key, "Keys"),
    )
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
