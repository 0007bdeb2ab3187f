//! What was found, what arrived since, and how far one has scrolled.

use eventglass_model::{EventPage, EventQuery, EventSummary, Timestamp};
use leptos::{prelude::*, task::spawn_local};

use super::{
    super::{address::Tail, state::Page},
    merge::{Row, merge, missing_from, place_in, rows_of, within_reach},
};
use crate::{
    api::{self, ApiError},
    browser,
};

/// How many events are fetched at a time.
pub(in super::super) const PAGE_SIZE: usize = 100;
/// How many more are fetched when one gets to the end.
const NEXT_PAGE: usize = 300;
/// How many rows are kept. Beyond, one had better narrow the search.
const MAX_ROWS: usize = 20_000;
/// While events come in by themselves, the numbers around the list are counted
/// again at most this often, in milliseconds.
const RECOUNT: i64 = 10_000;
/// How many new events one answer may hold.
pub(super) const MOST_ARRIVALS: usize = 500;
/// How many new events are kept waiting. Beyond, the list is better fetched anew.
const MAX_WAITING: usize = 1_000;

/// How it stands with the events below the last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum More {
    /// There are some.
    Some,
    /// There may be some: the time for one search was over, and everything
    /// from this moment on has been looked at.
    Unsearched(Option<Timestamp>),
    /// They are being fetched.
    Coming,
    /// They could not be fetched.
    Failed(ApiError),
    /// There are none.
    None,
    /// There may be, but enough is enough.
    Enough,
}

/// What was found, what arrived since, and how far one has scrolled.
#[derive(Clone, Copy)]
pub(in super::super) struct EventList {
    /// The rows that are shown.
    pub(super) rows: RwSignal<Vec<Row>>,
    /// What arrived and is not shown yet.
    pub(super) waiting: RwSignal<Vec<Row>>,
    /// How many arrived that belong below the last row: they are fetched when
    /// one gets there.
    below: RwSignal<usize>,
    /// How many arrived above the first row, where the list begins further down.
    above: RwSignal<usize>,
    /// Whether more arrived than are kept.
    flood: RwSignal<bool>,
    /// How it stands with what is below.
    pub(super) more: RwSignal<More>,
    /// Changes whenever the list is made anew; what was asked before is void then.
    pub(super) generation: RwSignal<u32>,
    loaded: StoredValue<Option<EventPage>>,
    cursor: StoredValue<Option<String>>,
    watermark: StoredValue<Option<String>>,
    recounted: StoredValue<i64>,
}

