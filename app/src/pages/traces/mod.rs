//! Traces: the list of them, one of them, two of them; and what they add up
//! to for sessions and users.

mod areas;
mod compare;
mod figures;
mod groups;
mod list;
mod prompt_diff;
mod talk;
mod trace;
mod tree;

pub(crate) use compare::ComparePage;
pub(crate) use groups::{GroupPage, GroupsPage};
pub(crate) use list::TracesPage;
pub(crate) use trace::TracePage;
