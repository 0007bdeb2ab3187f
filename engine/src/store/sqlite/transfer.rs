//! The SQLite side of a copy: the source.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::OpenFlags;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection, TypeInfo, ValueRef};

use super::migrations;
use crate::store::row;
use crate::store::transfer::{Column, EventRow, Kind, Sum, Table, Value};
use crate::store::{EventKey, StoreError};
use crate::text::{WORD_BYTES, cut};

/// Events whose words are gathered at once. The text index is by word, so that
/// to know the words of some events is to read all of it: the more at once, the
/// fewer times. About 100 bytes an event.
const WINDOW: i64 = 500_000;

/// A database that is copied. While this lives, nobody writes to it.
pub(crate) struct Source {
    connection: SqliteConnection,
    path: PathBuf,
    words: Words,
}

/// The words of a span of events.
#[derive(Default)]
pub(super) struct Words {
    dictionary: Vec<String>,
    by_key: HashMap<i64, Vec<u32>>,
    /// The keys that were looked at.
    from: i64,
    to: i64,
}

impl Source {
    /// Opens a database that no server is using, of this program's schema.
    ///
    /// # Errors
    /// [`StoreError::InUse`]; when it is not there, or its schema is another one.
    pub(crate) async fn open(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(Duration::from_secs(1))
            .disable_statement_logging();
        let mut connection = SqliteConnection::connect_with(&options).await?;
        let schema = migrations::state(&mut connection).await?;
        if !schema.pending.is_empty() {
            let reason = "the schema of the source is of an older Eventglass: run `eventglass migrate` on it first";
            return Err(StoreError::Refused(reason.to_owned()));
        }
        // Leaving the log takes a lock that no other connection shares: nobody has the file open.
        let alone = sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE")
            .fetch_one(&mut connection)
            .await;
        if !alone.is_ok_and(|mode| mode == "delete") {
            return Err(StoreError::InUse);
        }
        // Until the end: a server that is started meanwhile cannot write.
        sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await?;
        Ok(Self {
            connection,
            path: path.to_owned(),
            words: Words::default(),
        })
    }

    /// Tells this installation from others.
    pub(crate) async fn fingerprint(&mut self) -> Result<String, StoreError> {
        let mut sum = Sum::default();
        for sql in [
            "SELECT id, email, created_at FROM users",
            "SELECT id, slug, created_at FROM projects",
        ] {
            for found in sqlx::query(sql).fetch_all(&mut self.connection).await? {
                sum.add(&values(&found)?);
            }
        }
        Ok(sum.hex())
    }

    /// The tables, but for the text index and what belongs to SQLite.
    pub(crate) async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
             AND name NOT LIKE 'sqlite%' AND name <> '_sqlx_migrations'",
        )
        .fetch_all(&mut self.connection)
        .await?;
        let mut tables = Vec::new();
        for name in names {
            tables.push(self.table(name).await?);
        }
        Ok(tables)
    }

    async fn table(&mut self, name: String) -> Result<Table, StoreError> {
        let columns: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY name")
                .bind(&name)
                .fetch_all(&mut self.connection)
                .await?;
        let needs: Vec<String> = sqlx::query_scalar("SELECT \"table\" FROM pragma_foreign_key_list($1)")
            .bind(&name)
            .fetch_all(&mut self.connection)
            .await?;
        let mut key: Vec<(i64, usize)> = columns
            .iter()
            .enumerate()
            .filter(|(_, (.., part))| *part > 0)
            .map(|(place, (.., part))| (*part, place))
            .collect();
        key.sort_unstable();
        let mut read = Vec::new();
        for (column, sql, _) in columns {
            let kind = match sql.as_str() {
                "INTEGER" | "INT" => Kind::Int,
                "REAL" => Kind::Real,
                "TEXT" => Kind::Text,
                "BLOB" => Kind::Bytes,
                // Only events have such, and they are read otherwise.
                "ANY" if name == "events" => Kind::Bytes,
                _ => return Err(row::inconsistent(format!("{name}.{column} is of the type {sql}"))),
            };
            read.push(Column {
                name: column,
                kind,
                sql,
            });
        }
        Ok(Table {
            name,
            columns: read,
            key: key.into_iter().map(|(_, place)| place).collect(),
            needs: needs.into_iter().collect(),
        })
    }

    /// How many rows a table has.
    pub(crate) async fn count(&mut self, table: &str) -> Result<u64, StoreError> {
        let mut sql = format!("SELECT count(*) FROM \"{table}\"");
        if table == "events" {
            sql.push_str(" WHERE project_id > 0");
        }
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut self.connection)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Rows after a key, in the order of their keys.
    pub(crate) async fn rows(
        &mut self,
        table: &Table,
        after: Option<&[Value]>,
        limit: usize,
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let list = |columns: Vec<&str>| columns.join("\", \"");
        let columns = list(table.columns.iter().map(|column| column.name.as_str()).collect());
        let key = list(table.key_columns().map(|column| column.name.as_str()).collect());
        let mut arguments = SqliteArguments::default();
        let mut condition = String::new();
        if let Some(after) = after {
            condition = format!(" WHERE (\"{key}\") > ({})", super::sql::placeholders(after.len()));
            for value in after {
                bind(&mut arguments, value)?;
            }
        }
        let order = key.clone();
        let sql = format!(
            "SELECT \"{columns}\" FROM \"{}\"{condition} ORDER BY \"{order}\" LIMIT {limit}",
            table.name
        );
        let found = sqlx::query_with(AssertSqlSafe(sql), arguments)
            .fetch_all(&mut self.connection)
            .await?;
        found.iter().map(values).collect()
    }

    /// Events after a key, in the order of their keys, but for those that were removed.
    pub(crate) async fn events(&mut self, after: Option<i64>, limit: usize) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!(
            "SELECT {} FROM events e WHERE e.key > $1 AND e.project_id > 0 ORDER BY e.key LIMIT $2",
            row::WHOLE
        );
        let found = sqlx::query(AssertSqlSafe(sql))
            .bind(after.unwrap_or(i64::MIN))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .fetch_all(&mut self.connection)
            .await?;
        let mut events = Vec::with_capacity(found.len());
        for columns in &found {
            let key = row::key(columns)?;
            if !self.words.knows(key) {
                self.words = self.gather(key).await?;
            }
            events.push(EventRow::read(columns, self.words.of(key))?);
        }
        Ok(events)
    }

    /// The words of the events from a key on.
    async fn gather(&mut self, from: EventKey) -> Result<Words, StoreError> {
        let last: Option<i64> =
            sqlx::query_scalar("SELECT key FROM events WHERE key >= $1 ORDER BY key LIMIT 1 OFFSET $2")
                .bind(from.0)
                .bind(WINDOW)
                .fetch_optional(&mut self.connection)
                .await?;
        let (path, to) = (self.path.clone(), last.unwrap_or(i64::MAX));
        tokio::task::spawn_blocking(move || Words::gather(&path, from.0, to))
            .await
            .map_err(StoreError::panicked)?
    }

    /// The last ids that were given out, by table.
    pub(crate) async fn sequences(&mut self) -> Result<Vec<(String, i64)>, StoreError> {
        Ok(sqlx::query_as("SELECT name, seq FROM sqlite_sequence")
            .fetch_all(&mut self.connection)
            .await?)
    }
}

