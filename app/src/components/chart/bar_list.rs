//! The greatest of many, as a list with bars.

use super::Hue;
use crate::{
    format::position,
    view::{IntoPart, Part, el, svg, tag, titled},
};

/// One of the list.
pub(crate) struct BarItem {
    /// Its name.
    pub(crate) name: String,
    /// Where more about it is.
    pub(crate) href: Option<String>,
    /// Its number, which the bar shows.
    pub(crate) value: f64,
    /// The number for people, and exactly.
    pub(crate) text: (String, String),
    /// What else there is to say of it.
    pub(crate) note: Option<Part>,
    /// The colour of its bar.
    pub(crate) hue: Hue,
}

/// A row for each, with a bar as long as its share of the greatest.
#[expect(clippy::cast_possible_truncation, reason = "0 to 10,000")]
pub(crate) fn bar_list(label: impl Into<String>, items: Vec<BarItem>) -> Part {
    let most = items.iter().fold(f64::MIN_POSITIVE, |most, item| most.max(item.value));
    let rows = items.into_iter().map(|item| {
        let share = position((item.value.max(0.0) / most * 10_000.0) as i64, 10_000);
        let bar = svg("rect")
            .class("chart-fill")
            .attr("width", share)
            .attr("height", "100%")
            .attr("rx", "2");
        let bar = svg("svg")
            .class("bar-track")
            .attr("aria-hidden", "true")
            .attr("focusable", "false")
            .child(svg("g").class(item.hue.class()).child(bar.part()).part());
        let name = match item.href {
            Some(href) => tag("a")
                .class("bar-name name-link")
                .attr("href", href)
                .attr("title", item.name.clone()),
            None => tag("span").class("bar-name").attr("title", item.name.clone()),
        };
        let mut parts = vec![name.child(item.name.part()).part()];
        parts.extend(item.note);
        parts.push(titled("span", "bar-value num", item.text.1, vec![item.text.0.part()]));
        parts.push(bar.part());
        el("li", "bar-item", parts)
    });
    tag("ul")
        .class("bar-list")
        .attr("aria-label", label.into())
        .children(rows.collect())
        .part()
}