impl EventList {
    pub(in super::super) fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(Vec::new()),
            below: RwSignal::new(0),
            above: RwSignal::new(0),
            flood: RwSignal::new(false),
            more: RwSignal::new(More::None),
            generation: RwSignal::new(0),
            loaded: StoredValue::new(None),
            cursor: StoredValue::new(None),
            watermark: StoredValue::new(None),
            recounted: StoredValue::new(0),
        }
    }

    /// Makes the list anew from its first page. The same page again changes nothing.
    pub(in super::super) fn load(self, page: &EventPage) {
        if self.loaded.read_value().as_ref() == Some(page) {
            return;
        }
        self.loaded.set_value(Some(page.clone()));
        self.cursor.set_value(page.next_cursor.clone());
        self.watermark.set_value(Some(page.watermark.clone()));
        self.more.set(more_after(page, false));
        self.waiting.set(Vec::new());
        self.below.set(0);
        self.above.set(0);
        self.flood.set(false);
        self.rows.set(rows_of(page.items.clone(), false));
        self.generation.update(|n| *n += 1);
    }

    /// How many events arrived that are not shown yet.
    pub(in super::super) fn waiting(self) -> usize {
        self.waiting.read().len() + self.below.get() + self.above.get()
    }

    /// Where the page after what is shown begins.
    pub(super) fn next_cursor(self) -> Option<String> {
        self.cursor.get_value()
    }

    /// How many of those belong below the last row.
    pub(super) fn waiting_below(self) -> usize {
        self.below.get()
    }

    /// Whether more are waiting than are counted.
    pub(super) fn is_flood(self) -> bool {
        self.flood.get()
    }

    /// Since when new events are asked for.
    pub(super) fn watermark(self) -> Option<String> {
        self.watermark.get_value()
    }

    /// Keeps what arrived until it is asked for: a list must not move under
    /// its reader's eyes. Into an empty list it goes at once.
    pub(super) fn arrived(self, page: Page, answer: EventPage) {
        self.watermark.set_value(Some(answer.watermark));
        if answer.next_cursor.is_some() || answer.items.len() >= MOST_ARRIVALS {
            self.flood.set(true);
        }
        if answer.items.is_empty() {
            return;
        }
        if page.query.read_untracked().cursor.is_some() {
            // Between them and the first row may be others that were not fetched.
            self.above.update(|n| *n += answer.items.len());
            return;
        }
        let waiting = self.waiting.get_untracked();
        let (came, below) = {
            let rows = self.rows.read_untracked();
            let came = missing_from(missing_from(rows_of(answer.items, true), &rows), &waiting);
            let all = came.len();
            let cut_off = self.cursor.read_value().is_some();
            let came = within_reach(came, rows.last().filter(|_| cut_off));
            let below = all - came.len();
            (came, below)
        };
        if below > 0 {
            self.below.update(|n| *n += below);
        }
        if came.is_empty() {
            return;
        }
        let mut waiting = merge(waiting, came);
        if waiting.len() > MAX_WAITING {
            waiting.truncate(MAX_WAITING);
            self.flood.set(true);
        }
        self.waiting.set(waiting);
        let follows = page.tail.get_untracked() == Tail::Follow && super::table::is_at_top();
        if self.rows.read_untracked().is_empty() || follows {
            self.show_waiting(page);
        }
    }

    /// Shows what is waiting.
    pub(in super::super) fn show_waiting(self, page: Page) {
        if page.query.read_untracked().cursor.is_some() {
            // The newest are another page.
            page.narrow(|_| {});
            return;
        }
        let below = self.below.get_untracked();
        if below == 0 && self.waiting.read_untracked().is_empty() && !self.flood.get_untracked() {
            return;
        }
        self.below.set(0);
        let now = browser::now_millis();
        if page.tail.get_untracked() != Tail::Follow || now - self.recounted.get_value() > RECOUNT {
            self.recounted.set_value(now);
            page.recount.update(|n| *n += 1);
        }
        super::table::scroll_to_top();
        if self.flood.get_untracked() {
            page.asking.reload.update(|n| *n += 1);
            return;
        }
        let waiting = std::mem::take(&mut *self.waiting.write());
        let mut rows = self.rows.get_untracked();
        for row in &mut rows {
            row.fresh = false;
        }
        let mut rows = merge(rows, waiting);
        if rows.len() > MAX_ROWS {
            rows.truncate(MAX_ROWS);
            // The cursor points below what was just cut off.
            self.cursor.set_value(None);
            self.more.set(More::Enough);
        }
        self.rows.set(rows);
    }

    /// Fetches what is below the last row.
    pub(super) fn load_more(self, page: Page) {
        let Some(cursor) = self.cursor.get_value() else { return };
        if *self.more.read_untracked() == More::Coming {
            return;
        }
        self.more.set(More::Coming);
        let generation = self.generation.get_untracked();
        let slug = page.slug.get_untracked();
        let query = EventQuery {
            cursor: Some(cursor),
            limit: Some(NEXT_PAGE),
            ..page.question_now()
        };
        spawn_local(async move {
            let answer = api::events(&slug, &query).await;
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

    fn append(self, answer: EventPage) {
        let enough = self.rows.read_untracked().len() + answer.items.len() >= MAX_ROWS;
        self.more.set(more_after(&answer, enough));
        self.cursor.set_value(answer.next_cursor.filter(|_| !enough));
        let came = rows_of(answer.items, false);
        self.rows.update(|rows| *rows = merge(std::mem::take(rows), came));
    }

    /// How many rows there are.
    pub(in super::super) fn len(self) -> usize {
        self.rows.read_untracked().len()
    }

    /// Where an event stands among the rows, of which it is one.
    pub(super) fn place(self, event: &EventSummary) -> usize {
        place_in(&self.rows.read(), event)
    }

    /// Which row an event is.
    pub(in super::super) fn place_of(self, id: &str) -> Option<usize> {
        self.rows.read_untracked().iter().position(|row| row.event.id == id)
    }

    /// The event of a row.
    pub(in super::super) fn id_at(self, place: usize) -> Option<String> {
        self.rows.read_untracked().get(place).map(|row| row.event.id.clone())
    }
}

/// How it stands with what is below a page.
fn more_after(page: &EventPage, enough: bool) -> More {
    match &page.next_cursor {
        None => More::None,
        Some(_) if enough => More::Enough,
        Some(_) if page.partial => More::Unsearched(page.searched_to),
        Some(_) => More::Some,
    }
}
