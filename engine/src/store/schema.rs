//! The schema's history: what a database has, and what this program would add.

use std::borrow::Cow;
use std::path::Path;

use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};

use crate::store::open::{Kind, kind};
use crate::store::{StoreError, postgres, sqlite};

/// Where the migrator notes what it ran.
const TABLE: &str = "_sqlx_migrations";

/// A step of the history: its number, its name and its statements.
pub(crate) type Step = (i64, &'static str, &'static str);

/// How far a database's schema is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The number of its last step; 0 for a database without any.
    pub version: i64,
    /// The steps that it lacks, in order: number and name.
    pub pending: Vec<(i64, &'static str)>,
}

impl Schema {
    /// What a database with these steps lacks.
    ///
    /// # Errors
    /// [`StoreError::Newer`], when it has one that this program does not know.
    pub(crate) fn compare(applied: &[i64], history: &[Step]) -> Result<Self, StoreError> {
        let known = |version: &i64| history.iter().any(|(step, ..)| step == version);
        if let Some(found) = applied.iter().copied().filter(|version| !known(version)).max() {
            let known = history.iter().map(|(step, ..)| *step).max().unwrap_or(0);
            return Err(StoreError::Newer { found, known });
        }
        Ok(Self {
            version: applied.iter().copied().max().unwrap_or(0),
            pending: history
                .iter()
                .filter(|(step, ..)| !applied.contains(step))
                .map(|(step, name, _)| (*step, *name))
                .collect(),
        })
    }
}

/// How far the schema of a store is; see [`super::open()`] for the parameters. Changes nothing.
///
/// # Errors
/// [`StoreError::Newer`]; or when the database cannot be read.
pub async fn schema(url: &str, file: &Path) -> Result<Schema, StoreError> {
    match kind(url)? {
        Kind::Sqlite => sqlite::schema(file).await,
        Kind::Postgres => postgres::schema(url).await,
    }
}

/// Compares a history with what a database has run of it, if it has `begun` to.
///
/// # Errors
/// [`StoreError::Newer`]; or when the database cannot be read.
pub(crate) async fn state<C: Migrate>(connection: &mut C, begun: bool, history: &[Step]) -> Result<Schema, StoreError> {
    let applied = if begun {
        connection.list_applied_migrations(TABLE).await?
    } else {
        Vec::new()
    };
    let versions: Vec<i64> = applied.iter().map(|step| step.version).collect();
    Schema::compare(&versions, history)
}

/// Runs the steps that have not run yet.
///
/// # Errors
/// When one fails, or was changed after it ran.
pub(crate) async fn run<C: Migrate>(connection: &mut C, history: &[Step]) -> Result<(), StoreError> {
    let migrations = history
        .iter()
        .map(|(version, name, text)| {
            let sql = sqlx::SqlStr::from_static(text);
            Migration::new(*version, Cow::Borrowed(*name), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations)
        .run_direct(None, connection, false)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_is_missing_and_what_is_too_new() {
        const HISTORY: &[Step] = &[(1, "core", ""), (2, "trust", ""), (4, "rollups", "")];
        let pending = |applied: &[i64]| Schema::compare(applied, HISTORY).map(|schema| schema.pending);
        assert_eq!(pending(&[]).unwrap().len(), 3);
        assert_eq!(pending(&[1, 4]).unwrap(), [(2, "trust")]);
        assert_eq!(pending(&[1, 2, 4]).unwrap(), []);
        let newer = pending(&[1, 2, 3, 4, 9]).unwrap_err();
        assert!(matches!(newer, StoreError::Newer { found: 9, known: 4 }));
        assert!(newer.to_string().contains("newer Eventglass"), "{newer}");
    }
}
