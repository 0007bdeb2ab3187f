//! Answers that are not about all that was asked for, and how that is said.

use eventglass_model::{
    BudgetStatus, Dashboard, DashboardList, Metrics, PriceList, RecomputeStatus, ServiceList, Timestamp, UnpricedList,
};
use leptos::prelude::*;

use crate::{
    components::{Glyph, Icon, TimeStyle, TimeText},
    view::{IntoPart, Part, el, tag},
};

/// How an answer falls short of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Partial {
    /// Where time ran out: what is older is not counted. None where events are
    /// missing from all over the time.
    pub(crate) searched_to: Option<Timestamp>,
}

/// An answer that may be about less than was asked for.
pub(crate) trait Counted {
    /// How it falls short; none where it is whole.
    fn partial(&self) -> Option<Partial> {
        None
    }
}

fn unless_whole(partial: bool, searched_to: Option<Timestamp>) -> Option<Partial> {
    partial.then_some(Partial { searched_to })
}

impl Counted for Metrics {
    fn partial(&self) -> Option<Partial> {
        unless_whole(self.partial, self.searched_to)
    }
}

impl Counted for ServiceList {
    fn partial(&self) -> Option<Partial> {
        unless_whole(self.partial, None)
    }
}

impl Counted for BudgetStatus {
    fn partial(&self) -> Option<Partial> {
        unless_whole(self.partial, None)
    }
}

// Those that are always whole.
impl Counted for Dashboard {}
impl Counted for DashboardList {}
impl Counted for PriceList {}
impl Counted for RecomputeStatus {}
impl Counted for UnpricedList {}

/// Says that numbers are partial: a line above them.
pub(super) fn partial_line(partial: Partial) -> Part {
    let parts = vec![
        view! { <Icon glyph=Glyph::Alert/> }.part(),
        el("span", "", said(partial)),
    ];
    tag("p")
        .class("partial-line")
        .attr("role", "note")
        .children(parts)
        .part()
}

/// The same as a word beside a heading, whose tooltip and hidden text say the rest.
pub(crate) fn partial_mark(partial: Partial) -> Part {
    let mut parts = vec!["partial".part()];
    if let Some(time) = partial.searched_to {
        let time = view! { <TimeText time style=TimeStyle::Minute/> }.part();
        parts.push(el("span", "partial-since", vec![", back to ".part(), time]));
    }
    tag("span")
        .class("badge badge-warning partial-mark")
        .attr("title", "Not all events of this time are counted here")
        .children(parts)
        .part()
}

fn said(partial: Partial) -> Vec<Part> {
    match partial.searched_to {
        Some(time) => {
            let time = view! { <TimeText time style=TimeStyle::Minute/> }.part();
            vec![
                "Partial: counted back to ".part(),
                time,
                ". Older events are not in these numbers.".part(),
            ]
        }
        None => vec!["Partial: not all events of this time are counted in these numbers.".part()],
    }
}
