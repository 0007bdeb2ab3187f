//! Writing events that come in parts.

use std::collections::BTreeMap;

use eventglass_model::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::append::{Appender, Insert, count_events, insert_texts};
use super::ids::{Entry, Lookup, ShortHash};
use super::rollups::{Deltas, build_of, stored_facts};
use super::traces;
use crate::ingest::{IdHash, PendingEvent, PendingPart, of_another_door};
use crate::store::rollups::changed;
use crate::store::{Appended, EventKey, Merged, StoreError};

/// What a transaction has written besides rows.
#[derive(Default)]
struct Written {
    ids: Vec<Entry>,
    deltas: Deltas,
}

impl Appender {
    /// See [`crate::store::EventStore::merge`].
    pub(super) fn merge(&mut self, parts: &[PendingPart], now: Timestamp) -> Result<Merged, StoreError> {
        self.with_connection(|appender, connection| appender.merge_parts(connection, parts, now))
    }

    fn merge_parts(
        &mut self,
        connection: &mut Connection,
        parts: &[PendingPart],
        now: Timestamp,
    ) -> Result<Merged, StoreError> {
        let received_at = self.next_commit(now);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut by_event: BTreeMap<(i64, IdHash), Vec<usize>> = BTreeMap::new();
        for (n, part) in parts.iter().enumerate() {
            by_event.entry((part.project_id, part.event_hash)).or_default().push(n);
        }
        let mut outcomes = vec![Appended::Duplicate; parts.len()];
        let (mut new_events, mut written) = (0, Written::default());
        for places in by_event.values() {
            let of_event: Vec<(usize, &PendingPart)> =
                places.iter().filter_map(|n| Some((*n, parts.get(*n)?))).collect();
            new_events += self.merge_event(&tx, &of_event, (received_at, now), &mut outcomes, &mut written)?;
        }
        let step = self.ids().write(&tx, &written.ids)?;
        tx.commit()?;
        self.committed(received_at, &written.ids, &step);
        written.deltas.committed();
        Ok(Merged { outcomes, new_events })
    }

    /// Adds parts to one event, and says whether it is a new one (1 or 0).
    fn merge_event(
        &mut self,
        tx: &Transaction<'_>,
        parts: &[(usize, &PendingPart)],
        (received_at, now): (i64, Timestamp),
        outcomes: &mut [Appended],
        written: &mut Written,
    ) -> Result<u64, StoreError> {
        let Some((_, first)) = parts.first() else { return Ok(0) };
        let before = stored_parts(tx, first)?;
        let mut added = false;
        for (n, part) in parts {
            let new = insert_part(tx, part, received_at, *n)?;
            added |= new;
            if let (true, Some(outcome)) = (new, outcomes.get_mut(*n)) {
                *outcome = Appended::New;
            }
        }
        if !added {
            return Ok(0);
        }
        if of_another_door(&before) {
            empty_parts(tx, first)?;
            return Ok(0);
        }
        let pending = |parts: &[String]| first.fold(parts);
        let event = pending(&stored_parts(tx, first)?);
        let recent = self.ids().recent().clone();
        let old_key = Lookup::new(tx)?.key(&recent, first.project_id, &event.event.event_id, &first.event_hash)?;
        let mut key = self.key(event.event.time);
        let mut counted = None;
        if let Some(old_key) = old_key {
            // An event of another door with this id has no parts: it stays as it is.
            if before.is_empty() {
                empty_parts(tx, first)?;
                return Ok(0);
            }
            let old = pending(&before);
            counted = stored_facts(tx, old_key.0)?;
            remove(tx, old_key, &old)?;
            if old.event.time == event.event.time {
                key = old_key;
            }
        }
        let inserted = Insert::new(tx, recent, received_at)?.event(key, &event, self.arrivals_mut())?;
        let key = inserted.ok_or_else(|| StoreError::Inconsistent("an event is still there".to_owned()))?;
        if old_key != Some(key) {
            written.ids.push((ShortHash::of(&event.event_hash), key));
        }
        let now_counted = stored_facts(tx, key.0)?;
        let build = build_of(tx, first.project_id)?;
        let blobs = changed(first.project_id, build, &[(counted, now_counted)]);
        written.deltas.extend(Deltas::write(tx, self.rollups(), blobs)?);
        let rows = [(key, &event)];
        insert_texts(tx, &rows)?;
        if old_key.is_some() {
            let (old, new) = (pending(&before).event.trace_id, &event.event.trace_id);
            for trace_id in old.iter().chain(new.iter().filter(|new| old.as_ref() != Some(new))) {
                traces::mark(tx, first.project_id, trace_id)?;
            }
            note_change(tx, first.project_id, received_at)?;
            return Ok(0);
        }
        count_events(tx, &rows, received_at, now)?;
        Ok(1)
    }
}

/// The parts of an event, in order.
fn stored_parts(tx: &Connection, of: &PendingPart) -> Result<Vec<String>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT json FROM event_parts WHERE project_id = ?1 AND event_hash = ?2 ORDER BY rank, time, seq",
    )?;
    let rows = statement.query_map((of.project_id, &of.event_hash[..]), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Of an event that came whole, it is remembered which parts were sent of it, so
/// that a repeat is one, and nothing of what they say.
fn empty_parts(tx: &Connection, of: &PendingPart) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE event_parts SET json = '' WHERE project_id = ?1 AND event_hash = ?2")?
        .execute((of.project_id, &of.event_hash[..]))?;
    Ok(())
}

fn insert_part(tx: &Connection, part: &PendingPart, received_at: i64, place: usize) -> Result<bool, StoreError> {
    // Of two parts with one time, the one that came later counts later.
    let seq = received_at.saturating_add(i64::try_from(place).unwrap_or(i64::MAX));
    let stored = tx
        .prepare_cached(
            "INSERT INTO event_parts (project_id, event_hash, part_hash, rank, time, seq, json) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute((
            part.project_id,
            &part.event_hash[..],
            &part.part_hash[..],
            part.part.rank,
            part.part.time.micros(),
            seq,
            &part.part.json,
        ))?;
    Ok(stored > 0)
}

/// Takes an event away, its words from the text index included, for which that
/// must be told them.
fn remove(tx: &Connection, key: EventKey, event: &PendingEvent) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM events WHERE key = ?1")?
        .execute([key.0])?;
    tx.prepare_cached("INSERT INTO event_text (event_text, rowid, text) VALUES ('delete', ?1, ?2)")?
        .execute((key.0, &event.text))?;
    Ok(())
}

/// Lets pages that poll learn of a changed event.
fn note_change(tx: &Connection, project_id: i64, received_at: i64) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE projects SET last_event_at = ?1 WHERE id = ?2")?
        .execute((received_at, project_id))?;
    Ok(())
}