impl Words {
    /// Reads the words of events from one key to another, which is the first that is left out.
    pub(super) fn gather(path: &Path, from: i64, to: i64) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = rusqlite::Connection::open_with_flags(path, flags)?;
        database.execute_batch(
            "PRAGMA temp_store = memory; \
             CREATE VIRTUAL TABLE temp.instances USING fts5vocab('main', 'event_text', 'instance')",
        )?;
        let mut words = Self {
            from,
            to,
            ..Self::default()
        };
        let mut statement = database.prepare("SELECT term, doc FROM instances")?;
        let mut rows = statement.query([])?;
        let mut last = None;
        // By word, and so each word comes once.
        while let Some(found) = rows.next()? {
            let key: i64 = found.get(1)?;
            if key < from || key >= to {
                continue;
            }
            let word = found.get_ref(0)?.as_str().map_err(row::inconsistent)?;
            if last.as_deref() != Some(word) {
                last = Some(word.to_owned());
                words.dictionary.push(cut(word, WORD_BYTES).to_owned());
            }
            let number = u32::try_from(words.dictionary.len() - 1).map_err(row::inconsistent)?;
            words.by_key.entry(key).or_default().push(number);
        }
        Ok(words)
    }

    const fn knows(&self, key: EventKey) -> bool {
        self.from <= key.0 && key.0 < self.to
    }

    /// The words of an event, in order.
    pub(super) fn of(&self, key: EventKey) -> BTreeSet<String> {
        let numbers = self.by_key.get(&key.0).map_or(&[][..], Vec::as_slice);
        let word = |number: &u32| self.dictionary.get(usize::try_from(*number).ok()?).cloned();
        numbers.iter().filter_map(word).collect()
    }
}

fn values(found: &SqliteRow) -> Result<Vec<Value>, StoreError> {
    (0..found.len())
        .map(|place| {
            let raw = found.try_get_raw(place)?;
            if raw.is_null() {
                return Ok(Value::Null);
            }
            let info = raw.type_info();
            Ok(match info.name() {
                "INTEGER" => Value::Int(found.try_get_unchecked(place)?),
                "REAL" => Value::Real(found.try_get_unchecked(place)?),
                "TEXT" => Value::Text(found.try_get_unchecked(place)?),
                "BLOB" => Value::Bytes(found.try_get_unchecked(place)?),
                other => return Err(row::inconsistent(format!("a value of the type {other}"))),
            })
        })
        .collect()
}

fn bind(arguments: &mut SqliteArguments, value: &Value) -> Result<(), StoreError> {
    match value {
        Value::Null => arguments.add(None::<i64>),
        Value::Int(number) => arguments.add(*number),
        Value::Real(number) => arguments.add(*number),
        Value::Text(text) => arguments.add(text.clone()),
        Value::Bytes(bytes) => arguments.add(bytes.clone()),
    }
    .map_err(sqlx::Error::Encode)?;
    Ok(())
}
