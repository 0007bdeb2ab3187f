//! From blobs and deltas, or from events, to series.

use std::cmp::Ordering;

use eventglass_model::{Interval, Measure, MetricPoint, MetricSeries, Metrics, MetricsSource, Period, Timestamp};

use super::Map;
use super::ask::{Ask, Source, is_percentile};
use super::blob::{read_durations, read_numbers, read_table, read_total, read_users};
use super::collect::{Acc, Groups, Want, at};
use super::family::{Family, Tier};
use super::key::Value;
use super::live::View;
use super::pending::ProjectPending;
use super::plan::{Part, Span, Stored};
use super::rows::ScannedRows;
use crate::store::StoreError;

const MICROS: i64 = 1_000_000;

/// Answers a question from rollups.
///
/// # Errors
/// [`StoreError::Inconsistent`] when a blob cannot be read.
pub fn answer(ask: &Ask, view: &View) -> Result<Metrics, StoreError> {
    let Source::Rollups(family) = ask.source else {
        return Err(StoreError::Inconsistent(
            "a question to the events was put to rollups".to_owned(),
        ));
    };
    let mut answer = Answer::new(ask);
    let empty = Vec::new();
    let stored = |pass: usize| view.stored.get(pass).unwrap_or(&empty);
    let mut walk = Walk::new(ask, family, view);
    walk.run(stored(0), ask.span, &mut |groups, group, _, piece| {
        answer.total(groups, group).take(piece, ask.want());
    })?;
    answer.choose(&walk.groups);
    if ask.span.step.is_some() {
        walk.run(stored(1), ask.span, &mut |_, group, time, piece| {
            if let Some(acc) = answer.point(group, time) {
                acc.take(piece, ask.want());
            }
        })?;
    }
    if let Some(previous) = ask.previous {
        walk.run(stored(2), previous, &mut |_, group, _, piece| {
            if let Some(acc) = answer.before(group) {
                acc.take(piece, ask.want());
            }
        })?;
    }
    Ok(answer.finish(&walk.groups, (view.rebuilding, None), MetricsSource::Rollups))
}

impl ScannedRows {
    /// Answers a question from the events that were looked at.
    #[must_use]
    pub fn answer(&self, ask: &Ask) -> Metrics {
        let mut answer = Answer::new(ask);
        let within = |span: Span, time: Timestamp| span.from <= time && time < span.to;
        for row in self.rows.iter().filter(|row| within(ask.span, row.time)) {
            row.add_to(answer.total(&self.groups, row.group), ask.want());
        }
        answer.choose(&self.groups);
        for row in &self.rows {
            let acc = if within(ask.span, row.time) {
                answer.point(row.group, row.time)
            } else if ask.previous.is_some_and(|span| within(span, row.time)) {
                answer.before(row.group)
            } else {
                None
            };
            if let Some(acc) = acc {
                row.add_to(acc, ask.want());
            }
        }
        let searched_to = self.searched_to.filter(|_| self.partial);
        answer.finish(&self.groups, (self.partial, searched_to), MetricsSource::Events)
    }
}

impl Ask {
    pub(super) fn want(&self) -> Want {
        Want {
            durations: self.measures.iter().any(|measure| is_percentile(*measure)),
            users: self.measures.contains(&Measure::Users),
        }
    }
}

/// Something of a group, of one span of time.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Cell(&'a super::cell::Cell),
    Numbers(&'a super::cell::Numbers),
    Step(u16, i64),
    Users(&'a super::users::Users),
}

impl Acc {
    fn take(&mut self, piece: Piece<'_>, want: Want) {
        match piece {
            Piece::Cell(cell) => self.add_cell(cell, want),
            Piece::Numbers(numbers) => self.numbers.add(numbers),
            Piece::Step(step, count) => self.durations.add(step, count),
            Piece::Users(users) => self.users.merge(users),
        }
    }
}

/// Gives a piece to whoever adds up: all groups, the number of its own, its time.
type Visit<'v> = dyn FnMut(&Groups, usize, Timestamp, Piece<'_>) + 'v;

/// Goes through what is stored and what is pending.
struct Walk<'a> {
    ask: &'a Ask,
    family: Family,
    pending: &'a [std::sync::Arc<ProjectPending>],
    groups: Groups,
    /// The group of each series that the filters let through.
    of_series: Map<u32, usize>,
}

