//! What can be done with refused items.

use eventglass_model::{ReplayOutcome, ReplayRequest};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{self, ApiError},
    browser,
    components::Toasts,
    format::count,
    pages::ingest::state::Page,
};

/// Names the heading of the panel, which gets the focus when what had it is gone.
pub(super) const HEADING: &str = "refused-panel";

/// Which items something is done with, and what is done already.
#[derive(Clone, Copy)]
pub(in super::super) struct Which {
    /// The item to delete; none for all with the reason.
    pub(super) id: StoredValue<Option<i64>>,
    /// Whether that is being asked.
    pub(super) asking: RwSignal<bool>,
    /// Whether something is under way.
    pub(super) busy: RwSignal<bool>,
    /// The items that are no longer there.
    pub(super) gone: RwSignal<Vec<i64>>,
    /// Raised to fetch the items again.
    pub(super) reload: RwSignal<u32>,
    toasts: Toasts,
}

impl Which {
    /// Makes it and offers it to all that is below.
    pub(in super::super) fn provide() -> Self {
        let which = Self {
            id: StoredValue::new(None),
            asking: RwSignal::new(false),
            busy: RwSignal::new(false),
            gone: RwSignal::new(Vec::new()),
            reload: RwSignal::new(0),
            toasts: Toasts::from_context(),
        };
        provide_context(which);
        which
    }

    /// Asks whether to delete one item, or all with the reason.
    pub(super) fn ask(self, id: Option<i64>) {
        self.id.set_value(id);
        self.asking.set(true);
    }

    /// Sends one item through its door again, or all with the reason.
    pub(super) fn replay(self, page: Page, id: Option<i64>) {
        let request = ReplayRequest {
            ids: id.into_iter().collect(),
            reason: id.is_none().then(|| page.reason.get_untracked()),
        };
        self.busy.set(true);
        let answer = api::replay(&page.slug.read_untracked(), &request);
        spawn_local(async move {
            match answer.await {
                Ok(outcome) => {
                    let stays = outcome.rejected > 0;
                    if stays {
                        self.toasts.error(said(&outcome));
                    } else {
                        self.toasts.say(said(&outcome));
                    }
                    self.done(page, id, stays);
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    /// Deletes what was asked about.
    pub(super) fn delete(self, page: Page) {
        let id = self.id.get_value();
        self.busy.set(true);
        spawn_local(async move {
            let slug = page.slug.get_untracked();
            let reason = page.reason.get_untracked();
            let answer = match id {
                Some(id) => api::delete_refused(&slug, id).await,
                None => api::delete_all_refused(&slug, &reason).await,
            };
            match answer {
                Ok(()) => {
                    self.toasts.say("Deleted.");
                    self.asking.try_set(false);
                    self.done(page, id, false);
                }
                Err(error) => self.failed(&error),
            }
        });
    }

    /// One item goes from its place; of several the list is fetched again.
    fn done(self, page: Page, id: Option<i64>, stays: bool) {
        // By now the page may be gone.
        self.busy.try_set(false);
        match id {
            Some(id) if !stays => {
                self.gone.try_update(|gone| gone.push(id));
                request_animation_frame(|| browser::focus_id(HEADING));
            }
            Some(_) => {}
            None => drop(self.reload.try_update(|n| *n += 1)),
        }
        page.asking.hurry.try_update(|n| *n += 1);
    }

    /// Says why something could not be done.
    pub(super) fn failed(self, error: &ApiError) {
        self.busy.try_set(false);
        self.toasts.error(error.message());
    }
}

/// `3 stored, 1 was stored before, 2 refused again`.
fn said(outcome: &ReplayOutcome) -> String {
    let counts = [
        (outcome.accepted, "stored"),
        (outcome.duplicates, "stored before"),
        (outcome.rejected, "refused again"),
    ];
    let said: Vec<String> = counts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", count(*n)))
        .collect();
    if said.is_empty() {
        "There was nothing to replay.".to_owned()
    } else {
        format!("Replayed: {}.", said.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_became_of_them() {
        let outcome = |accepted, duplicates, rejected| ReplayOutcome {
            accepted,
            duplicates,
            rejected,
        };
        assert_eq!(said(&outcome(1_200, 0, 2)), "Replayed: 1,200 stored, 2 refused again.");
        assert_eq!(said(&outcome(0, 1, 0)), "Replayed: 1 stored before.");
        assert_eq!(said(&outcome(0, 0, 0)), "There was nothing to replay.");
    }
}
