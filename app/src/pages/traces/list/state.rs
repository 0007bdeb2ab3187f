//! What the parts of the page share.

use std::collections::BTreeSet;

use eventglass_model::{FieldError, TracePage, TraceQuery, TraceSummary, decode_pairs, encode_pairs};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    api::{self, ApiError},
    live::Live,
    order::in_order,
    session::project_slug,
    view::memo,
};

/// How many traces are fetched at a time.
pub(super) const PAGE_SIZE: usize = 50;
/// How many are kept. Beyond, one had better narrow the search.
const MOST: usize = 2_000;

type Parsed = Result<TraceQuery, Vec<FieldError>>;

/// How it stands with the traces below the last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum More {
    Some,
    Coming,
    Failed(ApiError),
    None,
    Enough,
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Page {
    /// The project.
    pub(super) slug: Memo<String>,
    /// What is looked for; everything, where the address cannot be read.
    pub(super) query: Memo<TraceQuery>,
    /// What in the address cannot be read.
    pub(super) faults: Memo<Vec<FieldError>>,
    /// The rows, each of which may change its figures.
    pub(super) rows: RwSignal<Vec<Row>>,
    /// What is new and not shown yet.
    pub(super) waiting: RwSignal<Vec<TraceSummary>>,
    /// How it stands with what is below.
    pub(super) more: RwSignal<More>,
    /// Whether stored events are not in the figures yet.
    pub(super) behind: RwSignal<bool>,
    /// The row that the keyboard is at.
    pub(super) cursor: RwSignal<Option<String>>,
    /// Whether new traces are asked for.
    pub(super) live: RwSignal<bool>,
    /// How it stands with the asking.
    pub(super) asking: Live,
    /// Changes whenever the list is made anew.
    pub(super) generation: RwSignal<u32>,
    loaded: StoredValue<Option<TracePage>>,
    next: StoredValue<Option<String>>,
    go: Callback<String>,
}

/// A trace in the list. Its figures may change while it is shown.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) now: ArcRwSignal<TraceSummary>,
}

impl Row {
    fn new(trace: TraceSummary) -> Self {
        Self {
            id: trace.trace_id.clone(),
            now: ArcRwSignal::new(trace),
        }
    }
}

/// Reads the query of the address; other names in it are somebody else's.
fn parse(search: &str) -> Parsed {
    const MINE: &[&str] = &["limit", "cursor"];
    let pairs = decode_pairs(search).into_iter();
    TraceQuery::from_pairs(
        pairs.filter(|(name, _)| TraceQuery::NAMES.contains(&name.as_str()) && !MINE.contains(&name.as_str())),
    )
}

