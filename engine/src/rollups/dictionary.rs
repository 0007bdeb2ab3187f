//! The numbers of a project's series, and the bound on how many there are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Map;
use super::family::Family;
use super::key::{Key, Value};
use super::settings::RollupSettings;

/// The series of all that there was no room for.
const REST: u32 = 0;
/// Of this share of the bound (a fourth more), series may be made that hold the
/// endpoints of a service which there was no room for.
const RESERVE: usize = 4;
/// Where `endpoint` stands in the key.
const ENDPOINT: usize = 1;

/// A series that has to be stored, or whose last day has moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesRow {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub key: Key,
    /// The last day for which it has events.
    pub last_day: i64,
}

/// The series of one project: numbers for their names.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    ids: Map<Key, u32>,
    rows: BTreeMap<u32, (Key, i64)>,
    changed: std::collections::BTreeSet<u32>,
}

impl Dictionary {
    /// Adds a stored series.
    pub fn insert(&mut self, row: SeriesRow) {
        self.ids.insert(Arc::clone(&row.key), row.id);
        self.rows.insert(row.id, (row.key, row.last_day));
    }

    /// The greatest number that is taken.
    #[must_use]
    pub fn last_id(&self) -> u32 {
        self.rows.last_key_value().map_or(REST, |(id, _)| *id)
    }

    /// The name of a series.
    #[must_use]
    pub fn key(&self, id: u32) -> Option<&Key> {
        self.rows.get(&id).map(|(key, _)| key)
    }

    /// Every series with its number, and the rest.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Key)> {
        let rest: Key = vec![Value::Other; Family::Series.dimensions().len()].into();
        let named = self.rows.iter().map(|(id, (key, _))| (*id, Arc::clone(key)));
        std::iter::once((REST, rest)).chain(named)
    }

    /// What has to be stored since this was asked last.
    pub fn take_changed(&mut self) -> Vec<SeriesRow> {
        let changed = std::mem::take(&mut self.changed);
        let row = |id: u32| {
            let (key, last_day) = self.rows.get(&id)?;
            Some(SeriesRow {
                id,
                key: Arc::clone(key),
                last_day: *last_day,
            })
        };
        changed.into_iter().filter_map(row).collect()
    }

    /// The number of a series that has events on this day. When there are as
    /// many as there may be, a new one shares the endpoint "other" of its
    /// service, kind, environment and model; and when even these are too many, the rest.
    pub(super) fn number(&mut self, key: &Key, day: i64, settings: &RollupSettings, today: i64) -> u32 {
        if let Some(id) = self.ids.get(key).copied() {
            self.seen(id, day);
            return id;
        }
        let most = settings.series;
        if self.ids.len() < most || self.active(settings, today) < most {
            return self.make(Arc::clone(key), day);
        }
        let mut values: Vec<Value> = key.to_vec();
        if let Some(endpoint) = values.get_mut(ENDPOINT) {
            *endpoint = Value::Other;
        }
        let shared: Key = values.into();
        if let Some(id) = self.ids.get(&shared).copied() {
            self.seen(id, day);
            return id;
        }
        if self.active(settings, today) < most + most / RESERVE {
            return self.make(shared, day);
        }
        REST
    }

    fn make(&mut self, key: Key, day: i64) -> u32 {
        let id = self.last_id() + 1;
        self.insert(SeriesRow { id, key, last_day: day });
        self.changed.insert(id);
        id
    }

    fn seen(&mut self, id: u32, day: i64) {
        if let Some((_, last_day)) = self.rows.get_mut(&id)
            && day > *last_day
        {
            *last_day = day;
            self.changed.insert(id);
        }
    }

    /// Those that had events while hours are kept: older ones take no room
    /// but their name, for days are kept for good.
    fn active(&self, settings: &RollupSettings, today: i64) -> usize {
        let since = today - i64::from(settings.hour_days);
        self.rows.values().filter(|(_, last_day)| *last_day >= since).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(service: &str, endpoint: &str) -> Key {
        let none = || Value::None;
        vec![
            Value::of(Some(service)),
            Value::of(Some(endpoint)),
            none(),
            none(),
            none(),
            none(),
        ]
        .into()
    }

    #[test]
    fn series_are_bounded() {
        let settings = RollupSettings {
            series: 4,
            ..RollupSettings::default()
        };
        let mut series = Dictionary::default();
        let mut number =
            |service: &str, endpoint: &str, day: i64| series.number(&key(service, endpoint), day, &settings, day);
        let first = number("a", "/1", 100);
        assert_eq!(number("a", "/1", 101), first);
        for endpoint in ["/2", "/3", "/4"] {
            assert!(number("a", endpoint, 101) > first);
        }
        // Full: the endpoints of a service share one series, within a reserve.
        let shared = number("a", "/5", 101);
        assert_eq!(number("a", "/6", 101), shared);
        assert_eq!(number("b", "/1", 101), REST);
        assert_eq!(number("a", "/2", 101), 2);
        // What has not been seen for long makes room.
        assert!(number("b", "/1", 200) > shared);
        let rest: Vec<u32> = series.take_changed().iter().map(|row| row.id).collect();
        assert_eq!(rest, [1, 2, 3, 4, 5, 6]);
        assert!(series.take_changed().is_empty());
        assert_eq!(series.key(shared).unwrap()[ENDPOINT], Value::Other);
    }
}
