//! A dashboard that is looked at or arranged.

use eventglass_model::{Dashboard, DashboardDraft, MAX_WIDGETS, TimeBound, Widget};
use leptos::{prelude::*, task::spawn_local};

use super::grid::settle;
use crate::{
    api::{self, ApiError},
    components::{Range, Toasts},
    pages::scope::Scope,
    view::memo,
};

/// A dashboard that is looked at or arranged.
#[derive(Clone, Copy)]
pub(super) struct Board {
    pub(super) scope: Scope,
    pub(super) id: Memo<String>,
    /// As it is on the screen.
    pub(super) draft: RwSignal<DashboardDraft>,
    /// As it was saved last.
    saved: RwSignal<DashboardDraft>,
    /// Whether it is being arranged.
    pub(super) editing: Memo<bool>,
    /// The widget whose form is open.
    pub(super) open: RwSignal<Option<String>>,
    /// What just happened, for those who cannot see it.
    pub(super) told: RwSignal<String>,
    /// Whether it is being saved.
    pub(super) busy: RwSignal<bool>,
    toasts: Toasts,
}

impl Board {
    pub(super) fn new(scope: Scope, id: Memo<String>) -> Self {
        let edit = scope.parameter("edit");
        Self {
            scope,
            id,
            draft: RwSignal::new(DashboardDraft::default()),
            saved: RwSignal::new(DashboardDraft::default()),
            editing: memo(move |_| !edit.read().is_empty()),
            open: RwSignal::new(None),
            told: RwSignal::new(String::new()),
            busy: RwSignal::new(false),
            toasts: Toasts::from_context(),
        }
    }

    /// Takes in what is stored, unless it is being arranged here.
    pub(super) fn load(self, dashboard: &Dashboard) {
        let mut draft = DashboardDraft {
            name: dashboard.name.clone(),
            description: dashboard.description.clone(),
            widgets: dashboard.widgets.clone(),
            from: dashboard.from.clone(),
            to: dashboard.to.clone(),
            refresh_seconds: dashboard.refresh_seconds,
            version: Some(dashboard.version),
        };
        settle(&mut draft.widgets, None);
        if *self.saved.read_untracked() == draft {
            return;
        }
        if !self.is_changed_untracked() {
            self.draft.set(draft.clone());
        }
        self.saved.set(draft);
    }

    /// The same, for what does not wait for it to change.
    pub(super) fn is_changed_untracked(self) -> bool {
        *self.draft.read_untracked() != *self.saved.read_untracked()
    }

    /// Whether there is something to save.
    pub(super) fn is_changed(self) -> bool {
        *self.draft.read() != *self.saved.read()
    }

    /// The time of all widgets: the address says, or the dashboard.
    pub(super) fn range(self) -> Range {
        match self.scope.range.get() {
            (None, None) => {
                let bound = |text: &Option<String>| text.as_deref().and_then(|text| TimeBound::parse(text).ok());
                self.draft.with(|draft| (bound(&draft.from), bound(&draft.to)))
            }
            range => range,
        }
    }

    /// A widget, for as long as there is one.
    pub(super) fn widget(self, id: &str) -> Memo<Option<Widget>> {
        let id = id.to_owned();
        memo(move |_| {
            self.draft
                .with(|draft| draft.widgets.iter().find(|widget| widget.id == id).cloned())
        })
    }

    /// Changes the widgets.
    pub(super) fn arrange(self, change: impl FnOnce(&mut Vec<Widget>)) {
        self.draft.update(|draft| change(&mut draft.widgets));
    }

    /// Opens the form of a widget more. There is none before the form is applied.
    pub(super) fn add(self) {
        if self.draft.with_untracked(|draft| draft.widgets.len()) >= MAX_WIDGETS {
            self.toasts
                .error(format!("A dashboard has at most {MAX_WIDGETS} widgets."));
        } else {
            self.open.set(Some(self.free_id()));
        }
    }

    /// Takes in what a form says: of a widget that is there, or of a new one.
    pub(super) fn put(self, widget: Widget) {
        self.arrange(|widgets| match widgets.iter_mut().find(|known| known.id == widget.id) {
            Some(known) => (known.title, known.kind, known.query) = (widget.title, widget.kind, widget.query),
            None => {
                widgets.push(widget);
                settle(widgets, None);
            }
        });
    }

    /// The same widget again.
    pub(super) fn duplicate(self, id: &str) {
        let free = self.free_id();
        self.arrange(|widgets| {
            let copy = widgets.iter().find(|widget| widget.id == id).cloned();
            if let Some(mut copy) = copy.filter(|_| widgets.len() < MAX_WIDGETS) {
                copy.id = free;
                copy.place.y += copy.place.height;
                widgets.push(copy);
                settle(widgets, None);
            }
        });
        self.told.set("Duplicated.".to_owned());
    }

    pub(super) fn delete(self, id: &str) {
        self.arrange(|widgets| {
            widgets.retain(|widget| widget.id != id);
            settle(widgets, None);
        });
        self.told.set("Removed; it is gone once you save.".to_owned());
    }

    fn free_id(self) -> String {
        self.draft.with_untracked(|draft| {
            let is_free = |id: &String| draft.widgets.iter().all(|widget| widget.id != *id);
            (1..).map(|n| format!("w{n}")).find(is_free).unwrap_or_default()
        })
    }

    /// Begins to arrange, or ends it.
    pub(super) fn set_editing(self, editing: bool) {
        let edit = if editing { "1" } else { "" };
        self.scope.set(&[("edit", edit)]);
    }

    /// As it was.
    pub(super) fn revert(self) {
        self.forget();
        self.set_editing(false);
    }

    /// Drops what is not saved.
    pub(super) fn forget(self) {
        self.draft.set(self.saved.get_untracked());
    }

    /// Saves it and ends the arranging.
    pub(super) fn save(self) {
        self.busy.set(true);
        spawn_local(async move {
            let (slug, id) = (self.scope.slug.get_untracked(), self.id.get_untracked());
            let draft = self.draft.get_untracked();
            let answer = api::change_dashboard(&slug, &id, &draft).await;
            self.busy.try_set(false);
            match answer {
                Ok(dashboard) => {
                    self.saved.set(self.draft.get_untracked());
                    self.load(&dashboard);
                    self.toasts.say("Saved.");
                    self.set_editing(false);
                }
                Err(error) => self.toasts.error(why(&error)),
            }
        });
    }
}

fn why(error: &ApiError) -> String {
    match error.status() {
        Some(409 | 412) => "Somebody else has changed it meanwhile. Load the page again to see how.".to_owned(),
        _ => error.message(),
    }
}
