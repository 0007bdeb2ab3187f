//! Which series there are, and which of them are shown.

use leptos::{ev, prelude::*};

use super::{Hue, Shape, TimeChart};
use crate::{
    components::drawing,
    view::{IntoPart, Part, el, memo, show_some, svg, tag},
};

/// Where there are more buttons than [`MANY`], those that are seen at first.
const FIRST: usize = 10;
/// So many are all seen.
const MANY: usize = 12;

/// A patch of a series' colour; of lines, a piece with its dashes.
pub(crate) fn swatch(hue: Hue, shape: Shape) -> Part {
    let (class, path) = match shape {
        Shape::Line => ("chart-stroke", "M0 5h14"),
        Shape::Area | Shape::Bar => ("chart-fill", "M2 0h10v10h-10z"),
    };
    let path = svg("path").class(class).attr("d", path).part();
    let colour = svg("g").class(hue.class()).child(path).part();
    drawing("swatch-wide", "0 0 14 10").child(colour).part()
}

/// A button for each series; none where there is only one.
pub(super) fn legend(chart: TimeChart) -> Part {
    let names = memo(move |_| {
        let data = chart.data.read();
        let named = data.series.iter().map(|series| (series.name.clone(), series.hue));
        named.collect::<Vec<(String, Hue)>>()
    });
    let buttons = show_some(move || {
        let names = names.get();
        (names.len() > 1).then(|| buttons(chart, names))
    });
    buttons.part()
}

fn buttons(chart: TimeChart, series: Vec<(String, Hue)>) -> Part {
    let names: Vec<String> = series.iter().map(|(name, _)| name.clone()).collect();
    let more = names.len().saturating_sub(FIRST);
    let names = StoredValue::new(names);
    let folded = RwSignal::new(more > MANY - FIRST);
    let buttons = series.into_iter().map(|(name, hue)| {
        let (asked, label) = (name.clone(), name.clone());
        let press = move |event: ev::MouseEvent| {
            if event.shift_key() {
                names.with_value(|names| chart.toggles.isolate(&name, names));
            } else {
                chart.toggles.toggle(&name);
            }
        };
        tag("button")
            .attr("type", "button")
            .class("legend-item")
            .attr("title", "Show or hide; with Shift, show it alone")
            .spelled("aria-pressed", move || chart.toggles.shows(&asked))
            .press(press)
            .child(swatch(hue, chart.shape))
            .child(el("span", "truncate", vec![label.part()]))
            .part()
    });
    let unfold = show_some(move || {
        let button = || {
            tag("button")
                .attr("type", "button")
                .class("legend-item legend-more")
                .press(move |_| folded.set(false))
                .child(format!("+{more} more").part())
                .part()
        };
        folded.get().then(button)
    });
    // What is folded away is in the document: a picture of the chart shows all.
    tag("div")
        .class("legend")
        .flag("data-folded", move || folded.get())
        .attr("role", "group")
        .attr("aria-label", "Shown in the chart")
        .children(buttons.collect())
        .child(unfold.part())
        .part()
}
