//! What happened over time.

use eventglass_model::ActivityBucket;

use crate::{
    components::chart::{ChartData, ChartGroup, Hue, Series, Shape, TimeAxis, TimeChart},
    format::Unit,
    pages::scope::chart_panel,
    view::{Part, el, memo, nothing},
};

/// The most bars; more buckets than that are added up.
const MOST: i64 = 96;
/// The fewest: of a single bucket, one sees that it is short.
const FEWEST: i64 = 24;

/// Traces, errors and cost, each in a chart of its own over the same time.
pub(super) fn charts(buckets: &[ActivityBucket], bucket_secs: i64, complete: bool) -> Part {
    let Some(axis) = axis(buckets, bucket_secs) else {
        return nothing();
    };
    ChartGroup::provide(None);
    let sum = |value: fn(&ActivityBucket) -> f64| sums(axis, buckets, value);
    let chart = |title: &'static str, hue: Hue, unit: Unit, points: Vec<f64>| {
        let data = ChartData {
            axis,
            series: vec![Series {
                name: title.to_owned(),
                hue,
                total: Some(points.iter().sum()),
                points: points.into_iter().map(Some).collect(),
            }],
        };
        let data = memo(move |_| data.clone());
        chart_panel(title, TimeChart::new(title, title, Shape::Bar, unit, data))
    };
    // Nothing known is not nothing.
    let cost = if complete { "Cost" } else { "Known cost" };
    #[expect(clippy::cast_precision_loss, reason = "for drawing")]
    let charts = vec![
        chart("Traces", Hue::Good, Unit::Count, sum(|bucket| bucket.traces as f64)),
        chart("Errors", Hue::Bad, Unit::Count, sum(|bucket| bucket.errors as f64)),
        chart(cost, Hue::Nth(3), Unit::Usd, sum(|bucket| bucket.cost_usd)),
    ];
    el("div", "group-charts", charts)
}

/// From the first bucket to the last, in as many bars as there is room for.
fn axis(buckets: &[ActivityBucket], bucket_secs: i64) -> Option<TimeAxis> {
    let second = |bucket: &ActivityBucket| bucket.start.micros().div_euclid(1_000_000);
    let (first, last) = (second(buckets.first()?), second(buckets.last()?));
    let bucket = bucket_secs.max(1);
    let count = (last - first) / bucket + 1;
    let step = bucket * ((count + MOST - 1) / MOST).max(1);
    let bars = ((count * bucket + step - 1) / step).clamp(FEWEST, MOST);
    let end = last + bucket;
    Some(TimeAxis {
        first: first.min(end - bars * step),
        step,
        count: usize::try_from(bars).unwrap_or_default(),
    })
}

fn sums(axis: TimeAxis, buckets: &[ActivityBucket], value: fn(&ActivityBucket) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; axis.count];
    for bucket in buckets {
        let at = axis.index_of(bucket.start.micros().div_euclid(1_000_000));
        if let Some(sum) = at.and_then(|at| sums.get_mut(at)) {
            *sum += value(bucket);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use eventglass_model::Timestamp;

    use super::*;

    fn buckets(starts: &[i64]) -> Vec<ActivityBucket> {
        let bucket = |start: &i64| ActivityBucket {
            start: Timestamp::from_micros(start * 1_000_000),
            traces: 1,
            errors: 0,
            tokens: 0,
            cost_usd: 0.0,
        };
        starts.iter().map(bucket).collect()
    }

    #[test]
    fn every_bucket_is_in_some_bar() {
        for starts in [
            vec![3_600],
            vec![0, 3_600, 86_400],
            (0..500).map(|n| n * 3_600).collect(),
            vec![7_200, 97 * 3_600],
            vec![0, 5_000 * 3_600],
        ] {
            let found = buckets(&starts);
            let axis = axis(&found, 3_600).unwrap();
            assert!((24..=96).contains(&axis.count), "{axis:?}");
            let sum: f64 = sums(axis, &found, |bucket| bucket.traces as f64).iter().sum();
            assert_eq!(sum, found.len() as f64, "{axis:?}");
        }
        assert_eq!(axis(&[], 60), None);
    }
}
