//! Writing events that come in parts: a bounded number of them in a transaction,
//! and one statement for each step, since commits of others wait for it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use eventglass_model::Timestamp;
use sqlx::PgConnection;

use super::WRITE_TIMEOUT;
use super::append::{Appender, Keyed, settle};
use super::bounded::{MARGIN, within};
use super::encode::{sent, stored};
use super::ids::{hash_of, insert_ids, keys_of_ids, update_ids};
use super::insert::Made;
use super::project::{count_events, lock};
use super::rollups::{self, changed, facts_of};
use super::traces;
use crate::ingest::{IdHash, PendingEvent, PendingPart, of_another_door};
use crate::store::rollups::{Change, StoredFacts};
use crate::store::{Appended, EventKey, Merged, StoreError};

/// Events of a transaction.
const EVENTS: usize = if cfg!(test) { 3 } else { 250 };

/// A commit of parts takes more statements than one of events does.
const LIMIT: Duration = Duration::from_secs(2 * WRITE_TIMEOUT.as_secs() + MARGIN.as_secs());

/// An event: its project and its id.
type Id = (i64, IdHash);
/// The parts of each event, in order.
type Parts = HashMap<Id, Vec<String>>;

/// An event as it is to be now.
struct Folded {
    event: PendingEvent,
    /// As it was, if it was there.
    old: Option<Old>,
}

struct Old {
    key: EventKey,
    trace_id: Option<String>,
    /// Whether it keeps its key, as its time is the same.
    stays: bool,
}

impl Appender {
    /// See [`crate::store::EventStore::merge`].
    pub(super) async fn merge(&self, parts: &[PendingPart], now: Timestamp) -> Result<Merged, StoreError> {
        let done = self.try_merge(parts, now).await;
        if done.is_err() {
            self.partitions.forget().await;
        }
        done
    }

    async fn try_merge(&self, parts: &[PendingPart], now: Timestamp) -> Result<Merged, StoreError> {
        let mut by_event: BTreeMap<Id, Vec<usize>> = BTreeMap::new();
        for (n, part) in parts.iter().enumerate() {
            by_event.entry((part.project_id, part.event_hash)).or_default().push(n);
        }
        let mut outcomes = vec![Appended::Duplicate; parts.len()];
        let mut new_events = 0;
        let by_event: Vec<(Id, Vec<usize>)> = by_event.into_iter().collect();
        for some in by_event.chunks(EVENTS) {
            let of_event = |(id, places): &(Id, Vec<usize>)| {
                let of_event = places.iter().filter_map(|n| Some((*n, parts.get(*n)?)));
                (*id, of_event.collect())
            };
            let some: BTreeMap<Id, Vec<(usize, &PendingPart)>> = some.iter().map(of_event).collect();
            new_events += within(LIMIT, self.merge_events(&some, now, &mut outcomes)).await?;
        }
        Ok(Merged { outcomes, new_events })
    }

    /// Adds parts to some events, and says how many of these are new.
    async fn merge_events(
        &self,
        parts: &BTreeMap<Id, Vec<(usize, &PendingPart)>>,
        now: Timestamp,
        outcomes: &mut [Appended],
    ) -> Result<u64, StoreError> {
        let projects: BTreeSet<i64> = parts.keys().map(|(project_id, _)| *project_id).collect();
        let mut tx = self.pool.begin().await?;
        let received_at = lock(&mut tx, &projects, now).await?;
        let ids: Vec<Id> = parts.keys().copied().collect();
        let before = stored_parts(&mut tx, &ids).await?;
        let grown = insert_parts(&mut tx, parts, received_at, outcomes).await?;
        let folded = fold(&mut tx, parts, &grown, &before).await?;
        let new_events = self.write_folded(&mut tx, &folded, (received_at, now)).await?;
        tx.commit().await?;
        Ok(new_events)
    }

