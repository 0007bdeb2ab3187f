//! The Postgres side of a copy: the target.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::append::Keyed;
use super::bounded::{Bounded, pool};
use super::days;
use super::encode::{sent, stored};
use super::ids::insert_ids;
use super::insert::insert_copies;
use super::partitions::Partitions;
use super::{be_durable, migrations, options};
use crate::clock::{Clock, SystemClock};
use crate::store::StoreError;
use crate::store::row;
use crate::store::transfer::{Column, EventRow, Kind, Mark, Sum, Table, Value, Watcher, values};
use futures::TryStreamExt;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Connection, PgConnection, Row, TypeInfo, ValueRef};

/// How far a copy is, a row for each table; goes at its end. A server does not
/// start on a database that has it.
pub(crate) const MARKS: &str = "copy_marks";
/// How long it may take others to go.
const PATIENCE: Duration = Duration::from_secs(5);
/// Who began the copy, among the tables.
const FINGERPRINT: &str = "";

/// The database that is copied to. While this lives, no other copy runs.
pub(crate) struct Target {
    connection: PgConnection,
    partitions: Partitions,
}

impl Target {
    /// Connects to a database that no server is using, and makes its schema.
    ///
    /// # Errors
    /// When another program of ours is connected to it, when it cannot be
    /// reached, or its schema is newer.
    pub(crate) async fn open(url: &str) -> Result<Self, StoreError> {
        let options = options(url)?.application_name("eventglass copy");
        let mut connection = PgConnection::connect_with(&options).await?;
        // The connection of a copy that was killed may take a moment to go.
        let patient_until = Instant::now() + PATIENCE;
        while in_use(&mut connection).await? {
            if Instant::now() > patient_until {
                let reason = "another Eventglass is connected to the target: stop it first";
                return Err(StoreError::Refused(reason.to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        migrations::run(&mut connection).await?;
        be_durable(&mut connection).await?;
        let partitions = pool(1, super::READ_ACQUIRE, Duration::ZERO).connect_lazy_with(options);
        Ok(Self {
            connection,
            partitions: Partitions::new(Bounded::new(partitions, super::WRITE_TIMEOUT, super::LET_GO)),
        })
    }

    /// Begins a copy of an installation, or goes on with it.
    ///
    /// # Errors
    /// When the database holds something else.
    pub(crate) async fn begin(&mut self, fingerprint: &str) -> Result<(), StoreError> {
        if unfinished(&mut self.connection).await? {
            let begun: Option<String> = sqlx::query_scalar("SELECT mark FROM copy_marks WHERE name = $1")
                .bind(FINGERPRINT)
                .fetch_optional(&mut self.connection)
                .await?;
            if begun.as_deref() == Some(fingerprint) {
                return Ok(());
            }
            let reason = "the target holds the beginning of a copy of another installation, or of one that has been \
                          used since; make it anew";
            return Err(StoreError::Refused(reason.to_owned()));
        }
        for table in ["users", "projects", "events"] {
            let sql = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if sqlx::query_scalar(AssertSqlSafe(sql))
                .fetch_one(&mut self.connection)
                .await?
            {
                return Err(StoreError::Refused("the target is not empty".to_owned()));
            }
        }
        let mut tx = self.connection.begin().await?;
        sqlx::query("CREATE TABLE copy_marks (name text PRIMARY KEY, mark text NOT NULL)")
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO copy_marks VALUES ($1, $2)")
            .bind(FINGERPRINT)
            .bind(fingerprint)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// How far a table is.
    pub(crate) async fn mark(&mut self, table: &str) -> Result<Mark, StoreError> {
        let mark: Option<String> = sqlx::query_scalar("SELECT mark FROM copy_marks WHERE name = $1")
            .bind(table)
            .fetch_optional(&mut self.connection)
            .await?;
        mark.map_or_else(
            || Ok(Mark::default()),
            |json| serde_json::from_str(&json).map_err(row::inconsistent),
        )
    }

    /// The tables, but for partitions.
    pub(crate) async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let found = sqlx::query(
            "SELECT c.relname::text AS table_name, a.attname::text AS name, format_type(a.atttypid, -1) AS type, \
             coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint AS place, \
             ARRAY(SELECT f.confrelid::regclass::text FROM pg_constraint f \
                   WHERE f.conrelid = c.oid AND f.contype = 'f') AS needs \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition \
             AND c.relname <> '_sqlx_migrations' \
             ORDER BY c.relname, a.attname",
        )
        .fetch_all(&mut self.connection)
        .await?;
        let mut tables: BTreeMap<String, (Table, Vec<(i64, usize)>)> = BTreeMap::new();
        for found in &found {
            let table: String = found.try_get("table_name")?;
            let (entry, key) = tables.entry(table.clone()).or_insert_with(|| {
                let table = Table {
                    name: table.clone(),
                    columns: Vec::new(),
                    key: Vec::new(),
                    needs: BTreeSet::new(),
                };
                (table, Vec::new())
            });
            let (name, sql, place): (String, String, i64) =
                (found.try_get("name")?, found.try_get("type")?, found.try_get("place")?);
            let kind = match sql.as_str() {
                "bigint" | "integer" | "smallint" | "boolean" => Kind::Int,
                "double precision" | "real" => Kind::Real,
                "text" | "character varying" => Kind::Text,
                "bytea" => Kind::Bytes,
                // Only of events, which are read otherwise.
                "tsvector" => Kind::Text,
                // Only of a table that is not copied.
                "bigint[]" if table == "word_filters" => Kind::Bytes,
                other => return Err(row::inconsistent(format!("{table}.{name} is of the type {other}"))),
            };
            if place >= 0 {
                key.push((place, entry.columns.len()));
            }
            entry.columns.push(Column { name, kind, sql });
            entry.needs.extend(found.try_get::<Vec<String>, _>("needs")?);
        }
        Ok(tables
            .into_values()
            .map(|(mut table, mut key)| {
                key.sort_unstable();
                table.key = key.into_iter().map(|(_, place)| place).collect();
                table
            })
            .collect())
    }

    /// Inserts rows, and notes how far the table is.
    pub(crate) async fn insert(&mut self, table: &Table, rows: &[Vec<Value>], mark: &Mark) -> Result<(), StoreError> {
        let mut tx = self.connection.begin().await?;
        if !rows.is_empty() {
            let mut arguments = PgArguments::default();
            let (mut names, mut selected, mut arrays) = (Vec::new(), Vec::new(), Vec::new());
            for (place, column) in table.columns.iter().enumerate() {
                let values = rows.iter().map(|row| row.get(place).unwrap_or(&Value::Null));
                let array = bind_array(&mut arguments, column.kind, values)?;
                names.push(format!("\"{}\"", column.name));
                // By way of a number, which a boolean is in SQLite.
                let cast = if column.sql == "boolean" { "::int" } else { "" };
                selected.push(format!("c{place}{cast}::{}", column.sql));
                arrays.push(format!("${}::{array}[]", place + 1));
            }
            let columns: Vec<String> = (0..names.len()).map(|place| format!("c{place}")).collect();
            let sql = format!(
                "INSERT INTO \"{}\" ({}) SELECT {} FROM UNNEST({}) AS n ({})",
                table.name,
                names.join(", "),
                selected.join(", "),
                arrays.join(", "),
                columns.join(", ")
            );
            sqlx::query_with(AssertSqlSafe(sql), arguments)
                .execute(&mut *tx)
                .await?;
        }
        note(&mut tx, &table.name, mark).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Inserts events, with their ids, and notes how far they are.
    pub(crate) async fn insert_events(&mut self, events: &[EventRow], mark: &Mark) -> Result<(), StoreError> {
        self.partitions
            .prepare(events.iter().map(|event| event.key), SystemClock.now())
            .await?;
        let mut tx = self.connection.begin().await?;
        let rows: Vec<Keyed<'_>> = events.iter().map(|event| (event.key, &event.event)).collect();
        if insert_ids(&mut tx, &rows).await?.len() != rows.len() {
            return Err(row::inconsistent(
                "an event is in the source twice, or in the target already",
            ));
        }
        insert_copies(&mut tx, events).await?;
        let keys = events
            .iter()
            .map(|event| (event.event.project_id, event.key, event.received_at));
        days::note(&mut tx, &self.partitions, keys).await?;
        note(&mut tx, "events", mark).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the counters from which ids are given out beyond all that were.
    pub(crate) async fn set_counters(&mut self, sequences: &[(String, i64)]) -> Result<(), StoreError> {
        let counters: Vec<String> = sqlx::query_scalar("SELECT name FROM counters")
            .fetch_all(&mut self.connection)
            .await?;
        for name in counters {
            let given = sequences
                .iter()
                .find(|(table, _)| *table == name)
                .map_or(0, |(_, last)| *last);
            let sql = format!(
                "UPDATE counters SET last = greatest($1, (SELECT coalesce(max(id), 0) FROM \"{name}\")) WHERE name = $2"
            );
            sqlx::query(AssertSqlSafe(sql))
                .bind(given)
                .bind(&name)
                .execute(&mut self.connection)
                .await?;
        }
        Ok(())
    }

    /// The sum of a table's rows.
    pub(crate) async fn sum(&mut self, table: &Table, watcher: &mut dyn Watcher) -> Result<Sum, StoreError> {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| match column.sql.as_str() {
                "boolean" => format!("\"{}\"::int::bigint", column.name),
                "integer" | "smallint" => format!("\"{}\"::bigint", column.name),
                "real" => format!("\"{}\"::float8", column.name),
                _ => format!("\"{}\"", column.name),
            })
            .collect();
        let sql = format!("SELECT {} FROM \"{}\"", columns.join(", "), table.name);
        let mut sum = Sum::default();
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut self.connection);
        while let Some(found) = rows.try_next().await? {
            sum.add(&read(&found)?);
            watcher.advance(1);
        }
        Ok(sum)
    }

    /// The sum of the events.
    pub(crate) async fn sum_of_events(&mut self, watcher: &mut dyn Watcher) -> Result<Sum, StoreError> {
        let sql = format!(
            "SELECT {}, tsvector_to_array(e.words) AS words FROM events e",
            row::WHOLE
        );
        let mut sum = Sum::default();
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut self.connection);
        while let Some(found) = rows.try_next().await? {
            let words: Vec<String> = found.try_get("words")?;
            sum.add(&values(&EventRow::read(&found, words.into_iter().collect())?));
            watcher.advance(1);
        }
        Ok(sum)
    }

    /// The copy is whole.
    pub(crate) async fn end(&mut self) -> Result<(), StoreError> {
        // What a search asks of which index depends on what is known of the tables.
        sqlx::query("ANALYZE").execute(&mut self.connection).await?;
        sqlx::query("DROP TABLE copy_marks")
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }
}

/// Whether another program of ours is connected to the database.
async fn in_use(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
         AND application_name LIKE 'eventglass%' AND pid <> pg_backend_pid())",
    )
    .fetch_one(connection)
    .await?)
}

