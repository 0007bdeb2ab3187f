//! What the parts of the page share.

use eventglass_model::{
    EventQuery, FieldError,
    search::{self, SearchError},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_params_map},
};

use super::{
    address::{self, Address, Rows, Tail},
    columns,
    exporting::Exporting,
    list::EventList,
    preferences::Preferences,
    terms,
};
use crate::{live::Live, session::project_slug, view::memo};

/// What the parts of the page share. All of it follows from the address but
/// the list, and what this browser was told before.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// The project.
    pub(super) slug: Memo<String>,
    /// All that the address says.
    pub(super) address: Memo<Address>,
    /// What is looked for: words and time, and the place in the list to begin at.
    pub(super) query: Memo<EventQuery>,
    /// What of the address cannot be read.
    pub(super) faults: Memo<Vec<FieldError>>,
    /// What is wrong with the words.
    pub(super) wrong: Memo<Option<SearchError>>,
    /// The event that is open.
    pub(super) open: Memo<Option<String>>,
    /// The columns of the list.
    pub(super) columns: Memo<Vec<String>>,
    /// How high the rows are.
    pub(super) rows: Memo<Rows>,
    /// How the list follows what arrives.
    pub(super) tail: Memo<Tail>,
    /// What was found.
    pub(super) list: EventList,
    /// The row that the keyboard is at.
    pub(super) cursor: RwSignal<Option<String>>,
    /// How it stands with the asking for new events.
    pub(super) asking: Live,
    /// Raised when the numbers beside and above the list are out of date.
    pub(super) recount: RwSignal<u32>,
    /// How many events match, as far as they were counted; and whether there may be more.
    pub(super) matching: RwSignal<Option<(i64, bool)>>,
    /// Whether the filters are unfolded, where there is no room for them beside the list.
    pub(super) filters: RwSignal<bool>,
    /// The export that is under way.
    pub(super) exporting: Exporting,
    /// What this browser was told before.
    pub(super) preferences: Preferences,
    /// How the list followed before it was paused.
    before_pause: StoredValue<Tail>,
    go: Callback<(String, bool)>,
}

impl Page {
    /// Makes it and offers it to all that is below.
    pub(super) fn provide() -> Self {
        let params = use_params_map();
        let location = use_location();
        let navigate = use_navigate();
        let open = memo(move |_| params.read().get("event"));
        // On the way to another page the address changes before this page is
        // gone: what it says then is not about events.
        let address = memo(move |before: Option<&Address>| {
            let here = location.pathname.with(|path| address::is_events(path));
            match before {
                Some(before) if !here => before.clone(),
                _ => location.search.with(|search| Address::read(search)),
            }
        });
        let query = memo(move |_| address.read().query.clone());
        let preferences = Preferences::new();
        let page = Self {
            slug: project_slug(),
            address,
            query,
            faults: memo(move |_| address.read().faults.clone()),
            wrong: memo(move |_| search::parse(&query.read().q).err()),
            open,
            columns: memo(move |_| {
                let named = address.with(|address| address.columns.clone());
                columns::read(&if named.is_empty() {
                    preferences.columns.get()
                } else {
                    named
                })
            }),
            rows: memo(move |_| {
                let said = address.read().rows;
                said.unwrap_or_else(|| preferences.rows.get())
            }),
            tail: memo(move |_| address.read().tail),
            list: EventList::new(),
            cursor: RwSignal::new(open.get_untracked()),
            asking: Live::new(),
            recount: RwSignal::new(0),
            matching: RwSignal::new(None),
            filters: RwSignal::new(false),
            exporting: Exporting::new(),
            preferences,
            before_pause: StoredValue::new(Tail::Count),
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

    /// The path of the list, without what it looks for.
    pub(super) fn path(self) -> String {
        format!("/p/{}/events", *self.slug.read_untracked())
    }

    /// The address of the list, changed.
    pub(super) fn path_with(self, change: impl FnOnce(&mut Address)) -> String {
        let mut address = self.address.get_untracked();
        change(&mut address);
        format!("{}{}", self.path(), address.write())
    }

    /// The address of an event beside the list.
    pub(super) fn event_path(self, id: &str) -> String {
        format!("{}/{id}{}", self.path(), self.address.read_untracked().write())
    }

    /// What is asked for a list of the events that are looked for.
    pub(super) fn question(self) -> EventQuery {
        EventQuery {
            fields: columns::asked_for(&self.columns.read()),
            ..self.query.get()
        }
    }

    /// The same, for whoever does not ask again when it changes.
    pub(super) fn question_now(self) -> EventQuery {
        EventQuery {
            fields: columns::asked_for(&self.columns.read_untracked()),
            ..self.query.get_untracked()
        }
    }

    /// Changes the address. What `replace`s leaves no trace in the history:
    /// the back button goes by searches.
    fn change(self, replace: bool, change: impl FnOnce(&mut Address)) {
        let mut address = self.address.get_untracked();
        change(&mut address);
        let open = self.open.get_untracked().map(|id| format!("/{id}")).unwrap_or_default();
        self.go
            .run((format!("{}{open}{}", self.path(), address.write()), replace));
    }

    /// Looks for something else, from the newest on.
    pub(super) fn narrow(self, change: impl FnOnce(&mut EventQuery)) {
        self.change(false, |address| {
            change(&mut address.query);
            address.query.cursor = None;
        });
    }

    /// Looks for events with a value of a field (or, with `exclude`, without it); or no longer.
    pub(super) fn toggle(self, field: &str, value: &str, exclude: bool) {
        self.narrow(|query| query.q = terms::toggle(&query.q, field, value, exclude));
    }

    /// Looks for everything.
    pub(super) fn clear(self) {
        self.change(false, |address| {
            address.query = EventQuery::default();
            address.faults.clear();
            address.view = None;
        });
    }

    /// Changes how the list is shown.
    pub(super) fn show_as(self, change: impl FnOnce(&mut Address)) {
        self.change(true, change);
    }

    /// Looks for what a saved view looks for, and as it does.
    pub(super) fn open_view(self, change: impl FnOnce(&mut Address)) {
        self.change(false, change);
    }

    /// Opens an event. Going from one to the next leaves no trace in the history.
    pub(super) fn show(self, id: &str) {
        let replace = self.open.read_untracked().is_some();
        self.cursor.set(Some(id.to_owned()));
        self.go.run((self.event_path(id), replace));
    }

    /// Closes the event that is open.
    pub(super) fn close(self) {
        self.go.run((self.path_with(|_| {}), false));
    }

    /// Pauses the asking for new events, or goes on with it as before.
    pub(super) fn toggle_live(self) {
        self.show_as(|address| {
            address.tail = if address.tail == Tail::Off {
                self.before_pause.get_value()
            } else {
                self.before_pause.set_value(address.tail);
                Tail::Off
            };
        });
    }

    /// Lets new events come in by themselves, or no longer.
    pub(super) fn toggle_follow(self) {
        self.show_as(|address| {
            address.tail = if address.tail == Tail::Follow {
                Tail::Count
            } else {
                Tail::Follow
            };
        });
    }
}
