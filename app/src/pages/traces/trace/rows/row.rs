//! One row.

use eventglass_model::span_flags;
use leptos::prelude::*;

use super::super::state::Page;
use crate::{
    components::{Glyph, Icon, drawing},
    format::{compact, count, exact_ms, exact_usd, grouped},
    pages::traces::tree::{Role, Tree, dollars, millis},
    view::{El, IntoPart, Part, el, show_some, svg, tag, text, titled},
};

/// Deeper than this, rows are not indented further: a number says how deep.
const MOST_LEVELS: u32 = 18;
/// The classes of indentation; whole names, for the style's sake.
const LEVELS: [&str; 19] = [
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
];

/// The mark of a kind of span: a shape, a colour and, for screen readers, a word.
pub(in super::super::super) fn role_mark(role: Role) -> Part {
    let mark = drawing("icon", "0 0 16 16").child(svg("path").attr("d", role.shape()).part());
    tag("span")
        .class("role-mark")
        .attr("data-role", role.token())
        .attr("title", role.word())
        .child(mark.part())
        .child(el("span", "sr-only", vec![role.word().part()]))
        .part()
}

/// One span.
pub(super) fn row_view(page: Page, span: usize) -> Part {
    let tree = page.tree.get_untracked();
    let role = tree.role(span);
    let depth = tree.depth(span);
    let is_leaf = tree.is_leaf(span);
    let has_failed = tree.has(span, span_flags::ERROR);
    let (position, siblings) = tree.place(span);
    let folded = move || !is_leaf && page.folds.read().is_folded(&page.tree.read_untracked(), span);

    let mut row = tag("div")
        .attr("role", "treeitem")
        .attr("id", format!("span-{span}"))
        .class("tr-row")
        .attr("aria-level", (depth + 1).to_string())
        .attr("aria-posinset", position.to_string())
        .attr("aria-setsize", siblings.to_string())
        .attr("data-level", level(depth))
        .attr("data-role", role.token())
        .when(has_failed, "data-failed")
        .flag("data-at", move || page.cursor.get() == span)
        .flag("data-found", move || page.found.read().has(span))
        .spelled("aria-selected", move || page.open.get() == Some(span));
    if !is_leaf {
        row = row.spelled("aria-expanded", move || !folded());
    }

    let mut name = Vec::new();
    if depth > MOST_LEVELS {
        name.push(titled(
            "span",
            "tr-deep num",
            format!("Depth {depth}"),
            vec![depth.to_string().part()],
        ));
    }
    let mut chevron = tag("span").class("tr-chevron").attr("aria-hidden", "true");
    if !is_leaf {
        chevron = chevron.child(view! { <Icon glyph=Glyph::ChevronDown/> }.part());
    }
    name.push(chevron.part());
    name.push(role_mark(role));
    let title = tree.name(span).to_owned();
    let link = tag("a")
        .class("tr-name-text")
        .attr("href", page.span_href(span))
        .attr("tabindex", "-1")
        .attr("title", title.clone())
        .child(title.part());
    name.push(link.part());
    let model = tree.model(span);
    if !model.is_empty() && !tree.name(span).contains(model) {
        name.push(el("span", "tr-model", vec![model.to_owned().part()]));
    }
    name.extend(marks(&tree, span));
    if !is_leaf {
        let hidden = tree.sums(span).spans.saturating_sub(1);
        let errors = tree.sums(span).errors.saturating_sub(u32::from(has_failed));
        name.push(show_some(move || folded().then(|| hidden_mark(hidden, errors))).part());
    }

    let mut duration = cell("tr-duration").child(tree.duration_text(span).part());
    if let Some(us) = tree.duration_us(span) {
        duration = duration.attr("title", exact_ms(millis(us)));
    }
    row.child(el("span", "tr-name", name))
        .child(duration.part())
        .child(tokens(page, &tree, span, folded))
        .child(cost(page, &tree, span, folded))
        .child(bar(page, &tree, span))
        .part()
}

fn level(depth: u32) -> &'static str {
    let level = usize::try_from(depth.min(MOST_LEVELS)).unwrap_or(0);
    LEVELS.get(level).copied().unwrap_or_default()
}

fn cell(class: &'static str) -> El {
    tag("span").class(class)
}

/// What is odd about a span.
fn marks(tree: &Tree, span: usize) -> Vec<Part> {
    const MARKS: &[(u32, &str, &str)] = &[
        (span_flags::ORPHAN, "orphan", "Its parent is not in this trace"),
        (span_flags::CYCLE, "cycle", "It was its own ancestor, and was cut loose"),
        (span_flags::DUPLICATE, "duplicate", "Another span has the same id"),
        (
            span_flags::SKEW,
            "clock skew",
            "It starts before its parent does: their clocks differ",
        ),
        (span_flags::UNFINISHED, "running", "It has no end yet"),
        (span_flags::SCORED, "scored", "Somebody scored it"),
    ];
    let mut marks = Vec::new();
    if tree.has(span, span_flags::ERROR) {
        let icon = view! { <Icon glyph=Glyph::Alert/> }.part();
        marks.push(titled(
            "span",
            "tr-error",
            "It failed".to_owned(),
            vec![icon, el("span", "sr-only", vec!["failed".part()])],
        ));
    }
    for (flag, word, why) in MARKS {
        if tree.has(span, *flag) {
            marks.push(titled("span", "tr-mark", (*why).to_owned(), vec![(*word).part()]));
        }
    }
    marks
}

