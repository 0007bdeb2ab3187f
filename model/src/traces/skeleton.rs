//! The tree of a trace as parallel arrays, in pre-order: a span stands before
//! its children, and its subtree is the `size` entries that begin with it.
//! Nothing needs a tree of objects, and collapsing a span is a jump.

use serde::{Deserialize, Serialize};

/// What is to be known of a span besides its figures: bits of [`Skeleton::flags`].
pub mod span_flags {
    /// Its parent is not in the trace: shown as a root.
    pub const ORPHAN: u32 = 1;
    /// It was its own ancestor: cut loose and shown as a root.
    pub const CYCLE: u32 = 1 << 1;
    /// Another span has the same span id. The children are with the other.
    pub const DUPLICATE: u32 = 1 << 2;
    /// It starts more than a millisecond before its parent does: clocks differ.
    pub const SKEW: u32 = 1 << 3;
    /// A log, error, score or message: a moment, not a span.
    pub const MOMENT: u32 = 1 << 4;
    /// It failed: status `error` or `timeout`, or a log of severity `error` or worse.
    pub const ERROR: u32 = 1 << 5;
    /// Scores hang on it.
    pub const SCORED: u32 = 1 << 6;
    /// Its tokens and cost are what its descendants report, too: shown as
    /// "reported", in no sum.
    pub const AGGREGATE: u32 = 1 << 7;
    /// It has tokens and no known price.
    pub const UNPRICED: u32 = 1 << 8;
    /// It has no end yet.
    pub const UNFINISHED: u32 = 1 << 9;
    /// The client said what it cost.
    pub const CLIENT_COST: u32 = 1 << 10;
}

/// A tree of spans; every array has one entry a span, but for `strings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Skeleton {
    /// The texts that `kind`, `name`, `service` and `model` point into. The first is empty: none.
    pub strings: Vec<String>,
    /// What to ask for a span's payload by: its span id, or, where that names
    /// another one, too (a log, a duplicate), the id of its event.
    pub id: Vec<String>,
    /// Index of the parent; -1 for a root.
    pub parent: Vec<i32>,
    /// 0 for a root.
    pub depth: Vec<u32>,
    /// Entries of the subtree, itself included.
    pub size: Vec<u32>,
    /// Start, in microseconds after the start of the trace; of a score it may be before that.
    pub start_us: Vec<i64>,
    /// Duration in microseconds; `null` for moments and spans without an end yet.
    pub duration_us: Vec<Option<i64>>,
    /// Index of the kind in `strings`.
    pub kind: Vec<u32>,
    /// Index of the name in `strings`.
    pub name: Vec<u32>,
    /// Index of the service in `strings`.
    pub service: Vec<u32>,
    /// Index of the model in `strings`.
    pub model: Vec<u32>,
    /// [`crate::Status::code`]: 0 unset, 1 ok, 2 error, 3 timeout.
    pub status: Vec<u8>,
    /// Input tokens, its own.
    pub input_tokens: Vec<i64>,
    /// Output tokens, its own.
    pub output_tokens: Vec<i64>,
    /// Its own cost in billionths of a dollar; `null` when not known.
    pub cost_nano_usd: Vec<Option<i64>>,
    /// Bits of [`span_flags`].
    pub flags: Vec<u32>,
}

/// What a subtree adds up to, its root included, nothing counted twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanSums {
    /// Spans, moments left out.
    pub spans: u32,
    /// Spans and moments that failed.
    pub errors: u32,
    /// Input tokens.
    pub input_tokens: i64,
    /// Output tokens.
    pub output_tokens: i64,
    /// Known cost in billionths of a dollar.
    pub cost_nano_usd: i64,
    /// Spans whose cost is known.
    pub priced: u32,
    /// Spans with tokens and no known price.
    pub unpriced: u32,
}

impl SpanSums {
    /// Adds another subtree's.
    pub const fn add(&mut self, other: &Self) {
        self.spans = self.spans.saturating_add(other.spans);
        self.errors = self.errors.saturating_add(other.errors);
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.cost_nano_usd = self.cost_nano_usd.saturating_add(other.cost_nano_usd);
        self.priced = self.priced.saturating_add(other.priced);
        self.unpriced = self.unpriced.saturating_add(other.unpriced);
    }
}

