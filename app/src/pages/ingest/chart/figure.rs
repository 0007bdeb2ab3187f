//! The chart itself.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    bars::{HEADROOM, HEIGHT, PITCH, highest, layer, scale},
    words::{civil, clock, counts, each_bar},
};
use crate::{
    format::compact,
    hydration::use_hydrated,
    pages::ingest::{
        state::{Page, SPANS},
        traffic::OUTCOMES,
    },
    view::{IntoPart, Part, el, memo, show_some, svg, tag, text},
};

/// How many moments stand below the chart.
const MOMENTS: usize = 5;

/// Stacked bars, and a slider over them that reads out what one points at:
/// by mouse, finger, keyboard or screen reader.
pub(super) fn figure() -> Part {
    let page = Page::from_context();
    let here = use_hydrated();
    let (traffic, shown) = (page.traffic, move || OUTCOMES.map(|name| !page.hides(name)));
    // The bar that is pointed at, counted from 1; 0 for none.
    let at = RwSignal::new(0_u32);
    let top = memo(move |_| scale(highest(&traffic.read().bars, shown())));

    let layers: Vec<Part> = (0..OUTCOMES.len())
        .map(|which| {
            svg("path")
                .class(LAYERS.get(which).copied().unwrap_or_default())
                .text("d", move || layer(&traffic.read().bars, shown(), which, top.get()))
                .part()
        })
        .collect();
    let read_out = move || {
        let traffic = traffic.read();
        let bar = usize::try_from(at.get()).unwrap_or(0).checked_sub(1);
        let Some((bar, outcomes)) = bar.and_then(|bar| Some((bar, traffic.bars.get(bar)?))) else {
            return String::new();
        };
        let minute = traffic.first + i64::try_from(bar).unwrap_or(0) * traffic.step;
        let (from, to) = (
            civil(minute, here.get()).minute_text(),
            clock(minute + traffic.step, here.get()),
        );
        format!("{from} – {to}: {}", counts(outcomes))
    };
    let line = text(move || {
        let said = read_out();
        if said.is_empty() {
            let each = each_bar(traffic.read().step);
            format!("Point at a bar for its numbers; {each}.")
        } else {
            said
        }
    });
    let told = text(move || {
        let span = SPANS.iter().find(|(minutes, ..)| *minutes == page.span.get());
        let total = traffic.read().total().outcomes;
        let span = span.map_or("", |(_, _, words)| words);
        format!("In {span}: {}; {}.", counts(&total), each_bar(traffic.read().step))
    });
    let moments: Vec<Part> = (0..MOMENTS)
        .map(|place| {
            let moment = text(move || {
                let traffic = traffic.read();
                let bar = (traffic.bars.len() - 1) * place / (MOMENTS - 1);
                clock(
                    traffic.first + i64::try_from(bar).unwrap_or(0) * traffic.step,
                    here.get(),
                )
            });
            el("span", "", vec![moment.part()])
        })
        .collect();
    let nothing = show_some(move || {
        let is_empty = highest(&traffic.read().bars, shown()) == 0;
        is_empty.then(|| el("p", "chart-none", vec!["Nothing came in this time.".part()]))
    });
    let steps = vec![
        el("span", "", vec![text(move || compact(top.get())).part()]),
        el("span", "", vec![text(move || compact(top.get() / 2)).part()]),
        el("span", "", vec!["0".part()]),
    ];
    let point = move |event: ev::Event| {
        at.set(pointed_at(&event.unchecked_into(), traffic.read_untracked().bars.len()));
    };
    let slide = move |event: ev::Event| at.set(event_target_value(&event).parse().unwrap_or(0));
    let at_text = move || {
        let x = usize::try_from(at.get()).unwrap_or(0).saturating_sub(1);
        x.saturating_mul(PITCH).to_string()
    };
    let cursor = svg("rect")
        .class("chart-at")
        .text("x", at_text)
        .text("width", move || if at.get() == 0 { 0 } else { PITCH }.to_string())
        .attr("height", "1000");
    let picture = svg("svg")
        .text("viewBox", move || {
            format!("0 0 {} {HEIGHT}", traffic.read().bars.len() * PITCH)
        })
        .attr("preserveAspectRatio", "none")
        .attr("role", "img")
        .attr("aria-labelledby", "chart-title chart-told")
        .child(
            svg("title")
                .attr("id", "chart-title")
                .child("What came over time".part())
                .part(),
        )
        .child(svg("desc").attr("id", "chart-told").child(told.part()).part())
        .child(svg("path").class("chart-grid").attr("d", GRID).part())
        .child(cursor.part())
        .children(layers);
    let slider = tag("input")
        .attr("type", "range")
        .class("chart-slider")
        .attr("min", "1")
        .text("max", move || traffic.read().bars.len().to_string())
        .attr("aria-label", "Go through the bars")
        .text("aria-valuetext", read_out)
        .on("input", slide)
        .on("mousemove", point)
        .on("mouseleave", move |_| at.set(0))
        .on("blur", move |_| at.set(0));
    let hidden = |class| tag("div").class(class).attr("aria-hidden", "true");
    let parts = vec![
        hidden("chart-scale num").children(steps).part(),
        el("div", "chart-plot", vec![picture.part(), nothing.part(), slider.part()]),
        hidden("chart-moments num").children(moments).part(),
    ];
    vec![el("p", "chart-line num", vec![line.part()]), el("div", "chart", parts)].part()
}

/// The classes of the layers, in the order of the stack.
pub(super) const LAYERS: [&str; 4] = ["of-accepted", "of-duplicates", "of-refused", "of-limited"];

/// The lines at the end and the half of the scale. As wide as any chart.
const GRID: &str = "M0 48h9999M0 524h9999";
const _: () = assert!(
    HEADROOM == 48 && (HEIGHT + HEADROOM) / 2 == 524,
    "GRID has these numbers in it"
);

/// The bar below the mouse, counted from 1.
fn pointed_at(event: &ev::MouseEvent, bars: usize) -> u32 {
    let plot = event_target::<web_sys::Element>(event).get_bounding_client_rect();
    let (bars, width) = (i32::try_from(bars).unwrap_or(0), whole(plot.width()).max(1));
    let bar = (event.client_x() - whole(plot.left())) * bars / width;
    u32::try_from(bar.clamp(0, bars.max(1) - 1) + 1).unwrap_or(0)
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
const fn whole(pixels: f64) -> i32 {
    pixels as i32
}
