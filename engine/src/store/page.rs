//! Cursors and watermarks.

use crate::store::StoreError;

/// Reads a cursor or a watermark, which goes by the name of its parameter.
pub(crate) fn token(text: &str, name: &'static str) -> Result<i64, StoreError> {
    i64::from_str_radix(text, 16).map_err(|_| StoreError::BadToken(name))
}
