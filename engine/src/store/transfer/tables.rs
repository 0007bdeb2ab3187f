//! Which tables are copied.

use std::collections::{BTreeMap, BTreeSet};

use super::Value;
use crate::store::StoreError;

/// What a store keeps for itself: made of the events, or of no use elsewhere.
/// The text index of SQLite, the partitions of Postgres and the histories of the
/// schema are left out where they are listed.
const OWN: &[&str] = &[
    "heartbeat",
    // Postgres: ids that were given out; set from the rows' ids.
    "counters",
    // Made of the events.
    "event_ids",
    "recent_ids",
    // Postgres: on which days there are any.
    "event_days",
    // Postgres: of days that have no index of words yet.
    "word_filters",
    // SQLite: how far `rollup_deltas` are added up; those that are, are gone.
    "rollup_state",
    // Of the copy itself.
    super::super::postgres::transfer::MARKS,
    // Copied as events.
    super::EVENTS,
];

/// Columns that one of the stores has for itself.
const OWN_COLUMNS: &[(&str, &str)] = &[
    // SQLite: the number of the row.
    ("traces", "id"),
];

/// A kind of value that both stores have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Int,
    Real,
    Text,
    Bytes,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Its type as its database calls it.
    pub(crate) sql: String,
}

/// A table as one of the stores has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// In the order of their names, so that rows of both stores look alike.
    pub(crate) columns: Vec<Column>,
    /// The places of the primary key's columns among those.
    pub(crate) key: Vec<usize>,
    /// The tables whose rows must be there first.
    pub(crate) needs: BTreeSet<String>,
}

impl Table {
    /// The key of a row.
    pub(crate) fn key_of(&self, row: &[Value]) -> Vec<Value> {
        self.key.iter().filter_map(|place| row.get(*place).cloned()).collect()
    }

    /// Without the columns that are this store's own. Their place in the key goes
    /// with them; then it has none.
    fn shared(mut self) -> Self {
        let is_own = |column: &Column| OWN_COLUMNS.contains(&(self.name.as_str(), column.name.as_str()));
        if self.columns.iter().any(is_own) {
            let names: Vec<String> = self.key_columns().map(|column| column.name.clone()).collect();
            self.columns
                .retain(|column| !OWN_COLUMNS.contains(&(self.name.as_str(), column.name.as_str())));
            self.key = self.places(&names).unwrap_or_default();
        }
        self
    }

    /// Where columns are, if all of them are there.
    fn places(&self, names: &[String]) -> Option<Vec<usize>> {
        let place = |name: &String| self.columns.iter().position(|column| column.name == *name);
        names.iter().map(place).collect()
    }

    /// The columns of the key.
    pub(crate) fn key_columns(&self) -> impl Iterator<Item = &Column> {
        self.key.iter().filter_map(|place| self.columns.get(*place))
    }
}

/// The tables that are copied row by row, as each side has them, in an order in
/// which what a row refers to is there before it.
///
/// # Errors
/// When a table or a column is on one side alone, has no key, or differs in kind.
pub(crate) fn pair(here: Vec<Table>, there: Vec<Table>) -> Result<Vec<(Table, Table)>, StoreError> {
    let by_name = |tables: Vec<Table>| -> BTreeMap<String, Table> {
        let copied = tables.into_iter().filter(|table| !OWN.contains(&table.name.as_str()));
        copied.map(|table| (table.name.clone(), table.shared())).collect()
    };
    let (here, mut there) = (by_name(here), by_name(there));
    let mut pairs = Vec::new();
    for (name, mut table) in here {
        let other = there.remove(&name).ok_or_else(|| unknown(&name, "Postgres"))?;
        let kinds = |table: &Table| -> Vec<(String, Kind)> {
            table
                .columns
                .iter()
                .map(|column| (column.name.clone(), column.kind))
                .collect()
        };
        if kinds(&table) != kinds(&other) {
            let reason = format!("the columns of {name} are not the same in SQLite and in Postgres");
            return Err(StoreError::Inconsistent(reason));
        }
        if table.key.is_empty() {
            // What is unique there is so here, too.
            table.key.clone_from(&other.key);
        }
        if table.key.is_empty() || other.key.is_empty() {
            return Err(StoreError::Inconsistent(format!(
                "{name} has no primary key to copy it by"
            )));
        }
        pairs.push((table, other));
    }
    if let Some(name) = there.keys().next() {
        return Err(unknown(name, "SQLite"));
    }
    in_order(pairs)
}

fn unknown(name: &str, missing_in: &str) -> StoreError {
    StoreError::Inconsistent(format!(
        "the table {name} is not in {missing_in}, and it is not known whether it has to be copied"
    ))
}

