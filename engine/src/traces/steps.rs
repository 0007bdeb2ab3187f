//! What an agent did, one thing after the other.

use eventglass_model::{Skeleton, Status, Step, Trace, TraceSteps, span_flags};

use super::Traces;
use super::service::in_thread;
use crate::store::StoreError;

/// The kinds that are steps; whatever failed is one, too.
const STEPS: &[&str] = &[
    "agent_action",
    "llm",
    "tool_call",
    "retrieval",
    "embedding",
    "token_usage",
];
/// The most steps of an answer.
const MOST: usize = 10_000;

impl Traces {
    /// A trace step by step; `None` when nothing of it is stored.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn steps(&self, project_id: i64, trace_id: &str) -> Result<Option<TraceSteps>, StoreError> {
        match self.open(project_id, trace_id).await? {
            Some(trace) => in_thread(move || Some(steps(trace))).await,
            None => Ok(None),
        }
    }
}

fn steps(trace: Trace) -> TraceSteps {
    let spans = &trace.spans;
    let is_step = |n: usize| {
        let kind = spans.kind.get(n).map_or("", |kind| spans.string(*kind));
        STEPS.contains(&kind) || spans.has(n, span_flags::ERROR)
    };
    // By their beginning; what begins at one moment stays in the order of the tree.
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|n| spans.start_us.get(*n));
    let mut places = vec![None; spans.len()];
    let mut steps: Vec<Step> = Vec::new();
    let (mut tokens, mut cost, mut truncated) = (0_i64, 0_i64, false);
    for n in order {
        // What is no step counts all the same.
        let own = spans.own(n);
        tokens = tokens
            .saturating_add(own.input_tokens)
            .saturating_add(own.output_tokens);
        cost = cost.saturating_add(own.cost_nano_usd);
        if !is_step(n) {
            continue;
        }
        if steps.len() == MOST {
            truncated = true;
            break;
        }
        if let Some(place) = places.get_mut(n) {
            *place = Some(steps.len());
        }
        steps.push(step(spans, n, &places, tokens, cost));
    }
    TraceSteps {
        first_error: steps.iter().position(|step| step.error),
        head: trace.head,
        steps,
        truncated: truncated || trace.truncated,
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown to people")]
fn step(spans: &Skeleton, n: usize, places: &[Option<usize>], tokens: i64, cost: i64) -> Step {
    let text = |list: &[u32]| spans.string(list.get(n).copied().unwrap_or(0)).to_owned();
    let own = spans.own(n);
    let mut above = spans.parent_of(n);
    let within = std::iter::from_fn(|| {
        let at = above?;
        above = spans.parent_of(at);
        Some(places.get(at).copied().flatten())
    })
    .flatten()
    .next();
    let status = spans.status.get(n).copied().map(i64::from).and_then(Status::from_code);
    let model = text(&spans.model);
    Step {
        span: spans.id.get(n).cloned().unwrap_or_default(),
        index: n,
        kind: text(&spans.kind),
        name: text(&spans.name),
        model: Some(model).filter(|model| !model.is_empty()),
        depth: spans.depth.get(n).copied().unwrap_or(0),
        within,
        status: status.unwrap_or(Status::Unset),
        error: spans.has(n, span_flags::ERROR),
        start_ms: spans.start_us.get(n).copied().unwrap_or(0) as f64 / 1e3,
        duration_ms: spans.duration_us.get(n).copied().flatten().map(|us| us as f64 / 1e3),
        tokens: own.input_tokens.saturating_add(own.output_tokens),
        cost_usd: (own.priced > 0).then_some(own.cost_nano_usd as f64 / 1e9),
        tokens_so_far: tokens,
        cost_usd_so_far: cost as f64 / 1e9,
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::Timestamp;

    use super::*;
    use crate::store::TraceRows;
    use crate::traces::SpanRow;
    use crate::traces::row::tests::{call, span};
    use crate::traces::service::trace_of;

    #[test]
    fn steps_add_up() {
        let at = |second: i64, row: SpanRow| SpanRow {
            time: second * 1_000_000,
            key: second,
            ..row
        };
        let agent = |id: &str, parent: Option<&str>| SpanRow {
            kind: "agent_action".into(),
            ..span(id, parent, 0)
        };
        let failed = SpanRow {
            status: Status::Error,
            kind: "tool_call".into(),
            ..span("tool", Some("middle"), 3)
        };
        let rows = TraceRows {
            rows: vec![
                at(2, call("second", Some("agent"), 30, Some(3))),
                at(1, call("first", Some("agent"), 20, Some(2))),
                at(0, agent("agent", None)),
                at(2, span("middle", Some("agent"), 2)),
                failed,
            ],
            ..TraceRows::default()
        };
        let steps = steps(trace_of("t", &rows, Timestamp::from_micros(0)));
        let told: Vec<(&str, i64, Option<usize>)> = steps
            .steps
            .iter()
            .map(|step| (step.span.as_str(), step.tokens_so_far, step.within))
            .collect();
        assert_eq!(
            told,
            [
                ("agent", 0, None),
                ("first", 20, Some(0)),
                ("second", 50, Some(0)),
                ("tool", 50, Some(0))
            ]
        );
        assert_eq!((steps.first_error, steps.steps[3].cost_usd_so_far), (Some(3), 5e-9));
    }
}
