use std::collections::BTreeSet;

use eventglass_model::{Severity, Status};
use proptest::prelude::*;

use super::*;
use crate::traces::row::tests::{log, span};

/// The tree as text: names with their flags, indented by depth.
fn drawn(rows: &[SpanRow]) -> Vec<String> {
    let tree = Tree::build(rows);
    (0..tree.len())
        .map(|n| {
            let row = &rows[tree.rows[n] as usize];
            let name = if row.is_moment() {
                format!("({})", row.event_id)
            } else {
                row.span_id.clone().unwrap()
            };
            let words = [
                (ORPHAN, "orphan"),
                (CYCLE, "cycle"),
                (DUPLICATE, "duplicate"),
                (SKEW, "skew"),
            ];
            let odd: Vec<&str> = words
                .iter()
                .filter(|(flag, _)| tree.flags[n] & flag != 0)
                .map(|(_, w)| *w)
                .collect();
            format!("{}{name} {}", "  ".repeat(tree.depth[n] as usize), odd.join(" "))
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn children_stand_below_their_parent_in_the_order_of_time() {
    let rows = [
        span("c", Some("a"), 3),
        span("b", Some("a"), 2),
        span("a", None, 1),
        span("d", Some("b"), 4),
    ];
    assert_eq!(drawn(&rows), ["a", "  b", "    d", "  c"]);
}

#[test]
fn orphans_and_several_roots_are_roots() {
    let rows = [span("b", Some("gone"), 2), span("a", None, 1), span("z", None, 3)];
    assert_eq!(drawn(&rows), ["a", "b orphan", "z"]);
    let mut langfuse = span("o", Some("trace:t"), 1);
    langfuse.trace_id = "t".into();
    assert_eq!(drawn(&[langfuse]), ["o"], "it hangs on a trace that was never sent");
}

#[test]
fn circles_are_cut_at_the_earliest() {
    let rows = [
        span("a", Some("c"), 2),
        span("b", Some("a"), 1),
        span("c", Some("b"), 3),
        span("d", Some("c"), 4),
    ];
    assert_eq!(drawn(&rows), ["b cycle", "  c", "    a skew", "    d"]);
    assert_eq!(drawn(&[span("a", Some("a"), 1)]), ["a cycle"]);
}

#[test]
fn of_two_spans_with_one_id_the_finished_one_has_the_children() {
    let announced = SpanRow {
        event_id: "start".into(),
        duration_us: None,
        ..span("a", None, 1)
    };
    let rows = [announced, span("b", Some("a"), 2), span("a", None, 1)];
    assert_eq!(drawn(&rows), ["a duplicate", "a", "  b"]);
}

#[test]
fn logs_are_in_their_span() {
    let rows = [log("a", 2), span("a", None, 1), log("gone", 3), span("b", Some("a"), 2)];
    assert_eq!(drawn(&rows), ["a", "  (log:a:2)", "  b", "(log:gone:3) orphan"]);
    let loose = SpanRow {
        span_id: None,
        ..log("x", 9)
    };
    assert_eq!(drawn(&[loose]), ["(log:x:9)"]);
}

#[test]
fn watchllm_names_parents_by_their_event() {
    let parent = SpanRow {
        event_id: "event-1".into(),
        ..span("s1", None, 1)
    };
    let tool = SpanRow {
        event_id: "event-2".into(),
        span_id: Some("event-2".into()),
        kind: "tool_call".into(),
        ..span("", Some("event-1"), 2)
    };
    let message = SpanRow {
        event_id: "event-3".into(),
        span_id: Some("event-3".into()),
        kind: "message".into(),
        duration_us: None,
        ..span("", Some("event-2"), 3)
    };
    assert_eq!(drawn(&[message, tool, parent]), ["s1", "  event-2", "    (event-3)"]);
}

#[test]
fn clocks_that_differ_are_marked() {
    let mut early = span("b", Some("a"), 1);
    early.time -= 1_001;
    assert_eq!(drawn(&[span("a", None, 1), early.clone()]), ["a", "  b skew"]);
    early.time += 1;
    assert_eq!(drawn(&[span("a", None, 1), early]), ["a", "  b"]);
}

#[test]
fn a_chain_of_100_000_does_not_overflow() {
    let rows: Vec<SpanRow> = (0..100_000)
        .rev()
        .map(|n| span(&n.to_string(), (n > 0).then(|| (n - 1).to_string()).as_deref(), n))
        .collect();
    let tree = Tree::build(&rows);
    assert_eq!((tree.depth[99_999], tree.size[0]), (99_999, 100_000));
    let circle: Vec<SpanRow> = (0..100_000)
        .map(|n| span(&n.to_string(), Some(&((n + 1) % 100_000).to_string()), n))
        .collect();
    let tree = Tree::build(&circle);
    assert_eq!((tree.size[0], tree.flags[0] & CYCLE), (100_000, CYCLE));
}

/// Any event at all, with ids that often meet.
fn any_row() -> impl Strategy<Value = SpanRow> {
    let id = || proptest::option::of("[a-f]?");
    let kinds = prop_oneof![Just("span"), Just("llm"), Just("log"), Just("error"), Just("message")];
    (
        0..20_i64,
        id(),
        id(),
        "[a-h]",
        kinds,
        proptest::option::of(0..5_000_000_i64),
        0..4_i64,
    )
        .prop_map(|(second, span_id, parent, event, kind, duration_us, status)| SpanRow {
            span_id,
            parent_span_id: parent,
            event_id: event,
            kind: kind.to_owned(),
            duration_us,
            severity: Severity::Info,
            status: Status::from_code(status).unwrap(),
            ..span("x", None, second)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_event_has_one_place_in_pre_order(rows in proptest::collection::vec(any_row(), 0..30)) {
        let tree = Tree::build(&rows);
        prop_assert_eq!(tree.len(), rows.len());
        let seen: BTreeSet<u32> = tree.rows.iter().copied().collect();
        prop_assert_eq!(seen.len(), rows.len(), "each once");
        // Pre-order: the parent is the nearest place before with a lower depth.
        for n in 0..tree.len() {
            let nearest = (0..n).rev().find(|m| tree.depth[*m] < tree.depth[n]);
            let parent = usize::try_from(tree.parent[n]).ok();
            prop_assert_eq!(parent, nearest);
            prop_assert_eq!(tree.depth[n], parent.map_or(0, |parent| tree.depth[parent] + 1));
            // Subtrees: all that follows and is deeper, and nothing else.
            let end = (n + 1..tree.len()).find(|m| tree.depth[*m] <= tree.depth[n]).unwrap_or(tree.len());
            prop_assert_eq!(tree.size[n] as usize, end - n);
        }
        // Siblings are in the order of time.
        for n in 0..tree.len() {
            let next = n + tree.size[n] as usize;
            if next < tree.len() && tree.parent[next] == tree.parent[n] {
                let time = |place: usize| rows[tree.rows[place] as usize].time;
                prop_assert!(time(n) <= time(next));
            }
        }
        // Who names a parent that is there hangs on something, unless a circle was cut.
        for n in 0..tree.len() {
            let row = &rows[tree.rows[n] as usize];
            let named = row.parent().filter(|_| !row.is_moment());
            if let Some(id) = named && tree.parent[n] < 0 {
                prop_assert!(tree.flags[n] & (ORPHAN | CYCLE) != 0, "{}", id);
            }
        }
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(rows in proptest::collection::vec(any_row(), 0..12), turn in 0..12_usize) {
        // Rows of one time and key would be told apart by nothing.
        let mut rows: Vec<SpanRow> = rows;
        for (n, row) in rows.iter_mut().enumerate() {
            row.key += n as i64;
            row.event_id = format!("e{n}");
        }
        let ids = |rows: &[SpanRow]| {
            let tree = Tree::build(rows);
            let ids = tree.rows.iter().map(|row| rows[*row as usize].event_id.clone()).collect::<Vec<_>>();
            (ids, tree.depth, tree.flags)
        };
        let before = ids(&rows);
        let turn = turn % rows.len().max(1);
        rows.rotate_left(turn);
        prop_assert_eq!(ids(&rows), before);
    }
}
