//! The project has no events yet.

use std::time::Duration;

use eventglass_model::Project;
use leptos::prelude::*;

use crate::{
    api,
    components::{EmptyState, Glyph, pulse},
    hydration::use_hydrated,
    live::{Live, Question},
    pages::{
        scope::Scope,
        send_events::{SendEvents, recall_key},
    },
    session::Session,
    view::{IntoPart, Part, effect, el, show, tag},
};

/// How to send the first event; when it has come, the page is drawn anew.
pub(super) fn nothing_yet(scope: Scope) -> Part {
    let session = Session::from_context();
    let hydrated = use_hydrated();
    let key = RwSignal::new(None::<String>);
    effect(move || {
        if hydrated.get() {
            key.set(recall_key(&scope.slug.read()));
        }
    });
    Live::new().keep_asking(Question {
        every: Duration::from_secs(2),
        on: Box::new(|| true),
        path: Box::new(move || Some(api::project_path(&scope.slug.read_untracked()))),
        take: Box::new(move |text| {
            let project: Project = api::read(text)?;
            if project.event_count > 0 {
                // The numbers were asked for when there was nothing to count.
                scope.refresh.now();
                session.project.refetch();
            }
            Ok(())
        }),
    });
    let how = show(move || {
        let slug = scope.slug.get();
        match key.get() {
            Some(key) => el("div", "empty-snippets", vec![view! { <SendEvents key slug/> }.part()]),
            None => {
                let keys = tag("a")
                    .class("btn btn-primary")
                    .attr("href", format!("/p/{slug}/settings/keys"))
                    .child("Create a key".part());
                let said = el("p", "", vec!["To send events, one needs a key of this project.".part()]);
                vec![said, keys.part()].part()
            }
        }
    });
    let waiting = "Waiting for the first one. This page will come alive by itself.";
    let body = vec![el("p", "waiting", vec![pulse(), waiting.part()]), how.part()].part();
    view! { <EmptyState glyph=Glyph::Events title="No events yet" body/> }.part()
}
