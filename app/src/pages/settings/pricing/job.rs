//! How far the pricing of the past is.

use eventglass_model::{RecomputeJob, RecomputeRequest, RecomputeState, RecomputeStatus};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{Button, Panel, Toasts},
    format::{grouped, usd},
    pages::scope::{Asked, Refresh},
    view::{IntoPart, Part, el, show_some, tag},
};

/// Whether one is under way.
pub(super) fn is_running(status: Option<&RecomputeStatus>) -> bool {
    let job = status.and_then(|status| status.job.as_ref());
    job.is_some_and(|job| job.state == RecomputeState::Running)
}

/// The last job; nothing before the first.
pub(super) fn job(slug: Memo<String>, status: Asked<RecomputeStatus>, progress: Refresh) -> Part {
    status.show(move || {
        let drawn = show_some(move || {
            let job = status.latest.get()?.job?;
            Some(drawn(slug, &job, progress))
        });
        drawn.part()
    })
}

fn count(n: u64) -> String {
    grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

fn drawn(slug: Memo<String>, job: &RecomputeJob, progress: Refresh) -> Part {
    let what = if job.models.is_empty() {
        "all models".to_owned()
    } else {
        job.models.join(", ")
    };
    let difference = job.difference_usd.dollars();
    let sign = if difference > 0.0 { "+" } else { "" };
    let so_far = format!(
        "{} events looked at, {} changed, {sign}{}.",
        count(job.seen),
        count(job.changed),
        usd(difference)
    );
    let said = match job.state {
        RecomputeState::Running => format!("Pricing stored events of {what} again: {so_far}"),
        RecomputeState::Done => format!("Stored events of {what} were priced again: {so_far}"),
        RecomputeState::Cancelled => format!("The pricing of {what} was stopped: {so_far}"),
        RecomputeState::Failed => format!(
            "The pricing of {what} failed: {}",
            job.error.clone().unwrap_or_default()
        ),
    };
    let mut parts = vec![el("p", "num", vec![said.part()])];
    if job.state == RecomputeState::Running {
        let bar = tag("progress")
            .class("usage-bar")
            .attr("aria-label", "How far it is")
            .attr("max", job.total.max(1).to_string())
            .attr("value", job.seen.min(job.total).to_string());
        let stop = Callback::new(move |()| {
            spawn_local(async move {
                // What is shown next says whether it has stopped.
                let _ = api::stop_recompute(&slug.get_untracked()).await;
                progress.now();
            });
        });
        parts.push(bar.part());
        parts.push(view! { <Button label="Stop" on_press=stop/> }.part());
    }
    let body = el("div", "panel-body budget", parts);
    view! { <Panel title="Pricing the past" body/> }.part()
}

/// Prices the past of one model again.
pub(super) fn price_past(slug: Memo<String>, model: String, progress: Refresh, toasts: Toasts) {
    spawn_local(async move {
        let body = RecomputeRequest { models: vec![model] };
        match api::recompute(&slug.get_untracked(), &body).await {
            Ok(_) => progress.now(),
            Err(error) => toasts.error(error.message()),
        }
    });
}
