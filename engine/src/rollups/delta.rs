//! What a commit adds to the rollups: one blob for each of its projects.

use super::Map;
use super::cell::{Cell, user_of};
use super::codec::{Reader, Writer, unpack};
use super::facts::Facts;
use super::family::Family;
use super::key::{Texts, read_key, read_values};
use super::pending::ProjectPending;
use crate::store::StoreError;

/// The most dimensions of a family.
const WIDEST: usize = 6;

/// Which cell it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Slot<'a> {
    project_id: i64,
    family: Family,
    bucket: i64,
    values: [Option<&'a str>; WIDEST],
}

/// Adds up the events of a commit. On the way of every event: it allocates
/// only for what it has not met in this commit.
#[derive(Default)]
pub struct DeltaBuilder<'a> {
    cells: Map<Slot<'a>, Cell>,
}

impl<'a> DeltaBuilder<'a> {
    /// Counts an event that is stored now.
    pub fn add(&mut self, project_id: i64, facts: &Facts<'a>) {
        self.apply(project_id, facts, 1, |_| true);
    }

    /// Counts an event that is stored now, in some families.
    pub fn add_in(&mut self, project_id: i64, facts: &Facts<'a>, families: impl Fn(Family) -> bool) {
        self.apply(project_id, facts, 1, families);
    }

    /// Takes away an event as it was stored until now, of some families. Exact,
    /// but for distinct users, who stay counted where they once were.
    pub fn remove_in(&mut self, project_id: i64, facts: &Facts<'a>, families: impl Fn(Family) -> bool) {
        self.apply(project_id, facts, -1, families);
    }

    fn apply(&mut self, project_id: i64, facts: &Facts<'a>, sign: i64, families: impl Fn(Family) -> bool) {
        let user = user_of(facts);
        for family in Family::ALL {
            if !families(family) || !family.holds(facts) {
                continue;
            }
            let mut values = [None; WIDEST];
            for (value, dimension) in values.iter_mut().zip(family.dimensions()) {
                *value = facts.text(*dimension);
            }
            let slot = Slot {
                project_id,
                family,
                bucket: family.finest().bucket_of(facts.time),
                values,
            };
            let user = user.filter(|_| family.counts_users());
            let cell = self.cells.entry(slot).or_default();
            cell.apply(&family.counted(facts), sign, user);
        }
    }

    /// The blob of each project, in the order of their ids; none where nothing changed.
    #[must_use]
    pub fn finish(self) -> Vec<(i64, Vec<u8>)> {
        let mut cells: Vec<(Slot<'a>, Cell)> = self.cells.into_iter().collect();
        cells.retain_mut(|(_, cell)| !cell.is_empty());
        cells.sort_unstable_by_key(|(slot, _)| (slot.project_id, slot.family, slot.bucket));
        cells
            .chunk_by_mut(|a, b| a.0.project_id == b.0.project_id)
            .filter_map(|cells| Some((cells.first()?.0.project_id, encode(cells))))
            .collect()
    }
}

fn encode(cells: &mut [(Slot<'_>, Cell)]) -> Vec<u8> {
    let mut texts = Texts::default();
    let mut body = Writer::default();
    let mut last = 0;
    for (slot, cell) in cells {
        body.byte(slot.family as u8);
        body.int(slot.bucket - last);
        last = slot.bucket;
        for value in slot.values.iter().take(slot.family.dimensions().len()) {
            body.unsigned(u128::from(texts.number(*value)));
        }
        cell.write(&mut body);
    }
    let mut writer = Writer::default();
    texts.write(&mut writer);
    writer.append(body);
    writer.finish()
}

/// Adds a blob of [`DeltaBuilder::finish`] to what waits to be folded.
///
/// # Errors
/// [`StoreError::Inconsistent`] when it is something else; then a part of it may have been added.
pub fn add_delta(pending: &mut ProjectPending, blob: &[u8]) -> Result<(), StoreError> {
    let plain = unpack(blob)?;
    let mut reader = Reader(&plain);
    let values = read_values(&mut reader)?;
    let mut bucket = 0;
    while !reader.is_empty() {
        let family = Family::from_code(reader.byte()?);
        let family = family.ok_or_else(|| StoreError::Inconsistent("a delta of an unknown family".to_owned()))?;
        bucket += reader.int()?;
        let key = read_key(&mut reader, &values, family.dimensions().len())?;
        pending.add(family, bucket, key, Cell::read(&mut reader)?);
    }
    Ok(())
}
