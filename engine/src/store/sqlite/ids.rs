//! Where events are, by the hash of their id.
//!
//! Hashes are random, and a B-tree that takes them one by one writes a page for
//! each. So the ids of a commit are written behind each other into `recent_ids`
//! and kept in memory, in generations. A generation that is full is sorted, and
//! the commits that follow carry it over into the table `event_ids`, each a
//! little more than it brings itself, so that many ids share a page and no
//! commit has to wait for a merge.
//!
//! The hash has 64 bits, of which two ids may share all: what is found here is
//! a candidate, and the row of the event decides. Entries of events that are
//! gone do no harm.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use rusqlite::{CachedStatement, Connection, OptionalExtension};

use crate::ingest::IdHash;
use crate::store::{EventKey, StoreError};

/// How many ids make a generation. Two of them are in memory, at 60 to 80 bytes an id.
const GENERATION: usize = 65_536;
/// How many ids of the last generation a commit carries over for each of its own.
const CARRY: usize = 2;
/// And at least.
const CARRY_LEAST: usize = 64;
/// Takes away what is in the table.
const FORGET: &str = "DELETE FROM recent_ids WHERE number <= ?1";

/// The part of an id's hash that is an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ShortHash([u8; 8]);

impl ShortHash {
    pub(super) fn of(hash: &IdHash) -> Self {
        Self(hash.first_chunk().copied().unwrap_or_default())
    }

    /// As a value of the database.
    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// An id, and where its event is.
pub(super) type Entry = (ShortHash, EventKey);

/// The ids that are in memory, for all who read.
#[derive(Clone, Default)]
pub(super) struct RecentIds(Arc<RwLock<Recent>>);

#[derive(Default)]
struct Recent {
    current: Generation,
    /// Being carried over, or in the table already.
    last: Generation,
}

#[derive(Default)]
struct Generation {
    keys: HashMap<ShortHash, EventKey, foldhash::fast::RandomState>,
    /// Ids whose hash another one in `keys` has.
    clashes: Vec<Entry>,
}

impl Generation {
    fn add(&mut self, (hash, key): Entry) {
        if let Some(other) = self.keys.insert(hash, key)
            && other != key
        {
            self.clashes.push((hash, other));
        }
    }

    fn find(&self, hash: ShortHash, found: &mut Vec<EventKey>) {
        found.extend(self.keys.get(&hash));
        found.extend(
            self.clashes
                .iter()
                .filter(|(other, _)| *other == hash)
                .map(|(_, key)| *key),
        );
    }
}

impl RecentIds {
    /// Where events with this hash may be. Ask it before the table, and before
    /// a transaction that reads begins: ids move from here to there.
    pub(super) fn find(&self, hash: ShortHash) -> Vec<EventKey> {
        let mut found = Vec::new();
        let recent = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        recent.current.find(hash, &mut found);
        recent.last.find(hash, &mut found);
        found
    }
}

/// The ids that are in memory, for the one who writes.
pub(super) struct IdLog {
    recent: RecentIds,
    /// Of the newest row of `recent_ids`.
    number: i64,
    current: Vec<Entry>,
    /// In order.
    last: Vec<Entry>,
    /// Of the newest row that `last` came from.
    last_number: i64,
    /// How many of `last` are in the table.
    carried: usize,
}

/// What a transaction has done, to be noted when it is committed.
pub(super) struct Step {
    number: i64,
    carried: usize,
}

impl IdLog {
    /// Reads what was written last.
    pub(super) fn load(connection: &Connection, recent: RecentIds) -> Result<Self, StoreError> {
        let mut statement = connection.prepare("SELECT number, entries FROM recent_ids ORDER BY number")?;
        let mut rows = statement.query([])?;
        let (mut number, mut current) = (0, Vec::new());
        while let Some(row) = rows.next()? {
            number = row.get(0)?;
            current.extend(decode(row.get_ref(1)?.as_blob().unwrap_or_default()));
        }
        if current.len() >= GENERATION {
            // A server that often starts anew would never carry a generation to its end.
            current.sort_unstable();
            let tx = connection.unchecked_transaction()?;
            carry(&tx, &current)?;
            tx.prepare_cached(FORGET)?.execute([number - 1])?;
            tx.commit()?;
            current.clear();
        }
        let mut memory = Recent::default();
        current.iter().for_each(|entry| memory.current.add(*entry));
        *recent.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = memory;
        Ok(Self {
            recent,
            number,
            current,
            last: Vec::new(),
            last_number: 0,
            carried: 0,
        })
    }

    /// For those who read.
    pub(super) const fn recent(&self) -> &RecentIds {
        &self.recent
    }

    /// Writes the ids of a commit, and carries over some of the last generation.
    ///
    /// # Errors
    /// Also when another program has appended to this file.
    pub(super) fn write(&self, tx: &Connection, added: &[Entry]) -> Result<Step, StoreError> {
        let mut step = Step {
            number: self.number,
            carried: self.carried,
        };
        if added.is_empty() {
            return Ok(step);
        }
        step.number += 1;
        tx.prepare_cached("INSERT INTO recent_ids (number, entries) VALUES (?1, ?2)")?
            .execute((step.number, encode(added)))?;
        let more = (added.len() * CARRY).max(CARRY_LEAST);
        step.carried = (self.carried + more).min(self.last.len());
        if step.carried > self.carried {
            carry(tx, self.last.get(self.carried..step.carried).unwrap_or_default())?;
            if step.carried == self.last.len() {
                tx.prepare_cached(FORGET)?.execute([self.last_number])?;
            }
        }
        Ok(step)
    }

