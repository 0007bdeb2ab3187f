//! The time range.

use eventglass_model::{TimeBound, Timestamp};
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    browser, components,
    view::{IntoPart, memo},
};

/// Chooses when the events happened.
#[component]
pub(super) fn TimeRange() -> impl IntoView {
    let page = Page::from_context();
    let range = memo(move |_| page.query.with(|query| (query.from, query.to)));
    let set = Callback::new(move |(from, to)| {
        page.narrow(|query| {
            query.from = from;
            query.to = to;
        });
    });
    view! { <components::TimeRange range unset="All time" set/> }.part()
}

/// Looks into a span of time, in seconds since the epoch.
pub(in super::super) fn zoom_to(page: Page, from: i64, to: i64) {
    let moment = |seconds: i64| Some(TimeBound::At(Timestamp::from_micros(seconds.saturating_mul(1_000_000))));
    page.narrow(|query| {
        query.from = moment(from);
        // What reaches beyond now goes on with it.
        query.to = moment(to).filter(|_| to.saturating_mul(1_000) < browser::now_millis());
    });
}
