//! Revoking a key, which cannot be undone.

use eventglass_model::ApiKey;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{Button, ButtonKind, Dialog, Toasts},
    pages::send_events::forget_key,
    view::{IntoPart, make},
};

/// The key that one is about to revoke.
#[derive(Clone, Copy)]
pub(super) struct Revoking {
    open: RwSignal<bool>,
    /// Its id, and its prefix for people.
    key: StoredValue<(i64, String)>,
}

impl Revoking {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            key: StoredValue::new((0, String::new())),
        }
    }

    /// Asks whether to revoke a key.
    pub(super) fn ask(self, key: &ApiKey) {
        self.key.set_value((key.id, key.prefix.clone()));
        self.open.set(true);
    }
}

/// Asks once more, then revokes.
#[component]
pub(super) fn RevokeDialog(
    /// The project.
    slug: Memo<String>,
    /// Which key, and whether that is being asked.
    revoking: Revoking,
    /// Called when it is revoked.
    done: Callback<()>,
) -> impl IntoView {
    let Revoking { open, key } = revoking;
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    let revoke = move |()| {
        let (id, _) = key.get_value();
        let slug = slug.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let answer = api::revoke_key(&slug, id).await;
            busy.set(false);
            match answer {
                Ok(()) => {
                    // It may be the one that was kept for the snippets.
                    forget_key(&slug);
                    toasts.say("The key is revoked.");
                    open.set(false);
                    done.run(());
                }
                Err(error) => toasts.error(error.message()),
            }
        });
    };
    let body = make(move || {
        let (_, prefix) = key.get_value();
        view! {
            <p>
                "Whatever sends with " <code>{prefix}"…"</code>
                " will be refused from now on. This cannot be undone."
            </p>
            <div class="dialog-actions">
                <Button label="Keep it" on_press=move |()| open.set(false)/>
                <Button kind=ButtonKind::Danger busy label="Revoke" on_press=revoke/>
            </div>
        }
        .part()
    });
    view! { <Dialog open title="Revoke this key?" id="revoke" body/> }
}
