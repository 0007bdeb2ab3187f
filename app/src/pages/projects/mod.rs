//! Projects.

mod create;
mod created;
mod home;
mod list;
mod page;

pub(crate) use home::ProjectHome;
pub(crate) use page::ProjectsPage;
