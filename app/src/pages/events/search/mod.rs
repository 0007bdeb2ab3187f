//! The box in which one says what to look for.

mod choice;
mod fault;
mod history;
mod input;
mod offers;
mod shade;

pub(super) use input::{BOX, SearchBox};
