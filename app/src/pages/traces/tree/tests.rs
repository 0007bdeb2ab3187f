use eventglass_model::{PackedTrace, Skeleton, Status, Timestamp, Trace, TraceSummary, span_flags};

use super::*;

/// A tree by depth: `"0agent:plan 1llm:gpt 1tool:find!"`, where `!` failed.
pub(in super::super) fn tree(text: &str) -> Tree {
    let mut spans = Skeleton {
        strings: vec![String::new()],
        ..Skeleton::default()
    };
    let index = |strings: &mut Vec<String>, text: &str| {
        let at = strings.iter().position(|known| known == text).unwrap_or_else(|| {
            strings.push(text.to_owned());
            strings.len() - 1
        });
        u32::try_from(at).unwrap()
    };
    let mut open: Vec<usize> = Vec::new();
    for (n, word) in text.split_whitespace().enumerate() {
        let digits = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
        let depth: usize = word[..digits].parse().unwrap();
        let (kind, name) = word[digits..]
            .trim_end_matches('!')
            .split_once(':')
            .unwrap_or(("span", "s"));
        open.truncate(depth);
        spans.id.push(format!("id{n}"));
        spans
            .parent
            .push(open.last().map_or(-1, |at| i32::try_from(*at).unwrap()));
        spans.depth.push(u32::try_from(depth).unwrap());
        spans.size.push(1);
        for ancestor in &open {
            spans.size[*ancestor] += 1;
        }
        open.push(n);
        spans.start_us.push(i64::try_from(n).unwrap() * 10);
        spans.duration_us.push(Some(100 - i64::try_from(n).unwrap() * 10));
        let kind = index(&mut spans.strings, kind);
        spans.kind.push(kind);
        let name = index(&mut spans.strings, name);
        spans.name.push(name);
        spans.service.push(0);
        spans.model.push(0);
        spans.status.push(0);
        spans.input_tokens.push(if kind == 0 { 0 } else { 10 });
        spans.output_tokens.push(1);
        spans.cost_nano_usd.push(Some(1_000));
        spans
            .flags
            .push(if word.ends_with('!') { span_flags::ERROR } else { 0 });
    }
    Tree::new(head(spans.len()), spans, false, "w".to_owned())
}

pub(in super::super) fn head(spans: usize) -> TraceSummary {
    TraceSummary {
        trace_id: "t".into(),
        name: "t".into(),
        kind: "span".into(),
        service: None,
        start: Timestamp::from_micros(0),
        duration_ms: 0.1,
        span_count: i64::try_from(spans).unwrap(),
        event_count: i64::try_from(spans).unwrap(),
        error_count: 0,
        tokens: 0,
        input_tokens: 0,
        output_tokens: 0,
        cost_usd: None,
        cost_complete: true,
        user_id: None,
        session_id: None,
        environment: None,
        status: Status::Ok,
        services: vec![],
        models: vec![],
        running: false,
    }
}

#[test]
fn reads_either_form() {
    let tree = tree("0agent:plan 1llm:gpt 2tool:find! 1 0");
    let trace = Trace {
        head: head(tree.len()),
        truncated: true,
        watermark: "w".to_owned(),
        spans: tree.spans.clone(),
    };
    let packed = serde_json::to_string(&PackedTrace::from(trace.clone())).unwrap();
    for text in [serde_json::to_string(&trace).unwrap(), packed.clone()] {
        let read = Tree::read(&text).unwrap();
        assert_eq!(read.spans, tree.spans, "{text}");
        assert_eq!(
            (read.head, read.truncated, read.watermark.as_str()),
            (head(5), true, "w")
        );
    }
    assert!(Tree::read(&packed.replace("\"packed\"", "\"other\"")).is_none());
}

#[test]
fn collapsing_is_a_jump() {
    let tree = tree("0 1 2 2 1 0 1");
    let mut folds = Folds::default();
    assert_eq!(visible(&tree, &folds), [0, 1, 2, 3, 4, 5, 6]);
    folds.set(&tree, 1, true);
    assert_eq!(visible(&tree, &folds), [0, 1, 4, 5, 6]);
    folds.set(&tree, 0, true);
    assert_eq!(visible(&tree, &folds), [0, 5, 6]);
    // A leaf cannot be collapsed; unfolding brings back what was collapsed inside.
    folds.set(&tree, 6, true);
    folds.set(&tree, 0, false);
    assert_eq!(visible(&tree, &folds), [0, 1, 4, 5, 6]);
}

