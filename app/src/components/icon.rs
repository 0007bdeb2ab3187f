//! Icons, drawn for 16 px: one path each, stroked with the colour of the text.

use leptos::prelude::*;

use crate::view::{El, svg};

/// Every icon there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Alert,
    ArrowUp,
    Bookmark,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Clock,
    Close,
    Columns,
    Copy,
    Events,
    Filter,
    Follow,
    Inbox,
    Key,
    Keyboard,
    Link,
    Lock,
    Minus,
    LogOut,
    Monitor,
    Moon,
    Offline,
    Pause,
    Play,
    Plus,
    Refresh,
    Search,
    Share,
    Sliders,
    Sun,
    Traces,
    Trash,
    Move,
    ZoomOut,
    Pencil,
    Layers,
    Grid,
    Globe,
    Expand,
    Download,
    Cube,
    Chart,
}

impl Glyph {
    /// All of them, for the kit.
    #[cfg(debug_assertions)]
    pub(crate) const ALL: &'static [Self] = &[
        Self::Alert,
        Self::ArrowUp,
        Self::Bookmark,
        Self::Check,
        Self::ChevronDown,
        Self::ChevronLeft,
        Self::ChevronRight,
        Self::ChevronUp,
        Self::Clock,
        Self::Close,
        Self::Columns,
        Self::Copy,
        Self::Events,
        Self::Filter,
        Self::Follow,
        Self::Inbox,
        Self::Key,
        Self::Keyboard,
        Self::Link,
        Self::Lock,
        Self::Minus,
        Self::LogOut,
        Self::Monitor,
        Self::Moon,
        Self::Offline,
        Self::Pause,
        Self::Play,
        Self::Plus,
        Self::Refresh,
        Self::Search,
        Self::Share,
        Self::Sliders,
        Self::Sun,
        Self::Traces,
        Self::Trash,
        Self::Move,
        Self::ZoomOut,
        Self::Pencil,
        Self::Layers,
        Self::Grid,
        Self::Globe,
        Self::Expand,
        Self::Download,
        Self::Cube,
        Self::Chart,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.2 14.6 13.5H1.4ZM8 6.5v3.2M8 11.7v.1",
            Self::Bookmark => "M4.5 2.5h7v11L8 10.7l-3.5 2.8Z",
            Self::ArrowUp => "M8 13V3M3.5 7.5 8 3l4.5 4.5",
            Self::Check => "m3 8.5 3.5 3.5L13 4.5",
            Self::ChevronDown => "m4 6 4 4 4-4",
            Self::ChevronLeft => "m10 4-4 4 4 4",
            Self::ChevronRight => "m6 4 4 4-4 4",
            Self::ChevronUp => "m4 10 4-4 4 4",
            Self::Clock => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM8 4.5V8l2.5 1.5",
            Self::Columns => "M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Copy => {
                "M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1ZM3.5 10.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1"
            }
            Self::Events => "M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5",
            Self::Follow => "m4 3 4 4 4-4M4 8.5l4 4 4-4",
            Self::Filter => "M2 4h12M4.5 8h7M6.5 12h3",
            Self::Inbox => "M2.5 9v3.5a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1V9M2.5 9h3l1 2h3l1-2h3M8 2v5M5.8 5 8 7.2 10.2 5",
            Self::Key => "M8.5 10.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM7.7 8.3 13.5 2.5M10.5 5.5l2 2M12.2 3.8l1.5 1.5",
            Self::Keyboard => {
                "M2.5 4h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.5 9.5h7"
            }
            Self::Link => {
                "M7 9a2.8 2.8 0 0 0 4 0l2.2-2.2a2.8 2.8 0 0 0-4-4l-.7.7M9 7a2.8 2.8 0 0 0-4 0L2.8 9.2a2.8 2.8 0 0 0 4 4l.7-.7"
            }
            Self::Minus => "M3 8h10",
            Self::Lock => {
                "M4 7.5h8a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1ZM5 7.5v-2a3 3 0 0 1 6 0v2"
            }
            Self::LogOut => "M6.5 13.5h-3a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1h3M10.5 11l3-3-3-3M13.5 8h-7",
            Self::Monitor => {
                "M2.5 3h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM5.5 13.5h5M8 11v2.5"
            }
            Self::Moon => "M13.5 9.5A5.8 5.8 0 0 1 6.5 2.5a5.8 5.8 0 1 0 7 7Z",
            Self::Offline => {
                "M2 2l12 12M5 8.5a4.5 4.5 0 0 1 2-1.1M9.5 7.6q.8.3 1.5.9M2.5 6a8 8 0 0 1 2.3-1.5M7 3.7A8 8 0 0 1 13.5 6M8 12v.1"
            }
            Self::Pause => "M5.5 3.5v9M10.5 3.5v9",
            Self::Play => "M5 3v10l8-5Z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => "M13.5 3v3.5H10M13.3 6.5A5.6 5.6 0 1 0 13.6 9",
            Self::Search => "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM10.3 10.3 14 14",
            Self::Share => {
                "M11.5 5.5a2 2 0 1 0-2-2M4.5 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM11.5 14a2 2 0 1 0-2-2M6.3 9.1l3.4 1.9M6.3 6.9l3.4-1.9M9.5 3.5a2 2 0 0 0 2 2M9.5 12a2 2 0 0 1 2-2"
            }
            Self::Sliders => "M2.5 4.5h6M12.5 4.5h1M10.5 2.7v3.6M2.5 11.5h1M7.5 11.5h6M5.5 9.7v3.6",
            Self::Sun => {
                "M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"
            }
            Self::Chart => "M2.5 13.5h11M4 11V8M7.5 11V3.5M11 11V6",
            Self::Cube => "M8 1.8 13.5 5v6L8 14.2 2.5 11V5ZM2.7 5 8 8l5.3-3M8 8v6",
            Self::Download => "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11",
            Self::Expand => "M9.5 2.5h4v4M13.2 2.8 9 7M6.5 13.5h-4v-4M2.8 13.2 7 9",
            Self::Globe => {
                "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM2.2 8h11.6M8 2c2.2 1.9 2.2 10.1 0 12M8 2c-2.2 1.9-2.2 10.1 0 12"
            }
            Self::Grid => "M2.5 2.5h4.5v6H2.5ZM9 2.5h4.5v3.5H9ZM9 8.5h4.5v5H9ZM2.5 11h4.5v2.5H2.5Z",
            Self::Layers => "M8 2 14 5.2 8 8.4 2 5.2ZM2.4 8.3 8 11.2l5.6-2.9M2.4 11 8 13.9 13.6 11",
            Self::Pencil => "M10.8 2.7 13.3 5.2 5.5 13l-3.2.7L3 10.5ZM9.3 4.2l2.5 2.5",
            Self::Move => "M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6 2 8l2 2M12 6l2 2-2 2",
            Self::ZoomOut => "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM10.3 10.3 14 14M5 7h4",
            Self::Traces => "M2.5 3.5h7M5 8h8.5M7.5 12.5h4",
            Self::Trash => {
                "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 8.5a1 1 0 0 0 1 .9h4.8a1 1 0 0 0 1-.9l.6-8.5M6.7 7.2v4M9.3 7.2v4"
            }
        }
    }
}

/// A drawing that says nothing to a screen reader.
pub(crate) fn drawing(class: &'static str, view_box: &'static str) -> El {
    svg("svg")
        .class(class)
        .attr("viewBox", view_box)
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
}

/// An icon, which says nothing to a screen reader: the words beside it do.
#[component]
pub(crate) fn Icon(
    /// Which one.
    glyph: Glyph,
) -> impl IntoView {
    drawing("icon", "0 0 16 16")
        .child(svg("path").attr("d", glyph.path()).part())
        .part()
}
