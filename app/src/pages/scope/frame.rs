//! The frame of a page of numbers.

use eventglass_model::Project;
use leptos::prelude::*;
use leptos_meta::Title;

use super::{Scope, environments::environments};
use crate::{
    components::{
        ErrorView, Glyph, Icon, IconButton, Range, SkeletonLines, TimeRange, chart::TimeChart, page_head, wait,
    },
    session::Session,
    view::{IntoPart, Part, el, nothing, show_some, tag},
};

/// Title, time range and what the page is about, for those who may see the
/// project. `body` is drawn once.
pub(crate) fn frame(scope: Scope, title: &'static str, body: impl Fn(Project) -> Part + Send + Sync + 'static) -> Part {
    frame_with(scope, title, nothing(), body)
}

/// The same, with something more that can be done.
pub(crate) fn frame_with(
    scope: Scope,
    title: &'static str,
    extra: Part,
    body: impl Fn(Project) -> Part + Send + Sync + 'static,
) -> Part {
    let head = head(scope, title.part(), extra);
    whole(scope, Some(head), move || title.to_owned(), body)
}

/// The same for a page whose name is known only when its content is: `body`
/// draws [`head`] itself.
pub(crate) fn frame_whole(
    scope: Scope,
    title: impl Fn() -> String + Send + Sync + 'static,
    body: impl Fn(Project) -> Part + Send + Sync + 'static,
) -> Part {
    whole(scope, None, title, body)
}

/// The head of a page of numbers: its title, what can be done, the time range.
pub(crate) fn head(scope: Scope, title: Part, extra: Part) -> Part {
    head_over(scope, scope.range, "Last 24 hours", title, extra)
}

/// The same of a page that shows `range` when nothing is chosen; to choose
/// nothing is called `unset`.
pub(crate) fn head_over(scope: Scope, range: Memo<Range>, unset: &'static str, title: Part, extra: Part) -> Part {
    page_head(title, Some(actions(scope, range, unset, extra)))
}

fn whole(
    scope: Scope,
    head: Option<Part>,
    title: impl Fn() -> String + Send + Sync + 'static,
    body: impl Fn(Project) -> Part + Send + Sync + 'static,
) -> Part {
    let session = Session::from_context();
    let retry = Callback::new(move |()| session.project.refetch());
    let content = show_some(move || {
        Some(match session.project.read::<Project>()? {
            Ok(project) => untrack(|| body(project)),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let meanwhile = view! { <SkeletonLines count=14/> }.part();
    let mut parts: Vec<Part> = head.into_iter().collect();
    parts.push(lost(scope));
    parts.push(wait(meanwhile, content, RwSignal::new(false)));
    view! {
        <Title text=move || format!("{} · {}", title(), scope.slug.get())/>
        {el("div", "page page-full", parts)}
    }
    .part()
}

fn actions(scope: Scope, range: Memo<Range>, unset: &'static str, extra: Part) -> Part {
    let refresh = Callback::new(move |()| scope.refresh.now());
    let set = Callback::new(move |range| scope.set_range(range));
    let parts = vec![
        environments(scope),
        extra,
        view! { <TimeRange range unset set/> }.part(),
        view! { <IconButton glyph=Glyph::Refresh label="Ask anew" on_press=refresh/> }.part(),
    ];
    el("div", "page-actions", parts)
}

/// A line that says when the server does not answer.
fn lost(scope: Scope) -> Part {
    let line = show_some(move || {
        let parts = vec![
            view! { <Icon glyph=Glyph::Offline/> }.part(),
            el(
                "span",
                "",
                vec!["The server does not answer: these numbers are no longer fresh.".part()],
            ),
        ];
        scope.refresh.lost.get().then(|| el("div", "banner", parts))
    });
    tag("div").attr("role", "status").child(line.part()).part()
}

/// A part of the page with a heading, and perhaps a link at its other end.
pub(crate) fn panel(title: &str, more: Option<Part>, body: Part) -> Part {
    let mut head = vec![el("h2", "panel-title", vec![title.to_owned().part()])];
    head.extend(more);
    el("section", "panel", vec![el("header", "panel-head", head), body])
}

/// A chart with its heading.
pub(crate) fn chart_panel(title: &str, chart: TimeChart) -> Part {
    panel(title, None, chart.part())
}
