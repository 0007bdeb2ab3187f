//! From the words of a request to a question that can be answered.

use eventglass_model::search;
use eventglass_model::{
    DEFAULT_GROUPS, Dimension, MAX_POINTS, Measure, MetricField, MetricGroup, MetricsQuery, Period, TimeBound,
    Timestamp,
};

use super::family::{Family, Tier};
use super::key::Value;
use super::plan::{Part, Planner, Read, Segment, Span};
use super::series_test::SeriesTest;
use super::settings::RollupSettings;

const DAY: i64 = 86_400;
const MICROS: i64 = 1_000_000;
/// The most points of an answer, of all its series.
const MOST_POINTS: usize = 150_000;
/// The longest span of time, in seconds: 100 years.
const LONGEST: i64 = 36_525 * DAY;

/// A fault of a request that is only seen when it is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskError {
    /// The parameter.
    pub name: &'static str,
    /// What is wrong with it.
    pub msg: String,
}

/// Where the numbers are to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// From a family of rollups.
    Rollups(Family),
    /// From the events.
    Events,
}

/// A value that a filter lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Exactly(String),
    Begins(String),
}

impl Pattern {
    fn of(text: &str) -> Self {
        text.strip_suffix('*').map_or_else(
            || Self::Exactly(text.to_owned()),
            |start| Self::Begins(start.to_owned()),
        )
    }

    fn matches(&self, value: Option<&str>) -> bool {
        match (self, value) {
            (Self::Exactly(text), Some(value)) => text == value,
            (Self::Begins(start), Some(value)) => value.starts_with(start.as_str()),
            (_, None) => false,
        }
    }
}

/// A question to the metrics of a project.
#[derive(Clone, Debug)]
pub struct Ask {
    pub(super) measures: Vec<Measure>,
    pub(super) field: MetricField,
    pub(super) group: Vec<MetricGroup>,
    pub(super) filters: Vec<(Dimension, Vec<Pattern>)>,
    /// What the search says, when it only speaks of what series are made of.
    search: SeriesTest,
    /// Else the search, which the store knows how to do.
    words: String,
    pub(super) limit: usize,
    pub(super) now: Timestamp,
    pub(super) span: Span,
    pub(super) previous: Option<Span>,
    pub(super) source: Source,
    settings: RollupSettings,
}

impl Ask {
    /// Puts a question together. It goes to the rollups where they know the answer.
    ///
    /// # Errors
    /// [`AskError`], naming the parameter.
    pub fn new(query: &MetricsQuery, settings: &RollupSettings, now: Timestamp) -> Result<Self, AskError> {
        Self::put(query, false, settings, now)
    }

    /// A question that goes to the events in any case.
    ///
    /// # Errors
    /// [`AskError`], naming the parameter.
    pub fn of_events(query: &MetricsQuery, settings: &RollupSettings, now: Timestamp) -> Result<Self, AskError> {
        Self::put(query, true, settings, now)
    }

