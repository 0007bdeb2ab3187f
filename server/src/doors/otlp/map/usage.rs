//! Tokens and cost.
//!
//! Conventions differ in whether the input includes what was cached and the
//! output what was reasoned: `OpenTelemetry`, `OpenInference` and `OpenAI`
//! include them, Langfuse's `usage_details` and Anthropic's own names do not.
//! Where the numbers show that a part cannot be included, it is not.

use std::collections::BTreeMap;

use eventglass_model::Tokens;
use serde_json::Value as Json;

use super::fields::Field;
use super::slots::Slots;
use super::text::float_of;

/// Kinds whose usage is their own and not the sum of what they called.
const OWN: &[&str] = &["llm", "embedding", "retrieval", "tool_call"];

/// Tokens as they were reported.
#[derive(Default)]
struct Report {
    input: i64,
    output: i64,
    total: i64,
    cache_read: i64,
    cache_write: i64,
    reasoning: i64,
    /// Whether the parts are known not to be in the input and output.
    apart: bool,
}

/// The tokens of a span of some kind. What an agent or workflow reports is the
/// sum of its model calls, which report their own, and is left among the attributes.
pub fn tokens(slots: &Slots<'_>, kind: &str) -> Option<Tokens> {
    let details = |field| slots.text(field).and_then(|text| of_json(&text));
    if let Some(report) = details(Field::UsageDetails) {
        return Some(report.settle());
    }
    if !OWN.contains(&kind) {
        return None;
    }
    let count = |field| slots.int(field);
    let (input, output, total) = (
        count(Field::InputTokens),
        count(Field::OutputTokens),
        count(Field::TotalTokens),
    );
    if input.or(output).or(total).is_none() {
        return details(Field::UsageJson).map(Report::settle);
    }
    let report = Report {
        input: input.unwrap_or(0),
        output: output.unwrap_or(0),
        total: total.unwrap_or(0),
        cache_read: count(Field::CacheRead).unwrap_or(0),
        cache_write: count(Field::CacheWrite).unwrap_or(0),
        reasoning: count(Field::Reasoning).unwrap_or(0),
        apart: false,
    };
    Some(report.settle())
}

/// What the client says it cost, in billionths of a dollar. Outside Langfuse's
/// details, 0 means nothing: instrumentations send it for a price they do not know.
pub fn cost(slots: &Slots<'_>, kind: &str) -> Option<i64> {
    let details = || {
        let text = slots.text(Field::CostDetails)?;
        let costs: BTreeMap<String, Json> = serde_json::from_str(&text).ok()?;
        let cost = |json: &Json| json.as_f64().filter(|cost| *cost >= 0.0);
        costs
            .get("total")
            .and_then(cost)
            .or_else(|| costs.values().filter_map(cost).reduce(|sum, cost| sum + cost))
    };
    let dollars = |field| slots.find(field, float_of).filter(|cost| *cost > 0.0);
    let parts = || match (dollars(Field::InputCost), dollars(Field::OutputCost)) {
        (None, None) => None,
        (input, output) => Some(input.unwrap_or(0.0) + output.unwrap_or(0.0)),
    };
    let own = || dollars(Field::Cost).or_else(parts).filter(|_| OWN.contains(&kind));
    #[expect(clippy::cast_possible_truncation, reason = "saturates at nine billion dollars")]
    let nano_dollars = |dollars: f64| (dollars * 1e9).round() as i64;
    details().or_else(own).map(nano_dollars)
}

impl Report {
    fn settle(self) -> Tokens {
        let [input, output, total] = [self.input, self.output, self.total].map(|n| n.max(0));
        let [read, write, reasoning] = [self.cache_read, self.cache_write, self.reasoning].map(|n| n.max(0));
        let cached = read.saturating_add(write);
        let adds_up = |parts: &[i64]| total > 0 && parts.iter().fold(0_i64, |sum, n| sum.saturating_add(*n)) == total;
        let cache_apart = self.apart
            || cached > input
            || (cached > 0 && (adds_up(&[input, cached, output]) || adds_up(&[input, cached, output, reasoning])));
        let input_total = input.saturating_add(if cache_apart { cached } else { 0 });
        let reasoning_apart =
            self.apart || reasoning > output || (reasoning > 0 && adds_up(&[input_total, output, reasoning]));
        Tokens {
            input_total,
            output_total: output.saturating_add(if reasoning_apart { reasoning } else { 0 }),
            cache_read: read,
            cache_write: write,
            output_reasoning: reasoning,
            total,
            ..Tokens::default()
        }
    }
}

