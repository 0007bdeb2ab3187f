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

mod events;
mod lazy;
mod numbers;
mod settings;
mod traces;

pub(crate) use events::Page as Events;
pub use lazy::load_this_page;
pub(crate) use lazy::prefetch;
pub(crate) use numbers::Page as Numbers;
pub(crate) use settings::Page as Settings;
pub(crate) use traces::Page as Traces;

/// A part of the browser's code that comes on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bundle {
    /// Searching and reading events.
    Events,
    /// How a project is doing.
    Numbers,
    /// A project's settings.
    Settings,
    /// Finding and reading traces.
    Traces,
}

impl Bundle {
    /// The bundle that draws the page at a path; none for the pages that the
    /// main wasm draws.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        if path.starts_with("/shared/") {
            return Some(Self::Traces);
        }
        match path.strip_prefix("/p/")?.split('/').nth(1)? {
            "events" => Some(Self::Events),
            "overview" | "services" | "llm" | "geo" | "dashboards" | "ingest" | "sessions" | "users" => {
                Some(Self::Numbers)
            }
            "settings" => Some(Self::Settings),
            "traces" => Some(Self::Traces),
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
            Self::Settings => "settings",
            Self::Traces => "traces",
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
        assert_eq!(Bundle::of("/p/shop/traces/7"), Some(Bundle::Traces));
        assert_eq!(Bundle::of("/shared/secret"), Some(Bundle::Traces));
        assert_eq!(Bundle::of("/p/events"), None);
        assert_eq!(Bundle::of("/projects"), None);
    }
}
