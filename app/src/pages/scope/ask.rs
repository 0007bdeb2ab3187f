//! A question whose answer is shown, and changes in place when it is asked anew.

use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::Refresh;
use crate::{
    api::{ApiError, Fetched},
    components::{ErrorView, SkeletonLines, wait},
    view::{IntoPart, Part, effect, show},
};

/// How far an answer is.
#[derive(Clone, PartialEq)]
enum Phase {
    Waiting,
    Here,
    Failed(ApiError),
}

/// A question and its latest answer.
pub(crate) struct Asked<T: Send + Sync + 'static> {
    fetched: Fetched,
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

/// Asks, and again whenever the path changes or it is time to refresh.
pub(crate) fn ask<T>(refresh: Refresh, path: impl Fn() -> String + Send + Sync + 'static) -> Asked<T>
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let asked = Asked {
        fetched: Fetched::one(path),
        phase: RwSignal::new(Phase::Waiting),
        latest: RwSignal::new(None),
        refresh,
    };
    asked.fetched.again_when(refresh.tick);
    effect(move || asked.absorb());
    asked
}

impl<T> Asked<T>
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    /// Takes in what was answered.
    fn absorb(self) {
        let Some(answer) = self.fetched.read::<T>() else {
            return;
        };
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

    /// What is drawn of it, once: what is drawn follows `latest` by itself.
    pub(crate) fn show(self, draw: impl Fn() -> Part + Send + Sync + 'static) -> Part {
        let retry = Callback::new(move |()| self.fetched.refetch());
        let content = show(move || {
            // Read here, so that the server waits for it; what comes later is
            // taken in by the effect.
            untrack(|| self.absorb());
            match self.phase.get() {
                Phase::Waiting => view! { <SkeletonLines count=4/> }.part(),
                Phase::Here => untrack(&draw),
                Phase::Failed(error) => view! { <ErrorView error retry/> }.part(),
            }
        });
        let meanwhile = view! { <SkeletonLines count=4/> }.part();
        wait(meanwhile, content, RwSignal::new(false))
    }
}
