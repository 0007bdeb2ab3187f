//! What can be done with a dashboard.

use leptos::{prelude::*, task::spawn_local};

use super::board::Board;
use crate::{
    api, browser,
    components::{Button, ButtonKind, Glyph, Icon, IconButton, Menu, MenuItem, Toasts},
    view::{IntoPart, Part, el, make, show, tag},
};

/// The id of the dashboard as a whole.
pub(super) const WHOLE: &str = "board-whole";

/// Buttons: others while it is arranged.
pub(super) fn actions(board: Board) -> Part {
    let buttons = show(move || {
        if board.editing.get() {
            arranging(board)
        } else {
            looking(board)
        }
    });
    el("div", "row-wrap", vec![buttons.part()])
}

fn arranging(board: Board) -> Part {
    let unchanged = Signal::derive(move || !board.is_changed());
    let settings = Callback::new(move |()| board.open.set(Some(String::new())));
    let save = Callback::new(move |()| {
        if unchanged.get_untracked() {
            board.set_editing(false);
        } else {
            board.save();
        }
    });
    vec![
        view! { <Button glyph=Glyph::Plus label="Add a widget" on_press=move |()| board.add()/> }.part(),
        view! { <Button glyph=Glyph::Sliders label="Settings" on_press=settings/> }.part(),
        view! { <Button label="Discard" on_press=move |()| board.revert()/> }.part(),
        view! { <Button kind=ButtonKind::Primary busy=board.busy label="Save" on_press=save/> }.part(),
    ]
    .part()
}

fn looking(board: Board) -> Part {
    let open = RwSignal::new(false);
    let more = make(|| view! { <Icon glyph=Glyph::ChevronDown/> }.part());
    let full = Callback::new(|()| browser::full_screen(WHOLE));
    vec![
        view! { <Button glyph=Glyph::Pencil label="Edit" on_press=move |()| board.set_editing(true)/> }.part(),
        view! { <IconButton glyph=Glyph::Expand label="Full screen" on_press=full/> }.part(),
        view! { <Menu id="board-menu" open label="More" button=more class="btn" end=true body=make(move || menu(board, open))/> }
            .part(),
    ]
    .part()
}

fn menu(board: Board, open: RwSignal<bool>) -> Part {
    let toasts = Toasts::from_context();
    let (from, to) = board.range();
    let text = |bound: Option<eventglass_model::TimeBound>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    let href = api::dashboard_csv_path(
        &board.scope.slug.read_untracked(),
        &board.id.read_untracked(),
        &text(from),
        &text(to),
    );
    let csv = tag("a")
        .class("menu-item")
        .attr("href", href)
        .attr("rel", "external")
        .attr("download", "dashboard.csv")
        .press(move |_| open.set(false))
        .child(view! { <Icon glyph=Glyph::Download/> }.part())
        .child(el("span", "", vec!["All numbers as CSV".part()]));
    let picture = Callback::new(move |()| {
        open.set(false);
        let name = board.draft.with_untracked(|draft| draft.name.clone());
        spawn_local(async move {
            if browser::save_picture(WHOLE, &name).await.is_err() {
                toasts.error("This browser could not draw the picture.");
            }
        });
    });
    let sure = RwSignal::new(false);
    let delete = Callback::new(move |()| {
        // Pressed twice: once to ask, once to mean it.
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        spawn_local(async move {
            let slug = board.scope.slug.get_untracked();
            board.forget();
            match api::remove_dashboard(&slug, &board.id.read_untracked()).await {
                Ok(()) => browser::assign(&format!("/p/{slug}/dashboards")),
                Err(error) => toasts.error(error.message()),
            }
        });
    });
    let delete = show(move || {
        let label = if sure.get() { "Delete it for good?" } else { "Delete" };
        view! { <MenuItem glyph=Glyph::Trash label on_press=delete/> }.part()
    });
    let picture = view! { <MenuItem glyph=Glyph::Download label="Picture (PNG)" on_press=picture/> }.part();
    vec![csv.part(), picture, delete.part()].part()
}