impl Page {
    /// Makes it and offers it to all that is below.
    pub(super) fn provide() -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let parsed = memo(move |before: Option<&Parsed>| {
            let here = location.pathname.with(|path| path.ends_with("/traces"));
            match before {
                Some(before) if !here => before.clone(),
                _ => location.search.with(|search| parse(search)),
            }
        });
        let page = Self {
            slug: project_slug(),
            query: memo(move |_| parsed.get().unwrap_or_default()),
            faults: memo(move |_| parsed.get().err().unwrap_or_default()),
            rows: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(Vec::new()),
            more: RwSignal::new(More::None),
            behind: RwSignal::new(false),
            cursor: RwSignal::new(None),
            live: RwSignal::new(true),
            asking: Live::new(),
            generation: RwSignal::new(0),
            loaded: StoredValue::new(None),
            next: StoredValue::new(None),
            go: Callback::new(move |path: String| {
                let options = NavigateOptions {
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

    /// The address of a trace.
    pub(super) fn trace_href(self, id: &str) -> String {
        let id = eventglass_model::encode_segment(id);
        format!("/p/{}/traces/{id}", self.slug.read_untracked())
    }

    /// Goes to a trace.
    pub(super) fn open(self, id: &str) {
        self.go.run(self.trace_href(id));
    }

    /// The address of a search.
    pub(super) fn href(self, query: &TraceQuery) -> String {
        let pairs = encode_pairs(query.to_pairs());
        let sign = if pairs.is_empty() { "" } else { "?" };
        format!("/p/{}/traces{sign}{pairs}", self.slug.read_untracked())
    }

    /// Looks for something else.
    pub(super) fn narrow(self, change: impl FnOnce(&mut TraceQuery)) {
        let mut query = self.query.get_untracked();
        change(&mut query);
        self.go.run(self.href(&query));
    }

    /// Makes the list anew from its first page. The same page again changes nothing.
    pub(super) fn load(self, found: &TracePage) {
        if self.loaded.read_value().as_ref() == Some(found) {
            return;
        }
        self.loaded.set_value(Some(found.clone()));
        self.next.set_value(found.next_cursor.clone());
        self.more.set(if found.next_cursor.is_some() {
            More::Some
        } else {
            More::None
        });
        self.waiting.set(Vec::new());
        self.behind.set(found.behind);
        self.rows.set(found.items.iter().cloned().map(Row::new).collect());
        self.generation.update(|n| *n += 1);
    }

    /// Takes in what the first page is now: figures change where they stand,
    /// and what is new waits until it is asked for.
    pub(super) fn arrived(self, now: TracePage) {
        self.behind.set(now.behind);
        let mut new = Vec::new();
        {
            let rows = self.rows.read_untracked();
            for trace in now.items {
                match rows.iter().find(|row| row.id == trace.trace_id) {
                    Some(row) => {
                        if *row.now.read_untracked() != trace {
                            row.now.set(trace);
                        }
                    }
                    None => new.push(trace),
                }
            }
            // What is older than the last row comes when one gets there.
            if let Some(last) = rows.last()
                && self.next.read_value().is_some()
            {
                let oldest = last.now.read_untracked().start;
                new.retain(|trace| trace.start >= oldest);
            }
        }
        if new != *self.waiting.read_untracked() {
            self.waiting.set(new);
        }
        // Nobody reads an empty list.
        if self.rows.read_untracked().is_empty() {
            self.show_waiting();
        }
    }

    /// Shows what is new.
    pub(super) fn show_waiting(self) {
        let new = std::mem::take(&mut *self.waiting.write());
        if new.is_empty() {
            return;
        }
        let known: BTreeSet<String> = new.iter().map(|trace| trace.trace_id.clone()).collect();
        let mut rows: Vec<Row> = new.into_iter().map(Row::new).collect();
        let before = self.rows.get_untracked();
        rows.extend(before.into_iter().filter(|row| !known.contains(&row.id)));
        let start = |row: &Row| row.now.read_untracked().start;
        self.rows.set(in_order(rows, |a, b| start(b).cmp(&start(a))));
        if let Some(list) = document().get_element_by_id("traces-scroll") {
            list.set_scroll_top(0);
        }
    }

    /// Fetches what is below the last row.
    pub(super) fn load_more(self) {
        let Some(cursor) = self.next.get_value() else { return };
        if *self.more.read_untracked() == More::Coming {
            return;
        }
        self.more.set(More::Coming);
        let generation = self.generation.get_untracked();
        let query = TraceQuery {
            cursor: Some(cursor),
            limit: Some(PAGE_SIZE),
            ..self.query.get_untracked()
        };
        let path = api::traces_path(&self.slug.read_untracked(), &query);
        spawn_local(async move {
            let answer = api::get_text(path).await.and_then(|text| api::read::<TracePage>(&text));
            // By now the list may be another one, or gone.
            if self.generation.try_get_untracked() != Some(generation) {
                return;
            }
            match answer {
                Ok(answer) => self.append(answer),
                Err(error) => self.more.set(More::Failed(error)),
            }
        });
    }

    fn append(self, answer: TracePage) {
        self.rows.update(|rows| {
            let known: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
            let new = answer
                .items
                .into_iter()
                .filter(|trace| !known.contains(&trace.trace_id));
            rows.extend(new.map(Row::new));
        });
        let enough = self.rows.read_untracked().len() >= MOST;
        self.more.set(match (&answer.next_cursor, enough) {
            (None, _) => More::None,
            (Some(_), true) => More::Enough,
            (Some(_), false) => More::Some,
        });
        self.next.set_value(answer.next_cursor.filter(|_| !enough));
    }

    /// The trace so many rows below (or above) another one; the first, if that is not in the list.
    pub(super) fn neighbour(self, by: isize) -> Option<String> {
        let rows = self.rows.read_untracked();
        let cursor = self.cursor.read_untracked();
        let at = cursor.as_ref().and_then(|id| rows.iter().position(|row| row.id == *id));
        let to = at.map_or(Some(0), |at| at.checked_add_signed(by))?;
        rows.get(to).map(|row| row.id.clone())
    }
}