#[test]
fn to_a_depth_and_back() {
    let tree = tree("0 1 2 3 1 0 1");
    let mut folds = Folds::to_depth(Some(1));
    assert_eq!(visible(&tree, &folds), [0, 1, 4, 5, 6]);
    assert!(!folds.is_folded(&tree, 4), "a leaf is not collapsed");
    folds.set(&tree, 1, false);
    // What is below is still collapsed by its depth.
    assert_eq!(visible(&tree, &folds), [0, 1, 2, 4, 5, 6]);
    folds.reveal(&tree, 3);
    assert_eq!(visible(&tree, &folds), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(visible(&tree, &Folds::to_depth(Some(0))), [0, 5]);
}

#[test]
fn rows_of_spans() {
    let tree = tree("0 1 2 2 1 0 1");
    let mut folds = Folds::default();
    folds.set(&tree, 1, true);
    let rows = visible(&tree, &folds);
    // What is inside of a collapsed span is at that span's row.
    assert_eq!([0, 1, 2, 3, 4, 6].map(|span| row_of(&rows, span)), [0, 1, 1, 1, 2, 4]);
}

#[test]
fn folds_survive_an_update() {
    let before = tree("0 1 2 1 2");
    let mut folds = Folds::default();
    folds.set(&before, 3, true);
    let mut now = tree("0 1 2 2 1 2");
    // The span that was 3 is 4 now.
    now.spans.id = ["id0", "id1", "id2", "new", "id3", "id4"].map(str::to_owned).to_vec();
    assert_eq!(visible(&now, &folds.carry(&before, &now)), [0, 1, 2, 3, 4]);
}

#[test]
fn a_page_of_rows_is_a_tree_too() {
    let mut spans = tree("0 1 2 1").spans;
    for size in &mut spans.size {
        *size *= 100;
    }
    let cut = Tree::new(head(400), spans, false, String::new());
    assert!(cut.cut);
    assert_eq!(visible(&cut, &Folds::default()), [0, 1, 2, 3]);
    assert!(!tree("0 1 2 1").cut);
}

#[test]
fn a_score_of_tomorrow_makes_the_trace_no_longer() {
    let mut spans = tree("0 1eval_metric:good 1eval_metric:check").spans;
    spans.start_us = vec![0, 86_400_000_000, 10];
    spans.duration_us = vec![Some(100), None, Some(500)];
    spans.flags = vec![0, span_flags::MOMENT, 0];
    let tree = Tree::new(head(3), spans, false, String::new());
    assert_eq!(tree.total_us, 510, "an evaluation that ran is a part of it");
    assert_eq!(tree.start_us(1), 86_400_000_000);
}

#[test]
fn places_among_siblings() {
    let tree = tree("0 1 2 1 0");
    let places: Vec<(u32, u32)> = (0..5).map(|span| tree.place(span)).collect();
    assert_eq!(places, [(1, 2), (1, 2), (1, 1), (2, 2), (2, 2)]);
}

#[test]
fn deep_and_wide_trees() {
    let deep: String = (0..1_000).map(|depth| format!("{depth} ")).collect();
    let tree = tree(&deep);
    assert_eq!(visible(&tree, &Folds::default()).len(), 1_000);
    let mut folds = Folds::to_depth(Some(0));
    assert_eq!(visible(&tree, &folds), [0]);
    folds.reveal(&tree, 999);
    assert_eq!(visible(&tree, &folds).len(), 1_000);
    assert_eq!(tree.sums(0).spans, 1_000);
}

#[test]
fn finds_and_goes_round() {
    let tree = tree("0agent:Plan 1llm:x 1tool_call:plan_trip! 2llm:y 0error:z!");
    let found = Found::search(&tree, "PLAN");
    assert_eq!(
        (found.len(), found.has(0), found.has(1), found.number(2)),
        (2, true, false, Some(2))
    );
    assert_eq!(found.next(None, false), Some(0));
    assert_eq!(found.next(Some(0), false), Some(2));
    assert_eq!(found.next(Some(2), false), Some(0));
    assert_eq!(found.next(Some(0), true), Some(2));
    assert_eq!(Found::search(&tree, "llm").len(), 2);
    assert_eq!(Found::search(&tree, "id3").next(None, false), Some(3));
    assert_eq!(Found::search(&tree, " ").len(), 0);

    assert_eq!(next_error(&tree, None, false), Some(2));
    assert_eq!(next_error(&tree, Some(2), false), Some(4));
    assert_eq!(next_error(&tree, Some(4), false), Some(2));
    assert_eq!(next_error(&tree, Some(2), true), Some(4));
    assert_eq!(next_error(&tree, None, true), Some(4));
}

#[test]
fn windows_zoom_where_one_points() {
    let whole = Window::whole(1_000);
    let half = whole.zoom(5_000, 50, 1_000);
    assert_eq!(half, Window { from: 250, to: 750 });
    assert_eq!(whole.zoom(0, 50, 1_000), Window { from: 0, to: 500 });
    assert_eq!(half.zoom(5_000, 1_000, 1_000), whole);
    assert_eq!(half.pan(100, 1_000), Window { from: 500, to: 1_000 });
    assert_eq!(half.pan(-300, 1_000), Window { from: 0, to: 500 });
    assert_eq!(Window::between(700, 300, 1_000), Window { from: 300, to: 700 });
    // No further than one can see anything.
    let tiny = whole.zoom(5_000, 0, 1_000);
    assert_eq!(tiny.to - tiny.from, 20);
    assert!(Window::whole(5).zoom(0, 1, 5).to == 5);
}

#[test]
fn bars_have_a_place_and_can_be_seen() {
    let window = Window { from: 100, to: 200 };
    let bar = |start, duration| window.bar(start, duration, 1_000);
    assert_eq!(bar(150, Some(25)), Some(("50.00%".into(), "25.00%".into())));
    assert_eq!(bar(0, Some(1_000)), Some(("0.00%".into(), "100.00%".into())));
    assert_eq!(bar(150, Some(0)), Some(("50.00%".into(), "0.30%".into())));
    assert_eq!(bar(200, Some(5)), Some(("99.70%".into(), "0.30%".into())));
    assert_eq!(bar(150, None), Some(("50.00%".into(), "50.00%".into())));
    assert_eq!((bar(0, Some(50)), bar(300, Some(50))), (None, None));
}

#[test]
fn ticks_are_round() {
    let names = |from, to| -> Vec<String> {
        let ticks = Window { from, to }.ticks();
        ticks.into_iter().map(|(_, name)| name.replace('\u{a0}', " ")).collect()
    };
    assert_eq!(
        names(0, 1_000_000),
        ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1 s"]
    );
    assert_eq!(names(1_234_000, 1_240_000), ["1.234 s", "1.236 s", "1.238 s", "1.24 s"]);
    assert_eq!(names(0, 5), ["0", "1 µs", "2 µs", "3 µs", "4 µs", "5 µs"]);
    assert_eq!(names(0, 29_520_000_000), ["0", "2 h", "4 h", "6 h", "8 h"]);
    assert_eq!(
        names(0, 150_000_000),
        ["0", "30 s", "1 m", "1 m 30 s", "2 m", "2 m 30 s"]
    );
    for len in [1, 7, 19, 137, 86_400_000_000, i64::MAX / 4] {
        let count = names(0, len).len();
        assert!((1..=8).contains(&count), "{len}: {count}");
    }
}

#[test]
fn steps_add_up() {
    let tree = tree("0agent_action:a 1span:work 2llm:m 1tool_call:t! 2span:inner! 1log:said");
    let all = steps(&tree);
    let spans: Vec<usize> = all.iter().map(|step| step.span).collect();
    assert_eq!(spans, [0, 2, 3, 4]);
    assert_eq!(all[1].tokens, 22);
    assert_eq!(all[3].nano_usd, 4_000);
    // The tool failed because of what is in it.
    assert_eq!(first_error(&tree, &all), Some(3));
    assert_eq!(first_error(&tree, &all[..2]), None);
}

#[test]
fn traces_without_agents_have_steps_too() {
    let tree = tree("0api_call:get 1span:query");
    assert_eq!(steps(&tree).len(), 2);
}

#[test]
fn graphs_have_everybody_once() {
    let tree = tree("0agent_action:lead 1llm:m 1agent_action:helper 2llm:m 2tool_call:find 2tool_call:find 1llm:m");
    let graph = Graph::of(&tree);
    let names: Vec<(&str, u32)> = graph
        .actors
        .iter()
        .map(|actor| (actor.name.as_str(), actor.calls))
        .collect();
    assert_eq!(names, [("lead", 1), ("m", 3), ("helper", 1), ("find", 2)]);
    assert_eq!(graph.calls, [(0, 1, 2), (0, 2, 1), (2, 1, 1), (2, 3, 2)]);
    // Nobody stands upon somebody else.
    for (n, a) in graph.actors.iter().enumerate() {
        for b in &graph.actors[n + 1..] {
            assert!(a.y != b.y || (a.x - b.x).abs() >= graph::WIDTH, "{a:?} {b:?}");
        }
    }
    assert!(graph.actors[3].y > graph.actors[2].y);
}

#[test]
fn whoever_is_called_stands_below() {
    // The model is called first by the lead, and later by a helper that the lead called.
    let tree = tree("0agent_action:lead 1llm:m 1agent_action:helper 2llm:m 2agent_action:lead");
    let graph = Graph::of(&tree);
    let y = |name: &str| graph.actors.iter().find(|actor| actor.name == name).unwrap().y;
    assert!(y("lead") < y("helper") && y("helper") < y("m"));
}

#[test]
fn graphs_of_agents_that_call_each_other_end() {
    let text: String = (0..300).map(|n| format!("{n}agent_action:a{} ", n % 3)).collect();
    let graph = Graph::of(&tree(&text));
    assert_eq!(graph.actors.len(), 3);
    let many: String = std::iter::once("0agent_action:a ".to_owned())
        .chain((0..500).map(|n| format!("1tool_call:t{n} ")))
        .collect();
    assert!(Graph::of(&tree(&many)).actors.len() <= 61);
}

#[test]
fn moments_are_written_with_few_digits() {
    for (us, text) in [
        (0, "0"),
        (7, "7 µs"),
        (1_500, "1.5 ms"),
        (2_000_000, "2 s"),
        (61_250_000, "1 m 01 s"),
    ] {
        assert_eq!(micros_text(us).replace('\u{a0}', " "), text);
    }
}