impl Skeleton {
    /// How many spans and moments.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.id.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.id.is_empty()
    }

    /// A text by its index.
    #[must_use]
    pub fn string(&self, index: u32) -> &str {
        self.strings.get(index as usize).map_or("", String::as_str)
    }

    /// Whether a span has a flag of [`span_flags`].
    #[must_use]
    pub fn has(&self, span: usize, flag: u32) -> bool {
        self.flags.get(span).is_some_and(|flags| flags & flag != 0)
    }

    /// The parent of a span.
    #[must_use]
    pub fn parent_of(&self, span: usize) -> Option<usize> {
        self.parent.get(span).and_then(|parent| usize::try_from(*parent).ok())
    }

    /// The entry after a span's subtree: its next sibling, or that of an ancestor.
    #[must_use]
    pub fn after(&self, span: usize) -> usize {
        span + self.size.get(span).map_or(1, |size| *size as usize).max(1)
    }

    /// The children of a span, or, for `None`, the roots, in order.
    pub fn children(&self, span: Option<usize>) -> impl Iterator<Item = usize> + '_ {
        let (mut next, end) = span.map_or((0, self.len()), |span| (span + 1, self.after(span)));
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.after(child);
                child
            })
        })
    }

    /// A span by what its payload is asked for by.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.id.iter().position(|known| known == id)
    }

    /// The figures of a span alone, as they count in sums.
    #[must_use]
    pub fn own(&self, span: usize) -> SpanSums {
        use span_flags::{AGGREGATE, ERROR, MOMENT, UNPRICED};
        let mut own = SpanSums {
            spans: u32::from(!self.has(span, MOMENT)),
            errors: u32::from(self.has(span, ERROR)),
            ..SpanSums::default()
        };
        if !self.has(span, AGGREGATE) {
            let cost = self.cost_nano_usd.get(span).copied().flatten();
            own.input_tokens = self.input_tokens.get(span).copied().unwrap_or(0);
            own.output_tokens = self.output_tokens.get(span).copied().unwrap_or(0);
            own.cost_nano_usd = cost.unwrap_or(0);
            own.priced = u32::from(cost.is_some());
            own.unpriced = u32::from(self.has(span, UNPRICED));
        }
        own
    }

    /// What each subtree adds up to, in the order of the spans: one pass.
    #[must_use]
    pub fn sums(&self) -> Vec<SpanSums> {
        let mut sums: Vec<SpanSums> = (0..self.len()).map(|span| self.own(span)).collect();
        // A parent stands before its children: from the end, each is complete when it is added.
        for span in (0..self.len()).rev() {
            let Some(parent) = self.parent_of(span).filter(|parent| *parent < span) else {
                continue;
            };
            let of_child = sums.get(span).copied().unwrap_or_default();
            if let Some(of_parent) = sums.get_mut(parent) {
                of_parent.add(&of_child);
            }
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0 { 1 { 2 } 3 } 4
    fn tree() -> Skeleton {
        let n = 5;
        Skeleton {
            strings: vec![String::new(), "llm".to_owned()],
            id: (0..n).map(|n| n.to_string()).collect(),
            parent: vec![-1, 0, 1, 0, -1],
            depth: vec![0, 1, 2, 1, 0],
            size: vec![4, 2, 1, 1, 1],
            start_us: vec![0; n],
            duration_us: vec![Some(1); n],
            kind: vec![1; n],
            name: vec![0; n],
            service: vec![0; n],
            model: vec![0; n],
            status: vec![0; n],
            input_tokens: vec![100, 0, 60, 40, 7],
            output_tokens: vec![0; n],
            cost_nano_usd: vec![Some(10), None, Some(6), None, Some(1)],
            flags: vec![
                span_flags::AGGREGATE,
                0,
                span_flags::ERROR,
                span_flags::UNPRICED,
                span_flags::MOMENT,
            ],
        }
    }

    #[test]
    fn walks_without_a_tree() {
        let tree = tree();
        assert_eq!(tree.children(None).collect::<Vec<_>>(), [0, 4]);
        assert_eq!(tree.children(Some(0)).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(tree.children(Some(2)).count(), 0);
        assert_eq!(
            (tree.after(1), tree.position("3"), tree.parent_of(2)),
            (3, Some(3), Some(1))
        );
        assert_eq!(tree.string(1), "llm");
    }

    #[test]
    fn sums_leave_out_what_is_reported_twice() {
        let sums = tree().sums();
        assert_eq!((sums[0].input_tokens, sums[0].cost_nano_usd), (100, 6));
        assert_eq!(
            (sums[0].priced, sums[0].unpriced, sums[0].errors, sums[0].spans),
            (1, 1, 1, 4)
        );
        assert_eq!((sums[1].input_tokens, sums[4].spans), (60, 0));
    }
}
