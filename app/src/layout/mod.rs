//! The frame around all pages.

mod brand;
mod help;
mod project_menu;
mod project_nav;
mod theme;
mod top_bar;
mod user_menu;

pub(crate) use brand::Mark;
pub(crate) use help::Help;
pub(crate) use project_nav::ProjectNav;
pub(crate) use top_bar::TopBar;
