//! The box itself: a combobox over the words of the language.

use eventglass_model::search;
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    super::state::Page,
    choice::Choice,
    fault::{self, fault_view},
    history,
    offers::Offers,
    shade::shades,
};
use crate::{
    browser,
    components::{Glyph, Icon, IconButton, Kbd, LinkButton, hidden_inputs},
    view::{IntoPart, Part, effect, el, memo, show, show_some, tag},
};

/// Names the box in the document.
pub(in super::super) const BOX: &str = "search";
const LIST: &str = "search-choices";
const SHADE: &str = "search-shade";
/// Why a search that is not empty finds everything.
const SIGNS: &str = "Only words, numbers and fields are looked for, not signs alone: these are all events.";
/// The longest search, in characters; the API's own limit.
const LONGEST: &str = "1000";

/// What to look for. Enter looks for it; while one types, what may come next
/// is offered.
#[component]
pub(in super::super) fn SearchBox() -> impl IntoView {
    let page = Page::from_context();
    let offers = Offers::new(page);
    // What was asked for and cannot be read: it is not in the address.
    let refused = RwSignal::new(None::<String>);

    // The address changed by other means: back, a filter, a saved view.
    effect(move || {
        let q = page.query.read().q.clone();
        refused.set(None);
        if q.trim() != offers.text.read_untracked().trim() {
            set_text(offers, &q, None);
        }
    });

    let run = Callback::new(move |()| run(page, offers, refused));
    let choose = Callback::new(move |choice: Choice| {
        let (text, cursor) = choice.put_into(&offers.text.get_untracked());
        set_text(offers, &text, Some(cursor));
        browser::focus_id(BOX);
        if choice.is_whole {
            run.run(());
        } else if choice.goes_on {
            offers.look(cursor);
        } else {
            offers.close();
        }
    });
    let faulty = memo(move |_| {
        let text = refused.get().unwrap_or_else(|| page.query.read().q.clone());
        search::parse(&text).err().map(|error| (text, error))
    });
    let empty = show_some(move || {
        let q = page.query.read().q.clone();
        let is_empty = !q.trim().is_empty() && search::parse(&q).is_ok_and(|expr| expr.is_all());
        is_empty.then(|| el("p", "search-note", vec![SIGNS.part()]))
    });
    let fault = show_some(move || faulty.get().map(|(text, error)| fault_view(&text, &error)));
    let clear = Callback::new(move |()| {
        set_text(offers, "", None);
        browser::focus_id(BOX);
        run.run(());
    });
    let clear_button = show_some(move || {
        let filled = !offers.text.read().is_empty();
        filled.then(|| view! { <IconButton glyph=Glyph::Close label="Clear the search" on_press=clear/> }.part())
    });
    // What stands in the box is not what the list shows.
    let pending = show_some(move || {
        let differs = offers.text.read().trim() != page.query.read().q.trim();
        differs.then(|| el("span", "search-enter", vec![view! { <Kbd key="Enter"/> }.part()]))
    });
    let text = el(
        "div",
        "search-field",
        vec![shade(offers), input(page, offers, faulty, run, choose)],
    );
    let parts = vec![
        view! { <Icon glyph=Glyph::Search/> }.part(),
        text,
        pending.part(),
        clear_button.part(),
        choices(page, offers, choose),
    ];
    let below = tag("div")
        .class("search-below")
        .child(fault.part())
        .child(tag("div").attr("role", "status").child(empty.part()).part());
    // Without scripts it is a form like any other.
    let submit = move |event: ev::Event| {
        event.prevent_default();
        run.run(());
    };
    let form = tag("form")
        .attr("role", "search")
        .class("search")
        .attr("method", "get")
        .text("action", move || format!("/p/{}/events", page.slug.get()))
        .on("submit", submit)
        .children(parts)
        .child(show(move || hidden(page)).part());
    vec![form.part(), below.part()].part()
}

/// What else the address says, for the form.
fn hidden(page: Page) -> Part {
    let address = page.address.get();
    let mut pairs = address.query.to_pairs();
    pairs.push(("columns", address.columns.join(",")));
    let kept = pairs
        .into_iter()
        .filter(|(name, value)| *name != "q" && *name != "cursor" && !value.is_empty());
    el("span", "", hidden_inputs(kept))
}

/// Looks for what stands in the box, unless it cannot be read.
fn run(page: Page, offers: Offers, refused: RwSignal<Option<String>>) {
    offers.close();
    let text = offers.text.get_untracked();
    if search::parse(&text).is_err() {
        refused.set(Some(text));
        return;
    }
    refused.set(None);
    history::keep(&page.slug.read_untracked(), &text);
    if text.trim() == page.query.read_untracked().q.trim() {
        // Once more, for what has come since.
        page.asking.reload.update(|n| *n += 1);
        page.recount.update(|n| *n += 1);
    } else {
        page.narrow(|query| query.q = text.trim().to_owned());
    }
}

/// Changes the text of the box, and puts the cursor somewhere in it, in bytes.
fn set_text(offers: Offers, text: &str, cursor: Option<usize>) {
    offers.text.set(text.to_owned());
    if let Some(input) = browser::input(BOX) {
        input.set_value(text);
        if let Some(cursor) = cursor {
            let head = text.get(..cursor).unwrap_or(text);
            let units = u32::try_from(head.encode_utf16().count()).unwrap_or(0);
            let _ = input.set_selection_range(units, units);
        }
        scroll_shade(&input);
    }
}

/// Keeps the colours where the text is.
fn scroll_shade(input: &web_sys::HtmlInputElement) {
    if let Some(shade) = document().get_element_by_id(SHADE) {
        shade.set_scroll_left(input.scroll_left());
    }
}

