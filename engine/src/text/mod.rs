//! The text of an event: which it is, how it is folded, cut into words, and
//! compared. The writer of the index and the evaluator of queries share it, so
//! that what the index finds and what a query means are the same thing.

mod find;
mod fold;
mod gather;
mod strings;
mod words;

pub(crate) use find::{Needle, Part};
pub(crate) use fold::fold;
pub(crate) use gather::{Gathered, Parts, Scope};
pub use gather::{MAX_TEXT_BYTES, cut};
pub(crate) use words::{MARK, Piece, WORD_BYTES, index_form, letters, pieces};
