//! The column of filters with their counts.

use eventglass_model::{EventQuery, FacetValue, Facets as Answer, Severity};
use leptos::prelude::*;

use super::{super::state::Page, facet::Field};
use crate::{
    api::{self, ApiResult},
    components::{Glyph, IconButton, SeverityMark, SkeletonLines},
    format::{compact, grouped},
};

/// How many values of a field are shown at first.
const FIRST: usize = 8;

/// The values of each field, with how many events have them. Pressing one
/// looks for it, pressing it again no longer.
#[component]
pub(in super::super) fn Facets() -> impl IntoView {
    let page = Page::from_context();
    let facets = Resource::new(
        move || (page.slug.get(), page.query.get(), page.recount.get()),
        |(slug, query, _)| count(slug, query),
    );
    let groups = move || {
        facets.get().map(|answer| {
            // The list beside it says what went wrong, if anything.
            let answer = answer.unwrap_or_default();
            let nothing = answer.facets.values().all(Vec::is_empty);
            if nothing && !page.query.read_untracked().is_filtered() {
                // The style leaves the whole column out.
                return view! { <span class="facets-none"></span> }.into_any();
            }
            let partial = answer.partial.then_some("Counted among the newest events only.");
            let groups = Field::ALL
                .iter()
                .map(|field| group(page, *field, &answer))
                .collect_view();
            (groups, view! { <p class="facet-note">{partial}</p> }).into_any()
        })
    };
    view! {
        <aside class="facets" class:is-open=page.filters aria-label="Filters">
            <header class="facets-head">
                <h2 class="panel-title">"Filters"</h2>
                <IconButton glyph=Glyph::Close label="Close the filters" on:click=move |_| page.filters.set(false)/>
            </header>
            <Transition fallback=|| view! { <SkeletonLines count=12/> }>{groups}</Transition>
        </aside>
    }
    .into_any()
}

/// Counts the values of each field among the events that match all filters but
/// the field's own: else none of its other values could be chosen besides.
async fn count(slug: String, query: EventQuery) -> ApiResult<Answer> {
    let (chosen, open): (Vec<Field>, Vec<Field>) =
        Field::ALL.iter().partition(|field| !field.chosen(&query).is_empty());
    let names: Vec<&str> = open.iter().map(|field| field.name()).collect();
    let mut answer = Answer::default();
    if !names.is_empty() {
        answer = api::facets(&slug, &names, &query).await?;
    }
    for field in chosen {
        let mut others = query.clone();
        field.clear(&mut others);
        let own = api::facets(&slug, &[field.name()], &others).await?;
        answer.facets.extend(own.facets);
        answer.partial |= own.partial;
    }
    Ok(answer)
}

/// The values to choose from: what is there, and what is looked for although it is not.
fn values_of(field: Field, answer: &Answer, chosen: &[String]) -> Vec<FacetValue> {
    let found = answer.facets.get(field.name()).cloned().unwrap_or_default();
    let count_of = |value: &str| {
        found
            .iter()
            .find(|known| known.value == value)
            .map_or(0, |known| known.count)
    };
    if field == Field::Severity {
        // Always all of them, from worst to least.
        return Severity::WORDS
            .iter()
            .rev()
            .map(|word| FacetValue {
                value: (*word).to_owned(),
                count: count_of(word),
            })
            .collect();
    }
    let missing: Vec<FacetValue> = chosen
        .iter()
        .filter(|value| !found.iter().any(|known| known.value == **value))
        .map(|value| FacetValue {
            value: value.clone(),
            count: 0,
        })
        .collect();
    missing.into_iter().chain(found).collect()
}

fn group(page: Page, field: Field, answer: &Answer) -> impl IntoView + use<> {
    let chosen = Memo::new(move |_| page.query.with(|query| field.chosen(query)));
    let values = values_of(field, answer, &chosen.read_untracked());
    let all = RwSignal::new(false);
    let more = values.len().saturating_sub(FIRST);
    let none = values.is_empty();
    let rows = values
        .into_iter()
        .enumerate()
        .map(|(place, value)| {
            let hidden = move || place >= FIRST && !all.get();
            option(page, field, value, chosen, hidden)
        })
        .collect_view();
    view! {
        <fieldset class="facet" hidden=none>
            <legend class="facet-title">{field.label()}</legend>
            {rows}
            {(more > 0)
                .then(|| {
                    view! {
                        <button type="button" class="link facet-more" on:click=move |_| all.update(|all| *all = !*all)>
                            {move || if all.get() { "Show less".to_owned() } else { format!("Show {more} more") }}
                        </button>
                    }
                })}
        </fieldset>
    }
    .into_any()
}

fn option(
    page: Page,
    field: Field,
    FacetValue { value, count }: FacetValue,
    chosen: Memo<Vec<String>>,
    hidden: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let is_chosen = {
        let value = value.clone();
        Memo::new(move |_| chosen.read().contains(&value))
    };
    let toggled = value.clone();
    let toggle = move |_| page.narrow(|query| field.toggle(query, &toggled));
    let name = match Severity::parse(&value) {
        Ok(severity) if field == Field::Severity => view! { <SeverityMark severity/> }.into_any(),
        _ => {
            let title = value.clone();
            view! {
                <span class="truncate" title=title>
                    {value}
                </span>
            }
            .into_any()
        }
    };
    view! {
        <label class="facet-option" hidden=hidden>
            <input type="checkbox" checked=is_chosen.get_untracked() prop:checked=is_chosen on:change=toggle/>
            <span class="facet-value">{name}</span>
            <span class="facet-count" title=grouped(count)>
                {compact(count)}
            </span>
        </label>
    }
    .into_any()
}
