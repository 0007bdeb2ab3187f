//! Asks anew, for as long as somebody can see the page.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{browser, window::visible};

/// When to ask anew, and how it goes.
#[derive(Clone, Copy)]
pub(crate) struct Refresh {
    /// Raised to ask anew.
    pub(crate) tick: RwSignal<u32>,
    /// Whether the last question went without an answer.
    pub(crate) lost: RwSignal<bool>,
}

impl Refresh {
    /// Raises the tick every so many seconds (never where there are none) while
    /// the page can be seen, and once when it can be seen again.
    pub(crate) fn every(seconds: Signal<Option<u32>>) -> Self {
        let refresh = Self {
            tick: RwSignal::new(0),
            lost: RwSignal::new(false),
        };
        let visible = visible();
        // Each run of the effect voids the loop that the run before it started.
        let run = StoredValue::new(0_u32);
        Effect::new(move |was_hidden: Option<bool>| {
            run.update_value(|run| *run += 1);
            let (is_visible, seconds) = (visible.get(), seconds.get());
            if let (true, Some(seconds)) = (is_visible, seconds) {
                if was_hidden == Some(true) {
                    refresh.now();
                }
                let this = run.get_value();
                spawn_local(async move {
                    loop {
                        browser::sleep(Duration::from_secs(u64::from(seconds))).await;
                        if run.try_get_value() != Some(this) {
                            return;
                        }
                        refresh.now();
                    }
                });
            }
            !is_visible
        });
        refresh
    }

    /// Asks anew.
    pub(crate) fn now(self) {
        self.tick.update(|n| *n = n.wrapping_add(1));
    }
}
