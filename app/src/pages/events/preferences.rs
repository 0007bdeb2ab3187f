//! What this browser was told before: the columns and the height of rows that
//! somebody likes, wherever they look next.

use leptos::prelude::*;

use super::address::{Rows, list};
use crate::{
    browser::{self, Store},
    view::effect,
};

const COLUMNS: &str = "eg_columns";
const ROWS: &str = "eg_rows";

/// What this browser was told before. The server cannot know it: it comes
/// into force when the browser has taken over.
#[derive(Clone, Copy)]
pub(super) struct Preferences {
    /// The columns; none for the usual ones.
    pub(super) columns: RwSignal<Vec<String>>,
    /// How high rows are.
    pub(super) rows: RwSignal<Rows>,
}

impl Preferences {
    pub(super) fn new() -> Self {
        let preferences = Self {
            columns: RwSignal::new(Vec::new()),
            rows: RwSignal::new(Rows::Dense),
        };
        effect(move || {
            if let Some(columns) = browser::recall(Store::Browser, COLUMNS) {
                preferences.columns.set(list(&columns));
            }
            if browser::recall(Store::Browser, ROWS).is_some_and(|rows| rows == Rows::Comfortable.word()) {
                preferences.rows.set(Rows::Comfortable);
            }
        });
        preferences
    }

    /// Keeps the columns; none for the usual ones.
    pub(super) fn keep_columns(self, columns: &[String]) {
        if columns.is_empty() {
            browser::forget(Store::Browser, COLUMNS);
        } else {
            browser::remember(Store::Browser, COLUMNS, &columns.join(","));
        }
        self.columns.set(columns.to_vec());
    }

    /// Keeps the height of rows.
    pub(super) fn keep_rows(self, rows: Rows) {
        browser::remember(Store::Browser, ROWS, rows.word());
        self.rows.set(rows);
    }
}
