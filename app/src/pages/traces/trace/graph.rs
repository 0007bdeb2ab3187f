//! Who called whom.

use leptos::prelude::*;

use super::state::Page;
use crate::{
    components::{EmptyState, Glyph},
    format::{compact, duration_ms, usd},
    pages::traces::tree::{Actor, Graph, HEIGHT, WIDTH, dollars, millis},
    view::{IntoPart, Part, el, show, svg, tag},
};

/// Around the picture, in pixels.
const MARGIN: i32 = 24;
/// How much of a name there is room for, in characters.
const NAME: usize = 18;

/// Agents, models and tools as a graph.
#[component]
pub(super) fn AgentGraph() -> impl IntoView {
    let page = Page::from_context();
    show(move || {
        let graph = Graph::of(&page.tree.read());
        if graph.actors.is_empty() {
            let body = el("p", "", vec!["There is nobody in this trace who calls anybody.".part()]);
            return view! { <EmptyState glyph=Glyph::Traces title="No graph" body/> }.part();
        }
        picture(page, &graph)
    })
}

fn picture(page: Page, graph: &Graph) -> Part {
    let (width, height) = (graph.width + 2 * MARGIN, graph.height + 2 * MARGIN);
    let mut parts = vec![arrow_head()];
    parts.extend(graph.calls.iter().filter_map(|call| edge(graph, *call)));
    parts.extend(graph.actors.iter().map(|actor| node(page, actor)));
    let label = format!("Graph of {} actors", graph.actors.len());
    let picture = svg("svg")
        .class("graph")
        .attr("viewBox", format!("{} {} {width} {height}", -MARGIN, -MARGIN))
        .attr("width", width.to_string())
        .attr("height", height.to_string())
        .attr("role", "group")
        .attr("aria-label", label)
        .children(parts);
    tag("div")
        .class("graph-scroll")
        .attr("tabindex", "0")
        .attr("role", "region")
        .attr("aria-label", "Who called whom")
        .child(picture.part())
        .part()
}

fn arrow_head() -> Part {
    let head = svg("path").attr("d", "M0 0 8 4 0 8Z").class("graph-arrow");
    let marker = svg("marker")
        .attr("id", "arrow")
        .attr("viewBox", "0 0 8 8")
        .attr("refX", "7")
        .attr("refY", "4")
        .attr("markerWidth", "8")
        .attr("markerHeight", "8")
        .attr("markerUnits", "userSpaceOnUse")
        .attr("orient", "auto-start-reverse")
        .child(head.part());
    svg("defs").child(marker.part()).part()
}

/// A line from caller to callee: down, or round the side where it goes back up.
fn edge(graph: &Graph, (from, to, count): (usize, usize, u32)) -> Option<Part> {
    let (a, b) = (graph.actors.get(from)?, graph.actors.get(to)?);
    let (x1, x2) = (a.x + WIDTH / 2, b.x + WIDTH / 2);
    let (path, x, y) = if b.y > a.y {
        let (y1, y2) = (a.y + HEIGHT, b.y - 2);
        let bend = (y2 - y1) / 2;
        let path = format!("M{x1} {y1}C{x1} {} {x2} {} {x2} {y2}", y1 + bend, y2 - bend);
        (path, i32::midpoint(x1, x2), i32::midpoint(y1, y2))
    } else {
        // Back up, sideways, or to itself.
        let (x1, x2) = (a.x + WIDTH, b.x + WIDTH + 2);
        let (y1, y2) = (a.y + HEIGHT / 2 + 8, b.y + HEIGHT / 2 - 8);
        let out = x1.max(x2) + 36;
        (
            format!("M{x1} {y1}C{out} {y1} {out} {y2} {x2} {y2}"),
            out - 10,
            i32::midpoint(y1, y2),
        )
    };
    let line = svg("path")
        .attr("d", path)
        .class("graph-edge")
        .attr("marker-end", "url(#arrow)");
    let mut parts = vec![line.part()];
    if count > 1 {
        let text = svg("text")
            .class("graph-count num")
            .attr("x", x.to_string())
            .attr("y", (y + 4).to_string())
            .attr("text-anchor", "middle")
            .child(format!("{count}×").part());
        parts.push(text.part());
    }
    Some(svg("g").children(parts).part())
}

fn node(page: Page, actor: &Actor) -> Part {
    let span = actor.first;
    let mut name: String = actor.name.chars().take(NAME).collect();
    if actor.name.chars().count() > NAME {
        name.push('…');
    }
    let mut figures = vec![format!("{}×", actor.calls), duration_ms(millis(actor.duration_us))];
    if actor.tokens > 0 {
        figures.push(format!("{} tok", compact(actor.tokens)));
    }
    if actor.nano_usd > 0 {
        figures.push(usd(dollars(actor.nano_usd)));
    }
    let figures = figures.join(" · ");
    let title = format!("{}: {}\n{figures}", actor.role.word(), actor.name);
    let frame = svg("rect")
        .class("graph-box")
        .attr("width", WIDTH.to_string())
        .attr("height", HEIGHT.to_string())
        .attr("rx", "6");
    let mark = svg("path")
        .class("graph-mark")
        .attr("d", actor.role.shape())
        .attr("transform", "translate(10 8)");
    let line = |class, x: &'static str, y: &'static str, text: String| {
        let text = svg("text").class(class).attr("x", x).attr("y", y).child(text.part());
        text.part()
    };
    let mut parts = vec![
        svg("title").child(title.part()).part(),
        frame.part(),
        mark.part(),
        line("graph-name", "32", "21", name),
        line("graph-figures num", "10", "41", figures),
    ];
    if actor.errors > 0 {
        parts.push(line("graph-errors num", "150", "21", format!("! {}", actor.errors)));
    }
    let inside = svg("g")
        .attr("transform", format!("translate({} {})", actor.x, actor.y))
        .children(parts);
    svg("a")
        .class("graph-node")
        .attr("data-role", actor.role.token())
        .attr("href", page.span_href(span))
        .press(move |event| {
            if !event.ctrl_key() && !event.meta_key() {
                event.prevent_default();
                event.stop_propagation();
                page.show(span, false);
            }
        })
        .child(inside.part())
        .part()
}
