//! A question whose answer is shown, and changes in place when it is asked anew.

use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use super::{
    Counted, Refresh,
    partial::{Partial, partial_line},
};
use crate::{
    api::{ApiError, ApiResult, Fetched, get_text, read},
    components::{ErrorView, SkeletonLines, wait},
    view::{IntoPart, Part, PartFn, effect, el, make, memo, nothing, show, show_some},
};

/// How far an answer is.
#[derive(Clone, PartialEq)]
enum Phase {
    Waiting,
    Here,
    Failed(ApiError),
}

/// Draws what stands in the place of an answer that did not come.
type Failed = Box<dyn Fn(ApiError) -> Part + Send + Sync>;

/// A question and its latest answer.
pub(crate) struct Asked<T: Send + Sync + 'static> {
    /// Where it was asked for while the page was made; else the browser asks.
    fetched: Option<Fetched>,
    /// Raised to ask anew what the browser asks.
    retry: RwSignal<u32>,
    phase: RwSignal<Phase>,
    /// The latest answer that could be read. An answer that fails later leaves it.
    pub(crate) latest: RwSignal<Option<T>>,
    refresh: Refresh,
}

impl<T: Send + Sync + 'static> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Asked<T> {}

/// Asks, and again whenever the path changes or it is time to refresh. Only
/// while a page is made, and not in what is drawn of another answer: the server
/// draws that more than once, and what it hands to the browser is told apart by
/// the order in which it was asked for.
pub(crate) fn ask<T>(refresh: Refresh, path: impl Fn() -> String + Send + Sync + 'static) -> Asked<T>
where
    T: Counted + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let fetched = Fetched::one(path);
    fetched.again_when(refresh.tick);
    let asked = Asked::new(Some(fetched), refresh);
    effect(move || asked.absorb());
    asked
}

/// The same, asked by the browser alone: for what is drawn of another answer.
pub(crate) fn ask_here<T>(refresh: Refresh, path: impl Fn() -> String + Send + Sync + 'static) -> Asked<T>
where
    T: Counted + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let asked = Asked::new(None, refresh);
    // An answer to a question that is no longer asked is void.
    let run = StoredValue::new(0_u32);
    effect(move || {
        refresh.tick.track();
        asked.retry.track();
        let path = path();
        run.update_value(|run| *run += 1);
        let this = run.get_value();
        spawn_local(async move {
            let answer = get_text(path).await.and_then(|text| read(&text));
            if run.try_get_value() == Some(this) {
                asked.take(answer);
            }
        });
    });
    asked
}

impl<T> Asked<T>
where
    T: Counted + DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    fn new(fetched: Option<Fetched>, refresh: Refresh) -> Self {
        Self {
            fetched,
            retry: RwSignal::new(0),
            phase: RwSignal::new(Phase::Waiting),
            latest: RwSignal::new(None),
            refresh,
        }
    }

    /// Takes in what was answered.
    fn absorb(self) {
        if let Some(answer) = self.fetched.and_then(Fetched::read::<T>) {
            self.take(answer);
        }
    }

    fn take(self, answer: ApiResult<T>) {
        let is_here = *self.phase.read_untracked() == Phase::Here;
        let phase = match answer {
            Ok(answer) => {
                if self.latest.read_untracked().as_ref() != Some(&answer) {
                    self.latest.set(Some(answer));
                }
                self.note_lost(false);
                Phase::Here
            }
            // What is shown stays, until one has to log in again.
            Err(error) if is_here && !error.is_unauthenticated() => {
                self.note_lost(true);
                Phase::Here
            }
            Err(error) => Phase::Failed(error),
        };
        if *self.phase.read_untracked() != phase {
            self.phase.set(phase);
        }
    }

    fn note_lost(self, lost: bool) {
        if self.refresh.lost.get_untracked() != lost {
            self.refresh.lost.set(lost);
        }
    }

    /// How the latest answer falls short of what was asked for.
    pub(crate) fn partial(self) -> Option<Partial> {
        self.latest.with(|answer| answer.as_ref().and_then(Counted::partial))
    }

    /// What is drawn of it, once: what is drawn follows `latest` by itself. Above
    /// it stands whether the answer is partial.
    pub(crate) fn show(self, draw: impl Fn() -> Part + Send + Sync + 'static) -> Part {
        self.drawn(self.marked(make(draw)), self.failed())
    }

    /// The same where something else says whether the answer is partial.
    pub(crate) fn show_unmarked(self, draw: impl Fn() -> Part + Send + Sync + 'static) -> Part {
        self.drawn(make(draw), self.failed())
    }

    /// The same with something else to stand where there is no answer.
    pub(crate) fn show_or(
        self,
        draw: impl Fn() -> Part + Send + Sync + 'static,
        instead: impl Fn() -> Part + Send + Sync + 'static,
    ) -> Part {
        self.drawn(self.marked(make(draw)), Box::new(move |_| instead()))
    }

    /// What stands where there is no answer: why, and a way to try again.
    fn failed(self) -> Failed {
        let retry = Callback::new(move |()| match self.fetched {
            Some(fetched) => fetched.refetch(),
            None => self.retry.update(|n| *n = n.wrapping_add(1)),
        });
        Box::new(move |error| view! { <ErrorView error retry/> }.part())
    }

    /// The same of something that one can do without: where it fails, the page
    /// goes without it.
    pub(crate) fn show_extra(self, draw: impl Fn() -> Part + Send + Sync + 'static) -> Part {
        self.show_or(draw, nothing)
    }

    /// What is drawn, below a line that says that it is partial, when it is. A
    /// whole answer stands for itself: what is around it need not make room.
    fn marked(self, draw: PartFn) -> PartFn {
        make(move || {
            let draw = draw.clone();
            let is_partial = memo(move |_| self.partial().is_some());
            let content = show(move || {
                let drawn = untrack(|| draw());
                if !is_partial.get() {
                    return drawn;
                }
                let line = show_some(move || self.partial().map(partial_line));
                el("div", "is-partial", vec![line.part(), drawn])
            });
            content.part()
        })
    }

    fn drawn(self, draw: PartFn, failed: Failed) -> Part {
        let content = show(move || {
            // Read here, so that the server waits for it; what comes later is
            // taken in by the effect.
            untrack(|| self.absorb());
            match self.phase.get() {
                Phase::Waiting => view! { <SkeletonLines count=4/> }.part(),
                Phase::Here => untrack(|| draw()),
                Phase::Failed(error) => failed(error),
            }
        });
        if self.fetched.is_none() {
            return content.part();
        }
        let meanwhile = view! { <SkeletonLines count=4/> }.part();
        wait(meanwhile, content, RwSignal::new(false))
    }
}
