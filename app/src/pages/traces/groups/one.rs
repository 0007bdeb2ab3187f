//! `/p/{slug}/sessions/{id}` and `/p/{slug}/users/{id}`.

use eventglass_model::{ActivityBucket, Group, TracePage, TraceQuery, encode_pairs};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{chart::charts, one_of};
use crate::{
    api::{self, ApiError, Fetched},
    components::{ErrorView, Record, SkeletonRows, TimeStyle, TimeText, wait},
    format::{compact, grouped},
    pages::traces::{
        figures::{cost, errors, number_of},
        list::{head_row, trace_row},
    },
    session::project_slug,
    view::{IntoPart, Part, el, memo, nothing, show_some, tag},
};

/// How many traces are shown; all of them are a link away.
const SOME: usize = 50;

/// A session, or a user: figures, what happened over time, and traces.
#[component]
pub(crate) fn GroupPage(
    /// `sessions` or `users`.
    what: &'static str,
) -> impl IntoView {
    let slug = project_slug();
    let params = use_params_map();
    let id = memo(move |_| params.read().get("group").unwrap_or_default());
    let activity = Fetched::one(move || api::group_path(&slug.read(), what, &id.read()));
    let retry = Callback::new(move |()| activity.refetch());
    let head = show_some(move || {
        let read = activity
            .text()?
            .and_then(|text| activity_view(&slug.read_untracked(), what, &text));
        Some(match read {
            Ok(part) => part,
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let query = move || {
        let mut query = TraceQuery::default();
        let ids = if what == "users" {
            &mut query.user
        } else {
            &mut query.session
        };
        ids.push(id.get());
        query
    };
    let traces = Fetched::one(move || {
        let query = TraceQuery {
            limit: Some(SOME),
            ..query()
        };
        api::traces_path(&slug.read(), &query)
    });
    let list = show_some(move || {
        Some(match traces.read::<TracePage>()? {
            Ok(page) => trace_list(&slug.read_untracked(), page),
            // The head says what is wrong.
            Err(_) => nothing(),
        })
    });
    let all = tag("a")
        .class("link")
        .text("href", move || {
            format!("/p/{}/traces?{}", slug.read(), encode_pairs(query().to_pairs()))
        })
        .child("All of them, with filters".part());
    let (_, title) = one_of(what);
    let page_title = move || format!("{title} {} · {}", id.read(), slug.read());
    let heads = view! { <SkeletonRows count=4/> }.part();
    let rows = view! { <SkeletonRows count=12/> }.part();
    view! {
        <Title text=page_title/>
        <div class="group-page">
            <h1 class="trace-title">
                <span class="muted">{title}" "</span>
                <span class="mono">{crate::view::text(move || id.get())}</span>
            </h1>
            {wait(heads, head, RwSignal::new(false))}
            <header class="group-traces-head">
                <h2 class="small-title">"Traces"</h2>
                {all.part()}
            </header>
            <section class="traces-list" aria-label="Traces">{wait(rows, list, RwSignal::new(false))}</section>
        </div>
    }
    .part()
}

/// The answer of `/sessions/{id}` and `/users/{id}` ([`Activity`](eventglass_model::Activity)).
fn activity_view(slug: &str, what: &'static str, json: &str) -> Result<Part, ApiError> {
    let group: Group = api::read(json)?;
    let record = Record::read(json).ok_or(ApiError::Unreadable(200))?;
    let buckets: Vec<ActivityBucket> = record.value("buckets").unwrap_or_default();
    let fact = |label: &'static str, value: Part| {
        el(
            "span",
            "trace-fact",
            vec![el("span", "muted", vec![label.part()]), value],
        )
    };
    let (first, last) = (group.first, group.last);
    let mut facts = vec![
        fact("First", view! { <TimeText time=first style=TimeStyle::Row/> }.part()),
        fact("Last", view! { <TimeText time=last style=TimeStyle::Row/> }.part()),
        number_of(group.traces, "trace", "traces").part(),
        fact("of them with errors", grouped(group.failed_traces).part()),
        fact("Errors", errors(group.errors)),
        fact("Tokens", compact(group.tokens).part()),
        fact("Cost", cost(Some(group.cost_usd), group.cost_complete)),
    ];
    for user in group.users {
        let href = format!("/p/{slug}/users/{}", eventglass_model::encode_segment(&user));
        facts.push(fact(
            "User",
            tag("a").class("link").attr("href", href).child(user.part()).part(),
        ));
    }
    if let Some(sessions) = group.sessions {
        let href = format!("/p/{slug}/sessions?{}", encode_pairs([("user", group.id.as_str())]));
        let text = number_of(sessions, "session", "sessions");
        facts.push(tag("a").class("link").attr("href", href).child(text.part()).part());
    }
    if group.partial {
        let (one, _) = one_of(what);
        facts.push(el(
            "span",
            "badge badge-warning",
            vec![format!("only the newest traces of this {one} are counted").part()],
        ));
    }
    let parts = vec![
        el("div", "trace-figures num", facts),
        charts(&buckets, record.number("bucket_secs"), group.cost_complete),
    ];
    Ok(parts.part())
}

fn trace_list(slug: &str, page: TracePage) -> Part {
    if page.items.is_empty() {
        return el("p", "muted", vec!["No traces.".part()]);
    }
    let rows = page
        .items
        .into_iter()
        .map(|trace| trace_row(slug, ArcRwSignal::new(trace), tag("a").class("ev-link")));
    tag("div")
        .attr("role", "table")
        .attr("aria-label", "Traces, newest first")
        .child(head_row())
        .children(rows.collect())
        .part()
}
