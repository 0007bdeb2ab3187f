//! When events happen: sorted, ending exactly at a given moment, and twice as
//! dense in business hours.

use eventglass_model::Timestamp;
use fastrand::Rng;

const HOUR: i64 = 3_600_000_000;
/// 9:00 to 16:59 UTC.
const BUSINESS: std::ops::Range<i64> = 9..17;

/// A stretch of time within one hour of the clock.
struct Stretch {
    start: i64,
    micros: i64,
    /// Share of all events that come before it, from 0 to 1.
    before: f64,
    /// Share of all events that lie in it; above 0.
    share: f64,
}

/// Draws sorted times one by one, in constant memory per event.
pub(super) struct Timeline {
    stretches: Vec<Stretch>,
    current: usize,
    end: i64,
    left: u64,
    position: f64,
    rng: Rng,
}

impl Timeline {
    /// `count` times in the `hours` before `end`, the last of them `end` itself.
    pub(super) fn new(count: u64, hours: u32, end: Timestamp, rng: Rng) -> Self {
        let end = end.micros();
        Self {
            stretches: stretches(end.saturating_sub(i64::from(hours.max(1)) * HOUR), end),
            current: 0,
            end,
            left: count,
            position: 0.0,
            rng,
        }
    }

    /// A sorted sample without sorting: of m values yet to come, all uniform
    /// in what is left of the line, the smallest lies a share of
    /// 1 - v^(1/m) into it.
    fn advance(&mut self) -> f64 {
        let smallest = -((1.0 - self.rng.f64()).ln() / self.left as f64).exp_m1();
        self.position += (1.0 - self.position) * smallest;
        self.position
    }

    fn moment(&mut self, position: f64) -> i64 {
        while let Some(stretch) = self.stretches.get(self.current) {
            let into = (position - stretch.before) / stretch.share;
            if into < 1.0 {
                return stretch.start + (into.max(0.0) * stretch.micros as f64) as i64;
            }
            self.current += 1;
        }
        self.end
    }
}

impl Iterator for Timeline {
    type Item = Timestamp;

    fn next(&mut self) -> Option<Timestamp> {
        self.left = self.left.checked_sub(1)?;
        if self.left == 0 {
            return Some(Timestamp::from_micros(self.end));
        }
        let position = self.advance();
        let moment = self.moment(position).min(self.end);
        Some(Timestamp::from_micros(moment))
    }
}

/// Cuts the time from `start` to `end` at whole hours of the clock and weighs the pieces.
fn stretches(start: i64, end: i64) -> Vec<Stretch> {
    let mut list = Vec::new();
    let mut total = 0.0;
    let mut from = start;
    while from < end {
        let hour = from.div_euclid(HOUR);
        let to = ((hour + 1) * HOUR).min(end);
        let weight = if BUSINESS.contains(&hour.rem_euclid(24)) {
            2.0
        } else {
            1.0
        };
        let mass = weight * (to - from) as f64;
        list.push(Stretch {
            start: from,
            micros: to - from,
            before: total,
            share: mass,
        });
        total += mass;
        from = to;
    }
    for stretch in &mut list {
        stretch.before /= total;
        stretch.share /= total;
    }
    list
}
