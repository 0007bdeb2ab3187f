//! A slider over the plot, by which mouse, finger, keyboard and screen reader
//! go from one span of time to the next.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::plot::Plot;
use crate::{
    browser,
    view::{Part, effect, tag},
};

/// By mouse, one points and drags over what to zoom into. By finger, a tap or a
/// swipe points, and that stays until one taps elsewhere: nobody zooms by
/// swiping over a chart.
pub(super) fn slider(plot: Plot) -> Part {
    let chart = plot.chart;
    let touched = until_elsewhere(plot);
    let count = move || chart.data.read().axis.count;
    let under = move |event: &ev::Event| pointed_at(event.unchecked_ref(), chart.data.read_untracked().axis.count);
    let slide = move |event: ev::Event| {
        let value: usize = event_target_value(&event).parse().unwrap_or(0);
        plot.point(value.checked_sub(1));
    };
    let over = move |event: ev::Event| {
        let at = under(&event);
        plot.point(at);
        if let (Some((from, _)), Some(to)) = (plot.drag.get_untracked(), at) {
            plot.drag.set(Some((from, to)));
        }
    };
    let press = move |event: ev::Event| {
        let pointer: &web_sys::PointerEvent = event.unchecked_ref();
        if is_touch(pointer) {
            plot.point(under(&event));
            touched.set(true);
        } else if chart.group.zoom.is_some() && pointer.button() == 0 {
            browser::hold_pointer(pointer);
            plot.drag.set(under(&event).map(|at| (at, at)));
        }
    };
    let key = move |event: ev::Event| {
        let key: &ev::KeyboardEvent = event.unchecked_ref();
        let (Some(index), Some(zoom)) = (plot.index(), chart.group.zoom) else {
            return;
        };
        if key.key() == "Enter" {
            // An eighth of the time, around what is pointed at.
            let axis = chart.data.read_untracked().axis;
            let reach = (axis.count / 16).max(1);
            let (from, to) = (index.saturating_sub(reach), (index + reach + 1).min(axis.count));
            zoom.run((axis.start_of(from), axis.start_of(to)));
        }
    };
    let leave = move |event: ev::Event| {
        // A finger leaves whenever it is lifted.
        if plot.drag.try_get_untracked() == Some(None) && !is_touch(event.unchecked_ref()) {
            plot.point(None);
        }
    };
    let cancel = move |_| {
        plot.drag.try_set(None);
        // The finger scrolls the page: it does not mean the chart.
        if touched.try_get_untracked() == Some(true) {
            touched.set(false);
            plot.point(None);
        }
    };
    tag("input")
        .attr("type", "range")
        .class("chart-slider")
        .attr("id", chart.id.with_value(|id| format!("{id}-slider")))
        .attr("min", "1")
        .text("max", move || count().max(1).to_string())
        .attr(
            "aria-label",
            chart.label.with_value(|label| format!("{label}: go through time")),
        )
        .text("aria-valuetext", move || plot.read_out())
        .on("input", slide)
        .on("pointermove", over)
        .on("pointerdown", press)
        .on("pointerup", move |_| plot.end_drag())
        .on("pointercancel", cancel)
        .on("pointerleave", leave)
        .on("keydown", key)
        .on("blur", move |_| plot.point(None))
        .part()
}

/// Whether a finger points at the plot. From when it is set until one taps
/// elsewhere; then nothing is pointed at.
fn until_elsewhere(plot: Plot) -> RwSignal<bool> {
    let touched = RwSignal::new(false);
    let inside = plot.chart.id.with_value(|id| format!("[id=\"{id}-slider\"]"));
    effect(move || {
        if !touched.get() {
            return;
        }
        let inside = inside.clone();
        let elsewhere = window_event_listener_untyped("pointerdown", move |event| {
            if !browser::is_within(event.target(), &inside) {
                touched.set(false);
                plot.point(None);
            }
        });
        on_cleanup(move || elsewhere.remove());
    });
    touched
}

fn is_touch(event: &web_sys::PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

/// The span below the pointer.
fn pointed_at(event: &ev::MouseEvent, count: usize) -> Option<usize> {
    let target = event.current_target().or_else(|| event.target())?;
    let plot = target.unchecked_ref::<web_sys::Element>().get_bounding_client_rect();
    let (count, width) = (i32::try_from(count).ok()?, whole(plot.width()).max(1));
    let at = (event.client_x() - whole(plot.left())).saturating_mul(count) / width;
    usize::try_from(at.clamp(0, (count - 1).max(0)))
        .ok()
        .filter(|_| count > 0)
}

#[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
const fn whole(pixels: f64) -> i32 {
    pixels as i32
}
