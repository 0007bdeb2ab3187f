//! Looks for spans.

use eventglass_model::span_flags;

use super::Tree;

/// The spans that a search inside of a trace finds, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Found {
    spans: Vec<u32>,
}

impl Found {
    /// Looks in names, kinds, services and models, in any case of ASCII
    /// letters, and for spans whose id begins so. Each text is looked at once,
    /// however many spans carry it.
    pub(in super::super) fn search(tree: &Tree, what: &str) -> Self {
        let what = what.trim().to_ascii_lowercase();
        if what.is_empty() {
            return Self::default();
        }
        let spans = &tree.spans;
        let texts: Vec<bool> = spans
            .strings
            .iter()
            .map(|text| text.to_ascii_lowercase().contains(&what))
            .collect();
        let says = |index: Option<&u32>| {
            index
                .and_then(|index| texts.get(*index as usize))
                .copied()
                .unwrap_or(false)
        };
        let is_found = |span: usize| {
            says(spans.name.get(span))
                || says(spans.model.get(span))
                || says(spans.kind.get(span))
                || says(spans.service.get(span))
                || tree.id(span).starts_with(&what)
        };
        let found = (0..tree.len()).filter(|span| is_found(*span));
        Self {
            spans: found.filter_map(|span| u32::try_from(span).ok()).collect(),
        }
    }

    pub(in super::super) const fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether a span is among them.
    pub(in super::super) fn has(&self, span: usize) -> bool {
        u32::try_from(span).is_ok_and(|span| self.spans.binary_search(&span).is_ok())
    }

    /// The one after a span, or before it; from the ends it goes on at the other.
    pub(in super::super) fn next(&self, span: Option<usize>, back: bool) -> Option<usize> {
        let at = span.and_then(|span| u32::try_from(span).ok());
        let next = match (at, back) {
            (None, false) => self.spans.first(),
            (None, true) => self.spans.last(),
            (Some(at), false) => self
                .spans
                .get(self.spans.partition_point(|span| *span <= at))
                .or_else(|| self.spans.first()),
            (Some(at), true) => self
                .spans
                .partition_point(|span| *span < at)
                .checked_sub(1)
                .and_then(|before| self.spans.get(before))
                .or_else(|| self.spans.last()),
        };
        next.map(|span| *span as usize)
    }

    /// Which of them a span is, counted from 1.
    pub(in super::super) fn number(&self, span: usize) -> Option<usize> {
        let span = u32::try_from(span).ok()?;
        self.spans.binary_search(&span).ok().map(|at| at + 1)
    }
}

/// The next span that failed after another, or before it; from the ends it
/// goes on at the other.
pub(in super::super) fn next_error(tree: &Tree, span: Option<usize>, back: bool) -> Option<usize> {
    let failed = |span: &usize| tree.has(*span, span_flags::ERROR);
    let len = tree.len();
    if back {
        let at = span.unwrap_or(len);
        (0..at).rev().find(failed).or_else(|| (at..len).rev().find(failed))
    } else {
        let after = span.map_or(0, |span| span + 1);
        (after..len).find(failed).or_else(|| (0..after.min(len)).find(failed))
    }
}
