//! Which spans are collapsed, and which rows that leaves.

use std::collections::BTreeSet;

use super::Tree;

/// Which spans are collapsed: all from some depth on, but for those that were
/// toggled by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Folds {
    /// Spans this deep are collapsed; the roots have depth 0.
    pub(in super::super) depth: Option<u32>,
    /// Spans that are the other way than their depth says.
    toggled: BTreeSet<usize>,
}

impl Folds {
    /// Everything this deep is collapsed, and nothing is toggled.
    pub(in super::super) const fn to_depth(depth: Option<u32>) -> Self {
        Self {
            depth,
            toggled: BTreeSet::new(),
        }
    }

    /// Whether a span is collapsed.
    pub(in super::super) fn is_folded(&self, tree: &Tree, span: usize) -> bool {
        let by_depth = self.depth.is_some_and(|depth| tree.depth(span) >= depth);
        !tree.is_leaf(span) && (by_depth != (!self.toggled.is_empty() && self.toggled.contains(&span)))
    }

    /// Collapses a span, or unfolds it; nothing for what has nothing in it.
    pub(in super::super) fn set(&mut self, tree: &Tree, span: usize, folded: bool) {
        if tree.is_leaf(span) || self.is_folded(tree, span) == folded {
            return;
        }
        if !self.toggled.remove(&span) {
            self.toggled.insert(span);
        }
    }

    /// Unfolds all that a span is in.
    pub(in super::super) fn reveal(&mut self, tree: &Tree, span: usize) {
        let mut at = span;
        while let Some(parent) = tree.spans.parent_of(at).filter(|parent| *parent < at) {
            self.set(tree, parent, false);
            at = parent;
        }
    }

    /// The same in a later version of the trace, in which spans have moved.
    pub(in super::super) fn carry(&self, before: &Tree, now: &Tree) -> Self {
        let ids: BTreeSet<&str> = self.toggled.iter().map(|span| before.id(*span)).collect();
        let toggled = if ids.is_empty() {
            BTreeSet::new()
        } else {
            (0..now.len()).filter(|span| ids.contains(now.id(*span))).collect()
        };
        Self {
            depth: self.depth,
            toggled,
        }
    }
}

/// The spans that have a row, in order. A collapsed span is one jump.
pub(in super::super) fn visible(tree: &Tree, folds: &Folds) -> Vec<u32> {
    let mut rows = Vec::new();
    let mut span = 0;
    while span < tree.len() {
        rows.push(u32::try_from(span).unwrap_or(u32::MAX));
        span = if folds.is_folded(tree, span) {
            tree.spans.after(span)
        } else {
            span + 1
        };
    }
    rows
}

/// The row of a span, or of the collapsed span that it is in.
pub(in super::super) fn row_of(rows: &[u32], span: usize) -> usize {
    let span = u32::try_from(span).unwrap_or(u32::MAX);
    // In pre-order, rows are in the order of their numbers.
    rows.partition_point(|row| *row <= span).saturating_sub(1)
}
