//! `/p/{slug}/sessions` and `/p/{slug}/users`.

use eventglass_model::{Group, GroupPage as Answer, GroupQuery, decode_pairs, encode_pairs, encode_segment};
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::one_of;
use crate::{
    api::{self, Fetched},
    browser,
    components::{Button, EmptyState, ErrorView, Glyph, Icon, SkeletonRows, TableScroll, TimeStyle, TimeText, wait},
    format::{compact, grouped},
    pages::traces::{
        areas::area_links,
        figures::{cost, errors},
    },
    session::project_slug,
    view::{IntoPart, Part, el, memo, show, show_some, tag},
};

/// How many are fetched at a time.
const PAGE_SIZE: usize = 50;

fn parse(search: &str) -> GroupQuery {
    let pairs = decode_pairs(search).into_iter();
    GroupQuery::from_pairs(pairs, &["from", "to", "q", "user"]).unwrap_or_default()
}

/// The list of sessions, or of users.
#[component]
pub(crate) fn GroupsPage(
    /// `sessions` or `users`.
    what: &'static str,
) -> impl IntoView {
    let slug = project_slug();
    let search = use_location().search;
    let navigate = use_navigate();
    let query = memo(move |_| search.with(|search| parse(search)));
    let first = Fetched::one(move || {
        let query = GroupQuery {
            limit: Some(PAGE_SIZE),
            ..query.get()
        };
        api::groups_path(&slug.read(), what, &query)
    });
    let retry = Callback::new(move |()| first.refetch());
    let body = show_some(move || {
        Some(match first.read::<Answer>()? {
            Ok(page) if page.items.is_empty() => nothing(what, !query.read().q.is_empty()),
            Ok(page) => table(slug.get_untracked(), what, query.get_untracked(), page),
            Err(error) => view! { <ErrorView error retry/> }.part(),
        })
    });
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let query = GroupQuery {
            q: browser::field_of(&event, "q"),
            ..query.get_untracked()
        };
        let pairs = encode_pairs(query.to_pairs());
        navigate(
            &format!("/p/{}/{what}?{pairs}", slug.read_untracked()),
            NavigateOptions::default(),
        );
    };
    let (one, _) = one_of(what);
    let heading = if what == "users" { "Users" } else { "Sessions" };
    let title = move || format!("{heading} · {}", slug.read());
    let meanwhile = view! { <SkeletonRows count=16/> }.part();
    view! {
        <Title text=title/>
        <h1 class="sr-only">{heading}</h1>
        <div class="events">
            <div class="toolbar">
                {area_links(slug, what)}
                <form class="search" role="search" method="get" on:submit=submit>
                    <Icon glyph=Glyph::Search/>
                    <input
                        class="search-input"
                        id="search"
                        name="q"
                        type="text"
                        autocomplete="off"
                        placeholder=format!("Part of a {one}'s id")
                        aria-label=format!("Find a {one}")
                        value=query.with_untracked(|query| query.q.clone())
                    />
                </form>
            </div>
            <section class="groups" aria-label=heading>{wait(meanwhile, body, RwSignal::new(false))}</section>
        </div>
    }
    .part()
}

fn nothing(what: &'static str, searched: bool) -> Part {
    let (one, _) = one_of(what);
    let (title, why) = if searched {
        (
            format!("No {one} matches"),
            format!("No {one} with traces has this in its id."),
        )
    } else {
        (
            format!("No {what} yet"),
            format!("Traces that name a {one} (`{one}_id`, `{one}.id`) are counted here."),
        )
    };
    let body = el("p", "", vec![why.part()]);
    view! { <EmptyState glyph=Glyph::Traces title body/> }.part()
}

fn table(slug: String, what: &'static str, query: GroupQuery, first: Answer) -> Part {
    let groups = RwSignal::new(first.items);
    let next = RwSignal::new(first.next_cursor);
    let busy = RwSignal::new(false);
    let path_slug = slug.clone();
    let more = Callback::new(move |()| {
        let query = GroupQuery {
            limit: Some(PAGE_SIZE),
            cursor: next.get_untracked(),
            ..query.clone()
        };
        let path = api::groups_path(&path_slug, what, &query);
        busy.set(true);
        spawn_local(async move {
            let answer = api::get_text(path).await.and_then(|text| api::read::<Answer>(&text));
            busy.try_set(false);
            if let Ok(answer) = answer {
                groups.try_update(|groups| groups.extend(answer.items));
                next.try_set(answer.next_cursor);
            }
        });
    });
    let (_, head) = one_of(what);
    let heads = [
        head,
        "Traces",
        "Traces with errors",
        "Errors",
        "Tokens",
        "Cost",
        "First",
        "Last",
    ];
    let heads = heads.map(|head| tag("th").attr("scope", "col").child(head.part()).part());
    let rows = show(move || {
        let rows = groups.read().iter().map(|group| row(&slug, what, group)).collect();
        el("tbody", "", rows)
    });
    let table = tag("table")
        .class("table")
        .attr("aria-label", if what == "users" { "Users" } else { "Sessions" })
        .child(el("thead", "", vec![el("tr", "", heads.into())]))
        .child(rows.part());
    let foot = show_some(move || {
        next.read()
            .is_some()
            .then(|| view! { <Button busy label="Load more" on_press=more/> }.part())
    });
    let table = table.part();
    vec![
        view! { <TableScroll label="What their traces add up to" table/> }.part(),
        el("div", "ev-footer", vec![foot.part()]),
    ]
    .part()
}

fn row(slug: &str, what: &'static str, group: &Group) -> Part {
    let link = tag("a")
        .class("row-link mono")
        .attr("href", format!("/p/{slug}/{what}/{}", encode_segment(&group.id)))
        .child(group.id.clone().part());
    let mut name = vec![link.part()];
    if !group.users.is_empty() {
        name.push(el("span", "row-note", vec![group.users.join(", ").part()]));
    }
    if let Some(sessions) = group.sessions {
        let note = crate::pages::traces::figures::number_of(sessions, "session", "sessions");
        name.push(el("span", "row-note", vec![note.part()]));
    }
    // What calls no model has no cost to speak of.
    let is_plain = group.tokens == 0 && group.cost_usd == 0.0;
    let spent = (!is_plain || !group.cost_complete).then_some(group.cost_usd);
    let tokens = if is_plain {
        el("span", "muted", vec!["–".part()])
    } else {
        compact(group.tokens).part()
    };
    let time = |time| view! { <TimeText time style=TimeStyle::Ago/> }.part();
    let cells = vec![
        el("td", "", name),
        el("td", "num", vec![grouped(group.traces).part()]),
        el("td", "num", vec![grouped(group.failed_traces).part()]),
        el("td", "num", vec![errors(group.errors)]),
        el("td", "num", vec![tokens]),
        el("td", "num nowrap", vec![cost(spent, group.cost_complete)]),
        el("td", "nowrap", vec![time(group.first)]),
        el("td", "nowrap", vec![time(group.last)]),
    ];
    el("tr", "", cells)
}
