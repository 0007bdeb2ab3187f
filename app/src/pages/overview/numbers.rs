//! The numbers of the whole time, compared with the time before.

use eventglass_model::{Measure, Metrics};
use leptos::prelude::*;

use crate::{
    components::chart::{Better, Stat, stat},
    format::Unit,
    pages::scope::{Asked, points, total},
    view::{IntoPart, Part, el, nothing, show},
};

const NUMBERS: [(Measure, &str, Unit, Better); 8] = [
    (Measure::Count, "Events", Unit::Count, Better::Neither),
    (Measure::ErrorRate, "Error rate", Unit::Share, Better::Less),
    (Measure::P50, "Latency, median", Unit::Ms, Better::Less),
    (Measure::P95, "95th percentile", Unit::Ms, Better::Less),
    (Measure::P99, "99th percentile", Unit::Ms, Better::Less),
    (Measure::Users, "Active users", Unit::Count, Better::Neither),
    (Measure::Tokens, "Tokens", Unit::Count, Better::Neither),
    (Measure::Cost, "Cost", Unit::Usd, Better::Less),
];

/// Each number with how it changed.
pub(super) fn numbers(asked: Asked<Metrics>) -> Part {
    let all = show(move || {
        asked.latest.with(|metrics| {
            let Some(metrics) = metrics else {
                return nothing();
            };
            let stats: Vec<Part> = NUMBERS
                .into_iter()
                .map(|(measure, label, unit, better)| {
                    let (value, previous) = total(metrics, measure);
                    stat(Stat {
                        label,
                        unit,
                        value,
                        previous,
                        better,
                        points: points(metrics, measure),
                    })
                })
                .collect();
            stats.part()
        })
    });
    el("div", "panel stats stats-8", vec![all.part()])
}
