//! How the events of a search are spread over time.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::{Histogram, HistogramBucket, Severity, Status, Timestamp, is_error};

use super::narrow::failed;
use super::{EventSearch, Filter, Plan, take};
use crate::store::row::Columns;
use crate::store::{EventKey, Store, StoreError, Visit, Walk};

const SECOND: i64 = 1_000_000;
/// Bars that are counted before it is known where the first one is.
const FINE: usize = 5_000;
/// Lengths of bars that people can read off, in seconds; longer ones are whole multiples of 30 days.
const LENGTHS: [i64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    1_209_600, 2_592_000,
];

/// Counts the events that match in at most `most` bars. Bounds of time are met to the second.
///
/// # Errors
/// Those of the store.
pub async fn histogram(
    store: &dyn Store,
    project_id: i64,
    search: &EventSearch,
    most: usize,
    budget: Duration,
) -> Result<Histogram, StoreError> {
    let deadline = Instant::now() + budget;
    let mut plan = Plan::new(store, project_id, search, deadline).await?;
    let ends = store.ends(project_id).await?;
    let oldest = ends.map_or(search.now, |(oldest, _)| oldest.time());
    let newest = ends.map_or(search.now, |(_, newest)| newest.time().max(search.now));
    // Without a beginning, the bars begin with the first event that matches,
    // which is known after counting: in more bars, that are put together then.
    let is_open = plan.from.is_none();
    let ends_open = is_open && plan.to.is_none();
    let (from, to) = (plan.from.unwrap_or(oldest), plan.to.unwrap_or(newest.plus_micros(1)));
    let bars = Bars::new(from, to, if is_open { FINE } else { most });
    (plan.from, plan.to) = (Some(bars.from), Some(bars.to));

    let mut walks = Vec::new();
    if plan.is_counted {
        for also in [None, Some(failed())] {
            let is_errors = also.is_some();
            walks.push((plan.counting(project_id, also, deadline), Counted::Key { is_errors }));
        }
    } else {
        let mut walk = plan.walk(project_id, "", deadline);
        walk.read(&["time", "severity", "status"]);
        walks.push((walk, Counted::Row(Arc::clone(&plan.filter))));
    }
    let mut partial = false;
    let mut searched_to: Option<Timestamp> = None;
    let counts = Arc::new(Mutex::new(Counts {
        bars,
        counts: vec![(0, 0); bars.count],
        counted: Counted::Key { is_errors: false },
    }));
    for (walk, counted) in walks {
        let walk = Walk {
            expected: usize::MAX,
            ..walk
        };
        if let Ok(mut counts) = counts.lock() {
            counts.counted = counted;
        }
        let walked = store.walk(walk, Arc::clone(&counts) as _).await?;
        if walked.out_of_time {
            partial = true;
            searched_to = searched_to.max(walked.last.map(EventKey::time));
        }
    }
    let mut counts = take(counts)?.counts;
    let (mut start, mut length) = (bars.start, bars.length);
    if is_open {
        (start, length, counts) = bars.coarser(&counts, ends_open, most);
    }
    let starts = (0_i64..).map(|n| Timestamp::from_micros(start + n * length));
    Ok(Histogram {
        buckets: starts
            .zip(counts)
            .map(|(start, (count, errors))| HistogramBucket { start, count, errors })
            .collect(),
        bucket_ms: length / 1_000,
        partial,
        searched_to,
    })
}

/// Where the bars are, in microseconds.
#[derive(Clone, Copy, Debug)]
struct Bars {
    /// Where the first one begins.
    start: i64,
    length: i64,
    count: usize,
    /// Nothing before this is counted.
    from: Timestamp,
    /// And nothing from this on.
    to: Timestamp,
}

impl Bars {
    fn new(from: Timestamp, to: Timestamp, most: usize) -> Self {
        let floor = |micros: i64, unit: i64| micros.div_euclid(unit) * unit;
        let from = floor(from.micros(), SECOND);
        let to = floor(to.micros().saturating_add(SECOND - 1), SECOND).max(from + SECOND);
        let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let bars = |length: i64| (to - floor(from, length) + length - 1).div_euclid(length);
        let month = 2_592_000 * SECOND;
        let longer = (1..).map(|months| months * month);
        let length = LENGTHS
            .into_iter()
            .map(|seconds| seconds * SECOND)
            .chain(longer)
            .find(|length| bars(*length) <= most || *length > to)
            .unwrap_or(month);
        Self {
            start: floor(from, length),
            length,
            count: usize::try_from(bars(length)).unwrap_or(1),
            from: Timestamp::from_micros(from),
            to: Timestamp::from_micros(to),
        }
    }
}

