//! Asks for new events.

use std::time::Duration;

use eventglass_model::EventQuery;
use leptos::{ev, prelude::*, task::spawn_local};

use super::{super::state::Page, rows::MOST_ARRIVALS};
use crate::{api, browser};

/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause while the server does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Asks for new events while the list is live and somebody can see it.
pub(in super::super) fn keep_live(page: Page) {
    let visible = RwSignal::new(true);
    Effect::new(move |_| {
        let listener = window_event_listener(ev::visibilitychange, move |_| visible.set(!browser::is_hidden()));
        on_cleanup(move || listener.remove());
        visible.set(!browser::is_hidden());
    });
    // Each run of the effect voids the loop that the run before it started.
    let run = StoredValue::new(0_u32);
    Effect::new(move |before: Option<(bool, u32)>| {
        run.update_value(|run| *run += 1);
        page.list.generation.track();
        let on = page.live.get() && visible.get();
        let hurry = page.hurry.get();
        if on {
            // At once when it was off or somebody is waiting, else in a while.
            let at_once = before.is_some_and(|before| before != (true, hurry));
            spawn_local(ask_on(page, run, if at_once { Duration::ZERO } else { PAUSE }));
        } else {
            page.lost.set(0);
        }
        (on, hurry)
    });
}

async fn ask_on(page: Page, run: StoredValue<u32>, first_pause: Duration) {
    let this = run.get_value();
    let mut pause = first_pause;
    let mut failures = 0_u32;
    loop {
        browser::sleep(pause).await;
        // Void, or the page is gone.
        if run.try_get_value() != Some(this) {
            return;
        }
        let Some(watermark) = page.list.watermark() else { return };
        let slug = page.slug.get_untracked();
        let query = EventQuery {
            arrived_after: Some(watermark),
            limit: Some(MOST_ARRIVALS),
            ..page.query.get_untracked()
        };
        let answer = api::events(&slug, &query).await;
        if run.try_get_value() != Some(this) {
            return;
        }
        match answer {
            Ok(answer) => {
                failures = 0;
                pause = PAUSE;
                if page.lost.get_untracked() != 0 {
                    page.lost.set(0);
                }
                page.list.arrived(page, answer);
            }
            // The page itself will say so, and send one to the login page.
            Err(error) if error.is_unauthenticated() => {
                page.reload.update(|n| *n += 1);
                return;
            }
            Err(_) => {
                failures += 1;
                pause = PAUSE.saturating_mul(1 << failures.min(4)).min(LONGEST_PAUSE);
                page.lost.set(u32::try_from(pause.as_secs()).unwrap_or(u32::MAX));
            }
        }
    }
}
