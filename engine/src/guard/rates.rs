//! Rates, in sliding windows: of a minute, and of a second for bursts.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use eventglass_model::ProjectLimits;
use thiserror::Error;

use super::window::SlidingWindow;
use crate::clock::SharedClock;

/// Sources of one project that are told apart; further ones share a window.
const SOURCES: u64 = 4_096;
/// Windows after which those that are over are forgotten.
const WINDOWS: usize = 16_384;
/// Ticks of a second are so long, in microseconds.
const BURST_TICK: i64 = 100_000;

/// A minute, exact to the second.
type Minute = SlidingWindow<60>;
/// A second, exact to a tenth.
type Second = SlidingWindow<10>;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Requests of a key, in a minute.
    Key,
    /// Requests of a key, in a second.
    KeySecond,
    /// Requests of a project, in a minute.
    Project,
    /// Requests of a project, in a second.
    ProjectSecond,
    /// Events of a project.
    Events,
    /// Events of one service and endpoint.
    Source,
}

impl Scope {
    /// What is too many, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Key => "requests of this key in a minute",
            Self::KeySecond => "requests of this key in a second",
            Self::Project => "requests of this project in a minute",
            Self::ProjectSecond => "requests of this project in a second",
            Self::Events => "events of this project in a minute",
            Self::Source => "events of one service and endpoint in a minute",
        }
    }

    /// The length of its window, in seconds.
    #[must_use]
    pub const fn window(self) -> u64 {
        match self {
            Self::KeySecond | Self::ProjectSecond => 1,
            Self::Key | Self::Project | Self::Events | Self::Source => 60,
        }
    }
}

/// Too much came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the limit of {limit} {} is reached; try again in {retry_after} s", scope.words())]
pub struct Limited {
    /// Of what.
    pub scope: Scope,
    /// How many are allowed.
    pub limit: u32,
    /// After how many seconds there is room.
    pub retry_after: u64,
}

/// Where a key stands, for the headers of its answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateState {
    /// How many in a minute: of the limits that apply, the one with the least left.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// Seconds until all of them are there again.
    pub reset: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Name {
    scope: Scope,
    /// Of the key, or of the project.
    id: i64,
    /// Of the source.
    source: u64,
}

#[derive(Default)]
struct Windows {
    minutes: HashMap<Name, Minute>,
    seconds: HashMap<Name, Second>,
}

/// Counts what comes, on this server.
pub struct Rates {
    clock: SharedClock,
    windows: Mutex<Windows>,
}

impl Rates {
    /// With nothing counted.
    #[must_use]
    pub fn new(clock: SharedClock) -> Self {
        Self {
            clock,
            windows: Mutex::default(),
        }
    }

    /// Counts a request, unless it is one too many, and tells where the key
    /// stands then. What is refused is not counted, so that a caller who keeps
    /// knocking is let in again in time.
    ///
    /// # Errors
    /// [`Limited`].
    pub fn admit_request(
        &self,
        project_id: i64,
        key_id: i64,
        limits: &ProjectLimits,
    ) -> Result<Option<RateState>, Limited> {
        let (now, tick) = (self.seconds(), self.ticks());
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.forget_old(now, tick);
        let bursts = [
            (Scope::KeySecond, key_id, limits.key_requests_per_second),
            (Scope::ProjectSecond, project_id, limits.requests_per_second),
        ];
        let minutes = [
            (Scope::Key, key_id, limits.key_requests_per_minute),
            (Scope::Project, project_id, limits.requests_per_minute),
        ];
        for (scope, id, limit) in bursts {
            if let Some(limit) = limit
                && windows.second(scope, id, tick).sum() >= u64::from(limit)
            {
                return Err(Limited {
                    scope,
                    limit,
                    retry_after: 1,
                });
            }
        }
        for (scope, id, limit) in minutes {
            if let Some(limit) = limit {
                check(windows.minute(scope, id, 0, now), scope, limit, 1)?;
            }
        }
        for (scope, id, _) in bursts.into_iter().filter(|(_, _, limit)| limit.is_some()) {
            windows.second(scope, id, tick).add(1);
        }
        for (scope, id, _) in minutes.into_iter().filter(|(_, _, limit)| limit.is_some()) {
            windows.minute(scope, id, 0, now).add(1);
        }
        Ok(windows.standing(project_id, key_id, limits, now))
    }