fn in_order(mut pairs: Vec<(Table, Table)>) -> Result<Vec<(Table, Table)>, StoreError> {
    let mut done = BTreeSet::new();
    let mut ordered: Vec<(Table, Table)> = Vec::new();
    while !pairs.is_empty() {
        let ready = pairs.iter().position(|(_, table)| {
            let mut needs = table.needs.iter();
            needs.all(|need| *need == table.name || done.contains(need))
        });
        let place =
            ready.ok_or_else(|| StoreError::Inconsistent("tables refer to each other in a circle".to_owned()))?;
        let pair = pairs.remove(place);
        done.insert(pair.1.name.clone());
        ordered.push(pair);
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::postgres::transfer::{MARKS, Target};
    use crate::store::postgres::{PostgresStore, cluster};
    use crate::store::row::INSERT_COLUMNS;
    use crate::store::sqlite::SqliteStore;
    use crate::store::sqlite::transfer::Source;

    fn table(name: &str, columns: &[(&str, Kind)], needs: &[&str]) -> Table {
        Table {
            name: name.to_owned(),
            columns: columns
                .iter()
                .map(|(name, kind)| Column {
                    name: (*name).to_owned(),
                    kind: *kind,
                    sql: String::new(),
                })
                .collect(),
            key: vec![0],
            needs: needs.iter().map(|need| (*need).to_owned()).collect(),
        }
    }

    #[test]
    fn what_is_not_on_both_sides_is_refused() {
        let id = [("id", Kind::Int)];
        let (a, b) = (table("a", &id, &["b"]), table("b", &id, &[]));
        let both = || vec![a.clone(), b.clone(), table("heartbeat", &id, &[])];
        let names: Vec<String> = pair(both(), both())
            .unwrap()
            .into_iter()
            .map(|(here, _)| here.name)
            .collect();
        assert_eq!(names, ["b", "a"]);
        assert!(pair(both(), vec![a.clone()]).is_err());
        assert!(pair(vec![b.clone()], vec![a.clone(), b.clone()]).is_err());
        let wider = table("b", &[("id", Kind::Int), ("more", Kind::Text)], &[]);
        assert!(pair(vec![b.clone()], vec![wider]).is_err());
        assert!(pair(vec![b], vec![table("b", &[("id", Kind::Text)], &[])]).is_err());

        let numbered = table("traces", &[("id", Kind::Int), ("trace_hash", Kind::Bytes)], &[]);
        let (here, there) = pair(
            vec![numbered],
            vec![table("traces", &[("trace_hash", Kind::Bytes)], &[])],
        )
        .unwrap()
        .remove(0);
        assert_eq!(here, there, "what one store numbers its rows with stays there");
    }

    /// Fails when a migration adds a table, or a column, that a copy would
    /// leave behind. Give it to both stores with the same columns; or add it to
    /// [`OWN`], if it is made of other tables or is one store's own affair; or,
    /// a column of `events`, to the canonical event.
    #[tokio::test]
    async fn every_table_of_both_stores_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        let store = SqliteStore::open(&path).await.unwrap();
        crate::store::Store::close(&store).await;
        drop(store);
        let url = cluster::shared().database();
        let store = PostgresStore::open(&url).await.unwrap();
        crate::store::Store::close(&store).await;
        let here = Source::open(&path).await.unwrap().tables().await.unwrap();
        let there = Target::open(&url).await.unwrap().tables().await.unwrap();
        let citus = include_str!("../../../../docs/scaling.md");
        for table in there.iter().filter(|table| table.name != MARKS) {
            let name = format!("'{}'", table.name);
            assert!(
                citus.contains(&name),
                "docs/scaling.md does not say how to distribute {name}"
            );
        }
        let events = |tables: &[Table]| -> Vec<String> {
            let events = tables.iter().find(|table| table.name == "events").unwrap();
            events.columns.iter().map(|column| column.name.clone()).collect()
        };
        let mut known: Vec<&str> = INSERT_COLUMNS.to_vec();
        // Of rows from before there was a payload.
        known.extend(["input", "output", "attributes"]);
        // And what each has for itself: the number of the row, and its words.
        for (tables, own) in [(&here, "arrival"), (&there, "words")] {
            let mut columns = [known.as_slice(), &[own]].concat();
            columns.sort_unstable();
            assert_eq!(events(tables), columns);
        }
        let names: Vec<String> = pair(here, there)
            .unwrap()
            .into_iter()
            .map(|(table, _)| table.name)
            .collect();
        assert!(names.len() >= 10, "{names:?}");
    }
}
