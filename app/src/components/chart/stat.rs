//! A number, large, with how it changed.

use std::borrow::Cow;

use super::spark;
use crate::{
    format::{Unit, change},
    view::{IntoPart, Part, el, titled},
};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    /// Fewer errors, less time, less money.
    Less,
    /// Neither: it is just more or less.
    Neither,
}

/// A number that says how things are.
pub(crate) struct Stat {
    /// What it is.
    pub(crate) label: Cow<'static, str>,
    /// Its unit.
    pub(crate) unit: Unit,
    /// The number, if there is one.
    pub(crate) value: Option<f64>,
    /// The same for the period before.
    pub(crate) previous: Option<f64>,
    /// Which way is better.
    pub(crate) better: Better,
    /// The same over time.
    pub(crate) points: Vec<Option<f64>>,
}

/// The number, large, with how it changed and a small line.
pub(crate) fn stat(stat: Stat) -> Part {
    let shown = match stat.value {
        Some(value) => titled(
            "span",
            "stat-value num",
            stat.unit.exact(value),
            vec![stat.unit.short(value).part()],
        ),
        None => el("span", "stat-value", vec!["–".part()]),
    };
    let line = if stat.points.iter().flatten().count() > 1 {
        spark(&stat.points, &[])
    } else {
        el("span", "spark", Vec::new())
    };
    let parts = vec![
        el("span", "stat-name", vec![stat.label.part()]),
        shown,
        delta(stat.unit, stat.value, stat.previous, stat.better),
        line,
    ];
    el("div", "stat stat-tall", parts)
}

/// How a number changed: an arrow, by how much, and in words what it was.
pub(crate) fn delta(unit: Unit, value: Option<f64>, previous: Option<f64>, better: Better) -> Part {
    let (Some(now), Some(before)) = (value, previous) else {
        return el("span", "delta", Vec::new());
    };
    let was = format!("{} in the period before", unit.exact(before));
    let (sign, said) = match change(now, before) {
        _ if now == before => return titled("span", "delta", was, vec!["unchanged".part()]),
        // A share of a share would be read as the share.
        _ if unit == Unit::Share => {
            let points = (now - before) * 100.0;
            (points, format!("{} pp", Unit::Count.short(round(points.abs()))))
        }
        None => return titled("span", "delta", was, vec!["new".part()]),
        Some(share) if share >= 10.0 => (share, format!("{} times", Unit::Count.short((now / before).round()))),
        Some(share) => (share, Unit::Share.short(share.abs())),
    };
    let class = match (better, sign > 0.0) {
        (Better::Less, true) => "delta delta-worse",
        (Better::Less, false) => "delta delta-better",
        (Better::Neither, _) => "delta",
    };
    let (arrow, word) = if sign > 0.0 {
        ("↑ ", "more than")
    } else {
        ("↓ ", "less than")
    };
    let hidden = el("span", "sr-only", vec![format!(" {word} in the period before").part()]);
    titled("span", class, was, vec![arrow.part(), said.part(), hidden])
}

fn round(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}
