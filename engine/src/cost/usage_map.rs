//! Maps of counts: the usage objects of providers' APIs and of SDKs.

use eventglass_model::{ServiceTier, Tokens};
use serde_json::{Map, Value};

use super::usage::{Parts, Reported};

/// Who wrote a map, which decides where its names do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Langfuse's `usageDetails`: `OpenAI`'s usage to the letter, or a map in
    /// which every count stands for itself.
    Langfuse,
    /// Our own `tokens`: parts are within `input` and `output`.
    Native,
    /// Anyone: a provider's usage object, passed on.
    Any,
}

/// Reads a map; `None` when there is no count in it. It is told by its names
/// whose it is: `OpenAI`'s (chat and responses, and those who speak it),
/// Anthropic's, Bedrock's or Gemini's.
#[must_use]
pub fn of_map(map: &Map<String, Value>, dialect: Dialect) -> Option<Tokens> {
    report_of(map, dialect).map(|report| report.settle())
}

/// As [`of_map`], before it is settled.
#[must_use]
pub fn report_of(map: &Map<String, Value>, dialect: Dialect) -> Option<Reported> {
    let mut report = Reported::default();
    (report.cache, report.thought, report.media) = ways(map, dialect);
    let mut any = false;
    let mut writes = None;
    for (name, value) in map {
        let name = snake(name);
        match value {
            Value::Object(details) => match name.as_str() {
                "cache_creation" => writes = Some(details),
                _ => {
                    for (part, count) in details {
                        file(&mut report, &snake(part), count_of(count), Some(side(&name)));
                    }
                }
            },
            Value::Array(details) => modalities(&mut report, &name, details),
            Value::String(tier) if name == "service_tier" => report.service_tier = ServiceTier::parse(tier).ok(),
            _ => {
                let count = count_of(value);
                any |= count.is_some() && file(&mut report, &name, count, None);
            }
        }
    }
    if let Some(writes) = writes {
        // Anthropic's details of `cache_creation_input_tokens`, by time.
        let of = |name: &str| writes.get(name).and_then(count_of).unwrap_or(0);
        let (hour, minutes) = (of("ephemeral_1h_input_tokens"), of("ephemeral_5m_input_tokens"));
        report.cache_write_1h = hour;
        report.cache_write = report.cache_write.saturating_sub(hour).max(minutes);
    }
    any.then_some(report)
}

/// How cached input, reasoning and media are counted in a map.
fn ways(map: &Map<String, Value>, dialect: Dialect) -> (Parts, Parts, Parts) {
    let has = |names: &[&str]| map.keys().any(|key| names.contains(&snake(key).as_str()));
    if has(&["prompt_token_count", "candidates_token_count"]) {
        return (Parts::Within, Parts::Apart, Parts::Within);
    }
    let openai = if dialect == Dialect::Langfuse {
        is_exactly_openai(map)
    } else {
        map.values().any(Value::is_object) && !has(&["cache_creation"]) || has(&["prompt_tokens", "completion_tokens"])
    };
    if openai {
        return (Parts::Within, Parts::Within, Parts::Within);
    }
    match dialect {
        Dialect::Langfuse => (Parts::Apart, Parts::Apart, Parts::Apart),
        Dialect::Native | Dialect::Any
            if has(&[
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "cache_write_input_tokens",
            ]) =>
        {
            (Parts::Apart, Parts::Within, Parts::Within)
        }
        Dialect::Native => (Parts::Within, Parts::Within, Parts::Within),
        Dialect::Any => (Parts::ByNumbers, Parts::ByNumbers, Parts::ByNumbers),
    }
}

/// `OpenAI`'s usage of chats or of responses and nothing else, as Langfuse tells it.
fn is_exactly_openai(map: &Map<String, Value>) -> bool {
    [
        ("prompt_tokens", "completion_tokens"),
        ("input_tokens", "output_tokens"),
    ]
    .iter()
    .any(|(input, output)| {
        let details = |key: &str, of: &str| key.strip_suffix("_details") == Some(of);
        map.contains_key(*input)
            && map.contains_key(*output)
            && map.keys().all(|key| {
                key == input || key == output || key == "total_tokens" || details(key, input) || details(key, output)
            })
    })
}

/// Which total something is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
}

