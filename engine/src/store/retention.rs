//! How long events are kept.

use async_trait::async_trait;
use eventglass_model::Timestamp;

use crate::guard::Plans;
use crate::store::StoreError;

const DAY: i64 = 86_400_000_000;

/// For how many days events are kept, by their own time.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    /// In the whole installation; `None` is for ever.
    days: Option<u32>,
    /// A plan may keep them for less.
    plans: Plans,
}

impl Retention {
    /// Of an installation (0 days: for ever) and its plans.
    #[must_use]
    pub fn new(days: u32, plans: Plans) -> Self {
        Self {
            days: (days > 0).then_some(days),
            plans,
        }
    }

    /// The moment before which nothing is kept in any project.
    #[must_use]
    pub fn of_all(&self, now: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| before(now, days))
    }

    /// The moment before which nothing is kept in a project of a plan.
    #[must_use]
    pub fn of_plan(&self, plan: &str, now: Timestamp) -> Option<Timestamp> {
        let (_, plan) = self.plans.get(plan);
        let shortest = [self.days, plan.retention_days].into_iter().flatten().min();
        shortest.map(|days| before(now, days))
    }
}

fn before(now: Timestamp, days: u32) -> Timestamp {
    now.plus_micros(-i64::from(days) * DAY)
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Events.
    pub events: u64,
    /// Whole days, whose events are among those.
    pub days: u64,
}

/// Work in the background that one of all servers does.
#[async_trait]
pub trait RetentionStore: Send + Sync {
    /// Whether this server is the one that does it. True at most once among
    /// the servers of a store, but for the moment after a connection broke.
    fn leads(&self) -> bool;

    /// Forgets events that are too old, and counts them out of their projects.
    /// Takes as long as it takes, in steps that hold up nobody for long.
    ///
    /// # Errors
    /// [`StoreError::Database`]; what was done until then stays done.
    async fn forget(&self, now: Timestamp, retention: &Retention) -> Result<Forgotten, StoreError>;
}

#[cfg(test)]
mod tests {
    use eventglass_model::Plan;

    use super::*;

    #[test]
    fn the_shorter_counts() {
        let plan = |retention_days| Plan {
            retention_days,
            ..Plan::default()
        };
        let plans = Plans {
            by_name: [("free", Some(7)), ("big", Some(365)), ("open", None)]
                .map(|(name, days)| (name.to_owned(), plan(days)))
                .into(),
            default: "open".to_owned(),
        };
        let now = Timestamp::from_micros(1_000 * DAY);
        let days = |days: u32, name: &str| {
            let moment = Retention::new(days, plans.clone()).of_plan(name, now);
            moment.map(|moment| (now.micros() - moment.micros()) / DAY)
        };
        assert_eq!([days(0, "free"), days(0, "open"), days(0, "")], [Some(7), None, None]);
        assert_eq!(
            [days(30, "free"), days(30, "big"), days(30, "gone")],
            [Some(7), Some(30), Some(30)]
        );
        assert_eq!(Retention::new(0, plans).of_all(now), None);
    }
}
