//! What an agent did, one thing after another.

use eventglass_model::span_flags;

use super::Tree;
use crate::order::in_order;

/// Something an agent did, and what it had come to by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Step {
    /// Its span.
    pub(in super::super) span: usize,
    /// Whether it failed.
    pub(in super::super) error: bool,
    /// Tokens of it and all before it.
    pub(in super::super) tokens: i64,
    /// Cost of it and all before it, in billionths of a dollar.
    pub(in super::super) nano_usd: i64,
}

/// The steps of a trace in the order in which they began: agents, model calls,
/// tools, look-ups, and whatever failed. A trace of other things is walked
/// span by span.
pub(in super::super) fn steps(tree: &Tree) -> Vec<Step> {
    let failed = |span: usize| tree.has(span, span_flags::ERROR);
    let mut spans: Vec<usize> = (0..tree.len())
        .filter(|span| tree.role(*span).is_step() || failed(*span))
        .collect();
    if !spans.iter().any(|span| tree.role(*span).is_step()) {
        spans = (0..tree.len())
            .filter(|span| failed(*span) || !tree.has(*span, span_flags::MOMENT))
            .collect();
    }
    // Of those that began at once, the outer one is first: the order is stable.
    let spans = in_order(spans, |a, b| tree.start_us(*a).cmp(&tree.start_us(*b)));
    let (mut tokens, mut nano_usd) = (0_i64, 0_i64);
    spans
        .into_iter()
        .map(|span| {
            let own = tree.spans.own(span);
            tokens = tokens
                .saturating_add(own.input_tokens)
                .saturating_add(own.output_tokens);
            nano_usd = nano_usd.saturating_add(own.cost_nano_usd);
            Step {
                span,
                error: failed(span),
                tokens,
                nano_usd,
            }
        })
        .collect()
}

/// The first step that failed and is the cause of it: the innermost where
/// failures lie within each other.
pub(in super::super) fn first_error(tree: &Tree, steps: &[Step]) -> Option<usize> {
    let mut first = steps.iter().position(|step| step.error)?;
    loop {
        let outer = steps.get(first)?.span;
        let inside = outer + 1..tree.spans.after(outer);
        let within = |step: &Step| step.error && inside.contains(&step.span);
        match steps.iter().skip(first + 1).position(within) {
            Some(further) => first += 1 + further,
            None => return Some(first),
        }
    }
}
