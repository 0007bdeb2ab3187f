//! The rows of two traces, aligned.

use std::sync::Arc;

use leptos::prelude::*;

use super::page::Sides;
use crate::{
    api::ApiError,
    components::{Button, ErrorView, Record, TimeStyle, TimeText},
    format::{compact, count, duration_ms, grouped, usd},
    pages::traces::{
        figures::{cost, status},
        trace::role_mark,
        tree::{Role, Tree, dollars, millis},
    },
    view::{IntoPart, Part, el, memo, nothing, show, tag, text},
};

/// How many rows are shown at a time.
const SOME: usize = 400;

/// Two traces, and which span of the one is which of the other.
struct Pair {
    a: Tree,
    b: Tree,
    row_a: Vec<i32>,
    row_b: Vec<i32>,
    depth: Vec<u32>,
    changed: Vec<bool>,
}

/// What a row is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Same,
    Changed,
    Added,
    Removed,
}

impl Change {
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Same => ("same", "", "the same"),
            Self::Changed => ("changed", "~", "changed"),
            Self::Added => ("added", "+", "added"),
            Self::Removed => ("removed", "−", "removed"),
        }
    }
}

impl Pair {
    fn read(record: &Record) -> Option<Self> {
        Some(Self {
            a: Tree::read(record.raw("a")?)?,
            b: Tree::read(record.raw("b")?)?,
            row_a: record.value("row_a")?,
            row_b: record.value("row_b")?,
            depth: record.value("depth")?,
            changed: record.value("changed")?,
        })
    }

    fn sides(&self, row: usize) -> (Option<usize>, Option<usize>) {
        let side = |rows: &[i32]| rows.get(row).and_then(|span| usize::try_from(*span).ok());
        (side(&self.row_a), side(&self.row_b))
    }

    fn change(&self, row: usize) -> Change {
        match self.sides(row) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ if self.changed.get(row) == Some(&true) => Change::Changed,
            _ => Change::Same,
        }
    }
}

/// The answer of `/traces/compare` ([`TraceComparison`](eventglass_model::TraceComparison)).
pub(super) fn comparison(sides: Sides, record: &Record) -> Part {
    let Some(pair) = Pair::read(record) else {
        let retry = Callback::new(|()| {});
        return view! { <ErrorView error=ApiError::Unreadable(200) retry/> }.part();
    };
    let pair = Arc::new(pair);
    let only_changes = RwSignal::new(false);
    let shown = RwSignal::new(SOME);
    let all: Vec<usize> = (0..pair.row_a.len()).collect();
    let changes: Vec<usize> = all
        .iter()
        .copied()
        .filter(|row| pair.change(*row) != Change::Same)
        .collect();
    let none_changed = changes.is_empty();
    let (total, total_changes) = (all.len(), changes.len());
    let lists = StoredValue::new((all, changes));
    let length = memo(move |_| if only_changes.get() { total_changes } else { total });
    let of_rows = pair.clone();
    let rows = show(move || {
        lists.with_value(|(all, changes)| {
            let list = if only_changes.get() { changes } else { all };
            let rows = list.iter().take(shown.get()).map(|row| row_view(sides, &of_rows, *row));
            tag("div")
                .class("cmp-rows")
                .attr("role", "list")
                .children(rows.collect())
                .part()
        })
    });
    let more = show(move || match length.get().saturating_sub(shown.get()) {
        0 => nothing(),
        rest => {
            let label = format!("Show more ({} rows left)", count(rest));
            view! { <Button label on_press=move |()| shown.update(|n| *n += SOME)/> }.part()
        }
    });
    let toggle = tag("button")
        .attr("type", "button")
        .class("btn")
        .spelled("aria-pressed", move || only_changes.get())
        .press(move |_| only_changes.update(|only| *only = !*only))
        .child("Only what differs".part());
    let tally = text(move || {
        let n = |name| grouped(tally_of(&pair, name));
        format!(
            "{} added, {} removed, {} changed",
            n(Change::Added),
            n(Change::Removed),
            n(Change::Changed)
        )
    });
    let bar = vec![
        tag("span").class("num").child(tally.part()).part(),
        el("span", "grow", Vec::new()),
        toggle.part(),
    ];
    let mut parts = vec![heads(sides, record), el("div", "toolbar", bar)];
    if none_changed {
        parts.push(el(
            "p",
            "facts muted",
            vec!["They have the same structure, and nothing differs but time.".part()],
        ));
    }
    parts.push(rows.part());
    parts.push(el("div", "ev-footer", vec![more.part()]));
    parts.part()
}

fn tally_of(pair: &Pair, change: Change) -> i64 {
    let rows = (0..pair.row_a.len()).filter(|row| pair.change(*row) == change).count();
    i64::try_from(rows).unwrap_or(0)
}

