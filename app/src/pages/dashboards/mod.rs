//! `/p/{slug}/dashboards`: what people arrange for themselves.
//!
//! A board is looked at, or with `?edit=1` arranged: then changes are made to a
//! draft ([`board`]) and saved together.

mod actions;
mod arrange;
mod board;
mod fields;
mod figures;
mod form;
mod grid;
mod leave;
mod list;
mod page;
mod said;
mod settings;
mod starter;
mod values;
mod widget;
mod widget_body;
mod words;

pub(crate) use list::DashboardsPage;
pub(crate) use page::DashboardPage;
