//! From deltas to blobs.

use std::collections::BTreeMap;
use std::sync::Arc;

use eventglass_model::Timestamp;

use super::Map;
use super::blob::{
    read_series, read_table, read_total, write_durations, write_numbers, write_table, write_total, write_users,
};
use super::cell::{Cell, Count, Sum};
use super::dictionary::Dictionary;
use super::family::{Family, Tier};
use super::key::{Key, Value};
use super::pending::ProjectPending;
use super::plan::Part;
use super::settings::RollupSettings;
use crate::store::StoreError;

/// What is to be added to the blobs of a span of time: it refers to what waits,
/// so that only the span that is being merged takes memory.
pub struct Bucket<'a> {
    /// Of what length.
    pub tier: Tier,
    /// Which.
    pub bucket: i64,
    content: Content<'a>,
}

/// What is added to what; the same may be named more than once.
enum Content<'a> {
    Series(Vec<(u32, &'a Cell)>),
    Table(Family, Vec<(&'a Key, &'a Cell)>),
}

/// A fold of one project.
pub struct Fold<'a> {
    /// How much is kept.
    pub settings: &'a RollupSettings,
    /// Now.
    pub now: Timestamp,
}

impl Fold<'_> {
    /// What is to be added, span by span. New series get their numbers.
    #[must_use]
    pub fn buckets<'p>(&self, pending: &'p ProjectPending, series: &mut Dictionary) -> Vec<Bucket<'p>> {
        let mut targets: BTreeMap<(Tier, i64, Family), Content<'p>> = BTreeMap::new();
        for family in Family::ALL {
            let Some(cells) = pending.family(family) else { continue };
            for (bucket, cells) in cells {
                let start = Timestamp::from_micros(bucket * family.finest().seconds() * 1_000_000);
                for (key, cell) in cells {
                    self.add(&mut targets, family, start, key, cell, series);
                }
            }
        }
        targets
            .into_iter()
            .map(|((tier, bucket, _), content)| Bucket { tier, bucket, content })
            .collect()
    }

    fn add<'p>(
        &self,
        targets: &mut BTreeMap<(Tier, i64, Family), Content<'p>>,
        family: Family,
        start: Timestamp,
        key: &'p Key,
        cell: &'p Cell,
        series: &mut Dictionary,
    ) {
        let number = (family == Family::Series).then(|| {
            let (day, today) = (Tier::Day.bucket_of(start), Tier::Day.bucket_of(self.now));
            series.number(key, day, self.settings, today)
        });
        for tier in Tier::ALL.into_iter().filter(|tier| *tier >= family.finest()) {
            let bucket = tier.bucket_of(start);
            if bucket < self.settings.first_kept(tier, self.now) {
                continue;
            }
            let content = targets.entry((tier, bucket, family)).or_insert_with(|| match family {
                Family::Series => Content::Series(Vec::new()),
                _ => Content::Table(family, Vec::new()),
            });
            match (content, number) {
                (Content::Series(cells), Some(number)) => cells.push((number, cell)),
                (Content::Table(_, cells), _) => cells.push((key, cell)),
                (Content::Series(_), None) => {}
            }
        }
    }
}

impl Bucket<'_> {
    /// The parts that it has to be merged with, in the order in which [`Self::merge`] wants them.
    #[must_use]
    pub const fn parts(&self) -> &'static [Part] {
        match &self.content {
            Content::Series(_) => &[Part::Total, Part::Numbers, Part::Durations, Part::Users],
            Content::Table(family, _) => match family {
                Family::Places => &[Part::Table(Family::Places)],
                Family::Versions => &[Part::Table(Family::Versions)],
                Family::Users => &[Part::Table(Family::Users)],
                Family::Errors => &[Part::Table(Family::Errors)],
                Family::Sessions | Family::Series => &[Part::Table(Family::Sessions)],
            },
        }
    }

    /// The blobs to be stored, given those that are: one for each of [`Self::parts`].
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a stored one cannot be read.
    pub fn merge(
        self,
        stored: &[Option<Vec<u8>>],
        settings: &RollupSettings,
    ) -> Result<Vec<(Part, Vec<u8>)>, StoreError> {
        let parts = self.parts();
        let stored = |n: usize| stored.get(n).and_then(Option::as_deref);
        let blobs = match self.content {
            Content::Series(added) => {
                let mut total = stored(0).map(read_total).transpose()?.unwrap_or_default();
                let mut cells = read_series(stored(1), stored(2), stored(3))?;
                for (id, cell) in added {
                    total.merge(cell);
                    cells.entry(id).or_default().merge(cell);
                }
                vec![
                    write_total(&mut total),
                    write_numbers(&mut cells),
                    write_durations(&mut cells),
                    write_users(&mut cells),
                ]
            }
            Content::Table(family, added) => {
                let mut cells: Map<Key, Cell> = Map::default();
                if let Some(blob) = stored(0) {
                    read_table(blob, family.dimensions().len(), |key, cell| {
                        cells.insert(key, cell);
                    })?;
                }
                add(&mut cells, &added, family, settings.rows);
                vec![write_table(&mut cells)]
            }
        };
        Ok(parts.iter().copied().zip(blobs).collect())
    }
}

