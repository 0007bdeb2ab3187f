//! What came, added up by door and by equal spans of time.

use std::ops::AddAssign;

use super::state::hides;
use crate::components::Record;

/// What becomes of an event or a request, by its name in the API, in the order
/// of the stack.
pub(super) const OUTCOMES: [&str; 4] = ["accepted", "duplicates", "refused", "limited"];
/// What each of [`OUTCOMES`] is called.
pub(super) const LABELS: [&str; 4] = ["Accepted", "Duplicates", "Refused", "Limited"];
/// What else is counted.
const OTHERS: [&str; 2] = ["requests", "bytes"];

/// Counts of each of [`OUTCOMES`], then requests and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// In the order of [`OUTCOMES`].
    pub(super) outcomes: [i64; 4],
    /// Requests, whatever their answer.
    pub(super) requests: i64,
    /// Bytes of bodies, decompressed.
    pub(super) bytes: i64,
}

impl Counts {
    fn read(record: &Record) -> Self {
        let [requests, bytes] = OTHERS.map(|name| record.number(name));
        Self {
            outcomes: OUTCOMES.map(|name| record.number(name)),
            requests,
            bytes,
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        add(&mut self.outcomes, other.outcomes);
        self.requests += other.requests;
        self.bytes += other.bytes;
    }
}

fn add(sum: &mut [i64; 4], other: [i64; 4]) {
    for (sum, n) in sum.iter_mut().zip(other) {
        *sum += n;
    }
}

/// What came in a span that ends now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Traffic {
    /// Each door through which something came, by its name in the API.
    pub(super) doors: Vec<(String, Counts)>,
    /// When the first bar begins, in minutes since the epoch.
    pub(super) first: i64,
    /// Minutes of a bar.
    pub(super) step: i64,
    /// The bars, oldest first: outcomes of the doors that are not hidden.
    pub(super) bars: Vec<[i64; 4]>,
}

/// About how many bars there are.
const BARS: i64 = 96;

impl Traffic {
    /// Reads the minutes of the API's answer, a JSON list of
    /// [`DoorMinute`](eventglass_model::DoorMinute). `span` is in minutes,
    /// `now` in minutes since the epoch, by a clock that may be slow.
    pub(super) fn read(json: &str, hidden: &str, span: i64, now: i64) -> Self {
        let minutes: Vec<(i64, String, Counts)> = Record::read_list(json)
            .iter()
            .filter_map(|record| {
                let minute = record.moment("time")?.micros().div_euclid(60_000_000);
                Some((minute, record.text("door")?, Counts::read(record)))
            })
            .collect();
        // 60 bars of 1 minute, 72 of 5, 96 of 15.
        let step = match span {
            ..=96 => 1,
            97..=480 => 5,
            _ => (span + BARS - 1) / BARS,
        };
        let end = minutes.iter().map(|(minute, ..)| *minute).fold(now, i64::max);
        // The first minute is in, and the last is under way: one bar more.
        let count = span / step + 1;
        let first = (end.div_euclid(step) - count + 1) * step;
        let mut doors: Vec<(String, Counts)> = Vec::new();
        let mut bars = vec![[0; 4]; usize::try_from(count).unwrap_or(0)];
        for (minute, door, counts) in minutes {
            let bar = usize::try_from((minute - first).div_euclid(step));
            if let Some(bar) = bar.ok().and_then(|bar| bars.get_mut(bar))
                && !hides(hidden, &door)
            {
                add(bar, counts.outcomes);
            }
            match doors.iter_mut().find(|(known, _)| *known == door) {
                Some((_, sum)) => *sum += counts,
                None => {
                    let place = doors.partition_point(|(known, _)| *known < door);
                    doors.insert(place, (door, counts));
                }
            }
        }
        Self {
            doors,
            first,
            step,
            bars,
        }
    }

    /// The sum over all doors.
    pub(super) fn total(&self) -> Counts {
        let mut sum = Counts::default();
        for (_, counts) in &self.doors {
            sum += *counts;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::{Door, DoorMinute, IngestCounts, Timestamp};

    use super::*;

    fn minute(minute: i64, door: Door, accepted: u64, refused: u64) -> DoorMinute {
        DoorMinute {
            time: Timestamp::from_micros(minute * 60_000_000),
            door,
            counts: IngestCounts {
                requests: 1,
                accepted,
                duplicates: 2,
                refused,
                limited: 3,
                bytes: 100,
            },
        }
    }

    fn json() -> String {
        let minutes = [
            minute(1_000, Door::Otlp, 5, 0),
            minute(1_000, Door::Native, 10, 1),
            minute(1_007, Door::Native, 20, 0),
        ];
        serde_json::to_string(&minutes).unwrap()
    }

    #[test]
    fn reads_what_the_api_writes() {
        let traffic = Traffic::read(&json(), "", 60, 1_059);
        assert_eq!(traffic.bars.len(), 61);
        assert_eq!((traffic.first, traffic.step), (999, 1));
        assert_eq!(traffic.bars[1], [15, 4, 1, 6]);
        assert_eq!(traffic.bars[8], [20, 2, 0, 3]);
        assert_eq!(traffic.bars.iter().flatten().sum::<i64>(), 51);
        let names: Vec<&str> = traffic.doors.iter().map(|(door, _)| door.as_str()).collect();
        assert_eq!(names, ["native", "otlp"]);
        let total = traffic.total();
        assert_eq!((total.outcomes, total.requests, total.bytes), ([35, 6, 1, 9], 3, 300));
    }

    #[test]
    fn hidden_doors_are_in_the_sums_alone() {
        let traffic = Traffic::read(&json(), "limited,otlp", 60, 1_059);
        assert_eq!(traffic.bars[1], [10, 2, 1, 3]);
        assert_eq!(traffic.doors.len(), 2);
    }

    #[test]
    fn longer_spans_have_wider_bars_that_lose_nothing() {
        for (span, step, bars) in [(60, 1, 61), (360, 5, 73), (1_440, 15, 97)] {
            let traffic = Traffic::read(&json(), "", span, 0);
            assert_eq!((traffic.step, traffic.bars.len()), (step, bars));
            assert_eq!(traffic.first % step, 0);
            assert_eq!(traffic.bars.iter().flatten().sum::<i64>(), 51, "{span}");
            let oldest = minute(5_000 - span, Door::Native, 1, 0);
            let traffic = Traffic::read(&serde_json::to_string(&[oldest]).unwrap(), "", span, 5_000);
            assert_eq!(traffic.bars.iter().flatten().sum::<i64>(), 6, "{span}");
        }
    }

    #[test]
    fn a_slow_clock_cuts_nothing_off() {
        let traffic = Traffic::read(&json(), "", 60, 900);
        assert_eq!(traffic.bars.last(), Some(&[20, 2, 0, 3]));
        assert_eq!(Traffic::read("[]", "", 60, 0).total(), Counts::default());
    }
}
