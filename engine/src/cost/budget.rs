//! What a project has spent in a month, and will have at its end.

use std::collections::BTreeMap;

use eventglass_model::{
    Budget, BudgetStatus, DayCost, Interval, Measure, MetricPoint, Metrics, MetricsQuery, TimeBound, Timestamp, Usd,
};

use crate::guard::Month;
use crate::query::{MetricsError, MetricsReader};

const DAY: i64 = 86_400_000_000;
/// Days whose mean is what the days to come are taken to cost.
const LOOK_BACK: i64 = 7;
const DAY_SECONDS: u32 = 86_400;

/// What a day cost.
#[derive(Clone, Copy, Debug)]
struct DaySum {
    /// Since the epoch.
    day: i64,
    nanos: i64,
    unpriced: u64,
}

/// The budget of a project as it stands. Partial while its events are being counted anew.
///
/// # Errors
/// When the store fails.
pub async fn budget(
    metrics: &MetricsReader,
    project_id: i64,
    budget: Option<Budget>,
    now: Timestamp,
) -> Result<BudgetStatus, MetricsError> {
    let month = Month::of(now);
    let from = month.start().micros().min(day_of(now) * DAY - LOOK_BACK * DAY);
    let query = MetricsQuery {
        measure: vec![Measure::Count, Measure::Cost, Measure::Unpriced],
        interval: Interval::Seconds(DAY_SECONDS),
        from: Some(TimeBound::At(Timestamp::from_micros(from))),
        to: Some(TimeBound::At(month.end())),
        ..MetricsQuery::default()
    };
    let found = metrics.read(project_id, &query, now).await?;
    Ok(status(budget, month, now, &days(&found), found.partial))
}

/// The days that have events.
fn days(found: &Metrics) -> Vec<DaySum> {
    let of = |measure: Measure| {
        let series = found.series.iter().find(|series| series.measure == measure);
        let points = series.map_or(&[][..], |series| &series.points);
        let value = |point: &MetricPoint| Some((day_of(point.time), point.value.filter(|value| *value > 0.0)?));
        points.iter().filter_map(value).collect::<BTreeMap<i64, f64>>()
    };
    let (costs, unpriced) = (of(Measure::Cost), of(Measure::Unpriced));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive; saturates at nine billion dollars a day"
    )]
    let sum = |day: i64| DaySum {
        day,
        nanos: costs.get(&day).map_or(0, |dollars| (dollars * 1e9).round() as i64),
        unpriced: unpriced.get(&day).map_or(0, |count| *count as u64),
    };
    of(Measure::Count).into_keys().map(sum).collect()
}

fn day_of(time: Timestamp) -> i64 {
    time.micros().div_euclid(DAY)
}

/// Adds days up; pure.
fn status(budget: Option<Budget>, month: Month, now: Timestamp, days: &[DaySum], partial: bool) -> BudgetStatus {
    let (first, end, today) = (day_of(month.start()), day_of(month.end()), day_of(now));
    let of_month = || days.iter().filter(|day| day.day >= first);
    let spent: i64 = of_month().fold(0, |sum, day| sum.saturating_add(day.nanos));
    let forecast = spent.saturating_add(rest_of_month(days, now, end, today));
    let percent = |nanos: i64| {
        let whole = budget.as_ref()?.monthly_usd;
        (whole > Usd::ZERO).then(|| Usd::from_nanos(nanos).dollars() / whole.dollars() * 100.0)
    };
    let (spent_percent, forecast_percent) = (percent(spent), percent(forecast));
    let thresholds = budget.as_ref().map_or(&[][..], |budget| &budget.thresholds_percent);
    BudgetStatus {
        month: month.to_string(),
        resets_at: month.end(),
        spent_usd: Usd::from_nanos(spent),
        forecast_usd: Usd::from_nanos(forecast),
        spent_percent,
        forecast_percent,
        reached_percent: thresholds
            .iter()
            .copied()
            .filter(|threshold| spent_percent.is_some_and(|spent| spent >= f64::from(*threshold)))
            .collect(),
        unpriced_events: of_month().map(|day| day.unpriced).sum(),
        days: days
            .iter()
            .map(|day| DayCost {
                day: Timestamp::from_micros(day.day.saturating_mul(DAY)),
                cost_usd: Usd::from_nanos(day.nanos),
            })
            .collect(),
        partial,
        budget,
    }
}

