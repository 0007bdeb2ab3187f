//! The forms of a widget and of the dashboard itself. They change the draft;
//! what is stored changes when that is saved.

use eventglass_model::{Dimension, Interval, Measure, MetricsQuery, Widget, WidgetKind};
use leptos::{ev, prelude::*};

use super::{board::Board, words};
use crate::{
    browser,
    components::{ButtonKind, Dialog, Field, form_error},
    view::{IntoPart, Part, effect, el, make, tag},
};

/// The kinds, in the order of the form.
const KINDS: [WidgetKind; 7] = [
    WidgetKind::Line,
    WidgetKind::Area,
    WidgetKind::Bar,
    WidgetKind::Number,
    WidgetKind::Table,
    WidgetKind::HeatMap,
    WidgetKind::Pie,
];

/// Opens for the widget that `board.open` names.
pub(super) fn widget_form(board: Board) -> Part {
    let (open, of) = opened(board, |id| !id.is_empty());
    let body = make(move || match board.widget(&of.get_untracked()).get_untracked() {
        Some(widget) => form(board, open, &widget),
        None => el("p", "", Vec::new()),
    });
    view! { <Dialog open title="Widget" id="widget-form" body/> }.part()
}

/// Opens when `board.open` names no widget.
pub(super) fn board_form(board: Board) -> Part {
    let (open, _) = opened(board, str::is_empty);
    let body = make(move || settings(board, open));
    view! { <Dialog open title="Dashboard" id="board-form" body/> }.part()
}

/// Whether the dialog of what `board.open` names is open; and back.
fn opened(board: Board, is_mine: fn(&str) -> bool) -> (RwSignal<bool>, RwSignal<String>) {
    let open = RwSignal::new(false);
    let of = RwSignal::new(String::new());
    effect(move || {
        let asked = board.open.get().filter(|id| is_mine(id));
        if let Some(id) = &asked {
            of.set(id.clone());
        }
        if open.get_untracked() != asked.is_some() {
            open.set(asked.is_some());
        }
    });
    effect(move || {
        if !open.get() && board.open.get_untracked().is_some_and(|id| is_mine(&id)) {
            board.open.set(None);
        }
    });
    (open, of)
}

fn form(board: Board, open: RwSignal<bool>, widget: &Widget) -> Part {
    let id = widget.id.clone();
    let query = &widget.query;
    let fault = RwSignal::new(None::<String>);
    let apply = move |event: ev::Event| {
        event.prevent_default();
        match read(&event) {
            Ok((title, kind, query)) => {
                board.arrange(|widgets| {
                    if let Some(widget) = widgets.iter_mut().find(|widget| widget.id == id) {
                        (widget.title, widget.kind, widget.query) = (title, kind, query);
                    }
                });
                open.set(false);
            }
            Err(said) => fault.set(Some(said)),
        }
    };
    let kinds = KINDS.map(|kind| (kind.as_str().to_owned(), words::kind(kind).to_owned()));
    let measures = Measure::ALL.iter().map(|measure| {
        let checked = query.measure.contains(measure) || (query.measure.is_empty() && *measure == Measure::Count);
        let input = tag("input")
            .attr("type", "checkbox")
            .attr("name", "measure")
            .attr("value", measure.as_str())
            .when(checked, "checked");
        el("label", "check", vec![input.part(), words::measure(*measure).part()])
    });
    let measures = tag("fieldset")
        .class("field checks")
        .child(el("legend", "field-label", vec!["Measures".part()]))
        .children(measures.collect());
    let groups = |chosen: Option<&Dimension>| {
        let mut options = vec![(String::new(), "–".to_owned())];
        options.extend(
            Dimension::ALL
                .iter()
                .map(|d| (d.as_str().to_owned(), words::dimension(*d))),
        );
        (
            options,
            chosen.map(|chosen| chosen.as_str().to_owned()).unwrap_or_default(),
        )
    };
    let (first, first_chosen) = groups(query.group.first());
    let (second, second_chosen) = groups(query.group.get(1));
    let intervals = ["auto", "none", "1m", "5m", "15m", "1h", "1d"].map(|text| {
        let label = match text {
            "auto" => "as suits the time",
            "none" => "no points, only totals",
            text => text,
        };
        (text.to_owned(), label.to_owned())
    });
    let parts = vec![
        field("Title", "widget-title", widget.title.clone(), "Empty: what it shows."),
        select("Shown as", "kind", kinds.into(), widget.kind.as_str().to_owned()),
        measures.part(),
        el(
            "div",
            "form-row",
            vec![
                select("By", "group", first, first_chosen),
                select("and by", "group2", second, second_chosen),
            ],
        ),
        field(
            "Search",
            "widget-q",
            query.q.clone(),
            "As on the page of events: severity:error cart",
        ),
        field(
            "Services",
            "widget-service",
            query.service.join(", "),
            "Any of these; a name may end with *.",
        ),
        el(
            "div",
            "form-row",
            vec![
                select(
                    "A point for each",
                    "interval",
                    intervals.into(),
                    query.interval.to_string(),
                ),
                field(
                    "Groups at most",
                    "widget-limit",
                    query.limit.map(|n| n.to_string()).unwrap_or_default(),
                    "10 where empty; the rest are one.",
                ),
            ],
        ),
        field(
            "Percentiles, mean and sum of",
            "widget-field",
            query.field.to_string(),
            "duration_ms, cost_usd, tokens, or attributes.path.to.number",
        ),
        form_error(fault),
        buttons("Apply", open),
    ];
    tag("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", apply)
        .children(parts)
        .part()
}

