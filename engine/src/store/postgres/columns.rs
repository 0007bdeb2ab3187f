//! Rows as columns, for `INSERT ... SELECT UNNEST($1), UNNEST($2), ...`: an array
//! for each column, in the binary format of arrays. That is the number of
//! dimensions, whether there are NULLs, the type of the elements, the length and
//! the first index, and each element with its length; all as 32 bits, big-endian.
//!
//! Not `COPY`, although its rows are stored a little faster: over TCP the end of
//! its data leaves by itself, waits for the receipt of the data, and that waits
//! for something to go with: 40 ms (docs/decisions/0009).

use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Postgres, Type};

use super::encode::stored;
use crate::store::StoreError;

const NULL: i32 = -1;

/// Rows of a table, column by column.
#[derive(Default)]
pub(super) struct Rows {
    columns: Vec<Column>,
    /// The column that comes next in this row.
    next: usize,
    count: u64,
}

impl Rows {
    /// Begins a row. Each has the same columns in the same order.
    pub(super) const fn row(&mut self) {
        self.next = 0;
        self.count += 1;
    }

    /// How many there are.
    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// A `bigint`.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn int(&mut self, value: i64) -> Result<(), StoreError> {
        self.put(Kind::Int, Some(&value.to_be_bytes()))
    }

    /// A `bigint` or NULL.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn maybe_int(&mut self, value: Option<i64>) -> Result<(), StoreError> {
        let bytes = value.map(i64::to_be_bytes);
        self.put(Kind::Int, bytes.as_ref().map(<[u8; 8]>::as_slice))
    }

    /// A `text`.
    ///
    /// # Errors
    /// When it is longer than Postgres can take (1 GB).
    pub(super) fn text(&mut self, value: &str) -> Result<(), StoreError> {
        self.put(Kind::Text, Some(stored(value).as_bytes()))
    }

    /// A `text` or NULL.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn maybe_text(&mut self, value: Option<&str>) -> Result<(), StoreError> {
        let value = value.map(stored);
        self.put(Kind::Text, value.as_ref().map(|text| text.as_bytes()))
    }

    /// A `bytea`.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn bytes(&mut self, value: &[u8]) -> Result<(), StoreError> {
        self.put(Kind::Bytes, Some(value))
    }

    /// A `bytea` or NULL.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn maybe_bytes(&mut self, value: Option<&[u8]>) -> Result<(), StoreError> {
        self.put(Kind::Bytes, value)
    }

    /// A `tsvector` without positions, of words in order: their number, and each with a
    /// NUL at its end and the number of its positions.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn words<'w>(&mut self, words: impl Iterator<Item = &'w str> + Clone) -> Result<(), StoreError> {
        let size = 4 + words.clone().map(|word| word.len() + 3).sum::<usize>();
        let mut bytes = Vec::with_capacity(size);
        bytes.extend_from_slice(&length(words.clone().count())?);
        for word in words {
            bytes.extend_from_slice(word.as_bytes());
            bytes.extend_from_slice(&[0, 0, 0]);
        }
        self.put(Kind::Words, Some(&bytes))
    }

    fn put(&mut self, kind: Kind, value: Option<&[u8]>) -> Result<(), StoreError> {
        if self.next == self.columns.len() {
            self.columns.push(Column::new(kind));
        }
        if let Some(column) = self.columns.get_mut(self.next) {
            column.put(value)?;
        }
        self.next += 1;
        Ok(())
    }

    /// The columns, each to be bound to a parameter of its own, and what to
    /// select to have the rows again.
    pub(super) fn finish(self) -> (Vec<Column>, String) {
        let select = |(n, column): (usize, &Column)| format!("UNNEST(${}::{}[])", n + 1, column.kind.name());
        // In the list and not in FROM, where each column would be written down first.
        let selected: Vec<String> = self.columns.iter().enumerate().map(select).collect();
        (self.columns, format!("SELECT {}", selected.join(", ")))
    }
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    Int,
    Text,
    Bytes,
    Words,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Int => "bigint",
            Self::Text => "text",
            Self::Bytes => "bytea",
            Self::Words => "tsvector",
        }
    }

    /// The numbers of the type and of its arrays, which are the same everywhere.
    const fn oids(self) -> (u32, u32) {
        match self {
            Self::Int => (20, 1016),
            Self::Text => (25, 1009),
            Self::Bytes => (17, 1001),
            Self::Words => (3614, 3643),
        }
    }
}

