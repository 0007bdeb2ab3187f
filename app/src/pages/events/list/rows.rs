//! What was found, what arrived since, and how far one has scrolled.

use eventglass_model::{EventPage, EventQuery};
use leptos::{prelude::*, task::spawn_local};

use super::{
    super::state::Page,
    merge::{Row, merge, missing_from, rows_of, within_reach},
};
use crate::api::{self, ApiError};

/// How many events are fetched at a time.
pub(in super::super) const PAGE_SIZE: usize = 100;
/// How many rows are kept. Beyond, one had better narrow the search.
const MAX_ROWS: usize = 5_000;
/// How many new events one answer may hold.
pub(super) const MOST_ARRIVALS: usize = 500;
/// How many new events are kept waiting. Beyond, the list is better fetched anew.
const MAX_WAITING: usize = 1_000;

/// How it stands with the events below the last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum More {
    /// There are some.
    Some,
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
    waiting: RwSignal<Vec<Row>>,
    /// How many arrived that belong below the last row: they are fetched when
    /// one gets there.
    below: RwSignal<usize>,
    /// Whether more arrived than are kept.
    flood: RwSignal<bool>,
    /// How it stands with what is below.
    pub(super) more: RwSignal<More>,
    /// Changes whenever the list is made anew; what was asked before is void then.
    pub(super) generation: RwSignal<u32>,
    loaded: StoredValue<Option<EventPage>>,
    cursor: StoredValue<Option<String>>,
    watermark: StoredValue<Option<String>>,
}

impl EventList {
    pub(in super::super) fn new() -> Self {
        Self {
            rows: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(Vec::new()),
            below: RwSignal::new(0),
            flood: RwSignal::new(false),
            more: RwSignal::new(More::None),
            generation: RwSignal::new(0),
            loaded: StoredValue::new(None),
            cursor: StoredValue::new(None),
            watermark: StoredValue::new(None),
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
        self.more.set(if page.next_cursor.is_some() {
            More::Some
        } else {
            More::None
        });
        self.waiting.set(Vec::new());
        self.below.set(0);
        self.flood.set(false);
        self.rows.set(rows_of(page.items.clone(), false));
        self.generation.update(|n| *n += 1);
    }

    /// How many events arrived that are not shown yet.
    pub(in super::super) fn waiting(self) -> usize {
        self.waiting.read().len() + self.below.get()
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
        if self.rows.read_untracked().is_empty() {
            self.show_waiting(page);
        }
    }

    /// Shows what is waiting.
    pub(in super::super) fn show_waiting(self, page: Page) {
        let below = self.below.get_untracked();
        if below == 0 && self.waiting.read_untracked().is_empty() && !self.flood.get_untracked() {
            return;
        }
        self.below.set(0);
        page.recount.update(|n| *n += 1);
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
            limit: Some(PAGE_SIZE),
            ..page.query.get_untracked()
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
        let came = rows_of(answer.items, false);
        self.rows.update(|rows| *rows = merge(std::mem::take(rows), came));
        let enough = self.rows.read_untracked().len() >= MAX_ROWS;
        self.more.set(match (&answer.next_cursor, enough) {
            (None, _) => More::None,
            (Some(_), true) => More::Enough,
            (Some(_), false) => More::Some,
        });
        self.cursor.set_value(answer.next_cursor.filter(|_| !enough));
    }

    /// The event so many rows below (or above) another one; the first, if that is not in the list.
    pub(in super::super) fn neighbour(self, of: Option<&str>, by: isize) -> Option<String> {
        let rows = self.rows.read_untracked();
        let at = of.and_then(|id| rows.iter().position(|row| row.event.id == id));
        let to = at.map_or(Some(0), |at| at.checked_add_signed(by))?;
        rows.get(to).map(|row| row.event.id.clone())
    }
}
