//! All dashboards of a project.

use eventglass_model::{DashboardList, encode_segment};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::starter::starter;
use crate::{
    api,
    components::{Button, ButtonKind, EmptyState, Glyph, Table, TimeStyle, TimeText, Toasts},
    pages::scope::{Scope, ask, frame_with},
    view::{IntoPart, Part, el, show, tag},
};

/// The dashboards, and a way to make one.
#[component]
pub(crate) fn DashboardsPage() -> impl IntoView {
    let scope = Scope::provide("dashboards");
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let navigate = use_navigate();
    let create = Callback::new(move |()| {
        busy.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let slug = scope.slug.get_untracked();
            let answer = api::create_dashboard(&slug, &starter("New dashboard")).await;
            busy.try_set(false);
            match answer {
                Ok(made) => {
                    let path = format!("/p/{slug}/dashboards/{}?edit=1", encode_segment(&made.id));
                    navigate(&path, Default::default());
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    let new = view! { <Button kind=ButtonKind::Primary glyph=Glyph::Plus busy label="New dashboard" on_press=create/> };
    let asked = ask::<DashboardList>(scope.refresh, move || api::dashboards_path(&scope.slug.read()));
    frame_with(scope, "Dashboards", new.part(), move |_| {
        asked.show(move || {
            show(move || {
                asked
                    .latest
                    .with(|list| list.as_ref().map(|list| table(scope, list)).part())
            })
            .part()
        })
    })
}

fn table(scope: Scope, list: &DashboardList) -> Part {
    if list.items.is_empty() {
        let body = el(
            "p",
            "",
            vec!["Arrange charts of any measure, by any field, and share the address with your project.".part()],
        );
        return view! { <EmptyState glyph=Glyph::Grid title="No dashboards yet" body/> }.part();
    }
    let rows = list.items.iter().map(|item| {
        let href = format!("/p/{}/dashboards/{}", scope.slug.get(), encode_segment(&item.id));
        let name = tag("a")
            .class("name-link")
            .attr("href", href)
            .child(item.name.clone().part());
        let mut first = vec![name.part()];
        if !item.description.is_empty() {
            first.push(el("span", "cell-note", vec![item.description.clone().part()]));
        }
        let when = view! { <TimeText time=item.updated_at style=TimeStyle::Minute/> }.part();
        let cells = [
            el("div", "cell-stack", first),
            item.widgets.to_string().part(),
            when,
            item.updated_by.clone().unwrap_or_default().part(),
        ];
        el("tr", "", cells.map(|cell| el("td", "", vec![cell])).into())
    });
    let rows = rows.collect();
    let table = view! { <Table label="Dashboards" heads=&["Name", "Widgets", "Changed", "By"] rows/> }.part();
    el("section", "panel", vec![table])
}
