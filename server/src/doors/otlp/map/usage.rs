//! Tokens and cost. What the numbers mean is decided in `eventglass_engine::cost`.

use std::collections::BTreeMap;

use eventglass_engine::cost::{Dialect, Reported, of_map};
use eventglass_model::{ServiceTier, Tokens};
use serde_json::{Map, Value as Json};

use super::fields::Field;
use super::slots::Slots;
use super::text::float_of;

/// The longest map of counts or costs that is read, in bytes: they have a dozen entries.
const DETAILS_BYTES: usize = 64 << 10;

/// Kinds whose usage is their own and not the sum of what they called.
const OWN: &[&str] = &["llm", "embedding", "retrieval", "tool_call"];

/// The tokens of a span of some kind. What an agent or workflow reports is the
/// sum of its model calls, which report their own, and is left among the attributes.
pub fn tokens(slots: &Slots<'_>, kind: &str) -> Option<Tokens> {
    let tokens = counted(slots, kind)?;
    let tier = || {
        let said = slots
            .text(Field::ServiceTier)
            .or_else(|| slots.text(Field::AskedTier))?;
        ServiceTier::parse(&said)
            .ok()
            .filter(|tier| *tier != ServiceTier::Standard)
    };
    Some(Tokens {
        service_tier: tokens.service_tier.or_else(tier),
        ..tokens
    })
}

fn counted(slots: &Slots<'_>, kind: &str) -> Option<Tokens> {
    let map = |field, dialect| {
        let text = slots.text(field).filter(|text| text.len() <= DETAILS_BYTES)?;
        let map: Map<String, Json> = serde_json::from_str(&text).ok()?;
        of_map(&map, dialect)
    };
    if let Some(tokens) = map(Field::UsageDetails, Dialect::Langfuse) {
        return Some(tokens);
    }
    if !OWN.contains(&kind) {
        return None;
    }
    let count = |field| slots.int(field);
    let part = |field| slots.int(field).unwrap_or(0);
    let reported = Reported {
        input: count(Field::InputTokens),
        output: count(Field::OutputTokens),
        total: count(Field::TotalTokens),
        cache_read: part(Field::CacheRead),
        cache_write: part(Field::CacheWrite),
        input_audio: part(Field::InputAudio),
        input_image: part(Field::InputImage),
        reasoning: part(Field::Reasoning),
        output_audio: part(Field::OutputAudio),
        output_image: part(Field::OutputImage),
        ..Reported::default()
    };
    if reported.is_some() {
        return Some(reported.settle());
    }
    map(Field::UsageJson, Dialect::Any)
}

/// What the client says it cost, in billionths of a dollar. Outside Langfuse's
/// details, 0 means nothing: instrumentations send it for a price they do not know.
pub fn cost(slots: &Slots<'_>, kind: &str) -> Option<i64> {
    let details = || {
        let text = slots
            .text(Field::CostDetails)
            .filter(|text| text.len() <= DETAILS_BYTES)?;
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
