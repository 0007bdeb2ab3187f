//! The column of filters with their counts.

use eventglass_model::{EventQuery, FacetValue, Facets as Answer, Severity, Status};
use leptos::{ev, prelude::*};

use super::{
    super::{state::Page, terms},
    facet::{self, Facet},
};
use crate::{
    api::{self, Fetched},
    browser::{self, Store},
    components::{Glyph, Icon, IconButton, SeverityMark, SkeletonLines, wait},
    format::{compact, grouped},
    view::{IntoPart, Part, effect, el, show_some, tag, text, titled},
};

/// How many values of a field are shown at first.
const FIRST: usize = 8;
/// Which fields were folded and unfolded in this browser.
const KEPT: &str = "eg_facets";

/// The fields that are unfolded; only they are counted.
type Unfolded = RwSignal<Vec<String>>;

/// The values of each field, with how many events have them. Pressing one
/// looks for it, pressing it with Alt (or the button beside it) rules it out;
/// both write it into the search.
#[component]
pub(in super::super) fn Facets() -> impl IntoView {
    let page = Page::from_context();
    let usual = facet::all()
        .filter(|facet| facet.open)
        .map(|facet| facet.name.to_owned());
    let unfolded: Unfolded = RwSignal::new(usual.collect());
    effect(move || {
        if let Some(kept) = browser::recall(Store::Browser, KEPT) {
            unfolded.set(kept.split(',').map(str::to_owned).collect());
        }
    });
    let facets = Fetched::all(move || {
        if page.wrong.read().is_some() {
            return Vec::new();
        }
        let unfolded = unfolded.read();
        page.query.with(|query| questions(&page.slug.read(), query, &unfolded))
    });
    facets.again_when(page.recount);
    let groups = show_some(move || {
        // The list beside it says what went wrong, if anything.
        let answers: Vec<Answer> = facets.read_all()?.unwrap_or_default();
        Some(groups(page, unfolded, &answers))
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

/// Each field is counted among the events that match all conditions but those
/// on itself: else none of its other values could be chosen besides. The
/// fields without a condition make one question, each other a question of its own.
fn questions(slug: &str, query: &EventQuery, unfolded: &[String]) -> Vec<String> {
    let base = EventQuery {
        cursor: None,
        ..query.clone()
    };
    let mut questions = Vec::new();
    let mut open = Vec::new();
    for facet in facet::all().filter(|facet| is_unfolded(*facet, unfolded, query)) {
        let others = terms::without(&base.q, facet.name);
        if others == base.q.trim() || others == base.q {
            open.push(facet.name);
        } else {
            let others = EventQuery {
                q: others,
                ..base.clone()
            };
            questions.push(api::facets_path(slug, &[facet.name], &others));
        }
    }
    if !open.is_empty() {
        questions.insert(0, api::facets_path(slug, &open, &base));
    }
    questions
}

/// Whether a field is unfolded: by somebody, or because something is chosen in it.
fn is_unfolded(facet: Facet, unfolded: &[String], query: &EventQuery) -> bool {
    unfolded.iter().any(|name| name == facet.name) || terms::chosen(&query.q, facet.name) != terms::Chosen::default()
}

fn groups(page: Page, unfolded: Unfolded, answers: &[Answer]) -> Part {
    let query = page.query.get_untracked();
    let found = |facet: Facet| answers.iter().find_map(|answer| answer.facets.get(facet.name));
    let nothing = facet::all().all(|facet| found(facet).is_none_or(Vec::is_empty));
    if nothing && query.q.trim().is_empty() && page.wrong.read_untracked().is_none() {
        // The style leaves the whole column out.
        return el("span", "facets-none", Vec::new());
    }
    let mut groups = Vec::new();
    if facet::all().any(|facet| is_at_least(answers, facet)) {
        let said = "More events match than were counted: a number with + is of the newest, and may be higher.";
        groups.push(el("p", "facet-note", vec![said.part()]));
    }
    for facet in facet::all() {
        let is_open = unfolded.with_untracked(|unfolded| is_unfolded(facet, unfolded, &query));
        groups.push(group(
            page,
            unfolded,
            facet,
            is_open,
            found(facet).map_or(&[], Vec::as_slice),
            is_at_least(answers, facet),
        ));
    }
    groups.part()
}

/// Whether only some of the events were counted for a field.
fn is_at_least(answers: &[Answer], facet: Facet) -> bool {
    let counted = |answer: &&Answer| answer.facets.contains_key(facet.name);
    let mut counted = answers.iter().filter(counted);
    counted.any(|answer| answer.partial && !answer.complete.iter().any(|name| name == facet.name))
}

/// The values to choose from: what is there, and what is looked for although it is not.
fn values_of(facet: Facet, found: &[FacetValue], chosen: &terms::Chosen) -> Vec<FacetValue> {
    let none = |value: &str| FacetValue {
        value: value.to_owned(),
        count: 0,
    };
    let known = |value: &str| found.iter().find(|known| known.value == value).cloned();
    // Of a few words always all, from worst to least.
    let words: &[&str] = match facet.name {
        "severity" => Severity::WORDS,
        "status" => Status::WORDS,
        _ => &[],
    };
    if !words.is_empty() {
        let words = words.iter().rev();
        return words.map(|word| known(word).unwrap_or_else(|| none(word))).collect();
    }
    let chosen = chosen.included.iter().chain(&chosen.excluded);
    let missing = chosen.filter(|value| known(value).is_none());
    missing.map(|value| none(value)).chain(found.iter().cloned()).collect()
}

fn group(page: Page, unfolded: Unfolded, facet: Facet, is_open: bool, found: &[FacetValue], at_least: bool) -> Part {
    let chosen = page.query.with_untracked(|query| terms::chosen(&query.q, facet.name));
    let toggle = move |event: ev::Event| {
        let is_now = event_target::<web_sys::HtmlElement>(&event).has_attribute("open");
        // The browser also tells of those that were open from the start.
        if is_now != is_open {
            fold(unfolded, facet, is_now);
        }
    };
    let summary = vec![
        el("span", "", vec![facet.label.part()]),
        view! { <Icon glyph=Glyph::ChevronDown/> }.part(),
    ];
    let mut group = tag("details")
        .class("facet")
        .when(is_open, "open")
        .on("toggle", toggle)
        .child(
            tag("summary")
                .class("facet-title")
                .attr("id", format!("facet-{}", facet.name))
                .children(summary)
                .part(),
        );
    if is_open {
        let values = values_of(facet, found, &chosen);
        group = group.children(options(page, facet, values, &chosen, at_least));
    }
    group.part()
}

fn fold(unfolded: Unfolded, facet: Facet, open: bool) {
    unfolded.update(|names| {
        names.retain(|name| name != facet.name);
        if open {
            names.push(facet.name.to_owned());
        }
    });
    browser::remember(Store::Browser, KEPT, &unfolded.read_untracked().join(","));
}

fn options(page: Page, facet: Facet, values: Vec<FacetValue>, chosen: &terms::Chosen, at_least: bool) -> Vec<Part> {
    if values.is_empty() {
        return vec![el("p", "facet-empty", vec!["None has any.".part()])];
    }
    let all = RwSignal::new(false);
    let more = values.len().saturating_sub(FIRST);
    let mut parts = Vec::new();
    for (place, value) in values.into_iter().enumerate() {
        // Rows beyond the first few are there, for "more" to be quick.
        let row = option(page, facet, value, chosen, at_least).flag("hidden", move || place >= FIRST && !all.get());
        parts.push(row.part());
    }
    if more > 0 {
        let label = text(move || {
            if all.get() {
                "Show less".to_owned()
            } else {
                format!("Show {more} more")
            }
        });
        let toggle = tag("button")
            .attr("type", "button")
            .class("link facet-more")
            .press(move |_| all.update(|all| *all = !*all))
            .child(label.part());
        parts.push(toggle.part());
    }
    parts
}

fn option(page: Page, facet: Facet, found: FacetValue, chosen: &terms::Chosen, at_least: bool) -> crate::view::El {
    let FacetValue { value, count } = found;
    let is_in = chosen.included.contains(&value);
    let is_out = chosen.excluded.contains(&value);
    let name = match Severity::parse(&value) {
        Ok(severity) if facet.name == "severity" => view! { <SeverityMark severity/> }.part(),
        _ if value.is_empty() => el("span", "muted", vec!["(empty)".part()]),
        _ => titled("span", "truncate", value.clone(), vec![value.clone().part()]),
    };
    let press = {
        let value = value.clone();
        move |event: ev::MouseEvent| page.toggle(facet.name, &value, event.alt_key())
    };
    let mark = el("span", "facet-mark", Vec::new());
    let (told, said) = if at_least {
        (format!("At least {}", grouped(count)), format!("{}+", compact(count)))
    } else {
        (grouped(count), compact(count))
    };
    let main = tag("button")
        .attr("type", "button")
        .class("facet-option")
        .attr("id", format!("facet-{}-{value}", facet.name))
        .attr("aria-pressed", if is_in { "true" } else { "false" })
        .press(press)
        .child(mark)
        .child(el("span", "facet-value", vec![name]))
        .child(titled("span", "facet-count", told, vec![said.part()]));
    let label = format!("Not {} {value}", facet.label.to_lowercase());
    let not = tag("button")
        .attr("type", "button")
        .class("facet-not")
        .attr("id", format!("facet-not-{}-{value}", facet.name))
        .attr("title", format!("{label} (Alt and click)"))
        .attr("aria-label", label)
        .attr("aria-pressed", if is_out { "true" } else { "false" })
        .press(move |_| page.toggle(facet.name, &value, true))
        .child("not".part());
    tag("div")
        .class(match (is_in, is_out) {
            (true, _) => "facet-row is-in",
            (_, true) => "facet-row is-out",
            _ => "facet-row",
        })
        .child(main.part())
        .child(not.part())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_not_narrowed_by_its_own_conditions() {
        let query = EventQuery {
            q: "pay severity:error".into(),
            cursor: Some("c".into()),
            ..EventQuery::default()
        };
        let unfolded = ["severity", "service", "kind"].map(str::to_owned);
        assert_eq!(
            questions("shop", &query, &unfolded),
            [
                "/api/v1/projects/shop/facets?q=pay+severity:error&fields=service,kind",
                "/api/v1/projects/shop/facets?q=pay&fields=severity",
            ]
        );
        // What is folded is not counted, unless something is chosen in it.
        assert_eq!(questions("shop", &query, &[]).len(), 1);
    }

    #[test]
    fn says_which_counts_are_of_some_events_only() {
        let named = |name: &str| facet::all().find(|facet| facet.name == name).unwrap();
        let mut answer = Answer {
            partial: true,
            complete: vec!["service".into()],
            ..Answer::default()
        };
        for name in ["service", "severity"] {
            answer.facets.insert(name.into(), Vec::new());
        }
        assert!(is_at_least(&[answer.clone()], named("severity")));
        assert!(!is_at_least(&[answer.clone()], named("service")));
        // What was not counted at all says nothing.
        assert!(!is_at_least(&[answer.clone()], named("kind")));
        answer.partial = false;
        assert!(!is_at_least(&[answer], named("severity")));
    }

    #[test]
    fn what_is_chosen_is_always_there() {
        let service = facet::all().find(|facet| facet.name == "service").unwrap();
        let found = [FacetValue {
            value: "a".into(),
            count: 3,
        }];
        let chosen = terms::chosen("service:(a OR b) -service:c", "service");
        let values = values_of(service, &found, &chosen);
        let texts: Vec<(&str, i64)> = values.iter().map(|v| (v.value.as_str(), v.count)).collect();
        assert_eq!(texts, [("b", 0), ("c", 0), ("a", 3)]);
        let severity = facet::all().find(|facet| facet.name == "severity").unwrap();
        assert_eq!(values_of(severity, &[], &terms::Chosen::default()).len(), 5);
    }
}
