//! Asks the server again and again, for as long as somebody can see the page.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiResult},
    browser,
    components::{Glyph, Icon, LinkButton},
    view::{IntoPart, Part, el, show_some, tag},
    window::visible,
};

/// The longest pause while the server does not answer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How it stands with the questions of a page.
#[derive(Clone, Copy)]
pub(crate) struct Live {
    /// While the server does not answer, after how many seconds it is asked again; else 0.
    pub(crate) lost: RwSignal<u32>,
    /// Raised to ask right now.
    pub(crate) hurry: RwSignal<u32>,
    /// Raised when whoever asks is not logged in any more: the page had better be fetched anew.
    pub(crate) reload: RwSignal<u32>,
}

/// Takes an answer in.
type Take = Box<dyn Fn(&str) -> ApiResult<()> + Send + Sync>;

/// What is asked.
pub(crate) struct Question {
    /// The pause between an answer and the next question.
    pub(crate) every: Duration,
    /// Whether to ask at all. Whenever what it reads changes, answers that are
    /// still to come are void and the asking starts anew.
    pub(crate) on: Box<dyn Fn() -> bool + Send + Sync>,
    /// The path of a `GET`; none to stop.
    pub(crate) path: Box<dyn Fn() -> Option<String> + Send + Sync>,
    /// Takes the answer in; an error when it cannot be read.
    pub(crate) take: Take,
}

impl Live {
    /// Nothing is asked yet.
    pub(crate) fn new() -> Self {
        Self {
            lost: RwSignal::new(0),
            hurry: RwSignal::new(0),
            reload: RwSignal::new(0),
        }
    }

    /// Asks for as long as the page is there and can be seen.
    pub(crate) fn keep_asking(self, question: Question) {
        let visible = visible();
        let every = question.every;
        let question = StoredValue::new(question);
        // Each run of the effect voids the loop that the run before it started.
        let run = StoredValue::new(0_u32);
        Effect::new(move |before: Option<(bool, u32)>| {
            run.update_value(|run| *run += 1);
            let on = question.try_with_value(|question| (question.on)()) == Some(true) && visible.get();
            let hurry = self.hurry.get();
            if on {
                // At once when it was off or somebody is waiting, else in a while.
                let at_once = before.is_some_and(|before| before != (true, hurry));
                spawn_local(ask_on(
                    self,
                    question,
                    run,
                    if at_once { Duration::ZERO } else { every },
                ));
            } else {
                self.lost.set(0);
            }
            (on, hurry)
        });
    }

    /// A line that says when the server does not answer.
    pub(crate) fn banner(self) -> Part {
        let line = show_some(move || match self.lost.get() {
            0 => None,
            seconds => Some(lost(self, seconds)),
        });
        tag("div").attr("role", "status").child(line.part()).part()
    }
}

fn lost(live: Live, seconds: u32) -> Part {
    let said = format!("The server does not answer. Asking again in {seconds} s.");
    let now = Callback::new(move |()| live.hurry.update(|n| *n += 1));
    let parts = vec![
        view! { <Icon glyph=Glyph::Offline/> }.part(),
        el("span", "", vec![said.part()]),
        view! { <LinkButton label="Ask now" on_press=now/> }.part(),
    ];
    el("div", "banner", parts)
}

async fn ask_on(live: Live, question: StoredValue<Question>, run: StoredValue<u32>, first_pause: Duration) {
    let this = run.get_value();
    let mut pause = first_pause;
    let mut failures = 0_u32;
    loop {
        browser::sleep(pause).await;
        // Void, or the page is gone.
        if run.try_get_value() != Some(this) {
            return;
        }
        let Some(Some(path)) = question.try_with_value(|question| (question.path)()) else {
            return;
        };
        let answer = api::get_text(path).await;
        if run.try_get_value() != Some(this) {
            return;
        }
        let goes_on = question.try_with_value(|question| {
            let taken = answer.and_then(|text| (question.take)(&text));
            let Live { lost, reload, .. } = live;
            match taken {
                Ok(()) => {
                    failures = 0;
                    pause = question.every;
                    if lost.get_untracked() != 0 {
                        lost.set(0);
                    }
                    true
                }
                // The page itself will say so, and send one to the login page.
                Err(error) if error.is_unauthenticated() => {
                    reload.update(|n| *n += 1);
                    false
                }
                Err(_) => {
                    failures += 1;
                    pause = question.every.saturating_mul(1 << failures.min(4)).min(LONGEST_PAUSE);
                    lost.set(u32::try_from(pause.as_secs()).unwrap_or(u32::MAX));
                    true
                }
            }
        });
        if goes_on != Some(true) {
            return;
        }
    }
}