/// A map of counts: Langfuse's, whose buckets are disjoint, or `OpenAI`'s, which
/// has details within its totals.
fn of_json(text: &str) -> Option<Report> {
    let map: BTreeMap<String, Json> = serde_json::from_str(text).ok()?;
    let openai = map
        .iter()
        .any(|(name, count)| count.is_object() || matches!(name.as_str(), "prompt_tokens" | "completion_tokens"));
    let mut report = Report {
        apart: !openai,
        ..Report::default()
    };
    let mut any = false;
    for (name, count) in &map {
        match count {
            Json::Object(details) => {
                for (name, count) in details {
                    report.add(name, count_of(count), true);
                }
            }
            _ => {
                let count = count_of(count);
                any |= count.is_some();
                report.add(name, count, false);
            }
        }
    }
    any.then_some(report)
}

fn count_of(json: &Json) -> Option<i64> {
    let count = json.as_i64().or_else(|| json.as_str()?.trim().parse().ok());
    count.filter(|count| *count >= 0)
}

impl Report {
    /// Files a count by the words in its name. `within`: it is part of a count
    /// that is filed already, and only of interest if it has a bucket.
    fn add(&mut self, name: &str, count: Option<i64>, within: bool) {
        let Some(count) = count else { return };
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let bucket = if has(&["cache_creation", "cache_write"]) {
            &mut self.cache_write
        } else if has(&["cache"]) {
            &mut self.cache_read
        } else if has(&["reasoning"]) {
            &mut self.reasoning
        } else if within {
            return;
        } else if has(&["total"]) {
            &mut self.total
        } else if has(&["output", "completion"]) {
            &mut self.output
        } else if has(&["input", "prompt"]) {
            &mut self.input
        } else {
            return;
        };
        *bucket = bucket.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(report: Report) -> (i64, i64) {
        let tokens = report.settle();
        (tokens.input_total, tokens.output_total)
    }

    #[test]
    fn parts_are_included_unless_they_cannot_be() {
        let report = |input, cache_read, output, reasoning, total| Report {
            input,
            cache_read,
            output,
            reasoning,
            total,
            ..Report::default()
        };
        assert_eq!(settled(report(100, 80, 50, 20, 0)), (100, 50));
        assert_eq!(settled(report(100, 80, 50, 20, 150)), (100, 50));
        assert_eq!(
            settled(report(20, 80, 50, 0, 0)),
            (100, 50),
            "a part is bigger than the whole"
        );
        assert_eq!(
            settled(report(100, 80, 50, 0, 230)),
            (180, 50),
            "the total counts it apart"
        );
        assert_eq!(
            settled(report(100, 0, 50, 20, 170)),
            (100, 70),
            "thoughts are not in the output"
        );
        assert_eq!(settled(report(100, 80, 10, 20, 210)), (180, 30), "both");
        assert_eq!(settled(report(-5, 0, i64::MAX, 0, 0)), (0, i64::MAX));
    }

    #[test]
    fn usage_comes_as_maps() {
        let read = |json: &str| of_json(json).map(Report::settle);
        let tokens = |input_total, output_total, cache_read, cache_write, output_reasoning, total| {
            Some(Tokens {
                input_total,
                output_total,
                cache_read,
                cache_write,
                output_reasoning,
                total,
                ..Tokens::default()
            })
        };
        assert_eq!(
            read(r#"{"input": 8, "input_cached_tokens": 2, "output": 5, "total": 15}"#),
            tokens(10, 5, 2, 0, 0, 15)
        );
        assert_eq!(
            read(
                r#"{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15,
                    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 1},
                    "completion_tokens_details": {"reasoning_tokens": 3}}"#
            ),
            tokens(10, 5, 4, 0, 3, 15)
        );
        assert_eq!(
            read(
                r#"{"input_tokens": 7, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 3, "output_tokens": "5"}"#
            ),
            tokens(100, 5, 90, 3, 0, 0)
        );
        assert_eq!(
            read(r#"{"input": 1, "input_audio": 2, "output": 3, "output_reasoning_tokens": 4}"#),
            tokens(3, 7, 0, 0, 4, 0)
        );
        for nothing in ["{}", "[]", "12", "{\"input\": \"many\"}", "{\"input\": -1}"] {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }
}