    /// Writes events in the place of what there was of them.
    async fn write_folded(
        &self,
        tx: &mut PgConnection,
        folded: &[Folded],
        (received_at, now): (i64, Timestamp),
    ) -> Result<u64, StoreError> {
        if folded.is_empty() {
            return Ok(0);
        }
        let (mut rows, mut others) = (Vec::new(), Vec::new());
        let mut old_keys: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for Folded { event, old } in folded {
            match old {
                Some(old) if old.stays => rows.push((old.key, event)),
                Some(_) | None => others.push(event),
            }
            let keys = old_keys.entry(event.project_id).or_default();
            keys.extend(old.as_ref().map(|old| old.key.0));
        }
        rows.extend(self.keyed(others));
        settle(&mut rows, &HashSet::new(), &self.arrivals);
        let is_old: HashSet<Id> = folded
            .iter()
            .filter(|folded| folded.old.is_some())
            .map(|folded| id(&folded.event))
            .collect();
        let (old, new): (Vec<Keyed<'_>>, Vec<Keyed<'_>>) =
            rows.iter().copied().partition(|(_, row)| is_old.contains(&id(row)));

        let going = self.prepare(&rows, now).await?;
        let mut counted = HashMap::new();
        for (project_id, keys) in &old_keys {
            let facts = facts_of(tx, *project_id, keys).await?;
            remove(tx, *project_id, keys).await?;
            counted.extend(facts.into_iter().map(|(key, facts)| ((*project_id, key), facts)));
        }
        update_ids(tx, &old).await?;
        insert_ids(tx, &new).await?;
        let made = Made::of(&rows, received_at, &going).await?;
        let filters = self.insert(tx, &mut rows, made, (received_at, now)).await?;
        self.write_filters(tx, filters, received_at, now).await?;
        self.note_days(tx, &rows, received_at).await?;
        count_changes(tx, folded, &rows, counted).await?;
        mark(tx, folded).await?;
        note_changes(tx, &old, received_at).await?;
        count_events(tx, &new, received_at, now).await?;
        Ok(u64::try_from(new.len()).unwrap_or(0))
    }
}

fn id(event: &PendingEvent) -> Id {
    (event.project_id, event.event_hash)
}

/// What events become of which parts have come.
async fn fold(
    tx: &mut PgConnection,
    parts: &BTreeMap<Id, Vec<(usize, &PendingPart)>>,
    grown: &[Id],
    before: &Parts,
) -> Result<Vec<Folded>, StoreError> {
    let after = stored_parts(tx, grown).await?;
    let keys = keys_of_ids(tx, grown).await?;
    let (mut folded, mut whole) = (Vec::with_capacity(grown.len()), Vec::new());
    for id in grown {
        let first = parts.get(id).and_then(|parts| parts.first());
        let (Some((_, first)), Some(after)) = (first, after.get(id)) else {
            continue;
        };
        if before.get(id).is_some_and(|before| of_another_door(before)) {
            whole.push(*id);
            continue;
        }
        let event = first.fold(after);
        let old = match (keys.get(id), before.get(id)) {
            // An event of another door with this id has no parts: it stays as it is.
            (Some(_), None) => {
                whole.push(*id);
                continue;
            }
            (Some(key), Some(before)) => {
                let before = first.fold(before).event;
                Some(Old {
                    key: EventKey(*key),
                    stays: before.time == event.event.time,
                    trace_id: before.trace_id,
                })
            }
            (None, _) => None,
        };
        folded.push(Folded { event, old });
    }
    empty_parts(tx, &whole).await?;
    Ok(folded)
}

/// Of events that came whole, it is remembered which parts were sent of them, so
/// that a repeat is one, and nothing of what they say.
async fn empty_parts(tx: &mut PgConnection, of: &[Id]) -> Result<(), StoreError> {
    if of.is_empty() {
        return Ok(());
    }
    let (projects, hashes): (Vec<i64>, Vec<Vec<u8>>) =
        of.iter().map(|(project_id, hash)| (*project_id, hash.to_vec())).unzip();
    sqlx::query(
        "UPDATE event_parts p SET json = '' FROM UNNEST($1::bigint[], $2::bytea[]) AS w (project_id, event_hash) \
         WHERE p.project_id = w.project_id AND p.event_hash = w.event_hash",
    )
    .bind(projects)
    .bind(hashes)
    .execute(tx)
    .await?;
    Ok(())
}