/// What a collapsed span hides.
fn hidden_mark(hidden: u32, errors: u32) -> Part {
    let number = |n: u32| count(usize::try_from(n).unwrap_or(0));
    let mut parts = vec![titled(
        "span",
        "tr-mark num",
        format!("{} spans inside", number(hidden)),
        vec![format!("+{}", number(hidden)).part()],
    )];
    if errors > 0 {
        let icon = view! { <Icon glyph=Glyph::Alert/> }.part();
        parts.push(titled(
            "span",
            "tr-error num",
            format!("{} failed inside", number(errors)),
            vec![icon, number(errors).part()],
        ));
    }
    el("span", "tr-hidden", parts)
}

fn tokens(page: Page, tree: &Tree, span: usize, folded: impl Fn() -> bool + Send + Sync + Copy + 'static) -> Part {
    let reported = tree.has(span, span_flags::AGGREGATE);
    let figure = move || {
        let tree = page.tree.read_untracked();
        let is_sum = folded();
        match tree.tokens(span, is_sum) {
            0 => String::new(),
            tokens if is_sum => format!("Σ\u{a0}{}", compact(tokens)),
            tokens if reported => format!("({})", compact(tokens)),
            tokens => compact(tokens),
        }
    };
    let sums = tree.sums(span);
    let own = |counts: &[i64]| grouped(counts.get(span).copied().unwrap_or(0));
    let mut title = if tree.tokens(span, false) == 0 {
        String::new()
    } else {
        format!(
            "{} in, {} out",
            own(&tree.spans.input_tokens),
            own(&tree.spans.output_tokens)
        )
    };
    if reported {
        title.push_str(", reported by it for what is inside");
    }
    if !tree.is_leaf(span) {
        title.push_str(&format!(
            "\nwith all inside: {} in, {} out",
            grouped(sums.input_tokens),
            grouped(sums.output_tokens)
        ));
    }
    cell("tr-tokens").attr("title", title).child(text(figure).part()).part()
}

fn cost(page: Page, tree: &Tree, span: usize, folded: impl Fn() -> bool + Send + Sync + Copy + 'static) -> Part {
    let reported = tree.has(span, span_flags::AGGREGATE);
    let figure = move || {
        let is_sum = folded();
        let cost = page.tree.read_untracked().cost_text(span, is_sum);
        if cost.is_empty() {
            cost
        } else if is_sum {
            format!("Σ\u{a0}{cost}")
        } else if reported {
            format!("({cost})")
        } else {
            cost
        }
    };
    let own = tree.spans.cost_nano_usd.get(span).copied().flatten();
    let mut title = own.map(|nanos| exact_usd(dollars(nanos))).unwrap_or_default();
    if tree.has(span, span_flags::CLIENT_COST) {
        title.push_str(", as the client says");
    }
    if !tree.is_leaf(span) {
        title.push_str(&format!(
            "\nwith all inside: {}",
            exact_usd(dollars(tree.sums(span).cost_nano_usd))
        ));
    }
    cell("tr-cost")
        .when(tree.has(span, span_flags::UNPRICED), "data-unpriced")
        .attr("title", title.trim_start().to_owned())
        .child(text(figure).part())
        .part()
}

/// When it ran: a bar, or for a moment a line. A score that was given before
/// or after the trace stands at its edge.
fn bar(page: Page, tree: &Tree, span: usize) -> Part {
    let (mut start, mut duration, total) = (tree.start_us(span), tree.duration_us(span), tree.total_us);
    let is_moment = duration.is_none() && !tree.has(span, span_flags::UNFINISHED);
    if is_moment {
        start = start.clamp(0, total);
        duration = Some(0);
    }
    let place = move || page.window.get().bar(start, duration, total);
    let rect = svg("rect")
        .class("tr-bar-fill")
        .attr("y", if is_moment { "4" } else { "8" })
        .attr("height", if is_moment { "20" } else { "12" })
        .attr("rx", if is_moment { "0" } else { "2" })
        .text("x", move || place().map_or_else(|| "0".to_owned(), |(x, _)| x))
        .text("width", move || {
            place().map_or_else(|| "0".to_owned(), |(_, width)| width)
        });
    let drawing = svg("svg")
        .class("tr-svg")
        .attr("aria-hidden", "true")
        .child(rect.part());
    cell("tr-bar").child(drawing.part()).part()
}
