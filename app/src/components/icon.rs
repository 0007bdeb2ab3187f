//! Icons, drawn for 16 px: one path each, stroked with the colour of the text.

use leptos::prelude::*;

/// Every icon there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glyph {
    Alert,
    ArrowUp,
    Braces,
    Check,
    ChevronDown,
    ChevronLeft,
    ChevronRight,
    ChevronUp,
    Clock,
    Close,
    Copy,
    Events,
    Filter,
    Key,
    Keyboard,
    Link,
    Lock,
    LogOut,
    Monitor,
    Moon,
    Offline,
    Pause,
    Play,
    Plus,
    Refresh,
    Search,
    Sun,
    Trash,
    User,
}

impl Glyph {
    /// All of them, for the kit.
    #[cfg(debug_assertions)]
    pub(crate) const ALL: &'static [Self] = &[
        Self::Alert,
        Self::ArrowUp,
        Self::Braces,
        Self::Check,
        Self::ChevronDown,
        Self::ChevronLeft,
        Self::ChevronRight,
        Self::ChevronUp,
        Self::Clock,
        Self::Close,
        Self::Copy,
        Self::Events,
        Self::Filter,
        Self::Key,
        Self::Keyboard,
        Self::Link,
        Self::Lock,
        Self::LogOut,
        Self::Monitor,
        Self::Moon,
        Self::Offline,
        Self::Pause,
        Self::Play,
        Self::Plus,
        Self::Refresh,
        Self::Search,
        Self::Sun,
        Self::Trash,
        Self::User,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.2 14.6 13.5H1.4ZM8 6.5v3.2M8 11.7v.1",
            Self::ArrowUp => "M8 13V3M3.5 7.5 8 3l4.5 4.5",
            Self::Braces => {
                "M6 2.5c-1.7 0-2 .7-2 2v1.7C4 7.3 3.4 8 2.4 8 3.4 8 4 8.7 4 9.8v1.7c0 1.3.3 2 2 2M10 2.5c1.7 0 2 .7 2 2v1.7c0 1.1.6 1.8 1.6 1.8-1 0-1.6.7-1.6 1.8v1.7c0 1.3-.3 2-2 2"
            }
            Self::Check => "m3 8.5 3.5 3.5L13 4.5",
            Self::ChevronDown => "m4 6 4 4 4-4",
            Self::ChevronLeft => "m10 4-4 4 4 4",
            Self::ChevronRight => "m6 4 4 4-4 4",
            Self::ChevronUp => "m4 10 4-4 4 4",
            Self::Clock => "M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0ZM8 4.5V8l2.5 1.5",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Copy => {
                "M6.5 5.5h6a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1ZM3.5 10.5a1 1 0 0 1-1-1v-6a1 1 0 0 1 1-1h6a1 1 0 0 1 1 1"
            }
            Self::Events => "M2.5 4h1M6 4h7.5M2.5 8h1M6 8h7.5M2.5 12h1M6 12h7.5",
            Self::Filter => "M2 4h12M4.5 8h7M6.5 12h3",
            Self::Key => "M8.5 10.5a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM7.7 8.3 13.5 2.5M10.5 5.5l2 2M12.2 3.8l1.5 1.5",
            Self::Keyboard => {
                "M2.5 4h11a1 1 0 0 1 1 1v6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1ZM4 6.5h.1M6.7 6.5h.1M9.3 6.5h.1M12 6.5h.1M4.5 9.5h7"
            }
            Self::Link => {
                "M7 9a2.8 2.8 0 0 0 4 0l2.2-2.2a2.8 2.8 0 0 0-4-4l-.7.7M9 7a2.8 2.8 0 0 0-4 0L2.8 9.2a2.8 2.8 0 0 0 4 4l.7-.7"
            }
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
            Self::Play => "M5 3.5v9l7.5-4.5Z",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => "M13.5 3v3.5H10M13.3 6.5A5.6 5.6 0 1 0 13.6 9",
            Self::Search => "M11.5 7a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0ZM10.3 10.3 14 14",
            Self::Sun => {
                "M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0ZM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7"
            }
            Self::Trash => {
                "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.6 8.5a1 1 0 0 0 1 .9h4.8a1 1 0 0 0 1-.9l.6-8.5M6.7 7.2v4M9.3 7.2v4"
            }
            Self::User => {
                "M10.7 5.2a2.7 2.7 0 1 1-5.4 0 2.7 2.7 0 0 1 5.4 0ZM2.8 13.7c.5-2.6 2.5-4 5.2-4s4.7 1.4 5.2 4"
            }
        }
    }
}

/// An icon, which says nothing to a screen reader: the words beside it do.
#[component]
pub(crate) fn Icon(
    /// Which one.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=glyph.path()></path>
        </svg>
    }
}
