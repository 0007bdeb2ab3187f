//! Small components that the pages are made of. All of them can be seen
//! together at `/_kit` in development builds.

mod badge;
mod button;
mod copy;
mod dialog;
mod empty;
mod error_view;
mod field;
mod icon;
mod json;
mod kbd;
mod menu;
mod panel;
mod severity;
mod skeleton;
mod snippet;
mod status_code;
mod table;
mod table_scroll;
mod time;
mod toast;
mod wait;

pub(crate) use badge::{Badge, Tone};
pub(crate) use button::{Button, ButtonKind, IconButton, LinkButton, SubmitButton};
pub(crate) use copy::CopyButton;
pub(crate) use dialog::Dialog;
pub(crate) use empty::EmptyState;
pub(crate) use error_view::{ErrorView, dead_end};
pub(crate) use field::Field;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use json::{Json, Record, items, members};
pub(crate) use kbd::Kbd;
pub(crate) use menu::{Menu, MenuItem};
pub(crate) use panel::Panel;
pub(crate) use severity::SeverityMark;
pub(crate) use skeleton::{SkeletonLines, SkeletonRows};
pub(crate) use snippet::Snippet;
pub(crate) use status_code::StatusCode;
pub(crate) use table::Table;
pub(crate) use table_scroll::TableScroll;
pub(crate) use time::{Tick, TimeStyle, TimeText};
pub(crate) use toast::{Toaster, Toasts};
pub(crate) use wait::wait;
