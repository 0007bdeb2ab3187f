//! Walks a trace step by step, or plays it.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{
    detail::{SpanText, ask_for_the_rest, read_span, said},
    rows::role_mark,
    state::Page,
};
use crate::{
    browser,
    components::{Button, EmptyState, ErrorView, Glyph, IconButton, Record, SkeletonLines, wait},
    format::{compact, count, exact_usd, usd},
    pages::traces::tree::{dollars, first_error, micros_text},
    view::{IntoPart, Part, effect, el, memo, nothing, show, tag, text, titled},
};

/// How many steps before and after this one stand in the list.
const AROUND: usize = 60;
/// Speeds, in percent of the trace's own.
const SPEEDS: [(u32, &str); 5] = [(25, "¼×"), (100, "1×"), (400, "4×"), (1_600, "16×"), (10_000, "100×")];
/// However long a step took, playing rests on it no longer, and no shorter.
const LONGEST: Duration = Duration::from_secs(6);
/// Fast enough to follow.
const SHORTEST: Duration = Duration::from_millis(250);

/// The step one is at: that of the span in the address.
fn current(page: Page) -> usize {
    let open = page.open.get();
    let steps = page.steps.read();
    open.and_then(|open| steps.iter().position(|step| step.span == open))
        .unwrap_or(0)
}

/// Goes to a step, as far as there are any.
fn go_to(page: Page, step: usize) {
    let steps = page.steps.get_untracked();
    if let Some(step) = steps.get(step.min(steps.len().saturating_sub(1))) {
        page.show(step.span, true);
    }
}

/// What the keys do.
pub(super) fn act(page: Page, key: &str) -> bool {
    if browser::focused_within("select, input") {
        return false;
    }
    let at = untrack(|| current(page));
    match key {
        "ArrowRight" | "ArrowDown" | "j" | "l" => go_to(page, at + 1),
        "ArrowLeft" | "ArrowUp" | "k" | "h" => go_to(page, at.saturating_sub(1)),
        "Home" => go_to(page, 0),
        "End" => go_to(page, usize::MAX),
        "e" => {
            let (tree, steps) = (page.tree.get_untracked(), page.steps.get_untracked());
            let next = steps
                .iter()
                .skip(at + 1)
                .position(|step| step.error)
                .map(|after| at + 1 + after);
            if let Some(step) = next.or_else(|| first_error(&tree, &steps)) {
                go_to(page, step);
            }
        }
        " " | "p" if key == "p" || !browser::focused_within("button, a") => browser::click("play"),
        _ => return false,
    }
    true
}

/// One step after another: what the model saw, what it answered, which tool
/// ran, and what it had come to by then.
#[component]
pub(super) fn Steps() -> impl IntoView {
    let page = Page::from_context();
    let empty = memo(move |_| page.steps.read().is_empty());
    show(move || {
        if empty.get() {
            let body = el("p", "", vec!["There is nothing in this trace to walk through.".part()]);
            return view! { <EmptyState glyph=Glyph::Traces title="No steps" body/> }.part();
        }
        debugger(page)
    })
}

fn debugger(page: Page) -> Part {
    let at = memo(move |_| current(page));
    let parts = vec![
        controls(page, at),
        el("div", "steps-body", vec![list(page, at), stage(page, at)]),
    ];
    el("div", "steps", parts)
}

