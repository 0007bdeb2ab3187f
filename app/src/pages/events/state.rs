//! What the parts of the page share.

use eventglass_model::{EventQuery, FieldError};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};

use super::{address, list::EventList};
use crate::{live::Live, session::project_slug, view::memo};

type Parsed = Result<EventQuery, Vec<FieldError>>;

/// What the parts of the page share. All of it follows from the address but
/// the list, and whether it is live.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// The project.
    pub(super) slug: Memo<String>,
    /// What is looked for; everything, where the address cannot be read.
    pub(super) query: Memo<EventQuery>,
    /// What in the address cannot be read.
    pub(super) faults: Memo<Vec<FieldError>>,
    /// The event that is open.
    pub(super) open: Memo<Option<String>>,
    /// What was found.
    pub(super) list: EventList,
    /// The row that the keyboard is at.
    pub(super) cursor: RwSignal<Option<String>>,
    /// Whether new events are asked for.
    pub(super) live: RwSignal<bool>,
    /// How it stands with the asking for them.
    pub(super) asking: Live,
    /// Raised when the filters' counts are out of date.
    pub(super) recount: RwSignal<u32>,
    /// Whether the filters are unfolded, where there is no room for them beside the list.
    pub(super) filters: RwSignal<bool>,
    go: Callback<(String, bool)>,
}

impl Page {
    /// Makes it and offers it to all that is below.
    pub(super) fn provide() -> Self {
        let params = use_params_map();
        let location = use_location();
        let navigate = use_navigate();
        let open = memo(move |_| params.read().get("event"));
        let slug = project_slug();
        // On the way to another page the address changes before this page is
        // gone: what it says then is not about events.
        let parsed = memo(move |before: Option<&Parsed>| {
            let here = location.pathname.with(|path| address::is_events(path));
            match before {
                Some(before) if !here => before.clone(),
                _ => location.search.with(|search| address::parse(search)),
            }
        });
        let page = Self {
            slug,
            query: memo(move |_| parsed.get().unwrap_or_default()),
            faults: memo(move |_| parsed.get().err().unwrap_or_default()),
            open,
            list: EventList::new(),
            cursor: RwSignal::new(open.get_untracked()),
            live: RwSignal::new(true),
            asking: Live::new(),
            recount: RwSignal::new(0),
            filters: RwSignal::new(false),
            go: Callback::new(move |(path, replace): (String, bool)| {
                let options = NavigateOptions {
                    replace,
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&path, options);
            }),
        };
        provide_context(page);
        page
    }

    /// What [`Self::provide`] made.
    pub(super) fn from_context() -> Self {
        expect_context()
    }

    /// The address of the list.
    pub(super) fn list_path(self) -> String {
        let slug = self.slug.read_untracked();
        format!("/p/{}/events{}", *slug, address::write(&self.query.read_untracked()))
    }

    /// The address of an event beside the list.
    pub(super) fn event_path(self, id: &str) -> String {
        let slug = self.slug.read_untracked();
        format!(
            "/p/{}/events/{id}{}",
            *slug,
            address::write(&self.query.read_untracked())
        )
    }

    /// Looks for something else. What is typed replaces what was typed before
    /// it: the back button goes by searches, not by letters.
    pub(super) fn look_for(self, query: &EventQuery, replace: bool) {
        let slug = self.slug.get_untracked();
        let open = self.open.get_untracked().map(|id| format!("/{id}")).unwrap_or_default();
        self.go
            .run((format!("/p/{slug}/events{open}{}", address::write(query)), replace));
    }

    /// Changes what is looked for.
    pub(super) fn narrow(self, change: impl FnOnce(&mut EventQuery)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        self.look_for(&query, false);
    }

    /// Looks for everything.
    pub(super) fn clear(self) {
        self.look_for(&EventQuery::default(), false);
    }

    /// Opens an event. Going from one to the next leaves no trace in the history.
    pub(super) fn show(self, id: &str) {
        let replace = self.open.read_untracked().is_some();
        self.cursor.set(Some(id.to_owned()));
        self.go.run((self.event_path(id), replace));
    }

    /// Closes the event that is open.
    pub(super) fn close(self) {
        self.go.run((self.list_path(), false));
    }
}