    /// Counts the events of a request, given by their sources, unless they
    /// are too many; then none of them is counted, and none may be stored. A
    /// request that alone is more than a limit passes when its window is empty.
    ///
    /// # Errors
    /// [`Limited`].
    pub fn admit_events<'a>(
        &self,
        project_id: i64,
        limits: &ProjectLimits,
        sources: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Result<(), Limited> {
        if limits.events_per_minute.is_none() && limits.source_events_per_minute.is_none() {
            return Ok(());
        }
        let mut total = 0u32;
        let mut by_source: HashMap<u64, u32> = HashMap::new();
        for source in sources {
            total = total.saturating_add(1);
            *by_source.entry(hash(source)).or_default() += 1;
        }
        let now = self.seconds();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.forget_old(now, self.ticks());
        if let Some(limit) = limits.events_per_minute {
            check(
                windows.minute(Scope::Events, project_id, 0, now),
                Scope::Events,
                limit,
                total,
            )?;
        }
        if let Some(limit) = limits.source_events_per_minute {
            for (source, count) in &by_source {
                check(
                    windows.minute(Scope::Source, project_id, *source, now),
                    Scope::Source,
                    limit,
                    *count,
                )?;
            }
            for (source, count) in &by_source {
                windows.minute(Scope::Source, project_id, *source, now).add(*count);
            }
        }
        if limits.events_per_minute.is_some() {
            windows.minute(Scope::Events, project_id, 0, now).add(total);
        }
        Ok(())
    }

    /// Where a key stands, without counting a request: of the limits of a
    /// minute that apply to it, the one with the least left. `None` when
    /// there is no such limit.
    #[must_use]
    pub fn peek(&self, project_id: i64, key_id: i64, limits: &ProjectLimits) -> Option<RateState> {
        let now = self.seconds();
        let windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.standing(project_id, key_id, limits, now)
    }

    /// Takes back what was counted and then not stored.
    pub fn give_back<'a>(
        &self,
        project_id: i64,
        limits: &ProjectLimits,
        sources: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        if limits.events_per_minute.is_none() && limits.source_events_per_minute.is_none() {
            return;
        }
        let now = self.seconds();
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        for source in sources {
            windows.minute(Scope::Source, project_id, hash(source), now).remove(1);
            windows.minute(Scope::Events, project_id, 0, now).remove(1);
        }
    }

    fn seconds(&self) -> i64 {
        self.clock.now().micros().div_euclid(1_000_000)
    }

    fn ticks(&self) -> i64 {
        self.clock.now().micros().div_euclid(BURST_TICK)
    }
}

impl Windows {
    fn minute(&mut self, scope: Scope, id: i64, source: u64, now: i64) -> &mut Minute {
        let name = Name { scope, id, source };
        let window = self.minutes.entry(name).or_insert_with(|| Minute::new(now));
        window.advance(now);
        window
    }

    fn second(&mut self, scope: Scope, id: i64, tick: i64) -> &mut Second {
        let name = Name { scope, id, source: 0 };
        let window = self.seconds.entry(name).or_insert_with(|| Second::new(tick));
        window.advance(tick);
        window
    }

    /// Of the limits of a minute that apply to a key, the one with the least left.
    fn standing(&self, project_id: i64, key_id: i64, limits: &ProjectLimits, now: i64) -> Option<RateState> {
        [
            (Scope::Key, key_id, limits.key_requests_per_minute),
            (Scope::Project, project_id, limits.requests_per_minute),
            (Scope::Events, project_id, limits.events_per_minute),
        ]
        .into_iter()
        .filter_map(|(scope, id, limit)| {
            let limit = limit?;
            let known = self.minutes.get(&Name { scope, id, source: 0 });
            let mut window = known.cloned().unwrap_or_else(|| Minute::new(now));
            window.advance(now);
            let used = u32::try_from(window.sum()).unwrap_or(u32::MAX);
            Some(RateState {
                limit,
                remaining: limit.saturating_sub(used),
                reset: window.ticks_until(0),
            })
        })
        .min_by_key(|state| state.remaining)
    }

    fn forget_old(&mut self, now: i64, tick: i64) {
        if self.minutes.len() > WINDOWS {
            self.minutes.retain(|_, window| {
                window.advance(now);
                window.sum() > 0
            });
        }
        if self.seconds.len() > WINDOWS {
            self.seconds.retain(|_, window| {
                window.advance(tick);
                window.sum() > 0
            });
        }
    }
}

fn hash(source: (&str, &str)) -> u64 {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    hasher.finish() % SOURCES
}

fn check(window: &Minute, scope: Scope, limit: u32, count: u32) -> Result<(), Limited> {
    let used = window.sum();
    if used + u64::from(count) <= u64::from(limit) || (used == 0 && limit > 0) {
        return Ok(());
    }
    let retry_after = window.ticks_until(u64::from(limit.saturating_sub(count))).max(1);
    Err(Limited {
        scope,
        limit,
        retry_after,
    })
}

impl RateState {
    /// The length of the window, in seconds.
    pub const WINDOW: i64 = 60;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use eventglass_model::Timestamp;

    use super::*;
    use crate::clock::ManualClock;

    fn rates() -> (Arc<ManualClock>, Rates) {
        let clock = Arc::new(ManualClock::at(Timestamp::from_micros(0)));
        (Arc::clone(&clock), Rates::new(clock))
    }

