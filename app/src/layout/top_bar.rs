//! The bar on top of every page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{Mark, project_menu::ProjectMenu, project_nav::is_under, theme::ThemeToggle, user_menu::UserMenu};
use crate::{
    browser,
    components::{Glyph, Icon, Kbd, wait},
    session::Session,
    view::{IntoPart, Part, el, nothing, show_some, tag},
};

/// Logo, project, search, theme, user.
#[component]
pub(crate) fn TopBar() -> impl IntoView {
    let session = Session::from_context();
    let pathname = use_location().pathname;
    let somebody = move || session.me().flatten();
    let project = show_some(move || somebody().map(|_| view! { <ProjectMenu/> }.part()));
    let user = show_some(move || somebody().map(|me| view! { <UserMenu email=me.email/> }.part()));
    let hint = show_some(move || pathname.with(|path| is_under(path, "events")).then(search_hint));
    let brand = tag("a")
        .class("brand")
        .attr("href", "/projects")
        .attr("aria-label", "Eventglass")
        .child(view! { <Mark/> }.part())
        .child(el("span", "brand-name", vec!["Eventglass".part()]));
    let parts = vec![
        brand.part(),
        wait(nothing(), project, RwSignal::new(false)),
        el("span", "grow", Vec::new()),
        hint.part(),
        view! { <ThemeToggle/> }.part(),
        wait(nothing(), user, RwSignal::new(false)),
    ];
    el("header", "topbar", parts)
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