/// Both heads, and what they differ in.
fn heads(sides: Sides, record: &Record) -> Part {
    let head = |key: &'static str, label: &'static str, id: String| {
        let tree = record.raw(key).and_then(Tree::read).unwrap_or_default();
        let time = tree.head.start;
        let link = tag("a")
            .class("link")
            .attr(
                "href",
                format!(
                    "/p/{}/traces/{}",
                    sides.slug.read_untracked(),
                    eventglass_model::encode_segment(&id)
                ),
            )
            .child(tree.head.name.clone().part());
        let figures = vec![
            status(&tree.head),
            view! { <TimeText time style=TimeStyle::Row/> }.part(),
            duration_ms(tree.head.duration_ms).part(),
            format!("{} tokens", compact(tree.head.tokens)).part(),
            cost(tree.head.cost_usd, tree.head.cost_complete),
        ];
        let figures = figures.into_iter().map(|figure| el("span", "", vec![figure])).collect();
        let title = vec![el("b", "cmp-side", vec![label.part()]), link.part()];
        el(
            "div",
            "cmp-head",
            vec![el("h2", "", title), el("div", "trace-figures num", figures)],
        )
    };
    let signed = |n: f64, text: String| {
        if n > 0.0 {
            format!("+{text}")
        } else if n < 0.0 {
            format!("−{text}")
        } else {
            "±0".to_owned()
        }
    };
    let ms = record.value::<f64>("duration_ms").unwrap_or(0.0);
    let tokens = record.number("tokens");
    let mut differences = vec![
        difference("Duration", signed(ms, duration_ms(ms.abs()))),
        difference("Tokens", signed(tokens as f64, compact(tokens.abs()))),
    ];
    if let Some(cost) = record.value::<f64>("cost_usd") {
        differences.push(difference("Cost", signed(cost, usd(cost.abs()))));
    }
    let parts = vec![
        head("a", "A", sides.a.get_untracked()),
        head("b", "B", sides.b.get_untracked()),
        el("dl", "cmp-differences num", differences),
    ];
    el("header", "cmp-heads", parts)
}

fn difference(label: &'static str, value: String) -> Part {
    el(
        "div",
        "",
        vec![el("dt", "muted", vec![label.part()]), el("dd", "", vec![value.part()])],
    )
}

fn row_view(sides: Sides, pair: &Pair, row: usize) -> Part {
    let (a, b) = pair.sides(row);
    let change = pair.change(row);
    let (token, sign, words) = change.words();
    // What is in both is named as it is in B.
    let (tree, span) = match (b, a) {
        (Some(span), _) => (&pair.b, span),
        (None, Some(span)) => (&pair.a, span),
        (None, None) => return nothing(),
    };
    let depth = pair.depth.get(row).copied().unwrap_or(0).min(18);
    let mut name = vec![
        el(
            "span",
            "cmp-sign mono",
            vec![sign.part(), el("span", "sr-only", vec![words.part()])],
        ),
        role_mark(tree.role(span)),
        el("span", "truncate", vec![tree.name(span).to_owned().part()]),
    ];
    let models = |tree: &Tree, span: Option<usize>| span.map(|span| tree.model(span).to_owned()).unwrap_or_default();
    let (model_a, model_b) = (models(&pair.a, a), models(&pair.b, b));
    let model = if model_a != model_b && !model_a.is_empty() && !model_b.is_empty() {
        format!("{model_a} → {model_b}")
    } else if model_b.is_empty() {
        model_a
    } else {
        model_b
    };
    name.push(el("span", "tr-model", vec![model.part()]));
    if let (Some(a), Some(b)) = (a, b)
        && tree.role(span) == Role::Model
    {
        let href = sides.href(
            &sides.a.read_untracked(),
            &sides.b.read_untracked(),
            Some((pair.a.id(a), pair.b.id(b))),
        );
        name.push(
            tag("a")
                .class("link cmp-prompt")
                .attr("href", href)
                .child("prompt diff".part())
                .part(),
        );
    }
    let figure = |class: &'static str, shown: &dyn Fn(&Tree, usize) -> String| {
        let side = |tree: &Tree, span: Option<usize>| span.map(|span| shown(tree, span)).unwrap_or_default();
        let (before, after) = (side(&pair.a, a), side(&pair.b, b));
        let text = match (before.is_empty(), after.is_empty()) {
            (true, _) => after,
            (_, true) => before,
            _ if before == after => after,
            _ => format!("{before} → {after}"),
        };
        el("span", class, vec![text.part()])
    };
    let parts = vec![
        el("span", "cmp-name", name),
        figure("cmp-figure num", &|tree, span| {
            tree.duration_us(span)
                .map(|us| duration_ms(millis(us)))
                .unwrap_or_default()
        }),
        figure("cmp-figure num", &|tree, span| match tree.tokens(span, false) {
            0 => String::new(),
            tokens => compact(tokens),
        }),
        figure("cmp-figure num", &|tree, span| {
            let cost = tree.spans.cost_nano_usd.get(span).copied().flatten();
            cost.map(|nanos| usd(dollars(nanos))).unwrap_or_default()
        }),
    ];
    tag("div")
        .attr("role", "listitem")
        .class("cmp-row tr-row")
        .attr("data-change", token)
        .attr("data-level", depth.to_string())
        .children(parts)
        .part()
}
