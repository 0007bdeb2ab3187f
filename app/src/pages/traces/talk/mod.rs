//! What models were told and said.

mod long;
mod message;
mod view;

pub(super) use long::long_text;
pub(super) use message::{Message, Piece, Speaker, conversation, parameters};
pub(super) use view::{messages_view, value_view};
