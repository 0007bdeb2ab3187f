//! The areas of a project, below the top bar.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    browser,
    bundles::prefetch,
    components::{Glyph, Icon},
    session::Session,
    view::{IntoPart, Part, effect, el, show_some, tag},
};

/// The areas, their words in the address first.
const AREAS: [(&str, &str, Glyph); 9] = [
    ("overview", "Overview", Glyph::Chart),
    ("events", "Events", Glyph::Events),
    ("traces", "Traces", Glyph::Traces),
    ("services", "Services", Glyph::Cube),
    ("llm", "Models", Glyph::Layers),
    ("geo", "Map", Glyph::Globe),
    ("dashboards", "Dashboards", Glyph::Grid),
    ("ingest", "Ingest", Glyph::Inbox),
    ("settings", "Settings", Glyph::Sliders),
];

/// Links to the areas of the project, where the page is about one. Where there
/// is no room for all, they scroll.
#[component]
pub(crate) fn ProjectNav() -> impl IntoView {
    let slug = Session::from_context().slug;
    show_some(move || slug.get().map(|slug| areas(&slug))).part()
}

fn areas(slug: &str) -> Part {
    let links = AREAS.into_iter().map(|(area, label, glyph)| {
        let page = if area == "settings" { "settings/general" } else { area };
        view! { <NavLink href=format!("/p/{slug}/{page}") area glyph label/> }.part()
    });
    // Where they scroll, the one that one is in must be in sight.
    let pathname = use_location().pathname;
    effect(move || {
        if let Some(area) = pathname.with(|path| area_of(path)) {
            browser::reveal_id(&format!("nav-{area}"));
        }
    });
    tag("nav")
        .class("project-nav")
        .attr("aria-label", "Project")
        .children(links.collect())
        .part()
}

#[component]
fn NavLink(href: String, area: &'static str, glyph: Glyph, label: &'static str) -> impl IntoView {
    let pathname = use_location().pathname;
    let here = move || pathname.with(|path| area_of(path) == Some(area)).then_some("page");
    let target = href.clone();
    tag("a")
        .class("nav-link")
        .attr("id", format!("nav-{area}"))
        .on("pointerenter", move |_| prefetch(&target))
        .attr("href", href)
        .word("aria-current", here)
        .child(view! { <Icon glyph/> }.part())
        .child(el("span", "", vec![label.part()]))
        .part()
}

/// The area whose link leads to where a path is: sessions and users are reached by traces.
fn area_of(path: &str) -> Option<&'static str> {
    if is_under(path, "sessions") || is_under(path, "users") {
        return Some("traces");
    }
    AREAS
        .into_iter()
        .map(|(area, ..)| area)
        .find(|area| is_under(path, area))
}

/// Whether a path is in one area of a project: `/p/shop/events/7` is in `events`.
pub(super) fn is_under(path: &str, area: &str) -> bool {
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
        assert_eq!(area_of("/p/shop/users/ada"), Some("traces"));
        assert_eq!(area_of("/p/shop/settings/keys"), Some("settings"));
        assert_eq!(area_of("/projects"), None);
    }
}
