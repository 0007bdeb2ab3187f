//! Revoking a key, which cannot be undone.

use eventglass_model::ApiKey;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    components::{Button, ButtonKind, Dialog, Toasts},
    pages::send_events::forget_key,
};

/// Asks once more, then revokes.
#[component]
pub(super) fn RevokeDialog(
    /// The project.
    slug: Memo<String>,
    /// The key, while there is one to revoke.
    revoking: RwSignal<Option<ApiKey>>,
    /// Called when it is revoked.
    done: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let toasts = Toasts::from_context();
    // Each follows the other; neither is told what it knows, or they would never end.
    Effect::new(move |_| {
        let asked = revoking.read().is_some();
        if asked != open.get_untracked() {
            open.set(asked);
        }
    });
    Effect::new(move |_| {
        if !open.get() && revoking.read_untracked().is_some() {
            revoking.set(None);
        }
    });
    let revoke = move |_| {
        let Some(key) = revoking.get_untracked() else { return };
        let slug = slug.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let answer = api::revoke_key(&slug, key.id).await;
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
    view! {
        <Dialog open title="Revoke this key?" id="revoke-title">
            <p>
                "Whatever sends with " <code class="mono">{move || revoking.read().as_ref().map(|key| key.prefix.clone())}"…"</code>
                " will be refused from now on. This cannot be undone."
            </p>
            <div class="dialog-actions">
                <Button on:click=move |_| open.set(false)>"Keep it"</Button>
                <Button kind=ButtonKind::Danger busy=busy on:click=revoke>
                    "Revoke"
                </Button>
            </div>
        </Dialog>
    }
    .into_any()
}