fn side(name: &str) -> Side {
    let out = ["output", "completion", "candidates", "response", "generated"];
    if out.iter().any(|word| name.contains(word)) {
        Side::Output
    } else {
        Side::Input
    }
}

/// Files a count by the words in its name, and says whether it is a count of
/// tokens. `part_of`: it is a detail of a total that is filed itself, and only
/// of interest if it has a bucket.
fn file(report: &mut Reported, name: &str, count: Option<i64>, part_of: Option<Side>) -> bool {
    let Some(count) = count else { return false };
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let output = part_of.unwrap_or_else(|| side(name)) == Side::Output;
    let bucket = if has(&["cache_miss"]) {
        return true;
    } else if has(&["cache"]) && has(&["1h", "1_h", "hour"]) {
        &mut report.cache_write_1h
    } else if has(&["cache_creation", "cache_write"]) {
        &mut report.cache_write
    } else if has(&["cache"]) {
        &mut report.cache_read
    } else if has(&["reasoning", "thought", "thinking"]) {
        &mut report.reasoning
    } else if has(&["audio"]) && output {
        &mut report.output_audio
    } else if has(&["audio"]) {
        &mut report.input_audio
    } else if has(&["image"]) && output {
        &mut report.output_image
    } else if has(&["image"]) {
        &mut report.input_image
    } else if part_of.is_some() {
        return false;
    } else {
        let total = match name {
            "input_total" => &mut report.input,
            "output_total" => &mut report.output,
            _ if has(&["total"]) => &mut report.total,
            _ if output => &mut report.output,
            _ if has(&["input", "prompt"]) => &mut report.input,
            _ => return false,
        };
        *total = Some(total.unwrap_or(0).saturating_add(count));
        return true;
    };
    *bucket = bucket.saturating_add(count);
    true
}

/// Gemini's details: `[{"modality": "AUDIO", "tokenCount": 7}]`.
fn modalities(report: &mut Reported, name: &str, details: &[Value]) {
    if name.contains("cache") {
        return;
    }
    for detail in details {
        let count = detail
            .get("tokenCount")
            .or_else(|| detail.get("token_count"))
            .and_then(count_of);
        if let Some(modality) = detail.get("modality").and_then(Value::as_str) {
            file(report, &modality.to_lowercase(), count, Some(side(name)));
        }
    }
}

/// A count; one in quotes will do.
fn count_of(json: &Value) -> Option<i64> {
    let whole = || json.as_f64().filter(|n| n.fract() == 0.0 && n.abs() < 9e15);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53")]
    let count = json
        .as_i64()
        .or_else(|| whole().map(|n| n as i64))
        .or_else(|| json.as_str()?.trim().parse().ok());
    count.filter(|count| *count >= 0)
}

