//! Langfuse's `usage`, `usageDetails` and `costDetails`.

use eventglass_engine::cost::{Dialect, Reported, of_map};
use eventglass_model::{ServiceTier, Tokens};
use serde_json::{Map, Value};

/// Tokens in disjoint buckets, of `usageDetails` where there is one, else of
/// the older `usage`.
pub(super) fn tokens(body: &Map<String, Value>) -> Option<Tokens> {
    let details = body.get("usageDetails").and_then(Value::as_object);
    let usage = body.get("usage").and_then(Value::as_object);
    let tokens = details
        .and_then(|map| of_map(map, Dialect::Langfuse))
        .or_else(|| usage.and_then(from_usage))?;
    let tier = || {
        let asked = body.get("modelParameters")?.get("service_tier")?.as_str()?;
        ServiceTier::parse(asked)
            .ok()
            .filter(|tier| *tier != ServiceTier::Standard)
    };
    Some(Tokens {
        service_tier: tokens.service_tier.or_else(tier),
        ..tokens
    })
}

/// `{input, output, total, unit}` or `{promptTokens, completionTokens, totalTokens}`.
/// Other units than tokens are not tokens.
fn from_usage(map: &Map<String, Value>) -> Option<Tokens> {
    let unit = map.get("unit").and_then(Value::as_str).unwrap_or("TOKENS");
    if unit != "TOKENS" {
        return None;
    }
    let first = |names: &[&str]| {
        let value = names.iter().find_map(|name| map.get(*name).filter(|v| !v.is_null()))?;
        value.as_i64().or_else(|| value.as_str()?.parse().ok())
    };
    let tokens = Reported {
        input: first(&["input", "promptTokens"]),
        output: first(&["output", "completionTokens"]),
        total: first(&["total", "totalTokens"]),
        ..Reported::default()
    }
    .settle();
    (tokens.sum() > 0).then_some(tokens)
}

/// Dollars that the client says it cost, in billionths: the total, or the sum of the parts.
pub(super) fn cost_nano_usd(body: &Map<String, Value>) -> Option<i64> {
    let details = body.get("costDetails").and_then(Value::as_object);
    let usage = body.get("usage").and_then(Value::as_object);
    let number = |value: Option<&Value>| value.and_then(Value::as_f64).filter(|n| *n >= 0.0 && n.is_finite());
    let dollars = details
        .and_then(|costs| {
            number(costs.get("total")).or_else(|| {
                let parts: Vec<f64> = costs.values().filter_map(|cost| number(Some(cost))).collect();
                (!parts.is_empty()).then(|| parts.iter().sum())
            })
        })
        .or_else(|| {
            let usage = usage?;
            number(usage.get("totalCost")).or_else(|| {
                let (input, output) = (number(usage.get("inputCost")), number(usage.get("outputCost")));
                (input.is_some() || output.is_some()).then(|| input.unwrap_or(0.0) + output.unwrap_or(0.0))
            })
        })?;
    #[expect(clippy::cast_possible_truncation, reason = "saturates at nine billion dollars")]
    let nano = (dollars * 1e9).round() as i64;
    Some(nano)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(body: Value) -> (Option<Tokens>, Option<i64>) {
        let body = body.as_object().unwrap();
        (tokens(body), cost_nano_usd(body))
    }

    #[test]
    fn openai_details_are_parts_of_their_totals() {
        let (tokens, _) = of(json!({ "usageDetails": {
            "prompt_tokens": 100, "completion_tokens": 50, "total_tokens": 150,
            "prompt_tokens_details": { "cached_tokens": 40 },
            "completion_tokens_details": { "reasoning_tokens": 30 },
        } }));
        let tokens = tokens.unwrap();
        assert_eq!((tokens.input_total, tokens.cache_read), (100, 40));
        assert_eq!(
            (tokens.output_total, tokens.output_reasoning, tokens.total),
            (50, 30, 150)
        );
    }

    #[test]
    fn buckets_of_a_map_stand_for_themselves() {
        let (tokens, cost) = of(json!({
            "usageDetails": { "input": 8, "input_cached_tokens": 2, "output": 5, "cache_creation_input_tokens": "4" },
            "costDetails": { "input": 0.00002, "total": 0.00007 },
        }));
        let tokens = tokens.unwrap();
        assert_eq!((tokens.input_total, tokens.cache_read, tokens.cache_write), (14, 2, 4));
        assert_eq!((tokens.output_total, cost), (5, Some(70_000)));
    }

    #[test]
    fn the_older_usage() {
        let (tokens, cost) = of(json!({ "usage": {
            "input": 10, "output": 5, "total": 15, "unit": "TOKENS", "inputCost": 0.1, "outputCost": 0.2,
        } }));
        assert_eq!(tokens.unwrap().total, 15);
        assert_eq!(cost, Some(300_000_000));
        let (tokens, _) = of(json!({ "usage": { "promptTokens": 3, "completionTokens": 4 } }));
        assert_eq!(tokens.map(|t| (t.input_total, t.output_total)), Some((3, 4)));
        assert_eq!(of(json!({ "usage": { "input": 10, "unit": "CHARACTERS" } })).0, None);
        assert_eq!(of(json!({ "usage": null })), (None, None));
    }
}