impl<'a> Walk<'a> {
    fn new(ask: &'a Ask, family: Family, view: &'a View) -> Self {
        let mut groups = Groups::default();
        let mut of_series = Map::default();
        if family == Family::Series {
            for (id, key) in view.series.iter() {
                if let Some(group) = ask.group_of(family, &key) {
                    of_series.insert(id, groups.number(group));
                }
            }
        }
        Self {
            ask,
            family,
            pending: &view.pending,
            groups,
            of_series,
        }
    }

    fn run(&mut self, stored: &[Stored], span: Span, visit: &mut Visit<'_>) -> Result<(), StoreError> {
        for blob in stored {
            let time = start(blob.tier, blob.bucket);
            let (groups, of_series) = (&self.groups, &self.of_series);
            let group = |id: u32| of_series.get(&id).copied();
            match blob.part {
                Part::Total => {
                    if let Some(all) = self.of_series.values().next() {
                        visit(groups, *all, time, Piece::Cell(&read_total(&blob.data)?));
                    }
                }
                Part::Numbers => read_numbers(&blob.data, |id, numbers| {
                    if let Some(group) = group(id) {
                        visit(groups, group, time, Piece::Numbers(numbers));
                    }
                })?,
                Part::Durations => read_durations(&blob.data, |id, step, count| {
                    if let Some(group) = group(id) {
                        visit(groups, group, time, Piece::Step(step, count));
                    }
                })?,
                Part::Users => read_users(&blob.data, |id, users| {
                    if let Some(group) = group(id) {
                        visit(groups, group, time, Piece::Users(&users));
                    }
                })?,
                Part::Table(family) => {
                    let groups = &mut self.groups;
                    read_table(&blob.data, family.dimensions().len(), |key, cell| {
                        if let Some(group) = self.ask.group_of(family, &key) {
                            let group = groups.number(group);
                            visit(groups, group, time, Piece::Cell(&cell));
                        }
                    })?;
                }
            }
        }
        let unit = self.family.finest();
        let (from, to) = (unit.bucket_of(span.from), unit.bucket_of(span.to.plus_micros(-1)));
        for pending in self.pending {
            let cells = pending
                .family(self.family)
                .map(|cells| cells.range(from..=to.max(from)));
            for (bucket, cells) in cells.into_iter().flatten() {
                for (key, cell) in cells {
                    if let Some(group) = self.ask.group_of(self.family, key) {
                        let group = self.groups.number(group);
                        visit(&self.groups, group, start(unit, *bucket), Piece::Cell(cell));
                    }
                }
            }
        }
        Ok(())
    }
}

fn start(tier: Tier, bucket: i64) -> Timestamp {
    Timestamp::from_micros(bucket.saturating_mul(tier.seconds() * MICROS))
}

/// What was added up so far.
struct Answer<'a> {
    ask: &'a Ask,
    totals: Vec<Acc>,
    /// The place of each group among those shown; the last place is of the rest.
    places: Vec<usize>,
    shown: Vec<usize>,
    has_rest: bool,
    points: Vec<Vec<Acc>>,
    previous: Vec<Acc>,
    first_point: Timestamp,
}

impl<'a> Answer<'a> {
    fn new(ask: &'a Ask) -> Self {
        let first_point = ask
            .span
            .step
            .map_or(ask.span.from, |step| Interval::start_of(ask.span.from, step));
        Self {
            ask,
            totals: Vec::new(),
            places: Vec::new(),
            shown: Vec::new(),
            has_rest: false,
            points: Vec::new(),
            previous: Vec::new(),
            first_point,
        }
    }

    fn total(&mut self, groups: &Groups, group: usize) -> &mut Acc {
        let needed = groups.len().max(group + 1);
        if self.totals.len() < needed {
            self.totals.resize_with(needed, Acc::default);
        }
        #[expect(clippy::indexing_slicing, reason = "made long enough above")]
        &mut self.totals[group]
    }

