//! Which code the browser loads for which page.
//!
//! The frame (top bar, login, list of projects) is in the main wasm. The pages
//! of a project are in bundles, each a wasm of its own that is loaded with the
//! first page that needs it (`docs/decisions/0011-bundles.md`). A page belongs
//! to the bundle whose `draw` names it; what two bundles share comes with
//! whichever is first.
//!
//! To add a page: a variant of `Page` with its arm in the bundle's file, and a
//! route in `app.rs`; if the path begins with a new word, also [`Bundle::of`].

mod boards;
mod events;
mod lazy;
mod numbers;
mod settings;
mod trace;
mod traces;

pub(crate) use boards::Page as Boards;
pub(crate) use events::Page as Events;
pub use lazy::load_this_page;
pub(crate) use lazy::prefetch;
pub(crate) use numbers::Page as Numbers;
pub(crate) use settings::Page as Settings;
pub(crate) use trace::Page as Trace;
pub(crate) use traces::Page as Traces;

/// A part of the browser's code that comes on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// Searching and reading events.
    Events,
    /// How a project is doing.
    Numbers,
    /// Dashboards that people make.
    Boards,
    /// A project's settings.
    Settings,
    /// The list of traces.
    Traces,
    /// Reading traces.
    Trace,
}

impl Bundle {
    /// The bundle that draws the page at a path; none for the pages that the
    /// main wasm draws.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        if path.starts_with("/shared/") {
            return Some(Self::Trace);
        }
        let path = path.split('?').next()?;
        let mut words = path.strip_prefix("/p/")?.split('/').skip(1);
        match (words.next()?, words.next()) {
            ("events", _) => Some(Self::Events),
            ("overview" | "services" | "llm" | "geo" | "ingest" | "sessions" | "users", _) => Some(Self::Numbers),
            ("dashboards", _) => Some(Self::Boards),
            ("settings", _) => Some(Self::Settings),
            ("traces", None | Some("")) => Some(Self::Traces),
            ("traces", Some(_)) => Some(Self::Trace),
            _ => None,
        }
    }

    /// What the bundle's `wasm_split` names it; the site's manifest lists its
    /// files under this.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Numbers => "numbers",
            Self::Boards => "boards",
            Self::Settings => "settings",
            Self::Traces => "traces",
            Self::Trace => "trace",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_draws_a_path() {
        assert_eq!(Bundle::of("/p/shop/events/7"), Some(Bundle::Events));
        assert_eq!(Bundle::of("/p/events/settings/keys"), Some(Bundle::Settings));
        assert_eq!(Bundle::of("/p/shop/sessions/7"), Some(Bundle::Numbers));
        assert_eq!(Bundle::of("/p/shop/traces"), Some(Bundle::Traces));
        assert_eq!(Bundle::of("/p/shop/traces/?q=a/b"), Some(Bundle::Traces));
        assert_eq!(Bundle::of("/p/shop/traces/7?span=1"), Some(Bundle::Trace));
        assert_eq!(Bundle::of("/shared/secret"), Some(Bundle::Trace));
        assert_eq!(Bundle::of("/p/events"), None);
        assert_eq!(Bundle::of("/projects"), None);
    }
}
