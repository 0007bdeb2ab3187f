//! Postgres' rows, by the names of their columns.

use sqlx::Row;
use sqlx::postgres::PgRow;

use super::encode::sent;
use crate::store::StoreError;
use crate::store::row::Columns;

impl Columns for PgRow {
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.try_get(column)?)
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.try_get::<Option<String>, _>(column)?.map(sent))
    }

    fn maybe_bytes(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.try_get(column)?)
    }
}
