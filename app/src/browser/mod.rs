//! The few things asked of the browser itself. All of it is for event
//! handlers and effects, which the server never runs.

mod clipboard;
mod clock;
mod dom;
mod download;
mod leaving;
mod picture;
mod storage;

pub(crate) use clipboard::copy;
pub(crate) use clock::{local, local_to_timestamp, now_millis, sleep, zone_name, zone_offset};
pub(crate) use dom::{
    address, assign, click, field_of, fields_of, focus, focus_id, focused_id, focused_within, full_screen,
    hold_pointer, input, is_hidden, is_narrow, is_typing, is_within, origin, path, place_of, reveal_id, set_dialog,
    set_root_attribute, set_style,
};
pub(crate) use download::{Incoming, NoFile};
pub(crate) use leaving::Leaving;
pub(crate) use picture::save_picture;
pub(crate) use storage::{Store, forget, recall, remember};
