//! Which tokens and costs count: never those of a parent and its children both.

use super::{SpanRow, Tree};

/// Marks, place by place, usage that descendants report, too.
///
/// Of an agent, chain, workflow or other outer span that is so when anything
/// below it reports usage. A model call may have a tool below it which calls
/// another model, so that it is so only when a direct child reports usage: the
/// same call, seen by two instrumentations or reported apart (`token_usage`).
#[must_use]
pub(super) fn aggregates(rows: &[SpanRow], tree: &Tree) -> Vec<bool> {
    let mut below = vec![false; tree.len()];
    let mut direct = vec![false; tree.len()];
    let mut aggregates = vec![false; tree.len()];
    for place in (0..tree.len()).rev() {
        let Some(row) = tree.rows.get(place).and_then(|row| rows.get(*row as usize)) else {
            continue;
        };
        let own = row.has_usage();
        let (below_it, directly) = (get(&below, place), get(&direct, place));
        if let Some(aggregate) = aggregates.get_mut(place) {
            *aggregate = own && if row.is_call() { directly } else { below_it };
        }
        let parent = tree.parent.get(place).and_then(|parent| usize::try_from(*parent).ok());
        if let Some(parent) = parent.filter(|_| own || below_it) {
            set(&mut below, parent);
            if own {
                set(&mut direct, parent);
            }
        }
    }
    aggregates
}

fn get(list: &[bool], place: usize) -> bool {
    list.get(place).copied().unwrap_or(false)
}

fn set(list: &mut [bool], place: usize) {
    if let Some(entry) = list.get_mut(place) {
        *entry = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traces::row::tests::{call, span};

    fn counted(rows: &[SpanRow]) -> i64 {
        let tree = Tree::build(rows);
        let aggregates = aggregates(rows, &tree);
        (0..tree.len())
            .filter(|place| !aggregates[*place])
            .map(|place| rows[tree.rows[place] as usize].token_counts().input)
            .sum()
    }

    fn outer(id: &str, parent: Option<&str>, tokens: i64) -> SpanRow {
        SpanRow {
            kind: "agent_action".into(),
            ..call(id, parent, tokens, None)
        }
    }

    #[test]
    fn an_outer_span_reports_what_is_below_it() {
        assert_eq!(
            counted(&[
                outer("a", None, 100),
                call("b", Some("a"), 60, None),
                call("c", Some("a"), 40, None)
            ]),
            100
        );
        let far = [
            outer("a", None, 100),
            span("s", Some("a"), 1),
            call("b", Some("s"), 90, None),
        ];
        assert_eq!(counted(&far), 90);
        assert_eq!(
            counted(&[outer("a", None, 100), span("s", Some("a"), 1)]),
            100,
            "nothing below says it again"
        );
        assert_eq!(counted(&[outer("a", None, 7), outer("b", Some("a"), 7)]), 7);
    }

    #[test]
    fn a_call_seen_twice_counts_once() {
        assert_eq!(
            counted(&[call("a", None, 50, None), call("b", Some("a"), 50, None)]),
            50
        );
        let usage = SpanRow {
            kind: "token_usage".into(),
            duration_us: None,
            event_id: "u".into(),
            ..call("u", Some("a"), 50, None)
        };
        assert_eq!(counted(&[call("a", None, 50, None), usage]), 50);
    }

    #[test]
    fn a_call_in_a_tool_in_a_call_is_another_call() {
        let tool = SpanRow {
            kind: "tool_call".into(),
            ..span("t", Some("a"), 1)
        };
        assert_eq!(
            counted(&[call("a", None, 50, None), tool, call("b", Some("t"), 30, None)]),
            80
        );
    }
}