/// Where the cursor is, in bytes of the text.
fn cursor(input: &web_sys::HtmlInputElement) -> usize {
    let units = input.selection_start().ok().flatten().unwrap_or(0);
    let mut left = usize::try_from(units).unwrap_or(0);
    let mut bytes = 0;
    for c in input.value().chars() {
        let Some(rest) = left.checked_sub(c.len_utf16()) else {
            break;
        };
        left = rest;
        bytes += c.len_utf8();
    }
    bytes
}

/// The colours behind the text.
fn shade(offers: Offers) -> Part {
    tag("div")
        .class("search-shade")
        .attr("id", SHADE)
        .attr("aria-hidden", "true")
        .child(show(move || shades(&offers.text.read())).part())
        .part()
}

fn input(
    page: Page,
    offers: Offers,
    faulty: Memo<Option<(String, search::SearchError)>>,
    run: Callback<()>,
    choose: Callback<Choice>,
) -> Part {
    let typed = move |event: ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        offers.text.set(input.value());
        scroll_shade(&input);
        offers.look(cursor(&input));
    };
    let key = move |event: ev::Event| {
        let key: &ev::KeyboardEvent = event.unchecked_ref();
        if key.is_composing() || key.ctrl_key() || key.meta_key() || key.alt_key() {
            return;
        }
        let is_open = offers.open.get_untracked();
        match key.key().as_str() {
            "ArrowDown" | "ArrowUp" if !is_open => {
                if let Some(input) = browser::input(BOX) {
                    offers.look(cursor(&input));
                }
            }
            "ArrowDown" => offers.step(1),
            "ArrowUp" => offers.step(-1),
            "Enter" => match offers.chosen().filter(|_| is_open) {
                Some(choice) => choose.run(choice),
                None => run.run(()),
            },
            "Tab" if is_open && !key.shift_key() => match offers.chosen() {
                Some(choice) => choose.run(choice),
                None => {
                    offers.close();
                    return;
                }
            },
            "Escape" if is_open => offers.close(),
            "Escape" => {
                if let Some(input) = browser::input(BOX) {
                    let _ = input.blur();
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let looked = move |event: ev::Event| scroll_shade(&event_target(&event));
    let opened = move |event: ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&event);
        if !offers.open.get_untracked() {
            offers.look(cursor(&input));
        }
    };
    let shown = move || offers.open.get() && !offers.choices.read().is_empty();
    let active = move || {
        let at = offers.active.get().filter(|_| shown());
        at.map(choice_id)
    };
    tag("input")
        .class("search-input")
        .attr("id", BOX)
        .attr("name", "q")
        .attr("type", "text")
        .attr("role", "combobox")
        .attr("inputmode", "search")
        .attr("enterkeyhint", "search")
        .attr("autocomplete", "off")
        .attr("autocapitalize", "off")
        .attr("spellcheck", "false")
        .attr("placeholder", "Search words, service:pay, severity:error, latency:>2s")
        .attr("aria-label", "Search events")
        .attr("aria-keyshortcuts", "/")
        .attr("aria-autocomplete", "list")
        .attr("aria-controls", LIST)
        .spelled("aria-expanded", shown)
        .some("aria-activedescendant", active)
        .word("aria-invalid", move || faulty.read().is_some().then_some("true"))
        .word("aria-describedby", move || faulty.read().is_some().then_some(fault::ID))
        .attr("maxlength", LONGEST)
        .attr("value", page.query.with_untracked(|query| query.q.clone()))
        .on("input", typed)
        .on("keydown", key)
        .on("scroll", looked)
        .on("keyup", looked)
        .on("click", opened)
        .on("blur", move |_| offers.close())
        .part()
}

fn choice_id(at: usize) -> String {
    format!("search-choice-{at}")
}

/// What may be chosen, below the box.
fn choices(page: Page, offers: Offers, choose: Callback<Choice>) -> Part {
    let shown = move || offers.open.get() && !offers.choices.read().is_empty();
    let list = show(move || {
        let choices = offers.choices.get();
        let options = choices.into_iter().enumerate();
        let options: Vec<Part> = options.map(|(at, choice)| option(offers, at, choice, choose)).collect();
        options.part()
    });
    let listbox = tag("div")
        .class("search-list")
        .attr("id", LIST)
        .attr("role", "listbox")
        .attr("aria-label", "What may come next")
        .child(list.part());
    let forget = show_some(move || {
        let is_history = offers.choices.read().iter().any(|choice| choice.is_whole);
        let forget = Callback::new(move |()| {
            history::forget(&page.slug.read_untracked());
            offers.choices.set(Vec::new());
            offers.close();
        });
        is_history.then(|| view! { <LinkButton label="Forget these searches" on_press=forget/> }.part())
    });
    tag("div")
        .class("search-choices")
        .attr("data-menu", "")
        .flag("hidden", move || !shown())
        // The box keeps the focus while something is pressed here.
        .on("mousedown", |event| event.prevent_default())
        .child(listbox.part())
        .child(forget.part())
        .part()
}

fn option(offers: Offers, at: usize, choice: Choice, choose: Callback<Choice>) -> Part {
    let label = choice.label.clone();
    let hint = choice.hint.clone();
    tag("div")
        .class("search-choice")
        .attr("id", choice_id(at))
        .attr("role", "option")
        .spelled("aria-selected", move || offers.active.get() == Some(at))
        .press(move |_| choose.run(choice.clone()))
        .child(el("span", "search-label", vec![label.part()]))
        .child(el("span", "search-hint", vec![hint.part()]))
        .part()
}