/// What the rest of the month costs when it goes on as in the seven days before now.
fn rest_of_month(days: &[DaySum], now: Timestamp, end: i64, today: i64) -> i64 {
    // A project that began two days ago has two days to go by.
    let Some(oldest) = days.iter().map(|day| day.day).min() else {
        return 0;
    };
    let begin = oldest.max(today - LOOK_BACK + 1);
    let sum: i128 = days
        .iter()
        .filter(|day| day.day >= begin && day.day <= today)
        .map(|day| i128::from(day.nanos))
        .sum();
    let elapsed = i128::from(now.micros() - begin * DAY).max(i128::from(DAY / 24));
    let left = i128::from(end * DAY - now.micros()).max(0);
    i64::try_from(sum * left / elapsed).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn sum(day: &str, dollars: i64) -> DaySum {
        DaySum {
            day: day_of(at(day)),
            nanos: dollars * 1_000_000_000,
            unpriced: 1,
        }
    }

    fn of(days: &[DaySum], now: &str, monthly: i64) -> BudgetStatus {
        let budget = Budget {
            monthly_usd: Usd::from_micros(monthly * 1_000_000),
            thresholds_percent: vec![50, 80, 100],
        };
        status(Some(budget), Month::of(at(now)), at(now), days, false)
    }

    #[test]
    fn a_steady_project_spends_the_same_every_day() {
        let days: Vec<DaySum> = (1..=15).map(|day| sum(&format!("2026-11-{day:02}"), 10)).collect();
        let status = of(&days, "2026-11-16T00:00:00Z", 200);
        assert_eq!(status.spent_usd.dollars(), 150.0);
        // 15 days are left; the six days before now cost 60 dollars, and today none yet.
        assert_eq!(status.forecast_usd.dollars(), 150.0 + 15.0 * 10.0);
        assert_eq!(
            (status.spent_percent, status.forecast_percent),
            (Some(75.0), Some(150.0))
        );
        assert_eq!(status.reached_percent, [50]);
        assert_eq!(status.unpriced_events, 15);
        assert_eq!((status.month.as_str(), status.resets_at), ("2026-11", at("2026-12-01")));
    }

    #[test]
    fn a_young_month_looks_back_into_the_last() {
        let days = [sum("2026-10-30", 14), sum("2026-10-31", 14), sum("2026-11-01", 7)];
        let status = of(&days, "2026-11-01T12:00:00Z", 1_000);
        assert_eq!(status.spent_usd.dollars(), 7.0, "only this month's");
        // 35 dollars in 2.5 days, 29.5 days are left.
        assert_eq!(status.forecast_usd.dollars(), 7.0 + 35.0 / 2.5 * 29.5);
        assert_eq!(status.unpriced_events, 1);
        assert_eq!(status.days.len(), 3);
    }

    #[test]
    fn nothing_costs_nothing() {
        let status = of(&[], "2026-11-16T00:00:00Z", 10);
        assert_eq!((status.spent_usd, status.forecast_usd), (Usd::ZERO, Usd::ZERO));
        assert_eq!(status.reached_percent, Vec::<u32>::new());
        let ended = of(&[sum("2026-11-30", 1)], "2026-11-30T23:59:59.999999Z", 1);
        assert_eq!(ended.forecast_usd, ended.spent_usd);
        assert_eq!(ended.reached_percent, [50, 80, 100]);
    }
}
