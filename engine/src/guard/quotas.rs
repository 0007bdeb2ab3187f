//! The month's quota: counted exactly, reserved before events are written.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use eventglass_model::Timestamp;
use thiserror::Error;

use crate::store::{SharedStore, StoreError};

/// Seconds after which a count is read again, as another server may have added to it.
const FRESH_SECS: i64 = 5;

/// A calendar month in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i64,
    /// From 1.
    month: i64,
}

impl Month {
    /// The month that a moment lies in.
    #[must_use]
    pub fn of(time: Timestamp) -> Self {
        // Days to civil date, after Howard Hinnant's `civil_from_days`: years begin in March.
        let days = time.micros().div_euclid(86_400_000_000) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month }
    }

    /// `202611`, as stores keep it.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.year * 100 + self.month
    }

    /// Its first moment.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::parse(&format!("{self}-01T00:00:00Z")).unwrap_or_default()
    }

    /// The first moment after it.
    #[must_use]
    pub fn end(self) -> Timestamp {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        Timestamp::parse(&format!("{year:04}-{month:02}-01T00:00:00Z")).unwrap_or_default()
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The month's events are used up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the {plan} plan's {limit} events of this month are used up; the count starts again at {resets_at}")]
pub struct QuotaReached {
    /// Name of the plan.
    pub plan: String,
    /// What it allows.
    pub limit: u64,
    /// How many there is room for still.
    pub room: u64,
    /// When the count starts again.
    pub resets_at: Timestamp,
    /// Seconds until then.
    pub retry_after: u64,
}

struct Count {
    month: Month,
    /// In the store when it was last read, and by us since.
    stored: u64,
    reserved: u64,
    read_at: i64,
}

/// Counts the events of projects whose plan has a limit.
pub struct Quotas {
    store: SharedStore,
    counts: Arc<Mutex<HashMap<i64, Count>>>,
}

/// Room for events that are about to be written. What is not settled goes
/// back when this is dropped.
pub struct Reservation {
    counts: Arc<Mutex<HashMap<i64, Count>>>,
    project_id: i64,
    month: Month,
    reserved: u64,
}

impl Reservation {
    /// So many were stored; the rest is free again.
    pub fn settle(self, stored: u64) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.project_id).filter(|c| c.month == self.month) {
            count.stored += stored;
        }
        // The reserved part goes back in `drop`.
        drop(counts);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.project_id).filter(|c| c.month == self.month) {
            count.reserved = count.reserved.saturating_sub(self.reserved);
        }
    }
}

impl Quotas {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore) -> Self {
        Self {
            store,
            counts: Arc::default(),
        }
    }

    /// Makes room for events, all of them or none.
    ///
    /// # Errors
    /// [`QuotaReached`] inside; outside, when the store fails.
    pub async fn reserve(
        &self,
        project_id: i64,
        events: u64,
        plan: &str,
        limit: u64,
        now: Timestamp,
    ) -> Result<Result<Reservation, QuotaReached>, StoreError> {
        let month = Month::of(now);
        let fresh = {
            let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.get(&project_id).is_some_and(|count| {
                // A project with a reservation under way counts for itself: what
                // the store says now may or may not hold those events already.
                count.month == month && (count.reserved > 0 || now.micros() - count.read_at < FRESH_SECS * 1_000_000)
            })
        };
        let read = if fresh {
            None
        } else {
            Some(self.store.usage(project_id, month.number()).await?)
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(project_id).or_insert(Count {
            month,
            stored: 0,
            reserved: 0,
            read_at: 0,
        });
        if count.month != month {
            *count = Count {
                month,
                stored: 0,
                reserved: 0,
                read_at: 0,
            };
        }
        if let Some(stored) = read.filter(|_| count.reserved == 0) {
            count.stored = stored;
            count.read_at = now.micros();
        }
        if count.stored + count.reserved + events > limit {
            let resets_at = month.end();
            let wait = resets_at.micros().saturating_sub(now.micros()).max(0);
            return Ok(Err(QuotaReached {
                plan: plan.to_owned(),
                limit,
                room: limit.saturating_sub(count.stored + count.reserved),
                resets_at,
                retry_after: (wait / 1_000_000).unsigned_abs() + 1,
            }));
        }
        count.reserved += events;
        Ok(Ok(Reservation {
            counts: Arc::clone(&self.counts),
            project_id,
            month,
            reserved: events,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months() {
        let month = |text: &str| Month::of(Timestamp::parse(text).unwrap());
        assert_eq!(month("2026-11-21T12:00:00Z").to_string(), "2026-11");
        assert_eq!(month("2024-02-29T23:59:59.999999Z").number(), 202_402);
        assert_eq!(
            month("2026-12-31T00:00:00Z").end(),
            Timestamp::parse("2027-01-01T00:00:00Z").unwrap()
        );
        assert_eq!(month("1969-12-31T00:00:00Z").number(), 196_912);
    }

    proptest! {
        #[test]
        fn a_moment_lies_in_its_month(micros in 0i64..7_000_000_000_000_000) {
            let time = Timestamp::from_micros(micros);
            let month = Month::of(time);
            prop_assert!(time < month.end());
            prop_assert_eq!(&time.to_string()[..7], month.to_string());
        }
    }
}
