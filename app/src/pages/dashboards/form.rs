//! The form of a widget. It changes the draft; what is stored changes when
//! that is saved.

use eventglass_model::{Dimension, Measure, Widget, WidgetKind};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    board::Board,
    fields::{self, field, opened, select},
    said::{FILTERS, Said},
    starter::blank,
    values, words,
};
use crate::{
    browser,
    components::Dialog,
    view::{IntoPart, Part, el, make, tag},
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

/// What groups are chosen by, and how each choice is called.
const GROUPS: [(&str, &str); 3] = [("group", "By"), ("group2", "and by"), ("group3", "and then by")];

/// The field for what is not among the choices.
const ATTRIBUTE: &str = "group-attribute";

/// Opens for the widget that `board.open` names: one that is there, or one that
/// is there once the form is applied.
pub(super) fn widget_form(board: Board) -> Part {
    let (open, of) = opened(board, |id| !id.is_empty());
    let body = make(move || {
        let id = of.get_untracked();
        let widget = board.widget(&id).get_untracked();
        form(board, open, widget.unwrap_or_else(|| blank(id)))
    });
    view! { <Dialog open title="Widget" id="widget-form" body/> }.part()
}

fn form(board: Board, open: RwSignal<bool>, widget: Widget) -> Part {
    let fault = RwSignal::new(None::<String>);
    let before = widget.clone();
    let apply = move |event: ev::Event| {
        event.prevent_default();
        match read(event.unchecked_ref()).change(&before) {
            Ok(changed) => {
                board.put(changed);
                open.set(false);
            }
            Err(said) => fault.set(Some(said)),
        }
    };
    let query = &widget.query;
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
    let groups = GROUPS.iter().enumerate().map(|(n, (name, label))| {
        let mut options = vec![(String::new(), "–".to_owned())];
        let all = Dimension::ALL.iter();
        options.extend(all.map(|d| (d.as_str().to_owned(), words::dimension(*d))));
        let chosen = query.group.get(n).map(ToString::to_string);
        select(label, name, options, chosen.unwrap_or_default())
    });
    let filters = query.filters();
    let fields = FILTERS.iter().map(|(dimension, name, label)| {
        let list = filters.iter().find(|(known, _)| known == dimension);
        let list = list.map(|(_, list)| values::write(list)).unwrap_or_default();
        field(label, name, list, "")
    });
    let is_filtered = filters.iter().any(|(_, list)| !list.is_empty());
    let filters = tag("details")
        .class("form-more")
        .when(is_filtered, "open")
        .child(el(
            "summary",
            "",
            vec!["Only of some services, endpoints, kinds, …".part()],
        ))
        .child(el(
            "p",
            "field-note",
            vec!["Any of these, with commas between them; one that ends with * is a beginning.".part()],
        ))
        .child(el("div", "form-row", fields.collect()));
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
        select("Shown as", "shown", kinds.into(), widget.kind.as_str().to_owned()),
        measures.part(),
        el("div", "form-row form-row-3", groups.collect()),
        field(
            "Or by an attribute",
            ATTRIBUTE,
            String::new(),
            "Its path: attributes.cart.currency",
        ),
        field(
            "Search",
            "widget-q",
            query.q.clone(),
            "As on the page of events: severity:error cart",
        ),
        filters.part(),
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
                    "8 where empty, as many as there are colours; the rest are one.",
                ),
            ],
        ),
        field(
            "Percentiles, mean and sum of",
            "widget-field",
            query.field.to_string(),
            "duration_ms, cost_usd, tokens, or attributes.path.to.number",
        ),
    ];
    fields::form(parts, fault, open, apply)
}

/// What the form says.
fn read(event: &web_sys::SubmitEvent) -> Said {
    let text = |name: &str| browser::field_of(event, name).trim().to_owned();
    Said {
        title: text("widget-title"),
        kind: text("shown"),
        measures: browser::fields_of(event, "measure"),
        field: text("widget-field"),
        groups: GROUPS
            .iter()
            .map(|(name, _)| *name)
            .chain([ATTRIBUTE])
            .map(text)
            .collect(),
        interval: text("interval"),
        q: text("widget-q"),
        limit: text("widget-limit"),
        filters: FILTERS.map(|(dimension, name, _)| (dimension, text(name))).into(),
    }
}