/// What the form says.
fn read(event: &ev::Event) -> Result<(String, WidgetKind, MetricsQuery), String> {
    use wasm_bindgen::JsCast;
    let event: &web_sys::SubmitEvent = event.unchecked_ref();
    let text = |name: &str| browser::field_of(event, name).trim().to_owned();
    let mut pairs = vec![
        ("field".to_owned(), text("widget-field")),
        ("q".to_owned(), text("widget-q")),
        ("interval".to_owned(), text("interval")),
        ("service".to_owned(), text("widget-service")),
    ];
    for measure in browser::fields_of(event, "measure") {
        pairs.push(("measure".to_owned(), measure));
    }
    for group in [text("group"), text("group2")] {
        pairs.push(("group".to_owned(), group));
    }
    pairs.push(("limit".to_owned(), text("widget-limit")));
    pairs.retain(|(_, value)| !value.is_empty());
    let query = MetricsQuery::from_pairs(pairs).map_err(|faults| {
        let said: Vec<String> = faults
            .into_iter()
            .map(|fault| format!("{}: {}", last(&fault.loc), fault.msg))
            .collect();
        said.join("; ")
    })?;
    if query.measure.is_empty() {
        return Err("Choose at least one measure.".to_owned());
    }
    if query.interval == Interval::None && query.group.is_empty() && text("kind") == "line" {
        return Err("Lines need points.".to_owned());
    }
    let kind = WidgetKind::parse(&text("kind")).map_err(|error| error.to_string())?;
    Ok((text("widget-title"), kind, query))
}

fn last(loc: &[eventglass_model::Loc]) -> String {
    match loc.last() {
        Some(eventglass_model::Loc::Key(key)) => key.to_string(),
        _ => String::new(),
    }
}

fn settings(board: Board, open: RwSignal<bool>) -> Part {
    let draft = board.draft.get_untracked();
    let fault = RwSignal::new(None::<String>);
    let apply = move |event: ev::Event| {
        use wasm_bindgen::JsCast;
        event.prevent_default();
        let event: &web_sys::SubmitEvent = event.unchecked_ref();
        let text = |name: &str| browser::field_of(event, name).trim().to_owned();
        let name = text("board-title");
        if name.is_empty() {
            fault.set(Some("Give it a name.".to_owned()));
            return;
        }
        board.draft.update(|draft| {
            draft.name = name;
            draft.description = text("board-description");
            draft.refresh_seconds = text("refresh").parse().ok();
            draft.from = Some(text("span")).filter(|span| !span.is_empty());
            draft.to = None;
        });
        open.set(false);
    };
    let option = |value: &str, label: &str| (value.to_owned(), label.to_owned());
    let refresh = vec![
        option("", "by hand"),
        option("5", "every 5 s"),
        option("15", "every 15 s"),
        option("30", "every 30 s"),
        option("60", "every minute"),
        option("300", "every 5 minutes"),
    ];
    let spans = vec![
        option("", "Last 24 hours"),
        option("-15m", "Last 15 minutes"),
        option("-1h", "Last hour"),
        option("-6h", "Last 6 hours"),
        option("-7d", "Last 7 days"),
        option("-30d", "Last 30 days"),
    ];
    let chosen = draft
        .refresh_seconds
        .map(|seconds| seconds.to_string())
        .unwrap_or_default();
    let parts = vec![
        field("Name", "board-title", draft.name, ""),
        field("Description", "board-description", draft.description, ""),
        el(
            "div",
            "form-row",
            vec![
                select("Ask anew", "refresh", refresh, chosen),
                select("Opens with", "span", spans, draft.from.unwrap_or_default()),
            ],
        ),
        form_error(fault),
        buttons("Apply", open),
    ];
    tag("form")
        .class("form")
        .attr("novalidate", "")
        .on("submit", apply)
        .children(parts)
        .part()
}

fn field(label: &'static str, name: &'static str, value: String, hint: &'static str) -> Part {
    view! { <Field label name value hint/> }.part()
}

fn select(label: &'static str, name: &'static str, options: Vec<(String, String)>, chosen: String) -> Part {
    let mut known = options.iter().any(|(value, _)| *value == chosen);
    let mut select = tag("select").class("input").attr("name", name).attr("id", name);
    for (value, label) in options {
        let option = tag("option").when(value == chosen, "selected").attr("value", value);
        select = select.child(option.child(label.part()).part());
    }
    // A value that is not among them is kept.
    if !known {
        known = true;
        let option = tag("option").when(known, "selected").attr("value", chosen.clone());
        select = select.child(option.child(chosen.part()).part());
    }
    let label = tag("label").class("field-label").attr("for", name).child(label.part());
    el("div", "field", vec![label.part(), select.part()])
}

fn buttons(label: &'static str, open: RwSignal<bool>) -> Part {
    let submit = tag("button").attr("type", "submit").class(ButtonKind::Primary.class());
    let cancel = tag("button")
        .attr("type", "button")
        .class(ButtonKind::Plain.class())
        .press(move |_| open.set(false));
    let parts = vec![cancel.child("Cancel".part()).part(), submit.child(label.part()).part()];
    el("div", "form-buttons", parts)
}
