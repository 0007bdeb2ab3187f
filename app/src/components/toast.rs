//! Short messages that go by themselves.

use std::time::Duration;

use leptos::prelude::*;

use crate::view::{IntoPart, Part, show, tag};

/// How long a message stays.
const STAY: Duration = Duration::from_secs(5);

#[derive(Clone, PartialEq, Eq)]
struct Toast {
    id: u32,
    text: String,
    bad: bool,
}

/// Where to put short messages.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u32>,
}

impl Toasts {
    /// Makes the place and offers it to all that is below.
    pub(crate) fn provide() {
        provide_context(Self {
            shown: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
        });
    }

    /// The place that [`Self::provide`] made.
    #[must_use]
    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self {
            shown: RwSignal::new(Vec::new()),
            next_id: StoredValue::new(0),
        })
    }

    /// Something went well.
    pub(crate) fn say(self, text: impl Into<String>) {
        self.push(text.into(), false);
    }

    /// Something went wrong.
    pub(crate) fn error(self, text: impl Into<String>) {
        self.push(text.into(), true);
    }

    fn push(self, text: String, bad: bool) {
        let id = self.next_id.get_value();
        self.next_id.set_value(id.wrapping_add(1));
        self.shown.update(|shown| shown.push(Toast { id, text, bad }));
        set_timeout(move || self.drop(id), STAY);
    }

    fn drop(self, id: u32) {
        self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// Shows the messages. Stands once, in the page's frame.
#[component]
pub(crate) fn Toaster() -> impl IntoView {
    let toasts = Toasts::from_context();
    let list = show(move || {
        let shown = toasts.shown.get().into_iter();
        shown.map(|toast| toast_view(toasts, toast)).collect_view().part()
    });
    tag("div")
        .class("toaster")
        .attr("role", "status")
        .attr("aria-live", "polite")
        .child(list.part())
        .part()
}

fn toast_view(toasts: Toasts, Toast { id, text, bad }: Toast) -> Part {
    tag("button")
        .attr("type", "button")
        .class(if bad { "toast toast-error" } else { "toast" })
        .attr("title", "Dismiss")
        .press(move |_| toasts.drop(id))
        .child(text.part())
        .part()
}