    fn put(query: &MetricsQuery, of_events: bool, settings: &RollupSettings, now: Timestamp) -> Result<Self, AskError> {
        let search = search::parse(&query.q).map_err(|error| AskError {
            name: "q",
            msg: error.to_string(),
        })?;
        let search = SeriesTest::of(&search);
        let error = |name, msg: &str| AskError {
            name,
            msg: msg.to_owned(),
        };
        let to = query.to.map_or(now, |to| to.resolve(now));
        let from = query.from.unwrap_or(TimeBound::Ago(0)).resolve(now);
        let from = if query.from.is_none() {
            to.plus_micros(-DAY * MICROS)
        } else {
            from
        };
        let seconds = to.micros().saturating_sub(from.micros()).div_euclid(MICROS);
        if from >= to {
            return Err(error("from", "must be before `to`"));
        }
        if seconds > LONGEST {
            return Err(error("from", "must be at most 100 years before `to`"));
        }
        let mut measures = query.measure.clone();
        if measures.is_empty() {
            measures.push(Measure::Count);
        }
        measures.dedup();
        let mut group = query.group.clone();
        group.dedup();
        let filters: Vec<(Dimension, Vec<Pattern>)> = query
            .filters()
            .into_iter()
            .filter(|(_, values)| !values.is_empty())
            .map(|(dimension, values)| (dimension, values.iter().map(|value| Pattern::of(value)).collect()))
            .collect();
        let source = match &search {
            Some(search) if !of_events => source(&measures, &query.field, &group, &filters, search),
            _ => Source::Events,
        };
        let finest = match source {
            Source::Rollups(family) => family.finest(),
            Source::Events => Tier::Minute,
        };
        let planner = Planner { finest, settings, now };
        let mut step = query.interval.seconds(seconds);
        if let Some(seconds) = &mut step {
            *seconds = (*seconds).max(finest.seconds());
        }
        let widened = match source {
            Source::Rollups(_) => planner.span(from, to, step),
            Source::Events => Span { from, to, step },
        };
        let points = widened.points();
        if points > MAX_POINTS {
            return Err(error(
                "interval",
                &format!("makes {points} points; at most {MAX_POINTS} are given"),
            ));
        }
        let limit = query.limit.unwrap_or(DEFAULT_GROUPS);
        if points * measures.len() * if group.is_empty() { 1 } else { limit + 1 } > MOST_POINTS {
            let msg = format!("makes more than {MOST_POINTS} points; ask for fewer groups, measures or points");
            return Err(AskError { name: "limit", msg });
        }
        let length = widened.to.micros() - widened.from.micros();
        let previous = query.compare.then(|| {
            let (from, to) = (widened.from.plus_micros(-length), widened.from);
            match source {
                Source::Rollups(_) => planner.span(from, to, None),
                Source::Events => Span { from, to, step: None },
            }
        });
        Ok(Self {
            measures,
            field: query.field.clone(),
            group,
            filters,
            words: if search.is_some() {
                String::new()
            } else {
                query.q.clone()
            },
            search: search.unwrap_or_default(),
            limit,
            now,
            span: widened,
            previous,
            source,
            settings: settings.clone(),
        })
    }

    /// Where the numbers are to come from.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The span of time of all that has to be looked at.
    #[must_use]
    pub fn period(&self) -> Period {
        Period {
            from: self.previous.map_or(self.span.from, |previous| previous.from),
            to: self.span.to,
        }
    }

    /// The search that events have to be found by, besides what is compared here.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }

    /// The columns that are needed besides those of [`Facts`](super::Facts), by name.
    #[must_use]
    pub fn columns(&self) -> Vec<&'static str> {
        let of_groups = self.group.iter().filter_map(|group| match group {
            MetricGroup::Field(field) => is_apart(*field).then_some(field.as_str()),
            MetricGroup::Attribute(_) => Some("attributes"),
        });
        let mut columns: Vec<&str> = of_groups.collect();
        columns.extend(self.attribute().map(|_| "attributes"));
        columns
    }

    /// What it groups by that [`Facts`](super::Facts) do not know.
    pub fn apart(&self) -> impl Iterator<Item = &MetricGroup> {
        self.group.iter().filter(|group| group.field().is_none_or(is_apart))
    }

    /// The path of the attribute whose values are needed.
    #[must_use]
    pub fn attribute(&self) -> Option<&str> {
        match &self.field {
            MetricField::Attribute(path) => Some(path),
            _ => None,
        }
    }

    /// The blobs to be read: for totals, for points, for the period before.
    #[must_use]
    pub fn reads(&self) -> Vec<Vec<Read>> {
        let Source::Rollups(family) = self.source else {
            return Vec::new();
        };
        let spans = [
            Some(Span {
                step: None,
                ..self.span
            }),
            self.span.step.is_some().then_some(self.span),
            self.previous,
        ];
        let parts = self.parts(family);
        let of_span = |span: Option<Span>| {
            let segments: Vec<Segment> = span.map(|span| self.planner(family).segments(span)).unwrap_or_default();
            let reads = segments.iter().flat_map(|segment| {
                parts.iter().map(|part| Read {
                    tier: segment.tier,
                    part: *part,
                    from: segment.from,
                    to: segment.to,
                })
            });
            reads.collect()
        };
        spans.map(of_span).into()
    }

    pub(super) fn planner(&self, family: Family) -> Planner<'_> {
        Planner {
            finest: family.finest(),
            settings: &self.settings,
            now: self.now,
        }
    }

    fn parts(&self, family: Family) -> Vec<Part> {
        if family != Family::Series {
            return vec![Part::Table(family)];
        }
        if self.group.is_empty() && self.filters.is_empty() && self.search.is_all() {
            return vec![Part::Total];
        }
        let mut parts = vec![Part::Numbers];
        if self.measures.iter().any(|measure| is_percentile(*measure)) {
            parts.push(Part::Durations);
        }
        if self.measures.contains(&Measure::Users) {
            parts.push(Part::Users);
        }
        parts
    }

    /// Whether a series or event passes the filters, given its values.
    pub(super) fn lets<'v>(&self, mut value: impl FnMut(Dimension) -> Option<&'v str>) -> bool {
        self.filters.iter().all(|(dimension, patterns)| {
            let value = value(*dimension);
            patterns.iter().any(|pattern| pattern.matches(value))
        })
    }

    /// Whether an event is what the search speaks of.
    pub(super) fn finds<'v>(&self, value: &dyn Fn(Dimension) -> Option<&'v str>) -> bool {
        self.search.lets(value)
    }

    /// The group of a key of a family; `None` when the filters do not let it through.
    pub(super) fn group_of(&self, family: Family, key: &[Value]) -> Option<Vec<Value>> {
        let value = |dimension: Dimension| {
            let place = family
                .dimensions()
                .iter()
                .position(|of_family| *of_family == dimension)?;
            key.get(place)
        };
        let model_is_given = matches!(family, Family::Users | Family::Sessions);
        let passes = self.filters.iter().all(|(dimension, patterns)| {
            if model_is_given && *dimension == Dimension::Model {
                return true;
            }
            let value = value(*dimension).and_then(Value::text);
            patterns.iter().any(|pattern| pattern.matches(value))
        });
        let passes = passes && self.search.lets(&|dimension| value(dimension).and_then(Value::text));
        passes.then(|| {
            self.group
                .iter()
                .map(|group| group.field().and_then(value).cloned().unwrap_or(Value::None))
                .collect()
        })
    }
}

