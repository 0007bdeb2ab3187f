//! How the services of a project are doing.

use std::collections::BTreeMap;

use eventglass_model::{
    Dimension, Interval, Measure, MetricSeries, Metrics, MetricsQuery, ServiceHealth, ServiceList, ServicePoint,
    ServiceStatus, ServicesQuery, TimeBound, Timestamp, VersionSeen,
};

use super::metrics::{MetricsError, MetricsReader};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400;
const DEFAULT_SERVICES: usize = 100;
/// Groups of services with their versions, or environments.
const PAIRS: usize = 200;
/// Versions and environments of a service.
const SEEN: usize = 20;
/// Error rates from which on a service is degraded, and failing.
const DEGRADED: f64 = 0.01;
const FAILING: f64 = 0.05;
/// So many times the p95 of the period before is much slower.
const SLOWER: f64 = 2.0;
/// A service is not silent before this time.
const QUIET: i64 = 300;

impl MetricsReader {
    /// How the services of a project are doing.
    ///
    /// # Errors
    /// [`MetricsError`].
    pub async fn services(
        &self,
        project_id: i64,
        query: &ServicesQuery,
        now: Timestamp,
    ) -> Result<ServiceList, MetricsError> {
        let to = query.to.map_or(now, |to| to.resolve(now));
        let from = query
            .from
            .map_or_else(|| to.plus_micros(-DAY * SECOND), |from| from.resolve(now));
        let ask = |measure: &[Measure], more: &[Dimension], interval: Interval, limit: usize| MetricsQuery {
            measure: measure.to_vec(),
            group: [Dimension::Service]
                .iter()
                .chain(more)
                .copied()
                .map(Into::into)
                .collect(),
            interval,
            from: Some(TimeBound::At(from)),
            to: Some(TimeBound::At(to)),
            environment: query.environment.iter().cloned().collect(),
            limit: Some(limit),
            ..MetricsQuery::default()
        };
        let limit = query
            .limit
            .unwrap_or(DEFAULT_SERVICES)
            .min(eventglass_model::MAX_GROUPS);
        let numbers = [
            Measure::Count,
            Measure::Errors,
            Measure::P50,
            Measure::P95,
            Measure::P99,
            Measure::Cost,
        ];
        let totals = MetricsQuery {
            compare: true,
            ..ask(&numbers, &[], Interval::None, limit)
        };
        let counts = [Measure::Count, Measure::Errors];
        let seconds = (to.micros() - from.micros()).div_euclid(SECOND);
        // In more than a week by the day: days are read much faster than their
        // hours. When a version was first and last seen is else told to the hour.
        let days = (seconds / 60 + DAY - 1) / DAY * DAY;
        let by_day = Interval::Seconds(u32::try_from(days).unwrap_or(u32::MAX / 86_400 * 86_400));
        let (of_points, of_versions) = if seconds > 7 * DAY {
            (by_day, by_day)
        } else {
            (Interval::Auto, Interval::Seconds(3_600))
        };
        let recent = MetricsQuery {
            from: Some(TimeBound::At(from.max(to.plus_micros(-3_600 * SECOND)))),
            ..ask(&[Measure::Count], &[], Interval::Seconds(60), limit)
        };
        let points = ask(&counts, &[], of_points, limit);
        let versions = ask(&counts, &[Dimension::Version], of_versions, PAIRS);
        let environments = ask(&[Measure::Count], &[Dimension::Environment], Interval::None, PAIRS);
        let (totals, points, recent, versions, environments) = tokio::try_join!(
            self.read(project_id, &totals, now),
            self.read(project_id, &points, now),
            self.read(project_id, &recent, now),
            self.read(project_id, &versions, now),
            self.read(project_id, &environments, now),
        )?;

        let mut services: BTreeMap<Name, ServiceHealth> = BTreeMap::new();
        let minutes = as_f64((totals.to.micros() - totals.from.micros()) / SECOND) / 60.0;
        for series in &totals.series {
            note(services.entry(name_of(series)).or_insert_with(|| blank(series)), series);
        }
        for health in services.values_mut() {
            let rate = |errors: f64, events: f64| (events > 0.0).then_some(errors / events);
            health.per_minute = as_f64(i64::try_from(health.events).unwrap_or(0)) / minutes.max(1.0);
            health.error_rate = rate(unsigned(health.errors), unsigned(health.events));
            // Until now, errors of the period before stood here.
            health.previous_error_rate = health
                .previous_error_rate
                .and_then(|errors| rate(errors, unsigned(health.previous_events)));
        }
        add_points(&mut services, &points);
        add_recent(&mut services, &recent);
        add_versions(&mut services, &versions);
        for series in environments.series.iter().filter(|series| !series.other) {
            let environment = series.values.get(1).cloned().flatten();
            if let (Some(health), Some(environment)) = (services.get_mut(&name_of(series)), environment)
                && health.environments.len() < SEEN
            {
                health.environments.push(environment);
            }
        }
        let partial = [&totals, &points, &recent, &versions, &environments]
            .iter()
            .any(|metrics| metrics.partial);
        let mut items: Vec<ServiceHealth> = services.into_values().collect();
        for health in &mut items {
            health.status = status_of(health, from, to.min(now));
        }
        items.sort_by(|a, b| (a.other, b.events, &a.service).cmp(&(b.other, a.events, &b.service)));
        Ok(ServiceList {
            items,
            next_cursor: None,
            from: totals.from,
            to: totals.to,
            interval_seconds: points.interval_seconds.unwrap_or(60),
            partial,
        })
    }
}

