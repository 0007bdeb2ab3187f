//! Two traces side by side.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use eventglass_model::{Skeleton, Trace, TraceComparison};
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use super::Traces;
use super::service::in_thread;
use crate::store::StoreError;

/// After this long, what is left is aligned less well.
const DEADLINE: Duration = Duration::from_secs(1);

impl Traces {
    /// Compares two traces; `None` when nothing of one of them is stored.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn compare(&self, project_id: i64, a: &str, b: &str) -> Result<Option<TraceComparison>, StoreError> {
        let (Some(a), Some(b)) = (self.open(project_id, a).await?, self.open(project_id, b).await?) else {
            return Ok(None);
        };
        in_thread(move || Some(compare(a, b))).await
    }
}

/// A row that waits to be written: its span in each trace, and its depth.
type Row = (Option<usize>, Option<usize>, u32);

/// Aligns two traces from the roots down: the children of two spans that
/// belong together are aligned by kind and name, in their order.
fn compare(a: Trace, b: Trace) -> TraceComparison {
    let deadline = Instant::now() + DEADLINE;
    let mut labels = Labels::default();
    let (labels_a, labels_b) = (labels.of(&a.spans), labels.of(&b.spans));
    let mut rows: Vec<Row> = Vec::new();
    let align = |x: Option<usize>, y: Option<usize>, depth: u32| {
        let children_a: Vec<usize> = a.spans.children(x).collect();
        let children_b: Vec<usize> = b.spans.children(y).collect();
        aligned((&children_a, &labels_a), (&children_b, &labels_b), deadline)
            .into_iter()
            .map(move |(x, y)| (x, y, depth))
            .rev()
            .collect::<Vec<Row>>()
    };
    let mut waiting = align(None, None, 0);
    while let Some(row) = waiting.pop() {
        rows.push(row);
        let (x, y, depth) = row;
        match (x, y) {
            (Some(_), Some(_)) => waiting.extend(align(x, y, depth + 1)),
            (Some(x), None) => {
                let children: Vec<usize> = a.spans.children(Some(x)).collect();
                waiting.extend(children.into_iter().rev().map(|child| (Some(child), None, depth + 1)));
            }
            (None, Some(y)) => {
                let children: Vec<usize> = b.spans.children(Some(y)).collect();
                waiting.extend(children.into_iter().rev().map(|child| (None, Some(child), depth + 1)));
            }
            (None, None) => {}
        }
    }
    let place = |span: Option<usize>| span.and_then(|span| i32::try_from(span).ok()).unwrap_or(-1);
    let count = |of: fn(&Row) -> bool| u32::try_from(rows.iter().filter(|row| of(row)).count()).unwrap_or(u32::MAX);
    let differs = |row: &Row| row.0.zip(row.1).is_some_and(|(x, y)| differ(&a.spans, x, &b.spans, y));
    TraceComparison {
        row_a: rows.iter().map(|row| place(row.0)).collect(),
        row_b: rows.iter().map(|row| place(row.1)).collect(),
        depth: rows.iter().map(|row| row.2).collect(),
        changed: rows.iter().map(differs).collect(),
        added: count(|row| row.0.is_none()),
        removed: count(|row| row.1.is_none()),
        duration_ms: b.head.duration_ms - a.head.duration_ms,
        tokens: b.head.tokens.saturating_sub(a.head.tokens),
        cost_usd: a.head.cost_usd.zip(b.head.cost_usd).map(|(a, b)| b - a),
        a,
        b,
    }
}

/// Numbers for kind and name, the same in both traces.
#[derive(Default)]
struct Labels(HashMap<(String, String), u32>);

impl Labels {
    fn of(&mut self, spans: &Skeleton) -> Vec<u32> {
        let texts = spans.kind.iter().zip(&spans.name);
        texts
            .map(|(kind, name)| {
                let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
                let key = (spans.string(*kind).to_owned(), spans.string(*name).to_owned());
                *self.0.entry(key).or_insert(next)
            })
            .collect()
    }
}

