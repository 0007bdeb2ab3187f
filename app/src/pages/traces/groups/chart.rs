//! What happened over time, in small bars.

use eventglass_model::{ActivityBucket, Timestamp};
use leptos::prelude::*;

use crate::{
    components::{TimeStyle, TimeText},
    format::{compact, usd},
    view::{IntoPart, Part, el, nothing, svg, tag},
};

/// The most bars; more buckets than that are added up.
const MOST: usize = 96;

/// Traces, errors and cost, each in a chart of its own over the same time.
pub(super) fn charts(buckets: &[ActivityBucket], bucket_secs: i64, complete: bool) -> Part {
    let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else {
        return nothing();
    };
    let micros = bucket_secs.max(1) * 1_000_000;
    let count = (last.start.micros() - first.start.micros()) / micros + 1;
    let each = (count + MOST as i64 - 1) / MOST as i64;
    let bars = usize::try_from((count + each - 1) / each).unwrap_or(1).clamp(1, MOST);
    let sum = |value: fn(&ActivityBucket) -> f64| {
        let mut sums = vec![0.0; bars];
        for bucket in buckets {
            let at = (bucket.start.micros() - first.start.micros()) / micros / each;
            if let Some(sum) = usize::try_from(at).ok().and_then(|at| sums.get_mut(at)) {
                *sum += value(bucket);
            }
        }
        sums
    };
    #[expect(clippy::cast_precision_loss, reason = "for drawing")]
    let charts = vec![
        chart("Traces", "traces", &sum(|bucket| bucket.traces as f64), whole),
        chart("Errors", "errors", &sum(|bucket| bucket.errors as f64), whole),
        chart(
            "Cost",
            "cost",
            &sum(|bucket| bucket.cost_usd),
            if complete { usd } else { known },
        ),
    ];
    let end = Timestamp::from_micros(last.start.micros() + micros);
    let start = first.start;
    let times = vec![
        view! { <TimeText time=start style=TimeStyle::Minute/> }.part(),
        view! { <TimeText time=end style=TimeStyle::Minute/> }.part(),
    ];
    vec![
        el("div", "group-charts", charts),
        el("div", "group-times muted num", times),
    ]
    .part()
}

/// What is known of a cost: nothing is not zero.
fn known(amount: f64) -> String {
    if amount == 0.0 {
        "unpriced".to_owned()
    } else {
        usd(amount)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "counts")]
fn whole(n: f64) -> String {
    compact(n as i64)
}

fn chart(label: &'static str, token: &'static str, values: &[f64], written: fn(f64) -> String) -> Part {
    let top = values.iter().copied().fold(0.0, f64::max);
    let total: f64 = values.iter().sum();
    let width = 10_000 / i64::try_from(values.len()).unwrap_or(1).max(1);
    let bars = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0.0)
        .map(|(n, value)| {
            #[expect(clippy::cast_possible_truncation, reason = "at most 100 %, in hundredths")]
            let height = ((value / top * 9_600.0) as i64).max(300);
            let percent = |hundredths: i64| format!("{}.{:02}%", hundredths / 100, hundredths % 100);
            svg("rect")
                .attr("x", percent(i64::try_from(n).unwrap_or(0) * width))
                .attr("width", percent((width - width / 6).max(20)))
                .attr("y", percent(10_000 - height))
                .attr("height", percent(height))
                .child(svg("title").child(written(*value).part()).part())
                .part()
        });
    let picture = svg("svg")
        .class("group-chart-bars")
        .attr("role", "img")
        .attr(
            "aria-label",
            format!(
                "{label} over time: {} in all, at most {} at once",
                written(total),
                written(top)
            ),
        )
        .children(bars.collect());
    let head = vec![
        el("span", "muted", vec![label.part()]),
        el("b", "num", vec![written(total).part()]),
    ];
    tag("figure")
        .class("group-chart")
        .attr("data-what", token)
        .child(el("figcaption", "group-chart-head", head))
        .child(picture.part())
        .part()
}
