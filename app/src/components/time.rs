//! A moment.

use eventglass_model::Timestamp;
use leptos::prelude::*;

use crate::{
    browser,
    format::{Civil, ago, offset},
    hydration::use_hydrated,
    view::{IntoPart, Part, el, show, tag},
};

/// How to write a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeStyle {
    /// `Nov 21 02:56:49.123`, for a row among others.
    Row,
    /// `2026-11-21 02:56:49.123456 +01:00`.
    Exact,
    /// `2026-11-21 02:56 +01:00`.
    Minute,
    /// `3 min ago`.
    Ago,
}

/// Offered by pages that stay up to date: raised whenever time has passed, so
/// that "3 min ago" stays true.
#[derive(Clone, Copy)]
pub(crate) struct Tick(pub(crate) RwSignal<u32>);

/// A moment in the viewer's zone; in UTC until the browser, which alone knows
/// that zone, has taken over the page. The tooltip has it exactly.
#[component]
pub(crate) fn TimeText(
    /// The moment.
    time: Timestamp,
    /// How to write it.
    style: TimeStyle,
) -> impl IntoView {
    let here = use_hydrated();
    let tick = if style == TimeStyle::Ago {
        use_context::<Tick>()
    } else {
        None
    };
    let iso = time.to_string();
    let written = show(move || {
        if let Some(Tick(tick)) = tick {
            tick.track();
        }
        written(time, style, here.get())
    });
    tag("time")
        .class("time")
        .attr("title", iso.clone())
        .attr("datetime", iso)
        .child(written.part())
        .part()
}

fn civil(time: Timestamp, here: bool) -> Civil {
    if here { browser::local(time) } else { Civil::utc(time) }
}

fn written(time: Timestamp, style: TimeStyle, here: bool) -> Part {
    match style {
        TimeStyle::Row => row(civil(time, here)),
        TimeStyle::Ago if here => since(time).part(),
        TimeStyle::Minute => zoned(civil(time, here).minute_text(), time, here).part(),
        TimeStyle::Ago | TimeStyle::Exact => zoned(civil(time, here).exact_text(), time, here).part(),
    }
}

fn row(civil: Civil) -> Part {
    let day = el("span", "time-day", vec![civil.day_text().part()]);
    el("span", "", vec![day, " ".part(), civil.clock_text().part()])
}

fn zoned(text: String, time: Timestamp, here: bool) -> String {
    let zone = if here {
        offset(browser::zone_offset(time))
    } else {
        "UTC".to_owned()
    };
    format!("{text} {zone}")
}

fn since(time: Timestamp) -> String {
    ago(browser::now_millis() - time.millis())
}