/// `cacheReadInputTokens` as `cache_read_input_tokens`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && lower {
            snake.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(dialect: Dialect, json: Value, expected: Tokens) {
        assert_eq!(of_map(json.as_object().unwrap(), dialect), Some(expected), "{json}");
    }

    #[test]
    fn openai() {
        let chat = json!({
            "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 0, "accepted_prediction_tokens": 2},
        });
        let tokens = Tokens {
            input_total: 10,
            output_total: 5,
            cache_read: 4,
            input_audio: 1,
            output_reasoning: 3,
            total: 15,
            ..Tokens::default()
        };
        for dialect in [Dialect::Any, Dialect::Langfuse, Dialect::Native] {
            check(dialect, chat.clone(), tokens.clone());
        }
        let responses = json!({
            "input_tokens": 100, "input_tokens_details": {"cached_tokens": 80}, "service_tier": "flex",
            "output_tokens": 50, "output_tokens_details": {"reasoning_tokens": 20}, "total_tokens": 150,
        });
        check(
            Dialect::Any,
            responses,
            Tokens {
                input_total: 100,
                output_total: 50,
                cache_read: 80,
                output_reasoning: 20,
                total: 150,
                service_tier: Some(ServiceTier::Flex),
                ..Tokens::default()
            },
        );
    }

    #[test]
    fn deepseek_tells_hits_and_misses() {
        check(
            Dialect::Any,
            json!({"prompt_tokens": 100, "prompt_cache_hit_tokens": 60, "prompt_cache_miss_tokens": 40, "completion_tokens": 5}),
            Tokens {
                input_total: 100,
                output_total: 5,
                cache_read: 60,
                ..Tokens::default()
            },
        );
    }

    #[test]
    fn anthropic_and_bedrock_count_the_cached_apart() {
        let tokens = Tokens {
            input_total: 107,
            output_total: 5,
            cache_read: 90,
            cache_write: 4,
            cache_write_1h: 6,
            ..Tokens::default()
        };
        check(
            Dialect::Any,
            json!({
                "input_tokens": 7, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 10, "output_tokens": 5,
                "cache_creation": {"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 6},
                "service_tier": "standard",
            }),
            tokens,
        );
        check(
            Dialect::Any,
            json!({"inputTokens": 7, "cacheReadInputTokens": 90, "cacheWriteInputTokens": 3, "outputTokens": 5, "totalTokens": 105}),
            Tokens {
                input_total: 100,
                output_total: 5,
                cache_read: 90,
                cache_write: 3,
                total: 105,
                ..Tokens::default()
            },
        );
    }

    #[test]
    fn gemini_counts_thoughts_apart() {
        check(
            Dialect::Any,
            json!({
                "promptTokenCount": 100, "cachedContentTokenCount": 40, "candidatesTokenCount": 30,
                "thoughtsTokenCount": 20, "totalTokenCount": 150,
                "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 90}, {"modality": "AUDIO", "tokenCount": 10}],
                "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 25}],
                "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 10}],
            }),
            Tokens {
                input_total: 100,
                output_total: 50,
                cache_read: 40,
                input_audio: 10,
                output_reasoning: 20,
                output_image: 25,
                total: 150,
                ..Tokens::default()
            },
        );
    }

    #[test]
    fn buckets_of_langfuse_stand_for_themselves() {
        let tokens = |input_total, output_total| Tokens {
            input_total,
            output_total,
            ..Tokens::default()
        };
        check(
            Dialect::Langfuse,
            json!({"input": 8, "input_cached_tokens": 2, "output": 5, "total": 15}),
            Tokens {
                cache_read: 2,
                total: 15,
                ..tokens(10, 5)
            },
        );
        check(
            Dialect::Langfuse,
            json!({"input": 1, "input_audio": 2, "output": 3, "output_reasoning_tokens": 4}),
            Tokens {
                input_audio: 2,
                output_reasoning: 4,
                ..tokens(3, 7)
            },
        );
        check(
            Dialect::Langfuse,
            json!({"input": 1, "input_cache_creation_5m": 2, "input_cache_creation_1h": 3, "output": "5"}),
            Tokens {
                cache_write: 2,
                cache_write_1h: 3,
                ..tokens(6, 5)
            },
        );
    }

    #[test]
    fn our_own_words() {
        check(
            Dialect::Native,
            json!({"input": 100, "output": 50, "cache_read": 40, "reasoning": 20, "total": 150}),
            Tokens {
                input_total: 100,
                output_total: 50,
                cache_read: 40,
                output_reasoning: 20,
                total: 150,
                ..Tokens::default()
            },
        );
    }

    #[test]
    fn what_is_no_count_is_none() {
        for nothing in [
            json!({}),
            json!({"input": "many"}),
            json!({"input": -1}),
            json!({"unit": "TOKENS"}),
        ] {
            assert_eq!(of_map(nothing.as_object().unwrap(), Dialect::Any), None, "{nothing}");
        }
    }

    /// What our own API answers can be sent again.
    fn tokens() -> impl Strategy<Value = Tokens> {
        prop::array::uniform10(0..1_000_i64).prop_map(|n| {
            Reported {
                input: Some(n[0] + n[1] + n[2] + n[3] + n[4] + n[5]),
                cache_read: n[1],
                cache_write: n[2],
                cache_write_1h: n[3],
                input_audio: n[4],
                input_image: n[5],
                output: Some(n[6] + n[7] + n[8] + n[9]),
                reasoning: n[7],
                output_audio: n[8],
                output_image: n[9],
                cache: Parts::Within,
                thought: Parts::Within,
                media: Parts::Within,
                ..Reported::default()
            }
            .settle()
        })
    }

    proptest! {
        #[test]
        fn what_we_answer_can_be_sent(tokens in tokens()) {
            let json = serde_json::to_value(&tokens).unwrap();
            prop_assert_eq!(of_map(json.as_object().unwrap(), Dialect::Native), Some(tokens));
        }
    }
}