impl Span {
    /// How many points it has.
    pub(super) fn points(&self) -> usize {
        let Some(step) = self.step else { return 0 };
        let first = eventglass_model::Interval::start_of(self.from, step).micros();
        let length = self.to.micros().saturating_sub(first);
        usize::try_from((length + step * MICROS - 1) / (step * MICROS)).unwrap_or(0)
    }
}

pub(super) const fn is_percentile(measure: Measure) -> bool {
    matches!(measure, Measure::P50 | Measure::P90 | Measure::P95 | Measure::P99)
}

/// Whether a field is not among what is counted: only the events know it.
pub(super) const fn is_apart(dimension: Dimension) -> bool {
    matches!(dimension, Dimension::Region | Dimension::Device | Dimension::Topic)
}

/// Whether nothing is asked of events that are not errors.
pub(super) fn only_errors(measures: &[Measure]) -> bool {
    measures.iter().all(|measure| *measure == Measure::Errors)
}

/// The family that knows the answer, or the events.
fn source(
    measures: &[Measure],
    field: &MetricField,
    group: &[MetricGroup],
    filters: &[(Dimension, Vec<Pattern>)],
    search: &SeriesTest,
) -> Source {
    let takes_field = |measure: &Measure| is_percentile(*measure) || matches!(measure, Measure::Avg | Measure::Sum);
    let unknown = match field {
        MetricField::Duration => false,
        MetricField::Cost | MetricField::Tokens => measures.iter().any(|measure| is_percentile(*measure)),
        MetricField::Attribute(_) => measures.iter().any(takes_field),
    };
    if unknown {
        return Source::Events;
    }
    let any_model = |(dimension, patterns): &(Dimension, Vec<Pattern>)| {
        *dimension == Dimension::Model && patterns.contains(&Pattern::Begins(String::new()))
    };
    let knows = |family: &Family| {
        let has = |dimension: &Dimension| family.dimensions().contains(dimension);
        let of_models = matches!(family, Family::Users | Family::Sessions);
        group.iter().all(|group| group.field().is_some_and(|field| has(&field)))
            && filters
                .iter()
                .all(|filter| has(&filter.0) || of_models && any_model(filter))
            && search.all_are(&has)
            && (!of_models || filters.iter().any(any_model))
            && (family.counts_users() || !measures.contains(&Measure::Users))
            && (*family == Family::Series || !group.is_empty())
            && (*family != Family::Errors || only_errors(measures))
    };
    Family::ALL
        .into_iter()
        .find(|family| knows(family))
        .map_or(Source::Events, Source::Rollups)
}

impl std::fmt::Display for AskError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.msg)
    }
}
