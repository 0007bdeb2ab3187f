//! Which columns the list has, in which order, and how high its rows are.

use leptos::{ev, prelude::*};

use super::super::{
    address::Rows,
    columns::{self, MOST},
    state::Page,
};
use crate::{
    browser,
    components::{ButtonKind, Glyph, Icon, LinkButton, Menu},
    view::{IntoPart, Part, el, make, show, tag, text},
};

/// Names the field in which one writes another column.
const ADD: &str = "columns-add";
/// Names the list of what may be written there.
const KNOWN: &str = "columns-known";

/// Chooses columns and the height of rows. Both are kept in the address and
/// in this browser.
#[component]
pub(super) fn ColumnsMenu() -> impl IntoView {
    let page = Page::from_context();
    let open = RwSignal::new(false);
    let button = make(|| view! { <Icon glyph=Glyph::Columns/> }.part());
    let body = make(move || {
        let chosen = show(move || chosen(page, &page.columns.get()));
        let reset = Callback::new(move |()| set(page, Vec::new()));
        vec![
            el("p", "menu-note", vec!["Columns, in their order".part()]),
            chosen.part(),
            add(page),
            heights(page),
            el(
                "div",
                "columns-foot",
                vec![view! { <LinkButton label="The usual columns" on_press=reset/> }.part()],
            ),
        ]
        .part()
    });
    view! { <Menu id="columns" open label="Columns" button class="btn btn-icon" end=true body/> }
}

/// Shows these columns; none for the usual ones.
fn set(page: Page, names: Vec<String>) {
    let names = if columns::are_usual(&names) { Vec::new() } else { names };
    page.preferences.keep_columns(&names);
    page.show_as(|address| address.columns = names);
}

/// The columns, to be moved and taken out.
fn chosen(page: Page, names: &[String]) -> Part {
    let change = move |act: fn(&mut Vec<String>, usize), at: usize| {
        let mut names = page.columns.get_untracked();
        act(&mut names, at);
        set(page, names);
    };
    let count = names.len();
    let rows = names.iter().enumerate().map(|(at, name)| {
        let label = columns::label(name);
        let button = |id: &str, glyph: Glyph, what: &str, off: bool, act: fn(&mut Vec<String>, usize)| {
            tag("button")
                .attr("type", "button")
                .class("btn btn-ghost btn-icon")
                .attr("id", format!("column-{id}-{name}"))
                .attr("aria-label", format!("{what} {label}"))
                .attr("title", what.to_owned())
                .when(off, "disabled")
                .press(move |_| change(act, at))
                .child(view! { <Icon glyph/> }.part())
                .part()
        };
        let parts = vec![
            el("span", "truncate", vec![label.clone().part()]),
            button("up", Glyph::ChevronUp, "Move up", at == 0, |names, at| {
                if at > 0 && at < names.len() {
                    names.swap(at, at - 1);
                }
            }),
            button("down", Glyph::ChevronDown, "Move down", at + 1 == count, |names, at| {
                if at + 1 < names.len() {
                    names.swap(at, at + 1);
                }
            }),
            button("out", Glyph::Close, "Remove", count == 1, |names, at| {
                if at < names.len() {
                    names.remove(at);
                }
            }),
        ];
        el("li", "column-row", parts)
    });
    el("ul", "columns-chosen", rows.collect())
}

/// A field for one more.
fn add(page: Page) -> Part {
    let fault = RwSignal::new(String::new());
    let submit = move |event: ev::Event| {
        event.prevent_default();
        let Some(input) = browser::input(ADD) else { return };
        let name = columns::canonical(&input.value());
        let mut names = page.columns.get_untracked();
        if name.is_empty() {
        } else if !columns::exists(&name) {
            fault.set(format!(
                "There is no field {name}. An attribute is written attributes.{name}"
            ));
        } else if names.len() >= MOST {
            fault.set(format!("{MOST} columns are the most."));
        } else {
            fault.set(String::new());
            input.set_value("");
            if !names.contains(&name) {
                names.push(name);
                set(page, names);
            }
        }
    };
    let known = columns::known().map(|name| tag("option").attr("value", name).part());
    let input = tag("input")
        .class("input")
        .attr("id", ADD)
        .attr("list", KNOWN)
        .attr("autocomplete", "off")
        .attr("spellcheck", "false")
        .attr("aria-label", "Add a column")
        .attr("placeholder", "country, attributes.plan")
        .attr("aria-describedby", "columns-fault");
    let button = view! { <Icon glyph=Glyph::Plus/> }.part();
    let button = tag("button")
        .attr("type", "submit")
        .class(ButtonKind::Plain.class())
        .child(button)
        .child("Add".part());
    tag("form")
        .class("between columns-add")
        .on("submit", submit)
        .child(el("div", "range-line", vec![input.part(), button.part()]))
        .child(tag("datalist").attr("id", KNOWN).children(known.collect()).part())
        .child(
            tag("p")
                .class("form-error")
                .attr("id", "columns-fault")
                .attr("role", "alert")
                .child(text(move || fault.get()).part())
                .part(),
        )
        .part()
}

/// How high rows are.
fn heights(page: Page) -> Part {
    let choice = move |rows: Rows, label: &'static str| {
        tag("button")
            .attr("type", "button")
            .word("class", move || {
                Some(if page.rows.get() == rows { "btn is-on" } else { "btn" })
            })
            .spelled("aria-pressed", move || page.rows.get() == rows)
            .press(move |_| {
                page.preferences.keep_rows(rows);
                page.show_as(|address| address.rows = Some(rows).filter(|rows| *rows != Rows::Dense));
            })
            .child(label.part())
            .part()
    };
    let parts = vec![
        el("span", "", vec!["Rows".part()]),
        choice(Rows::Dense, "Dense"),
        choice(Rows::Comfortable, "Comfortable"),
    ];
    el("div", "columns-heights", parts)
}
