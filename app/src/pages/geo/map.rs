//! The map. Its outlines are a file of their own (`/world.svg`), of which each
//! country is used by its code: the browser keeps them, and the wasm has none.

use eventglass_model::{
    Measure, Metrics,
    search::{ERRORS, term},
};

use super::{find, names::VIEW_BOX};
use crate::{
    format::compact,
    pages::scope::Scope,
    view::{IntoPart, Part, el, svg, tag},
};

/// How dark a country is, from some to most.
const SHADES: [&str; 6] = ["heat-1", "heat-2", "heat-3", "heat-4", "heat-5", "heat-6"];

/// The map, and what its shades mean.
pub(super) fn map(scope: Scope, shown: Measure, metrics: &Metrics) -> Part {
    let mut known: Vec<(&'static str, &'static str, &str, f64)> = Vec::new();
    let mut elsewhere = 0.0;
    for series in metrics.series.iter().filter(|series| series.measure == shown) {
        let value = series.total.unwrap_or(0.0);
        let sent = series.values.first().and_then(Option::as_deref).unwrap_or_default();
        match find(sent) {
            Some((code, name, true)) => known.push((code, name, sent, value)),
            _ => elsewhere += value,
        }
    }
    let most = known.iter().fold(0.0_f64, |most, (.., value)| most.max(*value));
    let word = shown.as_str();
    let drawn = known.iter().filter_map(|(code, name, sent, value)| {
        let class = SHADES.get(shade(*value, most)?).copied()?;
        let said = format!("{name}: {} {word}", compact(whole(*value)));
        let country = svg("use")
            .class(class)
            .attr("href", format!("/world.svg#{code}"))
            .child(svg("title").child(said.clone().part()).part());
        let errors = (shown == Measure::Errors).then(|| ERRORS.to_owned());
        let pieces: Vec<String> = errors.into_iter().chain([term("country", sent, false)]).collect();
        // By the keyboard, the table's links lead to the same places.
        let link = svg("a")
            .attr("href", scope.events(&pieces))
            .attr("aria-label", said)
            .attr("tabindex", "-1")
            .child(country.part());
        Some(link.part())
    });
    let drawn: Vec<Part> = drawn.collect();
    let summary = format!(
        "{} by country; the table of countries has the same numbers.",
        capital(word)
    );
    let picture = svg("svg")
        .class("world")
        .attr("viewBox", VIEW_BOX)
        .attr("role", "group")
        .attr("aria-label", summary)
        .child(svg("use").class("world-land").attr("href", "/world.svg#all").part())
        .children(drawn);
    let patches: Vec<Part> = SHADES
        .into_iter()
        .map(|class| {
            let patch = svg("rect").class(class).attr("width", "18").attr("height", "10");
            svg("svg")
                .class("world-patch")
                .attr("viewBox", "0 0 18 10")
                .attr("aria-hidden", "true")
                .child(patch.part())
                .part()
        })
        .collect();
    let mut legend = vec!["few".part()];
    legend.extend(patches);
    legend.push(format!("most: {}", compact(whole(most))).part());
    if elsewhere > 0.0 {
        let said = format!("{} from nowhere known", compact(whole(elsewhere)));
        legend.push(el("span", "world-elsewhere", vec![said.part()]));
    }
    let legend = tag("div").class("world-legend num").children(legend);
    el("div", "", vec![picture.part(), legend.part()])
}

/// By the root: a country with a hundredth of the most can still be seen.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 5")]
fn shade(value: f64, most: f64) -> Option<usize> {
    (value > 0.0 && most > 0.0).then(|| (((value / most).sqrt() * 6.0).ceil() as usize).clamp(1, 6) - 1)
}

#[expect(clippy::cast_possible_truncation, reason = "counts")]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shades_by_the_root() {
        assert_eq!(shade(100.0, 100.0), Some(5));
        assert_eq!(shade(1.0, 100.0), Some(0));
        assert_eq!(shade(25.0, 100.0), Some(2));
        assert_eq!(shade(0.0, 100.0), None);
    }
}
