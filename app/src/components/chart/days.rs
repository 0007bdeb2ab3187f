//! Where days begin.

use eventglass_model::Timestamp;
use leptos::prelude::*;

use super::TimeChart;
use crate::{
    browser,
    hydration::use_hydrated,
    view::{IntoPart, Part, el, show_some},
};

const DAY: i64 = 86_400;

/// Says that days are those of UTC, where the viewer's are others.
pub(super) fn days(chart: TimeChart) -> Part {
    let hydrated = use_hydrated();
    let note = show_some(move || {
        let axis = chart.data.with(|data| data.axis);
        let is_days = axis.count > 0 && axis.step >= DAY && axis.step % DAY == 0;
        let first = Timestamp::from_micros(axis.first.saturating_mul(1_000_000));
        let is_elsewhere = is_days && hydrated.get() && browser::zone_offset(first) != 0;
        is_elsewhere.then(|| el("p", "chart-note", vec!["Days in UTC.".part()]))
    });
    note.part()
}