    /// Chooses the groups that are shown: the greatest by the first measure.
    fn choose(&mut self, groups: &Groups) {
        let first = self.ask.measures.first().copied().unwrap_or(Measure::Count);
        let field = &self.ask.field;
        let mut order: Vec<(usize, f64)> = Vec::new();
        for (group, acc) in self.totals.iter_mut().enumerate() {
            let folded = groups.name(group).contains(&Value::Other) && !self.ask.group.is_empty();
            // Groups without events in this span are not groups of the answer.
            if acc.numbers == super::cell::Numbers::default() {
                continue;
            }
            if folded {
                self.has_rest = true;
            } else {
                order.push((group, acc.measure(first, field).unwrap_or(f64::NEG_INFINITY)));
            }
        }
        order.sort_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then_with(|| by_name(groups.name(a.0), groups.name(b.0)))
        });
        let most = if self.ask.group.is_empty() { 1 } else { self.ask.limit };
        self.has_rest |= order.len() > most;
        self.shown = order.into_iter().take(most).map(|(group, _)| group).collect();
        if self.ask.group.is_empty() && self.shown.is_empty() {
            // Nothing is a series too: of zeros.
            self.shown.push(0);
        }
        self.places = vec![self.shown.len(); groups.len().max(self.totals.len())];
        for (place, group) in self.shown.iter().enumerate() {
            if let Some(there) = self.places.get_mut(*group) {
                *there = place;
            }
        }
        let series = self.shown.len() + 1;
        self.points = vec![vec![Acc::default(); self.ask.span.points()]; series];
        self.previous = vec![Acc::default(); series];
    }

    fn place(&self, group: usize) -> usize {
        self.places.get(group).copied().unwrap_or(self.shown.len())
    }

    fn point(&mut self, group: usize, time: Timestamp) -> Option<&mut Acc> {
        let step = self.ask.span.step? * MICROS;
        let number = (time.micros() - self.first_point.micros()).div_euclid(step);
        let place = self.place(group);
        self.points.get_mut(place)?.get_mut(usize::try_from(number).ok()?)
    }

    fn before(&mut self, group: usize) -> Option<&mut Acc> {
        let place = self.place(group);
        self.previous.get_mut(place)
    }

    /// `partial`: whether it is, and how far back events were looked at.
    fn finish(
        mut self,
        groups: &Groups,
        (partial, searched_to): (bool, Option<Timestamp>),
        source: MetricsSource,
    ) -> Metrics {
        let ask = self.ask;
        let mut totals = vec![Acc::default(); self.shown.len() + 1];
        for (group, acc) in self.totals.iter().enumerate() {
            let place = self.place(group);
            if let Some(total) = at(&mut totals, place) {
                total.merge(acc);
            }
        }
        let count = groups_of(&self.totals, groups);
        let series = if self.has_rest {
            self.shown.len() + 1
        } else {
            self.shown.len()
        };
        let mut list = Vec::with_capacity(series * ask.measures.len());
        for measure in &ask.measures {
            for place in 0..series {
                let other = place == self.shown.len();
                let name = self.shown.get(place).map_or(&[][..], |group| groups.name(*group));
                let of = |list: &mut Vec<Acc>| at(list, place).and_then(|acc| acc.measure(*measure, &ask.field));
                let total = of(&mut totals);
                let previous = if ask.previous.is_some() {
                    of(&mut self.previous)
                } else {
                    None
                };
                list.push(MetricSeries {
                    measure: *measure,
                    group: if other { "other".to_owned() } else { label(name) },
                    values: name.iter().map(|value| value.text().map(str::to_owned)).collect(),
                    other,
                    total,
                    previous,
                    points: self.points_of(place, *measure),
                });
            }
        }
        Metrics {
            series: list,
            from: ask.span.from,
            to: ask.span.to,
            interval_seconds: ask.span.step,
            group: ask.group.clone(),
            field: ask.field.clone(),
            groups: if ask.group.is_empty() { 1 } else { count },
            partial,
            searched_to,
            source,
            previous: ask.previous.map(|span| Period {
                from: span.from,
                to: span.to,
            }),
        }
    }

    fn points_of(&mut self, place: usize, measure: Measure) -> Vec<MetricPoint> {
        let Some(step) = self.ask.span.step else {
            return Vec::new();
        };
        let mut time = self.first_point;
        let mut points = Vec::new();
        for acc in self.points.get_mut(place).into_iter().flatten() {
            points.push(MetricPoint {
                time,
                value: acc.measure(measure, &self.ask.field),
            });
            time = time.plus_micros(step * MICROS);
        }
        points
    }
}

/// How many groups have events, but for those that had no room.
fn groups_of(totals: &[Acc], groups: &Groups) -> usize {
    let some = |(group, acc): &(usize, &Acc)| {
        acc.numbers != super::cell::Numbers::default() && !groups.name(*group).contains(&Value::Other)
    };
    totals.iter().enumerate().filter(some).count()
}

fn by_name(a: &[Value], b: &[Value]) -> Ordering {
    a.cmp(b)
}

fn label(name: &[Value]) -> String {
    let of = |value: &Value| match value {
        Value::None => "(none)".to_owned(),
        Value::Other => "other".to_owned(),
        Value::Text(text) => text.to_string(),
    };
    name.iter().map(of).collect::<Vec<_>>().join(" / ")
}