fn controls(page: Page, at: Memo<usize>) -> Part {
    let playing = RwSignal::new(false);
    let speed = RwSignal::new(100_u32);
    // Each run of the effect voids the timer that the run before it set.
    let run = StoredValue::new(0_u32);
    effect(move || {
        run.update_value(|run| *run += 1);
        if !playing.get() {
            return;
        }
        let (now, speed) = (at.get(), speed.get());
        let steps = page.steps.get();
        let tree = page.tree.get_untracked();
        let (Some(this), Some(next)) = (steps.get(now), steps.get(now + 1)) else {
            playing.set(false);
            return;
        };
        let gap = tree.start_us(next.span) - tree.start_us(this.span);
        let gap = u64::try_from(gap).unwrap_or(0).saturating_mul(100) / u64::from(speed.max(1));
        let pause = Duration::from_micros(gap).clamp(SHORTEST, LONGEST);
        let this_run = run.get_value();
        spawn_local(async move {
            browser::sleep(pause).await;
            if run.try_get_value() == Some(this_run) {
                go_to(page, now + 1);
            }
        });
    });
    let play = show(move || {
        let (glyph, words) = if playing.get() {
            (Glyph::Pause, "Pause")
        } else {
            (Glyph::Play, "Play")
        };
        use crate::components::Icon;
        vec![view! { <Icon glyph/> }.part(), words.part()].part()
    });
    let play = tag("button")
        .attr("type", "button")
        .attr("id", "play")
        .class("btn")
        .attr("aria-keyshortcuts", "Space")
        .attr("title", "Play at the trace's own pace (Space)")
        .press(move |_| {
            let steps = page.steps.read_untracked().len();
            if !playing.get_untracked() && at.get_untracked() + 1 >= steps {
                go_to(page, 0);
            }
            playing.update(|playing| *playing = !*playing);
        })
        .child(play.part());
    let options = SPEEDS.iter().map(|(percent, label)| {
        tag("option")
            .attr("value", percent.to_string())
            .when(*percent == 100, "selected")
            .child((*label).part())
            .part()
    });
    let speeds = tag("select")
        .class("input steps-speed")
        .attr("aria-label", "Speed")
        .on("change", move |event| {
            speed.set(event_target_value(&event).parse().unwrap_or(100));
        })
        .children(options.collect());
    let slider = tag("input")
        .attr("type", "range")
        .class("steps-slider")
        .attr("aria-label", "Step")
        .attr("min", "1")
        .text("max", move || page.steps.read().len().to_string())
        .attr("value", (at.get_untracked() + 1).to_string())
        .attr("id", "step-slider")
        .on("input", move |event| {
            if let Ok(step) = event_target_value(&event).parse::<usize>() {
                go_to(page, step.saturating_sub(1));
            }
        });
    // An input that was moved goes by its property and no longer by its attribute.
    effect(move || {
        let value = (at.get() + 1).to_string();
        if let Some(slider) = browser::input("step-slider")
            && slider.value() != value
        {
            slider.set_value(&value);
        }
    });
    let place = text(move || format!("{} of {}", count(at.get() + 1), count(page.steps.read().len())));
    let has_error = memo(move |_| first_error(&page.tree.read(), &page.steps.read()));
    let error = show(move || match has_error.get() {
        Some(step) => {
            let act = Callback::new(move |()| go_to(page, step));
            view! { <Button label="First error (e)" glyph=Glyph::Alert on_press=act/> }.part()
        }
        None => nothing(),
    });
    let before = Callback::new(move |()| go_to(page, at.get_untracked().saturating_sub(1)));
    let after = Callback::new(move |()| go_to(page, at.get_untracked() + 1));
    let parts = vec![
        view! { <IconButton glyph=Glyph::ChevronLeft label="Step back (←)" on_press=before/> }.part(),
        play.part(),
        view! { <IconButton glyph=Glyph::ChevronRight label="Step on (→)" on_press=after/> }.part(),
        speeds.part(),
        slider.part(),
        tag("span")
            .class("num nowrap")
            .attr("role", "status")
            .child(place.part())
            .part(),
        error.part(),
    ];
    el("div", "steps-controls", parts)
}

/// The steps around this one: what is done, where one is, what comes.
fn list(page: Page, at: Memo<usize>) -> Part {
    // Drawn anew only when one gets near its ends.
    let from = memo(move |_| at.get().saturating_sub(AROUND / 2) / (AROUND / 2) * (AROUND / 2));
    let rows = show(move || {
        let (tree, steps) = (page.tree.get(), page.steps.get());
        let from = from.get();
        let rows = steps.iter().enumerate().skip(from).take(2 * AROUND).map(|(n, step)| {
            let span = step.span;
            let link = tag("a")
                .class("step-row")
                .attr("id", format!("step-{n}"))
                .attr("href", page.span_href(span))
                .attr("data-noscroll", "")
                .when(step.error, "data-failed")
                .word("aria-current", move || (at.get() == n).then_some("step"))
                .flag("data-done", move || n < at.get())
                .child(el("span", "step-number num", vec![(n + 1).to_string().part()]))
                .child(role_mark(tree.role(span)))
                .child(el("span", "truncate", vec![tree.name(span).to_owned().part()]))
                .child(el("span", "grow", Vec::new()))
                .child(el("span", "muted num", vec![moment(tree.start_us(span)).part()]));
            el("li", "", vec![link.part()])
        });
        rows.collect::<Vec<Part>>().part()
    });
    effect(move || {
        let at = at.get();
        request_animation_frame(move || browser::reveal_id(&format!("step-{at}")));
    });
    let list = el("ol", "", vec![rows.part()]);
    tag("nav")
        .class("steps-list")
        .attr("aria-label", "Steps")
        .child(list)
        .part()
}

