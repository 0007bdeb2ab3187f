//! What is known of some events of one series and one span of time.

use eventglass_model::{CostSource, is_error};

use super::codec::{Reader, Writer};
use super::facts::Facts;
use super::histogram::{Steps, step_of};
use super::users::{Users, hash_of};
use crate::store::StoreError;

/// Counts, by [`Count`].
pub(super) const COUNTS: usize = 6;
/// Sums, by [`Sum`].
pub(super) const SUMS: usize = 5;

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Count {
    /// Events.
    Events = 0,
    /// Errors among them.
    Errors = 1,
    /// Those with a duration.
    Timed = 2,
    /// Those with a cost.
    Priced = 3,
    /// Model calls without a known price.
    Unpriced = 4,
    /// Those with tokens.
    Counted = 5,
}

/// What is added up.
#[derive(Clone, Copy)]
pub(super) enum Sum {
    /// Microseconds.
    Duration = 0,
    /// Tokens of input.
    Input = 1,
    /// Tokens of output.
    Output = 2,
    /// Tokens.
    Tokens = 3,
    /// Nano-dollars.
    Cost = 4,
}

/// Counts and sums: exact, and zero again when all is taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub(super) counts: [i64; COUNTS],
    /// A client may claim what overflows 64 bits when it is added up.
    pub(super) sums: [i128; SUMS],
}

impl Numbers {
    pub(super) fn count(&self, of: Count) -> i64 {
        self.counts.get(of as usize).copied().unwrap_or(0)
    }

    pub(super) fn sum(&self, of: Sum) -> i128 {
        self.sums.get(of as usize).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (own, other) in self.counts.iter_mut().zip(other.counts) {
            *own += other;
        }
        for (own, other) in self.sums.iter_mut().zip(other.sums) {
            *own += other;
        }
    }

    /// Counts one event, or takes it away (`sign` -1).
    pub(super) fn apply(&mut self, facts: &Facts<'_>, sign: i64) {
        let [events, errors, timed, priced, unpriced, counted] = &mut self.counts;
        let [duration, input, output, tokens, cost] = &mut self.sums;
        let wide = i128::from(sign);
        *events += sign;
        if is_error(facts.severity, facts.status) {
            *errors += sign;
        }
        if let Some(micros) = facts.duration_us {
            *timed += sign;
            *duration += wide * i128::from(micros);
        }
        if let Some(of) = facts.tokens {
            *counted += sign;
            *input += wide * i128::from(of.input);
            *output += wide * i128::from(of.output);
            *tokens += wide * i128::from(of.all);
        }
        if let Some(nano) = facts.cost_nano_usd {
            *priced += sign;
            *cost += wide * i128::from(nano);
        }
        if facts.cost_source == Some(CostSource::Unpriced) {
            *unpriced += sign;
        }
    }

    fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// A bit for each number that is not zero, and those.
    pub(super) fn write(&self, writer: &mut Writer) {
        let mut mask = 0_u32;
        for (n, zero) in self
            .counts
            .iter()
            .map(|n| *n == 0)
            .chain(self.sums.iter().map(|n| *n == 0))
            .enumerate()
        {
            mask |= u32::from(!zero) << n;
        }
        writer.unsigned(u128::from(mask));
        for n in self.counts.iter().filter(|n| **n != 0) {
            writer.int(*n);
        }
        for n in self.sums.iter().filter(|n| **n != 0) {
            writer.signed(*n);
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, StoreError> {
        let mask = reader.small()?;
        let mut numbers = Self::default();
        for (bit, n) in numbers.counts.iter_mut().enumerate() {
            if mask >> bit & 1 == 1 {
                *n = reader.int()?;
            }
        }
        for (bit, n) in numbers.sums.iter_mut().enumerate() {
            if mask >> (bit + COUNTS) & 1 == 1 {
                *n = reader.signed()?;
            }
        }
        Ok(numbers)
    }
}

/// All that is known of some events.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    pub(super) numbers: Numbers,
    pub(super) durations: Steps,
    pub(super) users: Users,
}

impl Cell {
    /// Counts one event, or takes it away (`sign` -1; then its user stays counted).
    pub(super) fn apply(&mut self, facts: &Facts<'_>, sign: i64, user: Option<u64>) {
        self.numbers.apply(facts, sign);
        if let Some(micros) = facts.duration_us {
            self.durations.add(step_of(micros), sign);
        }
        if let (Some(user), 1) = (user, sign) {
            self.users.add(user);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.numbers.add(&other.numbers);
        self.durations.merge(&other.durations);
        self.users.merge(&other.users);
    }

    /// Whether there is nothing to know.
    pub(super) fn is_empty(&mut self) -> bool {
        self.numbers.is_zero() && self.durations.tidied().is_empty() && self.users.is_empty()
    }

    pub(super) fn write(&mut self, writer: &mut Writer) {
        self.numbers.write(writer);
        write_steps(&mut self.durations, writer);
        self.users.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, StoreError> {
        let numbers = Numbers::read(reader)?;
        let mut durations = Steps::default();
        read_steps(reader, |step, count| durations.add(step, count))?;
        let users = Users::read(reader)?;
        Ok(Self {
            numbers,
            durations,
            users,
        })
    }
}

/// The hash of an event's user, if it names one.
pub(super) fn user_of(facts: &Facts<'_>) -> Option<u64> {
    facts.user_id.filter(|user| !user.is_empty()).map(hash_of)
}

pub(super) fn write_steps(steps: &mut Steps, writer: &mut Writer) {
    let entries = steps.tidied();
    writer.size(entries.len());
    let mut last = 0;
    for (step, count) in entries {
        writer.unsigned(u128::from(step - last));
        writer.int(*count);
        last = *step;
    }
}

pub(super) fn read_steps(reader: &mut Reader<'_>, mut each: impl FnMut(u16, i64)) -> Result<(), StoreError> {
    let mut last = 0_u16;
    for _ in 0..reader.size()? {
        last = last.saturating_add(u16::try_from(reader.small()?).unwrap_or(u16::MAX));
        each(last, reader.int()?);
    }
    Ok(())
}
