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
                for (key, cell) in added {
                    cells.entry(Arc::clone(key)).or_default().merge(cell);
                }
                bound(&mut cells, family, settings.rows);
                vec![write_table(&mut cells)]
            }
        };
        Ok(parts.iter().copied().zip(blobs).collect())
    }
}

/// Folds the least of too many rows into one: those with the least cost, then tokens, then events.
fn bound(cells: &mut Map<Key, Cell>, family: Family, most: usize) {
    if cells.len() <= most {
        return;
    }
    let other: Key = vec![Value::Other; family.dimensions().len()].into();
    let mut rest = cells.remove(&other).unwrap_or_default();
    let mut order: Vec<(i128, i128, i64, Key)> = cells
        .iter()
        .map(|(key, cell)| {
            let numbers = &cell.numbers;
            let by = (
                numbers.sum(Sum::Cost),
                numbers.sum(Sum::Tokens),
                numbers.count(Count::Events),
            );
            (by.0, by.1, by.2, Arc::clone(key))
        })
        .collect();
    order.sort_unstable();
    let excess = order.len().saturating_sub(most.saturating_sub(1));
    for (_, _, _, key) in order.into_iter().take(excess) {
        if let Some(cell) = cells.remove(&key) {
            rest.merge(&cell);
        }
    }
    cells.insert(other, rest);
}