    /// The transaction of that step is committed.
    pub(super) fn committed(&mut self, step: &Step, added: &[Entry]) {
        self.number = step.number;
        self.carried = step.carried;
        self.current.extend_from_slice(added);
        let mut memory = self.recent.0.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        added.iter().for_each(|entry| memory.current.add(*entry));
        if self.current.len() >= GENERATION && self.carried == self.last.len() {
            self.last = std::mem::take(&mut self.current);
            self.last.sort_unstable();
            self.last_number = self.number;
            self.carried = 0;
            // What was in `last` until now has long been in the table.
            memory.last = std::mem::take(&mut memory.current);
        }
    }
}

/// Writes ids into the table, which are in its order.
fn carry(tx: &Connection, entries: &[Entry]) -> Result<(), StoreError> {
    let mut insert = tx.prepare_cached("INSERT OR IGNORE INTO event_ids (hash, key) VALUES (?1, ?2)")?;
    for (hash, key) in entries {
        insert.execute((hash.bytes(), key.0))?;
    }
    Ok(())
}

/// Finds stored events by their ids.
pub(super) struct Lookup<'tx> {
    by_hash: CachedStatement<'tx>,
    by_key: CachedStatement<'tx>,
}

impl<'tx> Lookup<'tx> {
    pub(super) fn new(tx: &'tx Connection) -> Result<Self, StoreError> {
        Ok(Self {
            by_hash: tx.prepare_cached("SELECT key FROM event_ids WHERE hash = ?1")?,
            by_key: tx.prepare_cached("SELECT 1 FROM events WHERE key = ?1 AND project_id = ?2 AND event_id = ?3")?,
        })
    }

    /// The key of the event with this id.
    pub(super) fn key(
        &mut self,
        recent: &RecentIds,
        project_id: i64,
        event_id: &str,
        hash: &IdHash,
    ) -> Result<Option<EventKey>, StoreError> {
        let hash = ShortHash::of(hash);
        let mut candidates = recent.find(hash);
        let stored: Vec<i64> = self
            .by_hash
            .query_map([hash.bytes()], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        candidates.extend(stored.into_iter().map(EventKey));
        for key in candidates {
            let found: Option<i64> = self
                .by_key
                .query_row((key.0, project_id, event_id), |row| row.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }
}

fn encode(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * 16);
    for (hash, key) in entries {
        bytes.extend_from_slice(hash.bytes());
        bytes.extend_from_slice(&key.0.to_be_bytes());
    }
    bytes
}

fn decode(bytes: &[u8]) -> impl Iterator<Item = Entry> {
    let (entries, _) = bytes.as_chunks::<16>();
    entries.iter().map(|entry| {
        let [a, b, c, d, e, f, g, h, key @ ..] = *entry;
        (ShortHash([a, b, c, d, e, f, g, h]), EventKey(i64::from_be_bytes(key)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(n: u64) -> Entry {
        let hash = n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        (ShortHash(hash), EventKey(n as i64))
    }

    fn database() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE event_ids (hash BLOB, key INTEGER, PRIMARY KEY (hash, key)) WITHOUT ROWID;
                 CREATE TABLE recent_ids (number INTEGER PRIMARY KEY, entries BLOB);",
            )
            .unwrap();
        connection
    }

    /// In memory or in the table.
    fn known(connection: &Connection, recent: &RecentIds, (hash, key): Entry) -> bool {
        let in_table = connection
            .prepare("SELECT 1 FROM event_ids WHERE hash = ?1 AND key = ?2")
            .unwrap()
            .exists((hash.bytes(), key.0))
            .unwrap();
        in_table || recent.find(hash).contains(&key)
    }

    #[test]
    fn no_id_is_ever_lost_on_its_way_into_the_table() {
        let connection = database();
        let recent = RecentIds::default();
        let mut log = IdLog::load(&connection, recent.clone()).unwrap();
        let mut next = 0;
        for commit in 0..700_u64 {
            let added: Vec<Entry> = (next..next + 300 + commit % 200).map(entry).collect();
            next += added.len() as u64;
            let step = log.write(&connection, &added).unwrap();
            log.committed(&step, &added);
            if commit % 97 == 0 {
                // As after a restart.
                log = IdLog::load(&connection, recent.clone()).unwrap();
            }
        }
        assert!((0..next).all(|n| known(&connection, &recent, entry(n))));
        assert!(log.current.len() + log.last.len() < 3 * GENERATION);
        let stored: i64 = connection
            .query_row("SELECT count(*) FROM event_ids", [], |row| row.get(0))
            .unwrap();
        assert!(stored > 2 * GENERATION as i64, "{stored}");
    }

    #[test]
    fn two_ids_may_share_a_hash() {
        let connection = database();
        let mut log = IdLog::load(&connection, RecentIds::default()).unwrap();
        let hash = ShortHash([7; 8]);
        let added = [(hash, EventKey(1)), (hash, EventKey(2)), (hash, EventKey(1))];
        let step = log.write(&connection, &added).unwrap();
        log.committed(&step, &added);
        let mut found = log.recent().find(hash);
        found.sort();
        found.dedup();
        assert_eq!(found, [EventKey(1), EventKey(2)]);
    }

    #[test]
    fn another_program_that_appends_is_noticed() {
        let connection = database();
        let log = IdLog::load(&connection, RecentIds::default()).unwrap();
        let mut other = IdLog::load(&connection, RecentIds::default()).unwrap();
        let step = other.write(&connection, &[entry(1)]).unwrap();
        other.committed(&step, &[entry(1)]);
        assert!(log.write(&connection, &[entry(2)]).is_err());
    }
}
