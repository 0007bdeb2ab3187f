//! From OTLP to the canonical event, by tables: [`fields`], [`kind`],
//! [`content`] and [`usage`] say which attribute means what; [`index`] makes
//! one lookup of all of them; [`span`] and [`log`] put the event together.

mod attributes;
mod common;
mod content;
mod fields;
mod index;
mod indexed;
mod kind;
mod log;
mod out;
mod place;
mod shared;
mod slots;
mod span;
mod text;
mod usage;

#[cfg(test)]
mod tests;

pub use self::log::{Repeats, read as read_log};
pub use self::shared::Shared;
pub use self::span::read as read_span;
