//! The generator: a plan in, events out, one at a time.

use eventglass_model::Timestamp;
use fastrand::Rng;

use super::event::{Written, write_event};
use super::timeline::Timeline;

/// What to generate.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many events.
    pub count: u64,
    /// Over how many hours before `end`; at least 1.
    pub hours: u32,
    /// When the last event happens.
    pub end: Timestamp,
    /// The same plan with the same seed gives the same bytes. A different
    /// `end` moves the times and nothing else; a larger `count` or other
    /// `hours` change the times and, of the events that both have, nothing else.
    pub seed: Option<u64>,
}

/// Generates the events of a [`Plan`], oldest first, in constant memory.
///
/// As an iterator it gives each event as JSON text.
pub struct Generator {
    timeline: Timeline,
    /// Separate from the timeline's, so that the times do not steer the rest.
    rng: Rng,
    number: u64,
    longest: usize,
}

impl Generator {
    /// Starts on a plan.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut rng = plan.seed.map_or_else(Rng::new, Rng::with_seed);
        let timeline = Timeline::new(plan.count, plan.hours, plan.end, rng.fork());
        Self {
            timeline,
            rng,
            number: 0,
            longest: 1_024,
        }
    }

    /// Writes the next event to the end of `out` as JSON without a line's end; `None` after the last.
    pub fn write_next(&mut self, out: &mut Vec<u8>) -> Option<Written> {
        let time = self.timeline.next()?;
        self.number += 1;
        Some(write_event(&mut self.rng, self.number, time, out))
    }
}

impl Iterator for Generator {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut out = Vec::with_capacity(self.longest);
        self.write_next(&mut out)?;
        self.longest = self.longest.max(out.len());
        String::from_utf8(out).ok()
    }
}
