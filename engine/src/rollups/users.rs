//! How many distinct users, within 1.6 % (one standard error): a HyperLogLog
//! of 4,096 registers, as a list of those that are set while they are few.
//!
//! It only grows: when an event is taken away, its user stays counted.

use super::codec::{Reader, Writer};
use crate::store::StoreError;

const PRECISION: u32 = 12;
const REGISTERS: usize = 1 << PRECISION;
/// A list longer than this takes more room than all registers.
const MOST_LISTED: usize = REGISTERS / 4;
const RANK_BITS: u32 = 6;
const LISTED: u8 = 0;
const ALL: u8 = 1;

/// A number that stands for a user. It is stored: it must never change.
#[must_use]
pub(super) fn hash_of(user: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(user.as_bytes())
}

/// A set of users that only knows how many it holds.
#[derive(Clone, Debug)]
pub(super) enum Users {
    /// Register and rank in one number; `usize`: how many at the beginning are in order.
    Listed(Vec<u32>, usize),
    /// A rank for each register.
    All(Box<[u8]>),
}

impl Default for Users {
    fn default() -> Self {
        Self::Listed(Vec::new(), 0)
    }
}

impl Users {
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Listed(list, _) if list.is_empty())
    }

    /// Adds the user with this hash.
    pub(super) fn add(&mut self, hash: u64) {
        let register = u32::try_from(hash >> (64 - PRECISION)).unwrap_or(0);
        let rank = ((hash << PRECISION) | (1 << (PRECISION - 1))).leading_zeros() + 1;
        self.set(register << RANK_BITS | rank);
    }

    fn set(&mut self, entry: u32) {
        match self {
            Self::Listed(list, tidy) => {
                list.push(entry);
                if list.len() > 2 * *tidy + 32 {
                    self.tidy_up();
                }
            }
            Self::All(registers) => raise(registers, entry),
        }
    }

    fn tidy_up(&mut self) {
        let Self::Listed(list, tidy) = self else { return };
        if *tidy < list.len() {
            // Of one register the greatest rank, which comes last, counts.
            list.sort_unstable_by(|a, b| b.cmp(a));
            list.dedup_by_key(|entry| *entry >> RANK_BITS);
            list.reverse();
            *tidy = list.len();
        }
        if list.len() > MOST_LISTED {
            let mut registers = vec![0; REGISTERS].into_boxed_slice();
            for entry in list.iter() {
                raise(&mut registers, *entry);
            }
            *self = Self::All(registers);
        }
    }

    /// Adds the users of another set.
    pub(super) fn merge(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::All(own), Self::All(others)) => {
                for (own, other) in own.iter_mut().zip(others) {
                    *own = (*own).max(*other);
                }
            }
            (Self::Listed(..), Self::All(others)) => {
                let mut all = Self::All(others.clone());
                all.merge(self);
                *self = all;
            }
            (_, Self::Listed(list, _)) => {
                for entry in list {
                    self.set(*entry);
                }
            }
        }
    }

    /// About how many there are (Ertl's estimator, which needs no tables of corrections).
    #[expect(clippy::cast_precision_loss, reason = "counts of registers")]
    pub(super) fn estimate(&mut self) -> f64 {
        self.tidy_up();
        let mut ranks = [0_u32; 64];
        match self {
            Self::Listed(list, _) => {
                for entry in list.iter() {
                    count(&mut ranks, entry & ((1 << RANK_BITS) - 1));
                }
                let set = u32::try_from(list.len()).unwrap_or(0);
                if let Some(zero) = ranks.first_mut() {
                    *zero = u32::try_from(REGISTERS).unwrap_or(0) - set;
                }
            }
            Self::All(registers) => {
                for rank in registers.iter() {
                    count(&mut ranks, u32::from(*rank));
                }
            }
        }
        let m = REGISTERS as f64;
        let most = 64 - PRECISION as usize;
        let at = |rank: usize| ranks.get(rank).map_or(0.0, |n| f64::from(*n));
        let mut z = m * tau((m - at(most + 1)) / m);
        for rank in (1..=most).rev() {
            z = 0.5 * (z + at(rank));
        }
        z += m * sigma(at(0) / m);
        let alpha = 0.5 / std::f64::consts::LN_2;
        alpha * m * m / z
    }

    pub(super) fn write(&mut self, writer: &mut Writer) {
        self.tidy_up();
        match self {
            Self::Listed(list, _) => {
                writer.byte(LISTED);
                writer.size(list.len());
                let mut last = 0;
                for entry in list.iter() {
                    writer.unsigned(u128::from(entry - last));
                    last = *entry;
                }
            }
            Self::All(registers) => {
                writer.byte(ALL);
                writer.bytes(registers);
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, StoreError> {
        let broken = || StoreError::Inconsistent("a count of users cannot be read".to_owned());
        match reader.byte()? {
            LISTED => {
                let count = reader.size()?;
                let mut list = Vec::with_capacity(count);
                let mut last = 0_u64;
                for _ in 0..count {
                    last = last.saturating_add(reader.small()?);
                    let entry = u32::try_from(last).map_err(|_| broken())?;
                    if (entry >> RANK_BITS) as usize >= REGISTERS {
                        return Err(broken());
                    }
                    list.push(entry);
                }
                Ok(Self::Listed(list, count))
            }
            ALL => {
                let registers = reader.bytes()?;
                if registers.len() != REGISTERS {
                    return Err(broken());
                }
                Ok(Self::All(registers.into()))
            }
            _ => Err(broken()),
        }
    }
}

fn raise(registers: &mut [u8], entry: u32) {
    let rank = u8::try_from(entry & ((1 << RANK_BITS) - 1)).unwrap_or(0);
    if let Some(register) = registers.get_mut((entry >> RANK_BITS) as usize) {
        *register = (*register).max(rank);
    }
}

fn count(ranks: &mut [u32; 64], rank: u32) {
    if let Some(n) = ranks.get_mut(rank as usize) {
        *n += 1;
    }
}

fn sigma(mut x: f64) -> f64 {
    if x >= 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(range: std::ops::Range<u32>) -> Users {
        let mut users = Users::default();
        for n in range {
            users.add(hash_of(&format!("user_{n}")));
        }
        users
    }

    #[test]
    fn estimates_are_close() {
        assert_eq!(of(0..0).estimate().round(), 0.0);
        for count in [1, 2, 10] {
            assert_eq!(of(0..count).estimate().round(), f64::from(count));
        }
        for count in [100, 1_000, 5_000, 20_000, 200_000] {
            let error = (of(0..count).estimate() / f64::from(count) - 1.0).abs();
            assert!(error < 0.04, "{count}: {error}");
        }
    }

    proptest! {
        #[test]
        fn sets_add_up_however_they_are_cut(a in 0..3_000_u32, b in 0..3_000_u32, again in 0..3_000_u32) {
            let mut whole = of(0..a + b);
            for mut merged in [(of(0..a), of(a..a + b)), (of(a..a + b), of(0..a))].map(|(mut x, y)| {
                x.merge(&y);
                x.merge(&of(0..again.min(a)));
                x
            }) {
                prop_assert_eq!(merged.estimate(), whole.estimate());
                let mut writer = Writer::default();
                merged.write(&mut writer);
                let blob = writer.finish();
                let plain = super::super::codec::unpack(&blob).unwrap();
                let mut back = Users::read(&mut Reader(&plain)).unwrap();
                prop_assert_eq!(back.estimate(), whole.estimate());
            }
        }
    }
}