    #[test]
    fn the_window_slides() {
        let (clock, rates) = rates();
        let limits = ProjectLimits {
            key_requests_per_minute: Some(3),
            ..ProjectLimits::default()
        };
        let ask = |key| {
            rates
                .admit_request(1, key, &limits)
                .map(|state| state.unwrap().remaining)
        };
        assert_eq!((ask(7), ask(7)), (Ok(2), Ok(1)));
        clock.advance_micros(30_000_000);
        assert_eq!(ask(7), Ok(0));
        assert_eq!(
            ask(7).unwrap_err().retry_after,
            30,
            "when the first two are a minute old"
        );
        assert_eq!(ask(8), Ok(2), "another key is not held up");
        clock.advance_micros(30_000_000);
        assert_eq!((ask(7), ask(7)), (Ok(1), Ok(0)));
        assert_eq!(ask(7).unwrap_err().retry_after, 30);
    }

    #[test]
    fn looking_does_not_count() {
        let (clock, rates) = rates();
        let limits = ProjectLimits {
            key_requests_per_minute: Some(3),
            requests_per_minute: Some(2),
            ..ProjectLimits::default()
        };
        let look = |key| {
            rates
                .peek(1, key, &limits)
                .map(|state| (state.limit, state.remaining, state.reset))
        };
        assert_eq!((look(7), look(7)), (Some((2, 2, 0)), Some((2, 2, 0))));
        rates.admit_request(1, 7, &limits).unwrap();
        clock.advance_micros(20_000_000);
        assert_eq!(look(7), Some((2, 1, 40)));
        rates.admit_request(1, 8, &limits).unwrap();
        assert_eq!(look(7), Some((2, 0, 60)), "the project's limit is the tighter one");
        clock.advance_micros(60_000_000);
        assert_eq!(look(7), Some((2, 2, 0)));
        let unlimited = ProjectLimits {
            key_requests_per_minute: None,
            ..ProjectLimits::default()
        };
        assert_eq!(rates.peek(1, 7, &unlimited), None);
    }

    #[test]
    fn a_burst_does_not_use_up_the_minute() {
        let (clock, rates) = rates();
        let limits = ProjectLimits {
            key_requests_per_second: Some(2),
            ..ProjectLimits::default()
        };
        let ask = || rates.admit_request(1, 7, &limits).map(|_| ());
        assert_eq!((ask(), ask()), (Ok(()), Ok(())));
        assert_eq!(ask().unwrap_err().scope, Scope::KeySecond);
        clock.advance_micros(1_000_000);
        assert_eq!(ask(), Ok(()));
    }

    /// A calendar second would let twice the limit through around its end.
    #[test]
    fn no_second_has_more_than_its_burst() {
        let (clock, rates) = rates();
        let limits = ProjectLimits {
            requests_per_second: Some(4),
            ..ProjectLimits::default()
        };
        let mut passed = Vec::new();
        for n in 0..300 {
            if rates.admit_request(1, n % 3, &limits).is_ok() {
                passed.push(n * 10);
            }
            clock.advance_micros(10_000);
        }
        for at in &passed {
            let within = passed.iter().filter(|other| (*at..at + 900).contains(other)).count();
            assert!(within <= 4, "{within} within 0.9 s from {at} ms on");
        }
        assert!((10..=16).contains(&passed.len()), "{} in three seconds", passed.len());
    }

    #[test]
    fn a_noisy_source_leaves_room_for_others() {
        let (_, rates) = rates();
        let limits = ProjectLimits {
            source_events_per_minute: Some(10),
            ..ProjectLimits::default()
        };
        let send = |endpoint: &'static str, count| {
            rates.admit_events(1, &limits, std::iter::repeat_n(("api", endpoint), count))
        };
        assert_eq!(send("/noisy", 10), Ok(()));
        assert_eq!(send("/noisy", 1).unwrap_err().scope, Scope::Source);
        assert_eq!(send("/quiet", 1), Ok(()));
        assert_eq!(send("/large", 50), Ok(()), "more than the limit, into an empty window");
        assert!(send("/large", 1).is_err());
    }

    #[test]
    fn all_or_nothing() {
        let (_, rates) = rates();
        let limits = ProjectLimits {
            events_per_minute: Some(10),
            ..ProjectLimits::default()
        };
        let source = ("api", "/");
        let send = |count| rates.admit_events(1, &limits, std::iter::repeat_n(source, count));
        assert_eq!(send(8), Ok(()));
        assert_eq!(send(3).unwrap_err().limit, 10);
        assert_eq!(send(2), Ok(()), "what was refused did not count");
        rates.give_back(1, &limits, std::iter::repeat_n(source, 2));
        assert_eq!(
            rates.admit_events(1, &limits, std::iter::repeat_n(source, 2)),
            Ok(()),
            "nor does what was given back"
        );
    }
}
