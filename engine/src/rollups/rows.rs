//! Events that were looked at one by one, as far as they are measured.

use std::time::{Duration, Instant};

use eventglass_model::{Dimension, MetricField, MetricGroup, Timestamp, is_error};

use super::ask::{Ask, is_apart, only_errors};
use super::cell::{Numbers, user_of};
use super::collect::{Acc, Groups, Want};
use super::facts::Facts;
use super::histogram::step_of;
use super::key::Value;

/// The most groups that are told apart; later ones are in the rest.
const MOST_GROUPS: usize = 20_000;

/// What of an event is measured.
#[derive(Clone, Debug)]
pub struct FactsRow {
    pub(super) time: Timestamp,
    pub(super) group: usize,
    numbers: Numbers,
    duration_us: Option<i64>,
    user: Option<u64>,
    value: Option<f64>,
}

impl FactsRow {
    pub(super) fn add_to(&self, acc: &mut Acc, want: Want) {
        acc.numbers.add(&self.numbers);
        if let (true, Some(micros)) = (want.durations, self.duration_us) {
            acc.durations.add(step_of(micros), 1);
        }
        if let (true, Some(user)) = (want.users, self.user) {
            acc.users.add(user);
        }
        acc.values.extend(self.value);
    }
}

/// Takes events, newest first, until there are enough or time runs out.
pub struct ScannedRows {
    pub(super) rows: Vec<FactsRow>,
    pub(super) groups: Groups,
    /// Whether there are older ones that were not looked at.
    pub partial: bool,
    /// When the last event was that was looked at.
    pub searched_to: Option<Timestamp>,
    seen: usize,
    most: usize,
    deadline: Instant,
}

impl ScannedRows {
    /// Begins, with as many events and as much time as there may be.
    #[must_use]
    pub fn new(most: usize, time: Duration) -> Self {
        Self {
            rows: Vec::new(),
            groups: Groups::default(),
            partial: false,
            searched_to: None,
            seen: 0,
            most,
            deadline: Instant::now() + time,
        }
    }

    /// When its time is over.
    #[must_use]
    pub const fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether there is no room or no time for another event. Notes that there was one.
    pub fn is_over(&mut self) -> bool {
        // The clock is asked now and then: that costs more than an event.
        let late = self.seen.is_multiple_of(256) && Instant::now() >= self.deadline;
        self.partial |= late || self.rows.len() >= self.most;
        self.partial
    }

    /// Takes an event that the search has found. `value`: of the attribute that was
    /// asked for. `apart`: the values of what [`Ask::apart`] gives, in its order.
    pub fn take(&mut self, ask: &Ask, facts: &Facts<'_>, value: Option<f64>, apart: Vec<Option<String>>) {
        self.seen += 1;
        let text = |dimension| facts.text(dimension);
        if !ask.lets(text) || !ask.finds(&text) || !ask.holds(facts) {
            return;
        }
        let mut apart = apart.into_iter();
        let name = ask.group.iter().map(|group| match group {
            MetricGroup::Field(field) if !is_apart(*field) => value_of(facts, *field),
            _ => Value::of(apart.next().flatten().as_deref()),
        });
        let name: Vec<Value> = name.collect();
        let name = if self.groups.len() < MOST_GROUPS || name.is_empty() {
            name
        } else {
            self.known_or_other(name)
        };
        let group = self.groups.number(name);
        let mut numbers = Numbers::default();
        numbers.apply(facts, 1);
        #[expect(clippy::cast_precision_loss, reason = "percentiles of what is far below 2^52")]
        let value = match &ask.field {
            MetricField::Duration => None,
            MetricField::Cost => facts.cost_nano_usd.map(|nano| nano as f64 / 1e9),
            MetricField::Tokens => facts.tokens.map(|tokens| tokens.all as f64),
            MetricField::Attribute(_) => value.filter(|value| value.is_finite()),
        };
        self.rows.push(FactsRow {
            time: facts.time,
            group,
            numbers,
            duration_us: facts.duration_us,
            user: user_of(facts),
            value,
        });
    }

    fn known_or_other(&self, name: Vec<Value>) -> Vec<Value> {
        if self.groups.has(&name) {
            name
        } else {
            vec![Value::Other; name.len()]
        }
    }
}

impl Ask {
    /// Whether an event is among those that are grouped: one without any place
    /// is not grouped by place, nor one without a version, user or session by
    /// those, nor one that is no error where only errors are counted by name.
    fn holds(&self, facts: &Facts<'_>) -> bool {
        let by = |dimension: Dimension| self.group.iter().any(|group| *group == dimension);
        let places = by(Dimension::Country) || by(Dimension::City);
        (!places || facts.country.is_some() || facts.city.is_some())
            && (!by(Dimension::Version) || facts.version.is_some())
            && (!by(Dimension::UserId) || facts.user_id.is_some())
            && (!by(Dimension::SessionId) || facts.session_id.is_some())
            && (!by(Dimension::Name) || !only_errors(&self.measures) || is_error(facts.severity, facts.status))
    }
}

fn value_of(facts: &Facts<'_>, dimension: Dimension) -> Value {
    if dimension == Dimension::StatusCode {
        let code = facts.status_code.map(|code| code.to_string());
        return Value::of(code.as_deref());
    }
    Value::of(facts.text(dimension))
}
