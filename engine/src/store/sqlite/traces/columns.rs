//! Rows by the tens of thousands, without looking for each column of each.

use std::cell::Cell;

use rusqlite::types::FromSql;
use rusqlite::{Row, Rows};

use crate::store::StoreError;
use crate::store::row::{self, Columns};
use crate::traces::SpanRow;

/// A row whose columns are mostly asked for in the order in which they were
/// selected: a look at the next names, then, tells where a column is. SQLite
/// goes through the names for every value, which took two fifths of the time
/// of reading a large trace.
struct InOrder<'a> {
    row: &'a Row<'a>,
    names: &'a [String],
    next: Cell<usize>,
}

impl InOrder<'_> {
    fn get<T: FromSql>(&self, column: &str) -> Result<T, StoreError> {
        let (before, after) = self.names.split_at_checked(self.next.get()).unwrap_or_default();
        let place = match after.iter().position(|name| name == column) {
            Some(place) => before.len() + place,
            None => before
                .iter()
                .position(|name| name == column)
                .ok_or_else(|| row::inconsistent(format!("{column} was not selected")))?,
        };
        self.next.set(place + 1);
        Ok(self.row.get(place)?)
    }
}

impl Columns for InOrder<'_> {
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.get(column)
    }
}

/// Reads all rows of a selection of [`SPAN`](row::SPAN).
pub(super) fn spans(mut found: Rows<'_>) -> Result<Vec<SpanRow>, StoreError> {
    let names = found.as_ref().map(|statement| statement.column_names());
    let names: Vec<String> = names.into_iter().flatten().map(str::to_owned).collect();
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.push(row::span(&InOrder {
            row,
            names: &names,
            next: Cell::new(0),
        })?);
    }
    Ok(rows)
}
