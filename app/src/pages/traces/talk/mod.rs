//! What models were told and said.

mod message;

pub(super) use message::{Message, Piece, Speaker, conversation, parameters};