/// What a row is kept for: its cost, then its tokens, then its events.
type Weight = (i128, i128, i64);

fn weight(cell: &Cell) -> Weight {
    let numbers = &cell.numbers;
    (
        numbers.sum(Sum::Cost),
        numbers.sum(Sum::Tokens),
        numbers.count(Count::Events),
    )
}

/// Adds to the rows of a table. The least of too many become one, and are never
/// rows: there may be many times as many as are kept.
fn add(cells: &mut Map<Key, Cell>, added: &[(&Key, &Cell)], family: Family, most: usize) {
    let other: Key = vec![Value::Other; family.dimensions().len()].into();
    let mut rest = cells.remove(&other);
    let most_named = most.saturating_sub(1);
    if let Some(kept) = kept(
        cells,
        added,
        &other,
        if rest.is_some() { most_named } else { most },
        most_named,
    ) {
        let rest = rest.get_or_insert_default();
        cells.retain(|key, cell| {
            let stays = kept.contains(key);
            if !stays {
                rest.merge(cell);
            }
            stays
        });
        for (key, cell) in added {
            if kept.contains(*key) {
                cells.entry(Arc::clone(key)).or_default().merge(cell);
            } else {
                rest.merge(cell);
            }
        }
    } else {
        for (key, cell) in added {
            cells.entry(Arc::clone(key)).or_default().merge(cell);
        }
    }
    if let Some(mut rest) = rest {
        if let Some(named) = cells.remove(&other) {
            rest.merge(&named);
        }
        cells.insert(other, rest);
    }
}

/// The `kept` weightiest, when there are more than `most`; `None` when all may stay.
fn kept(
    cells: &Map<Key, Cell>,
    added: &[(&Key, &Cell)],
    other: &Key,
    most: usize,
    kept: usize,
) -> Option<super::Set<Key>> {
    if cells.len() + added.len() <= most {
        return None;
    }
    let mut weights: Map<&Key, Weight> = Map::default();
    let rows = cells.iter().chain(added.iter().copied());
    for (key, cell) in rows.filter(|(key, _)| *key != other) {
        let (sum, new) = (weights.entry(key).or_default(), weight(cell));
        *sum = (sum.0 + new.0, sum.1 + new.1, sum.2 + new.2);
    }
    if weights.len() <= most {
        return None;
    }
    let mut order: Vec<(Weight, &Key)> = weights.into_iter().map(|(key, weight)| (weight, key)).collect();
    let excess = order.len().saturating_sub(kept);
    if excess < order.len() {
        order.select_nth_unstable(excess);
    }
    let heaviest = order.into_iter().skip(excess);
    Some(heaviest.map(|(_, key)| Arc::clone(key)).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(n: usize) -> Key {
        vec![Value::of(Some(&format!("user_{n}"))); Family::Users.dimensions().len()].into()
    }

    fn cell(events: i64, cost: i64) -> Cell {
        let mut cell = Cell::default();
        cell.numbers.counts[Count::Events as usize] = events;
        cell.numbers.sums[Sum::Cost as usize] = cost.into();
        cell
    }

    fn numbers(cells: &Map<Key, Cell>) -> BTreeMap<Key, (i64, i128)> {
        let numbers = |cell: &Cell| (cell.numbers.count(Count::Events), cell.numbers.sum(Sum::Cost));
        cells
            .iter()
            .map(|(key, cell)| (Arc::clone(key), numbers(cell)))
            .collect()
    }

    proptest! {
        /// As if all were rows for a moment, and then the least of them were taken out.
        #[test]
        fn the_weightiest_rows_stay(
            stored in proptest::collection::btree_map(0..40_usize, (1..5_i64, 0..9_i64), 0..9),
            others in proptest::option::of((1..5_i64, 0..9_i64)),
            added in proptest::collection::vec((0..40_usize, 1..5_i64, 0..9_i64), 0..60),
            most in 1..12_usize,
        ) {
            let other: Key = vec![Value::Other; Family::Users.dimensions().len()].into();
            let mut cells: Map<Key, Cell> =
                stored.iter().map(|(n, (events, cost))| (key(*n), cell(*events, *cost))).collect();
            if let Some((events, cost)) = others {
                cells.insert(Arc::clone(&other), cell(events, cost));
            }
            let added: Vec<(Key, Cell)> =
                added.into_iter().map(|(n, events, cost)| (key(n), cell(events, cost))).collect();

            let mut all = cells.clone();
            for (key, cell) in &added {
                all.entry(Arc::clone(key)).or_default().merge(cell);
            }
            if all.len() > most {
                let mut rest = all.remove(&other).unwrap_or_default();
                let mut order: Vec<(Weight, Key)> =
                    all.iter().map(|(key, cell)| (weight(cell), Arc::clone(key))).collect();
                order.sort_unstable();
                for (_, key) in order.iter().take(order.len() - (most - 1)) {
                    rest.merge(&all.remove(key).unwrap());
                }
                all.insert(other, rest);
            }

            let added: Vec<(&Key, &Cell)> = added.iter().map(|(key, cell)| (key, cell)).collect();
            add(&mut cells, &added, Family::Users, most);
            prop_assert_eq!(numbers(&cells), numbers(&all));
        }
    }
}