impl Bars {
    /// Puts bars together until there are at most `most`, from the first that
    /// has something on; and, if the end is open, to the last.
    fn coarser(&self, counts: &[(i64, i64)], ends_open: bool, most: usize) -> (i64, i64, Vec<(i64, i64)>) {
        let has_some = |(count, _): &(i64, i64)| *count > 0;
        let first = counts.iter().position(has_some).unwrap_or(0);
        let last = counts.iter().rposition(has_some).filter(|_| ends_open);
        let last = last.unwrap_or(counts.len().saturating_sub(1));
        let start_of = |place: usize| self.start + i64::try_from(place).unwrap_or(0) * self.length;
        let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
        let floor = |micros: i64, length: i64| micros.div_euclid(length) * length;
        let whole = LENGTHS
            .into_iter()
            .map(|seconds| seconds * SECOND)
            .filter(|length| length % self.length == 0);
        let length = whole
            .chain((1..).map(|n| n * self.length))
            .find(|length| {
                let from = floor(start_of(first), *length);
                (start_of(last) - from).div_euclid(*length) < most || *length > start_of(last)
            })
            .unwrap_or(self.length);
        let start = floor(start_of(first), length);
        let mut coarse = Vec::new();
        for (place, (count, errors)) in counts.iter().enumerate().take(last + 1).skip(first) {
            let bar = usize::try_from((start_of(place) - start).div_euclid(length)).unwrap_or(0);
            coarse.resize(coarse.len().max(bar + 1), (0, 0));
            if let Some(bar) = coarse.get_mut(bar) {
                bar.0 += count;
                bar.1 += errors;
            }
        }
        (start, length, coarse)
    }
}

struct Counts {
    bars: Bars,
    counts: Vec<(i64, i64)>,
    counted: Counted,
}

/// What a walk is for.
enum Counted {
    /// Keys, which tell the second.
    Key { is_errors: bool },
    /// Events that match.
    Row(Arc<Filter>),
}

impl Visit for Counts {
    fn visit(&mut self, key: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        let (time, count, errors) = match &self.counted {
            Counted::Key { is_errors } => (key.time().micros(), i64::from(!is_errors), i64::from(*is_errors)),
            Counted::Row(filter) if filter.matches(row)? => {
                let severity = Severity::from_code(row.int("severity")?).unwrap_or(Severity::Info);
                let status = Status::from_code(row.int("status")?).unwrap_or(Status::Unset);
                (row.int("time")?, 1, i64::from(is_error(severity, status)))
            }
            Counted::Row(_) => return Ok(ControlFlow::Continue(())),
        };
        let bar = usize::try_from((time - self.bars.start).div_euclid(self.bars.length));
        if let Some(bar) = bar.ok().and_then(|bar| self.counts.get_mut(bar)) {
            bar.0 += count;
            bar.1 += errors;
        }
        Ok(ControlFlow::Continue(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bars(from: i64, to: i64, most: usize) -> (i64, i64, usize) {
        let bars = Bars::new(
            Timestamp::from_micros(from * SECOND),
            Timestamp::from_micros(to * SECOND),
            most,
        );
        (bars.start / SECOND, bars.length / SECOND, bars.count)
    }

    #[test]
    fn bars_are_round_and_few_enough() {
        assert_eq!(bars(0, 60, 60), (0, 1, 60));
        assert_eq!(bars(30, 3_630, 60), (0, 120, 31));
        assert_eq!(bars(0, 86_400, 48), (0, 1_800, 48));
        let bars_of = Bars::new(Timestamp::from_micros(0), Timestamp::from_micros(100 * SECOND), FINE);
        let mut counts = vec![(0, 0); 100];
        counts[33] = (2, 1);
        counts[61] = (1, 0);
        assert_eq!(
            bars_of.coarser(&counts, true, 10),
            (
                30 * SECOND,
                5 * SECOND,
                vec![(2, 1), (0, 0), (0, 0), (0, 0), (0, 0), (0, 0), (1, 0)]
            )
        );
        assert_eq!(bars_of.coarser(&counts, false, 10).2.len(), 7);
        assert_eq!(bars_of.coarser(&[(0, 0); 100], true, 10).1, 10 * SECOND);
        assert_eq!(bars(5, 5, 60), (5, 1, 1));
        let (_, length, count) = bars(0, 1_795_262_400, 60);
        assert!(count <= 60 && length % 2_592_000 == 0);
        assert_eq!(bars(10, 20, 1), (10, 10, 1));
        assert_eq!(bars(10, 21, 1), (0, 30, 1));
    }
}