/// Whether a copy into this database was begun and has not ended.
pub(super) async fn unfinished(connection: &mut PgConnection) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar("SELECT to_regclass('copy_marks') IS NOT NULL")
        .fetch_one(connection)
        .await?)
}

async fn note(tx: &mut PgConnection, table: &str, mark: &Mark) -> Result<(), StoreError> {
    let json = serde_json::to_string(mark).map_err(row::inconsistent)?;
    sqlx::query("INSERT INTO copy_marks VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET mark = excluded.mark")
        .bind(table)
        .bind(json)
        .execute(tx)
        .await?;
    Ok(())
}

/// Binds a column of values, and gives the type of an element.
fn bind_array<'v>(
    arguments: &mut PgArguments,
    kind: Kind,
    values: impl Iterator<Item = &'v Value>,
) -> Result<&'static str, StoreError> {
    let wrong = |value: &Value| row::inconsistent(format!("{value:?} in a column of another kind"));
    macro_rules! array {
        ($variant:ident, $convert:expr) => {
            values
                .map(|value| match value {
                    Value::Null => Ok(None),
                    Value::$variant(value) => Ok(Some($convert(value))),
                    other => Err(wrong(other)),
                })
                .collect::<Result<Vec<_>, _>>()?
        };
    }
    let (added, name) = match kind {
        Kind::Int => (arguments.add(array!(Int, |value: &i64| *value)), "bigint"),
        Kind::Real => (arguments.add(array!(Real, |value: &f64| *value)), "float8"),
        Kind::Text => (
            arguments.add(array!(Text, |value: &String| stored(value).into_owned())),
            "text",
        ),
        Kind::Bytes => (arguments.add(array!(Bytes, Vec::clone)), "bytea"),
    };
    added.map_err(sqlx::Error::Encode)?;
    Ok(name)
}

fn read(found: &PgRow) -> Result<Vec<Value>, StoreError> {
    (0..found.len())
        .map(|place| {
            let raw = found.try_get_raw(place)?;
            if raw.is_null() {
                return Ok(Value::Null);
            }
            let info = raw.type_info();
            Ok(match info.name() {
                "INT8" => Value::Int(found.try_get(place)?),
                "FLOAT8" => Value::Real(found.try_get(place)?),
                "TEXT" | "VARCHAR" => Value::Text(sent(found.try_get(place)?)),
                "BYTEA" => Value::Bytes(found.try_get(place)?),
                other => return Err(row::inconsistent(format!("a value of the type {other}"))),
            })
        })
        .collect()
}
