//! One trace. The address holds the whole state:
//! `/p/{slug}/traces/{id}?view=&span=&depth=&find=`, and the same behind
//! `/shared/{token}` for whoever was given the link.

mod address;
mod detail;
mod graph;
mod head;
mod keyboard;
mod page;
mod rows;
mod share;
mod state;
mod steps;
mod talk;
mod toolbar;

pub(crate) use page::TracePage;
pub(super) use rows::role_mark;
