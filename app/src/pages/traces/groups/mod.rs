//! Sessions and users: what their traces add up to.

mod chart;
mod list;
mod one;

pub(crate) use list::GroupsPage;
pub(crate) use one::GroupPage;

/// What a page is about, from the word of its path.
fn one_of(what: &'static str) -> (&'static str, &'static str) {
    if what == "users" {
        ("user", "User")
    } else {
        ("session", "Session")
    }
}