/// Counts events as they are now, and no longer as they were.
async fn count_changes(
    tx: &mut PgConnection,
    folded: &[Folded],
    rows: &[Keyed<'_>],
    mut counted: HashMap<(i64, i64), StoredFacts>,
) -> Result<(), StoreError> {
    let mut keys: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (key, row) in rows {
        keys.entry(row.project_id).or_default().push(key.0);
    }
    let mut blobs = Vec::new();
    for (project_id, keys) in keys {
        let of_project = folded.iter().filter(|folded| folded.event.project_id == project_id);
        let old = of_project.filter_map(|folded| folded.old.as_ref());
        let old = old.filter_map(|old| counted.remove(&(project_id, old.key.0)));
        let mut changes: Vec<Change> = old.map(|old| (Some(old), None)).collect();
        let new = facts_of(tx, project_id, &keys).await?;
        changes.extend(new.into_values().map(|new| (None, Some(new))));
        blobs.extend(changed(tx, project_id, &changes).await?);
    }
    rollups::write(tx, blobs).await
}

/// Has the traces of changed events counted anew.
async fn mark(tx: &mut PgConnection, folded: &[Folded]) -> Result<(), StoreError> {
    let mut marks: BTreeMap<i64, BTreeSet<&str>> = BTreeMap::new();
    for Folded { event, old } in folded {
        if let Some(old) = old {
            let of_project = marks.entry(event.project_id).or_default();
            of_project.extend(
                [&old.trace_id, &event.event.trace_id]
                    .into_iter()
                    .flatten()
                    .map(String::as_str),
            );
        }
    }
    for (project_id, trace_ids) in marks {
        traces::mark(tx, project_id, trace_ids).await?;
    }
    Ok(())
}

/// The parts of events, each event's in order.
async fn stored_parts(tx: &mut PgConnection, ids: &[Id]) -> Result<Parts, StoreError> {
    let (projects, hashes): (Vec<i64>, Vec<Vec<u8>>) = ids.iter().map(|(p, hash)| (*p, hash.to_vec())).unzip();
    let found: Vec<(i64, Vec<u8>, String)> = sqlx::query_as(
        "SELECT p.project_id, p.event_hash, p.json FROM UNNEST($1::bigint[], $2::bytea[]) AS n (project_id, hash) \
         JOIN event_parts p ON p.project_id = n.project_id AND p.event_hash = n.hash ORDER BY p.rank, p.time, p.seq",
    )
    .bind(projects)
    .bind(hashes)
    .fetch_all(tx)
    .await?;
    let mut parts = Parts::new();
    for (project_id, hash, json) in found {
        parts.entry((project_id, hash_of(hash)?)).or_default().push(sent(json));
    }
    Ok(parts)
}

/// Inserts the parts that are not stored yet, says so of them, and tells which
/// events have any.
async fn insert_parts(
    tx: &mut PgConnection,
    parts: &BTreeMap<Id, Vec<(usize, &PendingPart)>>,
    received_at: i64,
    outcomes: &mut [Appended],
) -> Result<Vec<Id>, StoreError> {
    // Of those that stand twice in the request, the first counts.
    let mut places: BTreeMap<(Id, IdHash), usize> = BTreeMap::new();
    let (mut projects, mut events, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ranks, mut times, mut seqs, mut jsons) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, parts) in parts {
        for (n, part) in parts {
            if places.contains_key(&(*id, part.part_hash)) {
                continue;
            }
            places.insert((*id, part.part_hash), *n);
            projects.push(id.0);
            events.push(id.1.to_vec());
            hashes.push(part.part_hash.to_vec());
            ranks.push(i64::from(part.part.rank));
            times.push(part.part.time.micros());
            // Of two parts with one time, the one that came later counts later.
            seqs.push(received_at.saturating_add(i64::try_from(*n).unwrap_or(i64::MAX)));
            jsons.push(stored(&part.part.json).into_owned());
        }
    }
    let inserted: Vec<(i64, Vec<u8>, Vec<u8>)> = sqlx::query_as(
        "INSERT INTO event_parts (project_id, event_hash, part_hash, rank, time, seq, json) \
         SELECT * FROM UNNEST($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], \
         $7::text[]) ON CONFLICT DO NOTHING RETURNING project_id, event_hash, part_hash",
    )
    .bind(projects)
    .bind(events)
    .bind(hashes)
    .bind(ranks)
    .bind(times)
    .bind(seqs)
    .bind(jsons)
    .fetch_all(tx)
    .await?;
    let mut grown = BTreeSet::new();
    for (project_id, event, part) in inserted {
        let id = (project_id, hash_of(event)?);
        grown.insert(id);
        let place = places.get(&(id, hash_of(part)?));
        if let Some(outcome) = place.and_then(|n| outcomes.get_mut(*n)) {
            *outcome = Appended::New;
        }
    }
    Ok(grown.into_iter().collect())
}

/// Takes events away; their ids stay noted.
async fn remove(tx: &mut PgConnection, project_id: i64, keys: &[i64]) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (keys.iter().min(), keys.iter().max()) else {
        return Ok(());
    };
    // The bounds leave all other days aside.
    sqlx::query("DELETE FROM events WHERE project_id = $1 AND key >= $2 AND key <= $3 AND key = ANY($4)")
        .bind(project_id)
        .bind(first)
        .bind(last)
        .bind(keys)
        .execute(tx)
        .await?;
    Ok(())
}

/// Lets pages that poll learn of changed events.
async fn note_changes(tx: &mut PgConnection, rows: &[Keyed<'_>], received_at: i64) -> Result<(), StoreError> {
    let projects: BTreeSet<i64> = rows.iter().map(|(_, row)| row.project_id).collect();
    if projects.is_empty() {
        return Ok(());
    }
    sqlx::query("UPDATE projects SET last_event_at = $1 WHERE id = ANY($2)")
        .bind(received_at)
        .bind(projects.into_iter().collect::<Vec<i64>>())
        .execute(tx)
        .await?;
    Ok(())
}
