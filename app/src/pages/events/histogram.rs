//! The events over time, above the list.

use eventglass_model::{EventQuery, Histogram as Answer, HistogramBucket, TimeBound};
use leptos::prelude::*;

use super::{filters::zoom_to, state::Page};
use crate::{
    api::{self, Fetched},
    components::{
        Glyph, Icon, TimeStyle, TimeText,
        chart::{ChartData, ChartGroup, Hue, Series, Shape, TimeAxis, TimeChart, swatch},
        wait,
    },
    format::{Unit, compact, grouped},
    view::{IntoPart, Part, effect, el, memo, nothing, show_some, tag, titled},
};

/// About how many bars there are.
const BARS: usize = 96;
const SECOND: i64 = 1_000_000;

/// The events that match over time, those that went wrong in their colour.
/// Dragging over a span looks into it; on the keyboard, the chart is a slider
/// and Enter looks closer. A double click looks further.
#[component]
pub(super) fn Histogram() -> impl IntoView {
    let page = Page::from_context();
    ChartGroup::provide(Some(Callback::new(move |(from, to)| zoom_to(page, from, to))));
    let found = Fetched::all(move || {
        if page.wrong.read().is_some() {
            return Vec::new();
        }
        let query = EventQuery {
            cursor: None,
            ..page.query.get()
        };
        vec![api::histogram_path(&page.slug.read(), &query, BARS)]
    });
    found.again_when(page.recount);
    // The same numbers again draw nothing anew: somebody may be pointing at them.
    let latest = RwSignal::new(None::<Answer>);
    let absorb = move || {
        if let Some(answer) = found.read::<Answer>() {
            let answer = answer.unwrap_or_default();
            if latest.read_untracked().as_ref() != Some(&answer) {
                latest.set(Some(answer));
            }
        }
    };
    effect(absorb);
    effect(move || {
        let matching = latest.read().as_ref().map(|answer| {
            let count = answer.buckets.iter().map(|bucket| bucket.count).sum();
            (count, answer.partial)
        });
        page.matching.set(matching);
    });
    let body = show_some(move || {
        // Read here too, so that it is waited for.
        untrack(absorb);
        let answer = latest.get()?;
        let any = answer.buckets.iter().any(|bucket| bucket.count > 0);
        Some(if any { drawn(page, answer) } else { nothing() })
    });
    let meanwhile = el("div", "histogram is-waiting", Vec::new());
    wait(meanwhile, body, RwSignal::new(false))
}

fn drawn(page: Page, answer: Answer) -> Part {
    let data = chart_data(&answer);
    let axis = data.axis;
    let sum = |of: fn(&HistogramBucket) -> i64| answer.buckets.iter().map(of).sum::<i64>();
    let (count, errors) = (sum(|bucket| bucket.count), sum(|bucket| bucket.errors));
    let more = if answer.partial { "+" } else { "" };
    let mut head = vec![titled(
        "span",
        "histogram-sum",
        grouped(count),
        vec![format!("{}{more} events", compact(count)).part()],
    )];
    if errors > 0 {
        let said = format!("{} with errors", compact(errors));
        head.push(el(
            "span",
            "histogram-key",
            vec![
                swatch(Hue::Bad, Shape::Bar),
                titled("span", "", grouped(errors), vec![said.part()]),
            ],
        ));
    }
    if let (true, Some(time)) = (answer.partial, answer.searched_to) {
        let time = view! { <TimeText time style=TimeStyle::Minute/> }.part();
        head.push(el("span", "muted", vec!["counted back to ".part(), time]));
    }
    head.push(el("span", "grow", Vec::new()));
    let can_zoom = page
        .query
        .with_untracked(|query| query.from.is_some() || query.to.is_some());
    let out = move || zoom_out(page, axis.first, axis.end());
    if can_zoom {
        let button = tag("button")
            .attr("type", "button")
            .class("btn btn-ghost histogram-out")
            .attr("id", "zoom-out")
            .attr("title", "Look at more time (or double click the chart)")
            .press(move |_| out())
            .child(view! { <Icon glyph=Glyph::ZoomOut/> }.part())
            .child("Zoom out".part());
        head.push(button.part());
    }
    let data = memo(move |_| data.clone());
    let chart = TimeChart::new("histogram", "Events over time", Shape::Bar, Unit::Count, data);
    tag("section")
        .class("histogram")
        .attr("aria-label", "Events over time")
        .child(el("div", "histogram-head", head))
        .child(
            tag("div")
                .class("histogram-chart")
                .on("dblclick", move |_| {
                    if can_zoom {
                        out();
                    }
                })
                .child(chart.bare())
                .part(),
        )
        .part()
}

/// Looks at three times as much time, around what is looked at.
fn zoom_out(page: Page, from: i64, to: i64) {
    let query = page.query.get_untracked();
    let length = (to - from).max(1);
    match (query.from, query.to) {
        // What ends now goes on to do so.
        (Some(TimeBound::Ago(seconds)), None | Some(TimeBound::Ago(0))) => page.narrow(|query| {
            query.from = Some(TimeBound::Ago(seconds.saturating_mul(3)));
            query.to = None;
        }),
        _ => zoom_to(page, from - length, to + length),
    }
}

/// The bars, which are whole seconds long.
fn chart_data(answer: &Answer) -> ChartData {
    let bars = answer.buckets.as_slice();
    let sums = |of: fn(&HistogramBucket) -> i64| -> (Vec<Option<f64>>, f64) {
        #[expect(clippy::cast_precision_loss, reason = "numbers of events are far below 2^53")]
        let points: Vec<f64> = bars.iter().map(|bar| of(bar) as f64).collect();
        let total = points.iter().sum();
        (points.into_iter().map(Some).collect(), total)
    };
    let (bad, all_bad) = sums(|bucket| bucket.errors);
    let (well, all_well) = sums(|bucket| bucket.count - bucket.errors);
    let first = bars
        .first()
        .map_or(0, |bucket| bucket.start.micros().div_euclid(SECOND));
    let series = |name: &str, hue, points, total| Series {
        name: name.to_owned(),
        hue,
        points,
        total: Some(total),
    };
    ChartData {
        axis: TimeAxis {
            first,
            step: (answer.bucket_ms / 1_000).max(1),
            count: well.len(),
        },
        series: vec![
            series("errors", Hue::Bad, bad, all_bad),
            series("others", Hue::Nth(0), well, all_well),
        ],
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::Timestamp;

    use super::*;

    fn answer(bucket_ms: i64, counts: &[(i64, i64)]) -> Answer {
        let bucket = |(n, (count, errors)): (usize, &(i64, i64))| HistogramBucket {
            start: Timestamp::from_micros(60 * SECOND + i64::try_from(n).unwrap() * bucket_ms * 1_000),
            count: *count,
            errors: *errors,
        };
        Answer {
            buckets: counts.iter().enumerate().map(bucket).collect(),
            bucket_ms,
            ..Answer::default()
        }
    }

    #[test]
    fn errors_are_a_part_of_the_whole() {
        let data = chart_data(&answer(5_000, &[(3, 1), (0, 0)]));
        assert_eq!((data.axis.first, data.axis.step, data.axis.count), (60, 5, 2));
        assert_eq!(data.series[0].points, [Some(1.0), Some(0.0)]);
        assert_eq!(data.series[1].points, [Some(2.0), Some(0.0)]);
    }
}
