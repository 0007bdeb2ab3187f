//! How a project is doing, in numbers and charts.

use leptos::{prelude::*, wasm_split::wasm_split};

use super::{
    Bundle,
    lazy::{Drawn, lazy},
};
use crate::{
    pages::{
        dashboards::{DashboardPage, DashboardsPage},
        geo::GeoPage,
        ingest::IngestPage,
        llm::LlmPage,
        overview::OverviewPage,
        services::{ServicePage, ServicesPage},
        traces::{GroupPage, GroupsPage},
    },
    view::{IntoPart, Part},
};

/// The pages of this bundle.
#[derive(Clone, Copy)]
pub(crate) enum Page {
    /// A project at a glance.
    Overview,
    /// All services.
    Services,
    /// One service.
    Service,
    /// What models cost.
    Llm,
    /// Where events come from.
    Geo,
    /// All dashboards.
    Dashboards,
    /// One dashboard.
    Dashboard,
    /// The list of sessions.
    Sessions,
    /// One of them.
    Session,
    /// The list of users.
    Users,
    /// One of them.
    User,
    /// The health of ingestion.
    Ingest,
}

impl Page {
    /// The page, or what stands in its place until its code has come.
    pub(crate) fn part(self) -> Part {
        lazy(Bundle::Numbers, move || draw(self))
    }
}

#[wasm_split(numbers, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
pub(super) fn draw(page: Page) -> Drawn {
    Ok(match page {
        Page::Overview => view! { <OverviewPage/> }.part(),
        Page::Services => view! { <ServicesPage/> }.part(),
        Page::Service => view! { <ServicePage/> }.part(),
        Page::Llm => view! { <LlmPage/> }.part(),
        Page::Geo => view! { <GeoPage/> }.part(),
        Page::Dashboards => view! { <DashboardsPage/> }.part(),
        Page::Dashboard => view! { <DashboardPage/> }.part(),
        Page::Sessions => view! { <GroupsPage what="sessions"/> }.part(),
        Page::Session => view! { <GroupPage what="sessions"/> }.part(),
        Page::Users => view! { <GroupsPage what="users"/> }.part(),
        Page::User => view! { <GroupPage what="users"/> }.part(),
        Page::Ingest => view! { <IngestPage/> }.part(),
    })
}
