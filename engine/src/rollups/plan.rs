//! Which blobs answer a question: the longest spans of time that fit.

use eventglass_model::Timestamp;

use super::family::{Family, Tier};
use super::settings::RollupSettings;

const MICROS: i64 = 1_000_000;

/// A part of what is stored of a span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All events of the project, as one.
    Total,
    /// Counts and sums of each series.
    Numbers,
    /// Durations of each series.
    Durations,
    /// Users of each series.
    Users,
    /// All of a family other than the series.
    Table(Family),
}

impl Part {
    /// The number that stores keep.
    #[must_use]
    pub const fn code(self) -> i64 {
        match self {
            Self::Total => 0,
            Self::Numbers => 1,
            Self::Durations => 2,
            Self::Users => 3,
            Self::Table(family) => 10 + family as i64,
        }
    }
}

/// Blobs to be read: of some buckets of a tier, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// Of what length.
    pub tier: Tier,
    /// Which part of them.
    pub part: Part,
    /// The first bucket.
    pub from: i64,
    /// The bucket after the last.
    pub to: i64,
}

/// A blob as it was read.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Of what length.
    pub tier: Tier,
    /// Which part.
    pub part: Part,
    /// Which bucket.
    pub bucket: i64,
    /// The bytes.
    pub data: Vec<u8>,
}

/// A span of time whose ends are on buckets that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
    /// Seconds between points: those asked for, or more where only longer buckets are kept.
    pub(super) step: Option<i64>,
}

/// Some buckets of one tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) tier: Tier,
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What a plan depends on besides the question.
pub(super) struct Planner<'a> {
    pub(super) finest: Tier,
    pub(super) settings: &'a RollupSettings,
    pub(super) now: Timestamp,
}

impl Planner<'_> {
    /// The finest tier that is kept at a moment.
    fn tier_at(&self, time: Timestamp) -> Tier {
        let kept =
            |tier: &Tier| *tier >= self.finest && tier.bucket_of(time) >= self.settings.first_kept(*tier, self.now);
        Tier::ALL.into_iter().find(kept).unwrap_or(Tier::Day)
    }

    /// Widens a span of time to the buckets that are kept.
    pub(super) fn span(&self, from: Timestamp, to: Timestamp, step: Option<i64>) -> Span {
        let first = self.tier_at(from);
        let last = self.tier_at(to.plus_micros(-1)).seconds();
        let floor = |time: i64, unit: i64| time.div_euclid(unit * MICROS) * unit * MICROS;
        let start = floor(from.micros(), first.seconds());
        let end = floor(to.micros().saturating_add(last * MICROS - 1), last);
        let unit = first.seconds();
        Span {
            from: Timestamp::from_micros(start),
            to: Timestamp::from_micros(end.max(start)),
            step: step.map(|step| (step.max(unit) + unit - 1) / unit * unit),
        }
    }

    /// The buckets that make up a span: as long ones as there are, none of
    /// which reaches from one point into the next.
    pub(super) fn segments(&self, span: Span) -> Vec<Segment> {
        let mut segments: Vec<Segment> = Vec::new();
        let (mut at, end) = (
            span.from.micros().div_euclid(MICROS),
            span.to.micros().div_euclid(MICROS),
        );
        while at < end {
            let fits = |tier: &&Tier| {
                let unit = tier.seconds();
                at.rem_euclid(unit) == 0
                    && at + unit <= end
                    && span.step.is_none_or(|step| step % unit == 0)
                    && at.div_euclid(unit) >= self.settings.first_kept(**tier, self.now)
            };
            let tier = Tier::ALL.iter().rev().find(fits).copied();
            let tier = tier.unwrap_or_else(|| self.tier_at(Timestamp::from_micros(at * MICROS)));
            let bucket = at.div_euclid(tier.seconds());
            match segments.last_mut() {
                Some(last) if last.tier == tier && last.to == bucket => last.to += 1,
                _ => segments.push(Segment {
                    tier,
                    from: bucket,
                    to: bucket + 1,
                }),
            }
            at = (bucket + 1) * tier.seconds();
        }
        segments
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn planner(settings: &RollupSettings) -> Planner<'_> {
        Planner {
            finest: Tier::Minute,
            settings,
            now: at("2026-11-21T12:34:56Z"),
        }
    }

    #[test]
    fn a_day_is_its_hours_and_the_minutes_at_its_ends() {
        let settings = RollupSettings::default();
        let planner = planner(&settings);
        let span = planner.span(at("2026-11-20T12:34:56Z"), at("2026-11-21T12:34:56Z"), None);
        assert_eq!(
            (span.from, span.to),
            (at("2026-11-20T12:34:00Z"), at("2026-11-21T12:35:00Z"))
        );
        let tiers: Vec<(Tier, i64)> = planner.segments(span).iter().map(|s| (s.tier, s.to - s.from)).collect();
        assert_eq!(tiers, [(Tier::Minute, 26), (Tier::Hour, 23), (Tier::Minute, 35)]);
        let span = planner.span(at("2026-11-20T12:34:56Z"), at("2026-11-21T12:34:56Z"), Some(900));
        assert_eq!(planner.segments(span).len(), 1);
    }

    #[test]
    fn further_back_spans_are_wider() {
        let settings = RollupSettings::default();
        let planner = planner(&settings);
        let span = planner.span(at("2026-10-22T12:34:56Z"), at("2026-11-21T12:34:56Z"), Some(900));
        assert_eq!((span.from, span.step), (at("2026-10-22T12:00:00Z"), Some(3_600)));
        let span = planner.span(at("2026-01-05T12:34:56Z"), at("2026-01-07T12:00:00Z"), Some(3_600));
        assert_eq!((span.from, span.to), (at("2026-01-05"), at("2026-01-08")));
        assert_eq!(span.step, Some(86_400));
    }

    proptest! {
        #[test]
        fn segments_cover_a_span_once(
            ago in 0_i64..100 * 86_400,
            length in 1_i64..90 * 86_400,
            step in prop::option::of((1_i64..200).prop_map(|n| n * 60)),
        ) {
            let settings = RollupSettings::default();
            let planner = planner(&settings);
            let from = planner.now.plus_micros(-ago * MICROS);
            let span = planner.span(from, from.plus_micros(length * MICROS), step);
            prop_assert!(span.from <= from && span.to >= from.plus_micros(length * MICROS));
            let mut at = span.from.micros() / MICROS;
            for segment in planner.segments(span) {
                prop_assert_eq!(segment.from * segment.tier.seconds(), at);
                prop_assert!(segment.from >= settings.first_kept(segment.tier, planner.now));
                prop_assert!(span.step.is_none_or(|step| step % segment.tier.seconds() == 0));
                at = segment.to * segment.tier.seconds();
            }
            prop_assert_eq!(at, span.to.micros() / MICROS);
        }
    }
}
