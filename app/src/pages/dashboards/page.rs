//! One dashboard.

use eventglass_model::{Dashboard, TimeBound};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    actions::{WHOLE, actions},
    board::Board,
    form::widget_form,
    leave::ask_before_leaving,
    settings::board_form,
    widget::widget,
};
use crate::{
    api,
    components::{EmptyState, Glyph, page_head},
    order::in_order,
    pages::scope::{Scope, ask, frame_whole, head_over},
    view::{IntoPart, Part, effect, el, memo, show, tag, text},
};

/// What a dashboard shows that has no span of time of its own.
const DAY: TimeBound = TimeBound::Ago(86_400);

/// One dashboard.
#[component]
pub(crate) fn DashboardPage() -> impl IntoView {
    let every = RwSignal::new(None::<u32>);
    let scope = Scope::provide_every("dashboards", every.into());
    let params = use_params_map();
    let id = memo(move |_| params.read().get("dashboard").unwrap_or_default());
    let board = Board::new(scope, id);
    effect(move || {
        // Arranging, one wants things to stay.
        let editing = board.editing.get();
        every.set(board.draft.with(|draft| draft.refresh_seconds).filter(|_| !editing));
    });
    let asked = ask::<Dashboard>(scope.refresh, move || {
        api::dashboard_path(&scope.slug.read(), &id.read())
    });
    let load = move || {
        asked
            .latest
            .with(|dashboard| dashboard.iter().for_each(|dashboard| board.load(dashboard)));
    };
    effect(load);
    ask_before_leaving(board);
    let name = move || board.draft.with(|draft| draft.name.clone());
    let shown = memo(move |_| match board.range() {
        (None, None) => (Some(DAY), None),
        range => range,
    });
    let body = move |_| {
        // What is not there has no name, and nothing can be done with it.
        let top = asked.show_or(
            move || {
                untrack(load);
                head_over(
                    scope,
                    shown,
                    "As the dashboard opens",
                    text(name).part(),
                    actions(board),
                )
            },
            || page_head("Dashboard", None),
        );
        let content = asked.show(move || {
            // Now, for the server, which runs no effects.
            untrack(load);
            whole(board)
        });
        vec![top, content].part()
    };
    // Who has several open tells them apart by their tabs.
    let title = move || match name() {
        name if name.is_empty() => "Dashboard".to_owned(),
        name => name,
    };
    frame_whole(scope, title, body)
}

fn whole(board: Board) -> Part {
    let name = text(move || board.draft.with(|draft| draft.name.clone()));
    let description = text(move || board.draft.with(|draft| draft.description.clone()));
    let head = vec![
        el("p", "board-name", vec![name.part()]),
        el("p", "faint", vec![description.part()]),
    ];
    // Drawn anew when there are other widgets; where they stand changes in place.
    let ids = memo(move |_| {
        let ids: Vec<String> = board
            .draft
            .with(|draft| draft.widgets.iter().map(|widget| widget.id.clone()).collect());
        // While they are arranged, what one holds must not be drawn anew.
        if board.editing.get() {
            in_order(ids, Ord::cmp)
        } else {
            ids
        }
    });
    let widgets = show(move || {
        let drawn: Vec<Part> = ids.get().iter().map(|id| widget(board, id)).collect();
        if drawn.is_empty() {
            let body = el("p", "", vec!["Press Edit, then Add a widget.".part()]);
            return view! { <EmptyState glyph=Glyph::Grid title="Nothing here yet" body/> }.part();
        }
        tag("div")
            .class("board")
            .attr("id", "board")
            .flag("data-edit", move || board.editing.get())
            .children(drawn)
            .part()
    });
    let told = tag("p")
        .class("sr-only")
        .attr("role", "status")
        .child(text(move || board.told.get()).part());
    let parts = vec![
        el("div", "board-head", head),
        widgets.part(),
        told.part(),
        widget_form(board),
        board_form(board),
    ];
    tag("div").class("board-whole").attr("id", WHOLE).children(parts).part()
}