fn aligned(
    (a, labels_a): (&[usize], &[u32]),
    (b, labels_b): (&[usize], &[u32]),
    deadline: Instant,
) -> Vec<(Option<usize>, Option<usize>)> {
    let of = |spans: &[usize], labels: &[u32]| -> Vec<u32> {
        spans
            .iter()
            .map(|span| labels.get(*span).copied().unwrap_or(u32::MAX))
            .collect()
    };
    let (names_a, names_b) = (of(a, labels_a), of(b, labels_b));
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &names_a, &names_b, Some(deadline));
    let mut pairs = Vec::with_capacity(a.len().max(b.len()));
    for op in ops {
        let (old, new) = (op.old_range(), op.new_range());
        let both = matches!(op, DiffOp::Equal { .. });
        let mut left = a.get(old).unwrap_or_default().iter().copied();
        let mut right = b.get(new).unwrap_or_default().iter().copied();
        if both {
            pairs.extend(left.zip(right).map(|(x, y)| (Some(x), Some(y))));
        } else {
            pairs.extend(left.by_ref().map(|x| (Some(x), None)));
            pairs.extend(right.by_ref().map(|y| (None, Some(y))));
        }
    }
    pairs
}

/// Whether two spans that belong together differ in more than time.
fn differ(a: &Skeleton, x: usize, b: &Skeleton, y: usize) -> bool {
    let model = |spans: &Skeleton, n: usize| spans.model.get(n).map(|model| spans.string(*model).to_owned());
    a.status.get(x) != b.status.get(y)
        || a.input_tokens.get(x) != b.input_tokens.get(y)
        || a.output_tokens.get(x) != b.output_tokens.get(y)
        || a.cost_nano_usd.get(x) != b.cost_nano_usd.get(y)
        || model(a, x) != model(b, y)
}

#[cfg(test)]
mod tests {
    use eventglass_model::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::store::TraceRows;
    use crate::traces::SpanRow;
    use crate::traces::row::tests::{call, span};
    use crate::traces::service::trace_of;

    fn trace(rows: Vec<SpanRow>) -> Trace {
        let rows = TraceRows {
            rows,
            ..TraceRows::default()
        };
        trace_of("t", &rows, Timestamp::from_micros(0))
    }

    #[test]
    fn what_was_added_removed_and_changed() {
        let before = trace(vec![
            span("root", None, 1),
            call("ask", Some("root"), 10, Some(5)),
            span("old", Some("root"), 2),
            span("inside", Some("old"), 2),
            span("end", Some("root"), 3),
        ]);
        let after = trace(vec![
            span("root", None, 1),
            call("ask", Some("root"), 12, Some(6)),
            span("new", Some("root"), 2),
            span("end", Some("root"), 9),
        ]);
        let found = compare(before, after);
        let rows: Vec<(i32, i32, u32, bool)> = (0..found.row_a.len())
            .map(|n| (found.row_a[n], found.row_b[n], found.depth[n], found.changed[n]))
            .collect();
        assert_eq!(
            rows,
            [
                (0, 0, 0, false),
                (1, 1, 1, true),
                (2, -1, 1, false),
                (3, -1, 2, false),
                (-1, 2, 1, false),
                (4, 3, 1, false)
            ]
        );
        assert_eq!((found.added, found.removed, found.tokens), (1, 2, 2));
        assert_eq!(found.cost_usd.map(|cost| (cost * 1e9).round()), Some(1.0));
        assert_eq!(found.duration_ms, 6_000.0);
    }

    #[test]
    fn large_flat_traces_take_bounded_time() {
        let flat = |odd: i64| {
            trace(
                (0..20_000)
                    .map(|n| SpanRow {
                        name: Some(format!("{}", n * odd % 7_919)),
                        ..span(&n.to_string(), None, n)
                    })
                    .collect(),
            )
        };
        let started = Instant::now();
        let found = compare(flat(3), flat(5));
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
        assert!(found.row_a.len() >= 20_000);
    }

    proptest! {
        #[test]
        fn every_span_is_in_one_row(
            a in proptest::collection::vec((0..6_usize, "[ab]"), 0..12),
            b in proptest::collection::vec((0..6_usize, "[ab]"), 0..12),
        ) {
            let trace = |shape: &[(usize, String)]| trace(shape.iter().enumerate().map(|(n, (parent, name))| SpanRow {
                name: Some(name.clone()),
                ..span(&n.to_string(), (*parent < n).then(|| parent.to_string()).as_deref(), n as i64)
            }).collect());
            let found = compare(trace(&a), trace(&b));
            for (rows, len) in [(&found.row_a, a.len()), (&found.row_b, b.len())] {
                let seen: Vec<i32> = rows.iter().copied().filter(|row| *row >= 0).collect();
                prop_assert_eq!(&seen, &(0..i32::try_from(len).unwrap()).collect::<Vec<_>>(), "each once, in order");
            }
            let itself = compare(trace(&a), trace(&a));
            prop_assert!(itself.row_a == itself.row_b && !itself.changed.contains(&true));
        }
    }
}