/// This step: what it had come to, what went in, what came out.
fn stage(page: Page, at: Memo<usize>) -> Part {
    let head = show(move || stage_head(page, at.get()));
    // Each step is the span in the address; the first, too, once the page is alive.
    effect(move || {
        if page.address.read().span.is_none() {
            go_to(page, 0);
        }
    });
    let answer = page.span;
    let retry = Callback::new(move |()| answer.refetch());
    let body = show(move || match answer.text().map(read_span) {
        None => nothing(),
        Some(Ok(SpanText::Here(record))) => step_body(&record),
        Some(Ok(SpanText::Later)) => view! { <SkeletonLines count=8/> }.part(),
        Some(Err(error)) => view! { <ErrorView error retry/> }.part(),
    });
    ask_for_the_rest(answer);
    let meanwhile = view! { <SkeletonLines count=8/> }.part();
    tag("section")
        .class("stage")
        .attr("tabindex", "0")
        .attr("aria-label", "This step")
        .child(head.part())
        .child(wait(meanwhile, body, RwSignal::new(false)))
        .part()
}

fn stage_head(page: Page, at: usize) -> Part {
    let (tree, steps) = (page.tree.get(), page.steps.get());
    let Some(step) = steps.get(at) else {
        return nothing();
    };
    let span = step.span;
    // From the outermost agent to this step.
    let mut path = Vec::new();
    let mut up = tree.spans.parent_of(span);
    while let Some(parent) = up {
        path.push(tree.name(parent).to_owned());
        up = tree.spans.parent_of(parent).filter(|next| *next < parent);
        if path.len() == 6 {
            path.push("…".to_owned());
            break;
        }
    }
    path.reverse();
    let mut title = vec![
        role_mark(tree.role(span)),
        el("span", "", vec![tree.name(span).to_owned().part()]),
    ];
    if !tree.model(span).is_empty() {
        title.push(el("span", "mono muted", vec![tree.model(span).to_owned().part()]));
    }
    if step.error {
        title.push(el("span", "tr-error", vec!["failed".part()]));
    }
    let cost = dollars(step.nano_usd);
    let (tokens, own_cost) = (tree.tokens(span, false), tree.cost_text(span, false));
    let own_tokens = if tokens > 0 {
        format!("+{}", compact(tokens))
    } else {
        String::new()
    };
    // What is not known is not nothing.
    let (so_far, own_cost) = match own_cost.as_str() {
        "unpriced" if step.nano_usd == 0 => (own_cost, String::new()),
        _ => (usd(cost), own_cost),
    };
    let own_cost = if own_cost.is_empty() || own_cost == "unpriced" {
        own_cost
    } else {
        format!("+{own_cost}")
    };
    let figures = vec![
        figure(
            "Time",
            moment(tree.start_us(span)),
            tree.duration_text(span),
            String::new(),
        ),
        figure("Tokens so far", compact(step.tokens), own_tokens, String::new()),
        figure("Cost so far", so_far, own_cost, exact_usd(cost)),
    ];
    let mut parts = Vec::new();
    if !path.is_empty() {
        parts.push(el("p", "stage-path muted", vec![path.join(" › ").part()]));
    }
    parts.push(el("h2", "stage-title", title));
    parts.push(el("dl", "stage-figures num", figures));
    el("header", "stage-head", parts)
}

/// A moment to the millisecond.
fn moment(us: i64) -> String {
    micros_text(if us < 1_000 { us } else { us / 1_000 * 1_000 })
}

fn figure(label: &'static str, value: String, own: String, exact: String) -> Part {
    let value = vec![
        titled("b", "", exact, vec![value.part()]),
        el("span", "muted", vec![own.part()]),
    ];
    el(
        "div",
        "",
        vec![el("dt", "muted", vec![label.part()]), el("dd", "", value)],
    )
}

fn step_body(record: &Record) -> Part {
    let Some(event) = record.within("event") else {
        return nothing();
    };
    let mut parts = Vec::new();
    if let Some(message) = event.text("message") {
        parts.push(el("p", "detail-message", vec![message.part()]));
    }
    parts.push(said(&event, false));
    for log in record.list("logs") {
        let said = log.text("message").or_else(|| log.text("name")).unwrap_or_default();
        parts.push(el("p", "detail-message", vec![said.part()]));
    }
    el("div", "stage-body", parts)
}
