//! How many events have each value of a field, however many events there are.

use eventglass_model::search::Column;
use eventglass_model::{
    Dimension, EventQuery, FacetValue, Interval, MAX_GROUPS, Measure, Metrics, MetricsQuery, TimeBound, Timestamp,
};

use super::facets::in_order;
use super::metrics::{MetricsError, MetricsReader};
use crate::store::StoreError;

/// Kept counts are of whole minutes, hours or days: of that much more than the
/// span that was asked for, at most, in parts of it.
const WIDER: i64 = 100;

impl MetricsReader {
    /// The values of a field among all events that match, from the counts that are
    /// kept; `None` where these do not know, or not exactly enough.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn values(
        &self,
        project_id: i64,
        query: &EventQuery,
        field: Column,
        now: Timestamp,
    ) -> Result<Option<Vec<FacetValue>>, StoreError> {
        let Some(group) = dimension(field) else {
            return Ok(None);
        };
        let mut lists = [&query.kind, &query.service, &query.environment].into_iter().flatten();
        // In a question to the counts, a star is the rest of a value.
        if !query.severity.is_empty() || lists.any(|value| value.ends_with('*')) {
            return Ok(None);
        }
        let Some((oldest, newest)) = self.store().ends(project_id).await? else {
            return Ok(None);
        };
        let (oldest, newest) = (oldest.time(), newest.time());
        let resolve = |bound: TimeBound| bound.resolve(now);
        let from = query.from.map_or(oldest, resolve).max(oldest);
        let to = query.to.map_or(newest, resolve).min(newest).plus_micros(1);
        if from >= to {
            return Ok(None);
        }
        let question = MetricsQuery {
            measure: vec![Measure::Count],
            group: vec![group.into()],
            interval: Interval::None,
            q: query.q.clone(),
            from: Some(TimeBound::At(from)),
            to: Some(TimeBound::At(to)),
            kind: query.kind.clone(),
            service: query.service.clone(),
            environment: query.environment.clone(),
            limit: Some(MAX_GROUPS),
            ..MetricsQuery::default()
        };
        let metrics = match self.read_kept(project_id, &question, now).await {
            Ok(Some(metrics)) => metrics,
            // Too long a time, for one.
            Ok(None) | Err(MetricsError::Ask(_) | MetricsError::Query(_)) => return Ok(None),
            Err(MetricsError::Store(error)) => return Err(error),
        };
        // Before the first event and behind the last there is nothing to count too much.
        let early = if from > oldest {
            from.micros() - metrics.from.micros()
        } else {
            0
        };
        let late = if to <= newest {
            metrics.to.micros() - to.micros()
        } else {
            0
        };
        let is_wide = (early + late).saturating_mul(WIDER) > to.micros() - from.micros();
        Ok(if is_wide { None } else { counts(&metrics) })
    }
}

/// The counts, if every value has its own.
fn counts(metrics: &Metrics) -> Option<Vec<FacetValue>> {
    if metrics.partial || metrics.series.iter().any(|series| series.other) {
        return None;
    }
    let counts = metrics.series.iter().filter_map(|series| {
        let value = series.values.first()?.clone()?;
        #[expect(clippy::cast_possible_truncation, reason = "fewer than 2^53 events")]
        let count = series.total? as i64;
        (count > 0).then_some((value, count))
    });
    Some(in_order(counts.collect()))
}

const fn dimension(field: Column) -> Option<Dimension> {
    Some(match field {
        Column::Service => Dimension::Service,
        Column::Endpoint => Dimension::Endpoint,
        Column::Kind => Dimension::Kind,
        Column::Environment => Dimension::Environment,
        Column::Provider => Dimension::Provider,
        Column::Model => Dimension::Model,
        _ => return None,
    })
}
