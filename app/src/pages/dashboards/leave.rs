//! What is not saved is not lost without a question.

use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::board::Board;
use crate::{
    browser::Leaving,
    view::{effect, memo},
};

const ASKED: &str = "This dashboard has changes that are not saved. Leave without them?";

/// Asks whoever leaves the dashboard while there is something to save.
pub(super) fn ask_before_leaving(board: Board) {
    let is_changed = memo(move |_| board.is_changed());
    effect(move || {
        if !is_changed.get() {
            return;
        }
        let leaving = Leaving::ask(
            ASKED,
            move || board.is_changed_untracked(),
            // One question is enough: closing the page would be the next.
            move || board.forget(),
        );
        let leaving = SendWrapper::new(leaving);
        on_cleanup(move || drop(leaving));
    });
}
