//! Rows for `COPY ... (FORMAT binary)`, as Postgres documents it under "COPY,
//! File Formats": a header, then for each row the number of its fields as
//! 16 bits and each field with its length as 32 bits, all big-endian; an end.

use std::collections::BTreeSet;

use super::encode::stored;
use crate::store::StoreError;

/// Signature, flags, and the length of the header's extension.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const END: i16 = -1;
const NULL: i32 = -1;

/// Rows, as bytes.
pub(super) struct Rows {
    bytes: Vec<u8>,
}

impl Rows {
    /// No rows, with room for about so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        let mut buffer = Vec::with_capacity(bytes + HEADER.len() + 2);
        buffer.extend_from_slice(HEADER);
        Self { bytes: buffer }
    }

    /// Begins a row of so many fields.
    pub(super) fn row(&mut self, fields: i16) {
        self.bytes.extend_from_slice(&fields.to_be_bytes());
    }

    /// A `bigint`.
    pub(super) fn int(&mut self, value: i64) {
        self.bytes.extend_from_slice(&8_i32.to_be_bytes());
        self.bytes.extend_from_slice(&value.to_be_bytes());
    }

    /// A `bigint` or NULL.
    pub(super) fn maybe_int(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.int(value),
            None => self.null(),
        }
    }

    /// A `text`.
    ///
    /// # Errors
    /// When it is longer than Postgres can take (1 GB).
    pub(super) fn text(&mut self, value: &str) -> Result<(), StoreError> {
        self.field(stored(value).as_bytes())
    }

    /// A `text` or NULL.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn maybe_text(&mut self, value: Option<&str>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.text(value),
            None => {
                self.null();
                Ok(())
            }
        }
    }

    /// A `bytea`.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn field(&mut self, value: &[u8]) -> Result<(), StoreError> {
        self.bytes.extend_from_slice(&length(value.len())?);
        self.bytes.extend_from_slice(value);
        Ok(())
    }

    /// A `bytea` or NULL.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn maybe_bytes(&mut self, value: Option<&[u8]>) -> Result<(), StoreError> {
        match value {
            Some(value) => self.field(value),
            None => {
                self.null();
                Ok(())
            }
        }
    }

    /// A `tsvector` without positions: the number of words, and each with a
    /// NUL at its end and the number of its positions.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn words(&mut self, words: &BTreeSet<String>) -> Result<(), StoreError> {
        let bytes = 4 + words.iter().map(|word| word.len() + 3).sum::<usize>();
        self.bytes.extend_from_slice(&length(bytes)?);
        self.bytes.extend_from_slice(&length(words.len())?);
        for word in words {
            self.bytes.extend_from_slice(word.as_bytes());
            self.bytes.extend_from_slice(&[0, 0, 0]);
        }
        Ok(())
    }

    fn null(&mut self) {
        self.bytes.extend_from_slice(&NULL.to_be_bytes());
    }

    /// All of it.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.extend_from_slice(&END.to_be_bytes());
        self.bytes
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
        let mut rows = Rows::with_capacity(0);
        rows.row(4);
        rows.int(258);
        rows.maybe_int(None);
        rows.text("é").unwrap();
        rows.words(&["a".to_owned(), "bc".to_owned()].into()).unwrap();
        let bytes = rows.finish();
        assert_eq!(&bytes[..19], b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
        let row = b"\0\x04\0\0\0\x08\0\0\0\0\0\0\x01\x02\xff\xff\xff\xff\0\0\0\x02\xc3\xa9\
            \0\0\0\x0d\0\0\0\x02a\0\0\0bc\0\0\0\xff\xff";
        assert_eq!(&bytes[19..], row);
    }
}
