//! Time, above the bars; and the needle that reads it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::super::state::Page;
use crate::{
    browser,
    components::{Glyph, IconButton},
    pages::traces::tree::{Window, micros_text},
    view::{IntoPart, Part, el, show, show_some, svg, tag, text},
};

/// The heads of the columns; that of the bars has a scale, which zooms where
/// one turns the wheel and shows the stretch that one drags over.
pub(super) fn axis(page: Page) -> Part {
    let dragged = RwSignal::new(None::<i64>);
    let ticks = show(move || {
        let ticks = page.window.get().ticks().into_iter();
        let texts = ticks.map(|(x, name)| {
            let line = svg("line")
                .attr("x1", x.clone())
                .attr("x2", x.clone())
                .attr("y1", "20")
                .attr("y2", "28");
            // At the right end there is no room but before the line.
            let percent = x.split(['.', '%']).next().and_then(|whole| whole.parse::<u32>().ok());
            let (dx, anchor) = match percent {
                Some(92..) => ("-3", "end"),
                _ => ("3", "start"),
            };
            let name = svg("text")
                .attr("x", x)
                .attr("dx", dx)
                .attr("text-anchor", anchor)
                .attr("y", "19")
                .child(name.part());
            vec![line.part(), name.part()].part()
        });
        svg("g").children(texts.collect()).part()
    });
    let scale = svg("svg")
        .class("tr-svg")
        .attr("aria-hidden", "true")
        .child(ticks.part());
    let zoomed = move || page.window.get().is_zoomed(page.tree.read().total_us);
    let reset = show_some(move || {
        zoomed().then(|| {
            let whole = Callback::new(move |()| page.zoom(|_, total| Window::whole(total)));
            view! { <IconButton glyph=Glyph::Close label="Show all of the time (0)" on_press=whole/> }.part()
        })
    });
    let scale = tag("span")
        .class("tr-bar tr-axis")
        .attr("id", "axis")
        .attr(
            "title",
            "Drag to zoom; wheel zooms here, with Ctrl over the rows; double-click shows all",
        )
        .on("wheel", move |event| zoom_by_wheel(page, &event, true))
        .on("dblclick", move |_| page.zoom(|_, total| Window::whole(total)))
        .on("pointerdown", move |event| {
            dragged.set(place_of(&event).map(|place| page.window.get_untracked().at(place)));
        })
        .on("pointerup", move |event| {
            let from = dragged.get_untracked();
            dragged.set(None);
            let to = place_of(&event).map(|place| page.window.get_untracked().at(place));
            if let (Some(from), Some(to)) = (from, to) {
                // A click is no stretch.
                let least = (page.window.get_untracked().to - page.window.get_untracked().from) / 100;
                if (from - to).abs() > least {
                    page.zoom(|_, total| Window::between(from, to, total));
                }
            }
        })
        .child(scale.part());
    let heads = vec![
        el("span", "tr-name", vec!["Span".part()]),
        el("span", "tr-duration", vec!["Duration".part()]),
        el("span", "tr-tokens", vec!["Tokens".part()]),
        el("span", "tr-cost", vec!["Cost".part()]),
        scale.part(),
        el("span", "tr-reset", vec![reset.part()]),
    ];
    el("div", "tr-head", heads)
}

/// A line through all bars where one points, with the moment.
pub(super) fn needle(page: Page) -> Part {
    let moment = text(move || {
        page.pointing
            .get()
            .map(|place| micros_text(page.window.get().at(place)))
            .unwrap_or_default()
    });
    tag("div")
        .attr("id", "needle")
        .class("tr-needle")
        .attr("aria-hidden", "true")
        .child(el("span", "tr-needle-text num", vec![moment.part()]))
        .part()
}

/// Puts the needle where one points.
pub(super) fn point(page: Page, event: &web_sys::Event) {
    let mouse: &web_sys::MouseEvent = event.unchecked_ref();
    let Some(place) = place_of(event) else {
        browser::set_style("needle", "display", "");
        return;
    };
    let left = document()
        .get_element_by_id(super::scroll::SCROLLER)
        .map_or(0.0, |list| list.get_bounding_client_rect().left());
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a screen")]
    let x = (f64::from(mouse.client_x()) - left) as i32;
    browser::set_style("needle", "transform", &format!("translateX({x}px)"));
    browser::set_style("needle", "display", "block");
    page.pointing.set(Some(place));
}

/// Where on the axis an event of the mouse is, in hundredths of a percent of
/// its width; none when it is beside it.
fn place_of(event: &web_sys::Event) -> Option<i64> {
    let mouse: &web_sys::MouseEvent = event.unchecked_ref();
    let axis = document().get_element_by_id("axis")?.get_bounding_client_rect();
    if axis.width() < 1.0 {
        return None;
    }
    let place = (f64::from(mouse.client_x()) - axis.left()) / axis.width() * 10_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 10,000 by then")]
    (0.0..=10_000.0).contains(&place).then_some(place as i64)
}

/// Zooms at the place that one points at. Over the rows, where the wheel is
/// for scrolling, only with Ctrl.
pub(super) fn zoom_by_wheel(page: Page, event: &web_sys::Event, always: bool) {
    let wheel: &web_sys::WheelEvent = event.unchecked_ref();
    if !always && !wheel.ctrl_key() {
        return;
    }
    let Some(place) = place_of(event) else { return };
    event.prevent_default();
    let scale = if wheel.delta_y() > 0.0 { 125 } else { 80 };
    page.zoom(|window, total| window.zoom(place, scale, total));
}
