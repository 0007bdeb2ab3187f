//! What was refused for one reason: to be looked at, replayed or deleted.

mod actions;
mod delete;
mod item;
mod panel;

pub(super) use actions::Which;
pub(super) use delete::delete_dialog;
pub(super) use panel::RefusedPanel;
