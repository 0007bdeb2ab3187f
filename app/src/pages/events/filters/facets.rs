//! The column of filters with their counts.

use eventglass_model::{EventQuery, FacetValue, Facets as Answer, Severity};
use leptos::prelude::*;

use super::{super::state::Page, facet::Field};
use crate::{
    api::{self, Fetched},
    components::{Glyph, IconButton, SeverityMark, SkeletonLines, wait},
    format::{compact, grouped},
    view::{IntoPart, Part, el, show_some, tag, text, titled},
};

/// How many values of a field are shown at first.
const FIRST: usize = 8;

/// The values of each field, with how many events have them. Pressing one
/// looks for it, pressing it again no longer.
#[component]
pub(in super::super) fn Facets() -> impl IntoView {
    let page = Page::from_context();
    let facets = Fetched::all(move || page.query.with(|query| questions(&page.slug.read(), query)));
    facets.again_when(page.recount);
    let groups = show_some(move || {
        // The list beside it says what went wrong, if anything.
        let answers: Vec<Answer> = facets.read_all()?.unwrap_or_default();
        Some(groups(page, &answers))
    });
    let meanwhile = view! { <SkeletonLines count=12/> }.part();
    let close = Callback::new(move |()| page.filters.set(false));
    let head = vec![
        el("h2", "panel-title", vec!["Filters".part()]),
        view! { <IconButton glyph=Glyph::Close label="Close the filters" on_press=close/> }.part(),
    ];
    tag("aside")
        .word("class", move || {
            Some(if page.filters.get() { "facets is-open" } else { "facets" })
        })
        .attr("aria-label", "Filters")
        .child(el("header", "facets-head", head))
        .child(wait(meanwhile, groups, RwSignal::new(false)))
        .part()
}

/// Each field is counted among the events that match all filters but its own:
/// else none of its other values could be chosen besides. The fields without
/// a filter make one question, each other a question of its own.
fn questions(slug: &str, query: &EventQuery) -> Vec<String> {
    let (chosen, open): (Vec<Field>, Vec<Field>) = Field::ALL.iter().partition(|field| !field.chosen(query).is_empty());
    let mut questions = Vec::new();
    if !open.is_empty() {
        let names: Vec<&str> = open.iter().map(|field| field.name()).collect();
        questions.push(api::facets_path(slug, &names, query));
    }
    for field in chosen {
        let mut others = query.clone();
        field.clear(&mut others);
        questions.push(api::facets_path(slug, &[field.name()], &others));
    }
    questions
}

fn groups(page: Page, answers: &[Answer]) -> Part {
    let query = page.query.get_untracked();
    let found = |field: Field| answers.iter().find_map(|answer| answer.facets.get(field.name()));
    let nothing = Field::ALL.iter().all(|field| found(*field).is_none_or(Vec::is_empty));
    if nothing && !query.is_filtered() {
        // The style leaves the whole column out.
        return el("span", "facets-none", Vec::new());
    }
    let mut groups = Vec::new();
    for field in Field::ALL {
        let values = values_of(*field, found(*field).map_or(&[], Vec::as_slice), &field.chosen(&query));
        groups.push(group(page, *field, values));
    }
    let partial = answers.iter().any(|answer| answer.partial);
    if partial {
        groups.push(el(
            "p",
            "facet-note",
            vec!["Counted among the newest events only.".part()],
        ));
    }
    groups.part()
}

/// The values to choose from: what is there, and what is looked for although it is not.
fn values_of(field: Field, found: &[FacetValue], chosen: &[String]) -> Vec<FacetValue> {
    let none = |value: &str| FacetValue {
        value: value.to_owned(),
        count: 0,
    };
    let known = |value: &str| found.iter().find(|known| known.value == value).cloned();
    if field == Field::Severity {
        // Always all of them, from worst to least.
        let words = Severity::WORDS.iter().rev();
        return words.map(|word| known(word).unwrap_or_else(|| none(word))).collect();
    }
    let missing = chosen.iter().filter(|value| known(value).is_none());
    missing.map(|value| none(value)).chain(found.iter().cloned()).collect()
}

fn group(page: Page, field: Field, values: Vec<FacetValue>) -> Part {
    let all = RwSignal::new(false);
    let more = values.len().saturating_sub(FIRST);
    let chosen = page.query.with_untracked(|query| field.chosen(query));
    let mut group = tag("fieldset")
        .class("facet")
        .when(values.is_empty(), "hidden")
        .child(el("legend", "facet-title", vec![field.label().part()]));
    for (place, value) in values.into_iter().enumerate() {
        let is_chosen = chosen.contains(&value.value);
        let row = option(page, field, value, is_chosen);
        // Rows beyond the first few are there, for "more" to be quick.
        let row = tag("div")
            .flag("hidden", move || place >= FIRST && !all.get())
            .child(row);
        group = group.child(row.part());
    }
    let label = text(move || {
        if all.get() {
            "Show less".to_owned()
        } else {
            format!("Show {more} more")
        }
    });
    if more > 0 {
        let toggle = tag("button")
            .attr("type", "button")
            .class("link facet-more")
            .press(move |_| all.update(|all| *all = !*all))
            .child(label.part());
        group = group.child(toggle.part());
    }
    group.part()
}

fn option(page: Page, field: Field, FacetValue { value, count }: FacetValue, is_chosen: bool) -> Part {
    let id = format!("facet-{}-{value}", field.name());
    let toggled = value.clone();
    let toggle = move |_| page.narrow(|query| field.toggle(query, &toggled));
    let name = match Severity::parse(&value) {
        Ok(severity) if field == Field::Severity => view! { <SeverityMark severity/> }.part(),
        _ => {
            let title = value.clone();
            titled("span", "truncate", title, vec![value.part()])
        }
    };
    let input = view! { <input type="checkbox" id=id checked=is_chosen prop:checked=is_chosen on:change=toggle/> };
    let parts = vec![
        input.part(),
        el("span", "facet-value", vec![name]),
        titled("span", "facet-count", grouped(count), vec![compact(count).part()]),
    ];
    el("label", "facet-option", parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_not_narrowed_by_its_own_filter() {
        let query = EventQuery {
            q: "pay".into(),
            severity: vec![Severity::Error],
            ..EventQuery::default()
        };
        assert_eq!(
            questions("shop", &query),
            [
                "/api/v1/projects/shop/facets?q=pay&severity=error&fields=service,kind,environment",
                "/api/v1/projects/shop/facets?q=pay&fields=severity",
            ]
        );
    }

    #[test]
    fn what_is_chosen_is_always_there() {
        let found = [FacetValue {
            value: "a".into(),
            count: 3,
        }];
        let values = values_of(Field::Service, &found, &["a".into(), "b".into()]);
        let texts: Vec<(&str, i64)> = values.iter().map(|v| (v.value.as_str(), v.count)).collect();
        assert_eq!(texts, [("b", 0), ("a", 3)]);
        assert_eq!(values_of(Field::Severity, &[], &[]).len(), 5);
    }
}
