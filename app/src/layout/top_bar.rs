//! The bar on top of every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Mark, project_menu::ProjectMenu, theme::ThemeToggle, user_menu::UserMenu};
use crate::{
    browser,
    bundles::prefetch,
    components::{Glyph, Icon, Kbd, wait},
    session::Session,
    view::{IntoPart, Part, el, nothing, show_some, tag},
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
    let brand = tag("a")
        .class("brand")
        .attr("href", "/projects")
        .attr("aria-label", "Eventglass")
        .child(view! { <Mark/> }.part())
        .child(el("span", "brand-name", vec!["Eventglass".part()]));
    let nav = tag("nav")
        .class("topbar-nav")
        .attr("aria-label", "Project")
        .child(nav.part());
    let parts = vec![
        brand.part(),
        wait(nothing(), project, RwSignal::new(false)),
        nav.part(),
        el("span", "grow", Vec::new()),
        hint.part(),
        view! { <ThemeToggle/> }.part(),
        wait(nothing(), user, RwSignal::new(false)),
    ];
    el("header", "topbar", parts)
}

fn project_nav(slug: &str) -> Part {
    vec![
        view! { <NavLink href=format!("/p/{slug}/events") area="events" glyph=Glyph::Events label="Events"/> }.part(),
        view! { <NavLink href=format!("/p/{slug}/ingest") area="ingest" glyph=Glyph::Inbox label="Ingest"/> }.part(),
        view! { <NavLink href=format!("/p/{slug}/settings/general") area="settings" glyph=Glyph::Sliders label="Settings"/> }.part(),
    ]
    .part()
}

#[component]
fn NavLink(href: String, area: &'static str, glyph: Glyph, label: &'static str) -> impl IntoView {
    let pathname = use_location().pathname;
    let here = move || pathname.with(|path| is_under(path, area)).then_some("page");
    let target = href.clone();
    tag("a")
        .class("nav-link")
        .on("pointerenter", move |_| prefetch(&target))
        .attr("href", href)
        .attr("title", label)
        .word("aria-current", here)
        .child(view! { <Icon glyph/> }.part())
        .child(el("span", "", vec![label.part()]))
        .part()
}

fn search_hint() -> Part {
    tag("button")
        .attr("type", "button")
        .class("search-hint")
        .attr("aria-label", "Go to the search box")
        .press(|_| browser::focus_id("search"))
        .child(view! { <Icon glyph=Glyph::Search/> }.part())
        .child(el("span", "", vec!["Search".part()]))
        .child(view! { <Kbd key="/"/> }.part())
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