/// A service, or the rest.
type Name = (bool, Option<String>);

fn name_of(series: &MetricSeries) -> Name {
    (series.other, series.values.first().cloned().flatten())
}

fn blank(series: &MetricSeries) -> ServiceHealth {
    let (other, service) = name_of(series);
    ServiceHealth {
        service,
        other,
        status: ServiceStatus::Healthy,
        events: 0,
        per_minute: 0.0,
        errors: 0,
        error_rate: None,
        p50_ms: None,
        p95_ms: None,
        p99_ms: None,
        cost_usd: 0.0,
        previous_events: 0,
        previous_error_rate: None,
        previous_p95_ms: None,
        points: Vec::new(),
        versions: Vec::new(),
        environments: Vec::new(),
        last_seen: None,
    }
}

fn note(health: &mut ServiceHealth, series: &MetricSeries) {
    let total = series.total;
    match series.measure {
        Measure::Count => {
            health.events = whole(total);
            health.previous_events = whole(series.previous);
        }
        Measure::Errors => {
            health.errors = whole(total);
            health.previous_error_rate = series.previous;
        }
        Measure::P50 => health.p50_ms = total,
        Measure::P95 => {
            health.p95_ms = total;
            health.previous_p95_ms = series.previous;
        }
        Measure::P99 => health.p99_ms = total,
        Measure::Cost => health.cost_usd = total.unwrap_or_default(),
        _ => {}
    }
}

fn add_points(services: &mut BTreeMap<Name, ServiceHealth>, points: &Metrics) {
    for series in &points.series {
        let Some(health) = services.get_mut(&name_of(series)) else {
            continue;
        };
        for (n, point) in series.points.iter().enumerate() {
            if series.measure == Measure::Count {
                let (time, count) = (point.time, whole(point.value));
                health.points.push(ServicePoint { time, count, errors: 0 });
                if count > 0 {
                    health.last_seen = Some(time);
                }
            } else if let Some(there) = health.points.get_mut(n) {
                there.errors = whole(point.value);
            }
        }
    }
}

fn add_recent(services: &mut BTreeMap<Name, ServiceHealth>, recent: &Metrics) {
    for series in &recent.series {
        let last = series.points.iter().rev().find(|point| whole(point.value) > 0);
        if let (Some(health), Some(last)) = (services.get_mut(&name_of(series)), last) {
            health.last_seen = Some(last.time);
        }
    }
}

fn add_versions(services: &mut BTreeMap<Name, ServiceHealth>, versions: &Metrics) {
    for series in versions.series.iter().filter(|series| !series.other) {
        let Some(version) = series.values.get(1).cloned().flatten() else {
            continue;
        };
        let Some(health) = services.get_mut(&name_of(series)) else {
            continue;
        };
        if series.measure == Measure::Errors {
            if let Some(seen) = health.versions.iter_mut().find(|seen| seen.version == version) {
                seen.errors = whole(series.total);
            }
            continue;
        }
        let mut with_events = series.points.iter().filter(|point| whole(point.value) > 0);
        let Some(first) = with_events.next() else { continue };
        health.versions.push(VersionSeen {
            version,
            events: whole(series.total),
            errors: 0,
            first_seen: first.time,
            last_seen: with_events.next_back().unwrap_or(first).time,
        });
    }
    for health in services.values_mut() {
        health
            .versions
            .sort_by(|a, b| (b.last_seen, b.first_seen, &a.version).cmp(&(a.last_seen, a.first_seen, &b.version)));
        health.versions.truncate(SEEN);
    }
}

fn status_of(health: &ServiceHealth, from: Timestamp, to: Timestamp) -> ServiceStatus {
    let quiet = ((to.micros() - from.micros()) / 10).max(QUIET * SECOND);
    let point = match health.points.as_slice() {
        [first, second, ..] => second.time.micros() - first.time.micros(),
        _ => 0,
    };
    // Where only the point is known, the event may have been at its end.
    if health
        .last_seen
        .is_none_or(|seen| seen.micros().saturating_add(point) < to.micros() - quiet)
    {
        return ServiceStatus::Silent;
    }
    let rate = health.error_rate.unwrap_or_default();
    let slower = matches!((health.p95_ms, health.previous_p95_ms), (Some(now), Some(before)) if now >= before * SLOWER);
    if rate >= FAILING {
        ServiceStatus::Failing
    } else if rate >= DEGRADED || slower {
        ServiceStatus::Degraded
    } else {
        ServiceStatus::Healthy
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count, which saturates"
)]
fn whole(value: Option<f64>) -> u64 {
    value.unwrap_or_default() as u64
}

#[expect(clippy::cast_precision_loss, reason = "a rate")]
const fn as_f64(n: i64) -> f64 {
    n as f64
}

fn unsigned(n: u64) -> f64 {
    as_f64(i64::try_from(n).unwrap_or(i64::MAX))
}