/// One column of all rows.
pub(super) struct Column {
    kind: Kind,
    values: usize,
    /// How many of them are NULL.
    nulls: usize,
    /// Each with its length.
    elements: Vec<u8>,
}

impl Column {
    const fn new(kind: Kind) -> Self {
        Self {
            kind,
            values: 0,
            nulls: 0,
            elements: Vec::new(),
        }
    }

    fn put(&mut self, value: Option<&[u8]>) -> Result<(), StoreError> {
        self.values += 1;
        if let Some(value) = value {
            self.elements.extend_from_slice(&length(value.len())?);
            self.elements.extend_from_slice(value);
        } else {
            self.nulls += 1;
            self.elements.extend_from_slice(&NULL.to_be_bytes());
        }
        Ok(())
    }

    fn array(&self, to: &mut Vec<u8>) -> Result<(), StoreError> {
        let (element, _) = self.kind.oids();
        // Of arrays that end sooner than others the rest is NULL: nothing is all NULL.
        let empty = self.nulls == self.values;
        to.extend_from_slice(&i32::from(!empty).to_be_bytes());
        to.extend_from_slice(&i32::from(self.nulls > 0 && !empty).to_be_bytes());
        to.extend_from_slice(&element.to_be_bytes());
        if !empty {
            to.extend_from_slice(&length(self.values)?);
            to.extend_from_slice(&1_i32.to_be_bytes());
            to.extend_from_slice(&self.elements);
        }
        Ok(())
    }
}

impl Type<Postgres> for Column {
    /// That of most; each says its own.
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(Kind::Text.oids().1))
    }
}

impl Encode<'_, Postgres> for Column {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        self.array(buffer)?;
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.kind.oids().1)))
    }

    fn size_hint(&self) -> usize {
        self.elements.len() + 20
    }
}

fn length(bytes: usize) -> Result<[u8; 4], StoreError> {
    i32::try_from(bytes)
        .map(i32::to_be_bytes)
        .map_err(|_| StoreError::Inconsistent(format!("a field of {bytes} bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_documented_bytes() {
        let mut rows = Rows::default();
        for (int, text) in [(258, Some("é")), (1, None)] {
            rows.row();
            rows.int(int).unwrap();
            rows.maybe_text(text).unwrap();
            rows.maybe_int(None).unwrap();
            rows.words(["a", "bc"].into_iter()).unwrap();
        }
        assert_eq!(rows.count(), 2);
        let (columns, select) = rows.finish();
        assert_eq!(
            select,
            "SELECT UNNEST($1::bigint[]), UNNEST($2::text[]), UNNEST($3::bigint[]), UNNEST($4::tsvector[])"
        );
        let arrays: Vec<Vec<u8>> = columns
            .iter()
            .map(|column| {
                let mut bytes = Vec::new();
                column.array(&mut bytes).unwrap();
                bytes
            })
            .collect();
        assert_eq!(
            arrays[0],
            b"\0\0\0\x01\0\0\0\0\0\0\0\x14\0\0\0\x02\0\0\0\x01\
              \0\0\0\x08\0\0\0\0\0\0\x01\x02\0\0\0\x08\0\0\0\0\0\0\0\x01"
        );
        assert_eq!(
            arrays[1],
            b"\0\0\0\x01\0\0\0\x01\0\0\0\x19\0\0\0\x02\0\0\0\x01\0\0\0\x02\xc3\xa9\xff\xff\xff\xff"
        );
        assert_eq!(arrays[2], b"\0\0\0\0\0\0\0\0\0\0\0\x14", "nothing but NULL");
        let words = b"\0\0\0\x0d\0\0\0\x02a\0\0\0bc\0\0\0";
        assert_eq!(arrays[3][..20], *b"\0\0\0\x01\0\0\0\0\0\0\x0e\x1e\0\0\0\x02\0\0\0\x01");
        assert_eq!(arrays[3][20..], [words.as_slice(), words.as_slice()].concat());
    }
}
