//! The check values, the look-up, and what must hold for every price.

use eventglass_model::{CostSource, PricePeriod, Rates, ServiceTier, Timestamp, Tokens, Usd};
use proptest::prelude::*;

use super::Book;
use super::names::is_host;
use super::table::SHIPPED;
use crate::ingest::NewEvent;

fn at(day: &str) -> Timestamp {
    Timestamp::parse(day).unwrap()
}

fn tokens(input: i64, output: i64) -> Tokens {
    Tokens {
        input_total: input,
        output_total: output,
        ..Tokens::default()
    }
}

/// What a call cost on a day, in dollars with six decimals.
#[track_caller]
fn usd(provider: &str, model: &str, tokens: &Tokens, day: &str) -> Option<String> {
    let provider = Some(provider).filter(|provider| !provider.is_empty());
    let nanos = Book::shipped().cost(provider, model, tokens, at(day))?;
    Some(format!("{:.6}", Usd::from_nanos(nanos).dollars()))
}

const TODAY: &str = "2026-11-21";

#[test]
fn the_check_values_of_the_first_clients() {
    let only_total = Tokens {
        total: 1_000,
        ..Tokens::default()
    };
    for (model, tokens, dollars) in [
        ("gpt-4", tokens(1_000, 500), "0.060000"),
        ("gpt-4o-mini", tokens(1_000_000, 1_000_000), "0.750000"),
        ("claude-3-opus-20240229", tokens(100_000, 50_000), "5.250000"),
        ("gpt-4", only_total, "0.039000"),
        ("gpt-4", tokens(100, 50), "0.006000"),
    ] {
        assert_eq!(usd("", model, &tokens, TODAY).as_deref(), Some(dollars), "{model}");
    }
    assert_eq!(
        usd("", "unknown", &tokens(1_000, 500), TODAY),
        None,
        "unknown is unpriced"
    );
}

/// What the first clients were told each model costs, in dollars for a million
/// in and out, on a day on which it did.
#[test]
fn the_price_list_of_the_first_clients() {
    for (model, input, output, day) in [
        ("gpt-4", 30.0, 60.0, TODAY),
        ("gpt-4-turbo", 10.0, 30.0, TODAY),
        ("gpt-4o", 5.0, 15.0, "2024-06-01"),
        ("gpt-4o-mini", 0.15, 0.60, TODAY),
        ("gpt-3.5-turbo", 0.50, 1.50, TODAY),
        ("gpt-3.5-turbo-16k", 3.0, 4.0, TODAY),
        ("claude-3-opus", 15.0, 75.0, TODAY),
        ("claude-3-sonnet", 3.0, 15.0, TODAY),
        ("claude-3-haiku", 0.25, 1.25, TODAY),
        ("claude-3-5-sonnet", 3.0, 15.0, TODAY),
        ("claude-3-5-haiku", 1.0, 5.0, "2024-11-15"),
        ("gemini-pro", 0.50, 1.50, TODAY),
        ("gemini-pro-vision", 0.50, 1.50, TODAY),
        ("gemini-1.5-pro", 3.5, 10.5, "2024-06-01"),
        ("gemini-1.5-flash", 0.35, 1.05, "2024-06-01"),
        ("mistral-small", 1.0, 3.0, "2024-06-01"),
        ("mistral-medium", 2.7, 8.1, "2024-06-01"),
        ("mistral-large", 4.0, 12.0, "2024-06-01"),
        ("command", 1.0, 2.0, TODAY),
        ("command-light", 0.30, 0.60, TODAY),
        ("command-r", 0.50, 1.50, "2024-06-01"),
        ("command-r-plus", 3.0, 15.0, "2024-06-01"),
    ] {
        let expected = format!("{:.6}", (input + output) / 10.0);
        assert_eq!(
            usd("", model, &tokens(100_000, 100_000), day),
            Some(expected),
            "{model}"
        );
    }
}

#[test]
fn a_call_has_the_price_of_its_day() {
    let million = tokens(1_000_000, 0);
    assert_eq!(
        usd("", "gpt-4o", &million, "2024-10-01T23:59:59Z").as_deref(),
        Some("5.000000")
    );
    assert_eq!(usd("", "gpt-4o", &million, "2024-10-02").as_deref(), Some("2.500000"));
    assert_eq!(
        usd("", "gpt-4o-2024-05-13", &million, TODAY).as_deref(),
        Some("5.000000")
    );
    assert_eq!(
        usd("", "gpt-4o-2024-08-06", &million, TODAY).as_deref(),
        Some("2.500000")
    );
    assert_eq!(usd("", "gpt-4o", &million, "1971-01-01").as_deref(), Some("5.000000"));
}

#[test]
fn names_find_their_price() {
    let million = tokens(100_000, 0);
    for (provider, model, dollars) in [
        ("openai", "gpt-4o-mini-2024-07-18", "0.015000"),
        ("openai", "gpt-4-turbo-2024-04-09", "1.000000"),
        ("openai", "GPT-4-0613", "3.000000"),
        ("openai", "gpt-4-32k-0613", "6.000000"),
        ("az.ai.openai", "gpt-35-turbo", "0.050000"),
        ("cohere", "command-r-plus-08-2024", "0.250000"),
        ("aws.bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", "0.300000"),
        (
            "aws.bedrock",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "0.330000",
        ),
        (
            "aws.bedrock",
            "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "0.300000",
        ),
        ("", "bedrock/eu.amazon.nova-pro-v1:0", "0.080000"),
        ("aws.bedrock", "meta.llama3-3-70b-instruct-v1:0", "0.072000"),
        ("aws.bedrock", "us.deepseek.r1-v1:0", "0.135000"),
        ("aws.bedrock", "mistral.mistral-large-2402-v1:0", "0.400000"),
        ("", "vertex_ai/claude-opus-4@20250514", "1.500000"),
        ("gcp.vertex_ai", "gemini-2.5-pro", "0.125000"),
        ("gcp.gemini", "models/gemini-2.5-flash-preview-09-2025", "0.030000"),
        ("groq", "openai/gpt-oss-120b", "0.015000"),
        ("groq", "llama-3.3-70b-versatile", "0.059000"),
        ("", "llama-3.3-70b-versatile", "0.059000"),
        ("openai", "deepseek-chat", "0.028000"),
        ("openrouter", "anthropic/claude-3.5-sonnet", "0.300000"),
        ("mistral_ai", "mistral-large-latest", "0.050000"),
        ("x_ai", "grok-4-0709", "0.300000"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:org:name:id", "0.030000"),
    ] {
        assert_eq!(
            usd(provider, model, &million, TODAY).as_deref(),
            Some(dollars),
            "{provider} {model}"
        );
    }
}

#[test]
fn what_is_not_known_is_not_guessed() {
    for (provider, model) in [
        ("", "gpt-4o-mini-tts-of-tomorrow"),
        ("", "gpt-7"),
        ("", ""),
        ("", "gpt"),
        // A local model has no fee, whatever it is called.
        ("ollama", "mistral-small"),
        ("", "ollama/deepseek-r1"),
        // Sold by several, for different prices.
        ("", "gpt-oss-120b"),
        ("fireworks", "gpt-oss-120b"),
        ("", "meta-llama/llama-3.3-70b-instruct:free"),
    ] {
        assert_eq!(
            usd(provider, model, &tokens(1_000, 1_000), TODAY),
            None,
            "{provider} {model}"
        );
    }
}

#[test]
fn every_bucket_has_its_price() {
    let mut t = Tokens {
        input_total: 1_000_000,
        output_total: 100_000,
        cache_read: 600_000,
        cache_write: 200_000,
        cache_write_1h: 100_000,
        output_reasoning: 40_000,
        ..Tokens::default()
    };
    // Claude Opus 4: 0.1 at 15, 0.6 at 1.50, 0.2 at 18.75, 0.1 at 30, 0.1 at 75.
    assert_eq!(usd("", "claude-opus-4", &t, TODAY).as_deref(), Some("16.650000"));
    t.input_total = 100_000;
    (t.cache_read, t.cache_write, t.cache_write_1h) = (60_000, 20_000, 10_000);
    t.service_tier = Some(ServiceTier::Batch);
    assert_eq!(usd("", "claude-opus-4", &t, TODAY).as_deref(), Some("4.207500"));
    let audio = Tokens {
        input_audio: 500,
        output_audio: 800,
        ..tokens(1_000, 1_000)
    };
    // 500 at 2.50, 500 at 40, 200 at 10, 800 at 80.
    assert_eq!(
        usd("", "gpt-4o-audio-preview", &audio, TODAY).as_deref(),
        Some("0.087250")
    );
}

#[test]
fn tiers() {
    let served = |tier| Tokens {
        service_tier: Some(tier),
        ..tokens(100_000, 0)
    };
    let of = |model: &str, tokens: &Tokens| usd("", model, tokens, TODAY).unwrap();
    assert_eq!(of("gemini-2.5-pro", &tokens(200_000, 0)), "0.250000");
    assert_eq!(of("gemini-2.5-pro", &tokens(200_001, 0)), "0.500003");
    assert_eq!(of("gemini-2.5-pro", &tokens(200_001, 1_000)), "0.515003");
    assert_eq!(of("gpt-5", &served(ServiceTier::Flex)), "0.062500");
    assert_eq!(of("gpt-5", &served(ServiceTier::Priority)), "0.250000");
    assert_eq!(of("gpt-5", &served(ServiceTier::Batch)), "0.062500");
    assert_eq!(of("gpt-5", &served(ServiceTier::Standard)), "0.125000");
    assert_eq!(of("o4-mini", &served(ServiceTier::Priority)), "0.200000");
    let long_batch = Tokens {
        service_tier: Some(ServiceTier::Batch),
        ..tokens(1_000_000, 0)
    };
    assert_eq!(of("gpt-5.4", &long_batch), "2.500000", "both apply");
}

#[test]
fn own_prices_come_first() {
    let own = |model: &str, provider: Option<&str>, from: Option<&str>, input| {
        let period = PricePeriod {
            from: from.map(at),
            rates: Rates {
                input_usd: Usd::from_micros(input),
                ..Rates::default()
            },
            ..PricePeriod::default()
        };
        ((model.to_owned(), provider.map(str::to_owned)), vec![period])
    };
    let book = Book::new(
        [
            own("gpt-4o", None, Some("2026-01-01"), 1_000_000),
            own("gpt-4o", Some("azure"), None, 2_000_000),
            own("house-model", None, None, 7_000_000),
            own("claude-sonnet-4.5", None, None, 9_000_000),
        ]
        .into(),
    );
    let million = tokens(1_000_000, 0);
    let cost = |provider: &str, model: &str, day: &str| {
        let nanos = book.cost(Some(provider), model, &million, at(day))?;
        Some(Usd::from_nanos(nanos).dollars())
    };
    assert_eq!(cost("openai", "gpt-4o", TODAY), Some(1.0));
    assert_eq!(
        cost("openai", "openai/gpt-4o-2024-05-13", TODAY),
        Some(1.0),
        "of its dated versions too"
    );
    assert_eq!(
        cost("openai", "gpt-4o", "2025-06-01"),
        Some(2.5),
        "before it begins, the shipped one"
    );
    assert_eq!(cost("openai", "gpt-4o-mini", TODAY), Some(0.15), "of no other model");
    assert_eq!(cost("azure.ai.openai", "gpt-4o", TODAY), Some(2.0));
    assert_eq!(cost("ollama", "House-Model", TODAY), Some(7.0));
    assert_eq!(
        cost("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", TODAY),
        Some(9.0),
        "by the table's name"
    );
}

#[test]
fn who_said_what_it_cost() {
    let event = |kind: &str, model: Option<&str>, tokens: Option<Tokens>, cost: Option<i64>| {
        let mut event = NewEvent {
            model: model.map(str::to_owned),
            tokens,
            cost_nano_usd: cost,
            cost_source: cost.map(|_| CostSource::Client),
            ..NewEvent::new("e".to_owned(), at(TODAY), kind.to_owned())
        };
        Book::shipped().price(&mut event);
        (event.cost_nano_usd, event.cost_source)
    };
    let some = Some(tokens(1_000, 500));
    let client = Some(CostSource::Client);
    let computed = (Some(60_000_000), Some(CostSource::Computed));
    let unpriced = (None, Some(CostSource::Unpriced));
    assert_eq!(event("llm", Some("gpt-4"), some.clone(), None), computed);
    assert_eq!(event("llm", Some("gpt-4"), some.clone(), Some(7)), (Some(7), client));
    assert_eq!(event("llm", Some("gpt-4"), some.clone(), Some(0)), (Some(0), client));
    assert_eq!(event("llm", Some("mine"), some.clone(), None), unpriced);
    assert_eq!(event("llm", None, some.clone(), None), unpriced);
    assert_eq!(event("llm", Some("gpt-4"), None, None), (None, None));
    assert_eq!(event("llm", Some("gpt-4"), Some(Tokens::default()), None), (None, None));
    // What an agent reports is the sum of its calls, which have their own cost.
    assert_eq!(event("agent_action", Some("gpt-4"), some.clone(), None), (None, None));
    assert_eq!(event("chain", Some("gpt-4"), some.clone(), None), (None, None));
    assert_eq!(event("span", None, some.clone(), None), (None, None));
    assert_eq!(event("span", Some("gpt-4"), some, None), computed);
}

#[test]
fn the_table_is_sound() {
    assert!(SHIPPED.models.len() >= 60, "{}", SHIPPED.models.len());
    let of = |provider: &str| SHIPPED.models.iter().filter(|m| m.provider == provider).count();
    for provider in [
        "openai",
        "anthropic",
        "google",
        "mistral",
        "cohere",
        "meta",
        "deepseek",
        "xai",
        "amazon",
    ] {
        assert!(of(provider) > 0, "{provider}");
    }
    let mut names = std::collections::HashSet::new();
    for listed in &SHIPPED.models {
        for name in std::iter::once(&listed.model).chain(&listed.aliases) {
            assert_eq!(*name, name.to_lowercase());
            assert!(
                names.insert((name.clone(), listed.provider.clone())),
                "{name} stands twice"
            );
            // Found by each of its names, and by no other model's.
            let provider = Some(listed.provider.as_str()).filter(|provider| is_host(provider));
            let found = Book::shipped().cost(provider, name, &tokens(1, 1), at(TODAY));
            assert!(found.is_some(), "{name}");
        }
        let source = listed.periods[0].source.as_deref().unwrap_or_default();
        assert!(source.len() > 10, "{} has no source", listed.model);
    }
}

fn counts() -> impl Strategy<Value = Tokens> {
    prop::array::uniform10(0..150_000_i64).prop_map(|n| {
        crate::cost::Reported {
            input: Some(n[0]),
            output: Some(n[1]),
            cache_read: n[2],
            cache_write: n[3],
            cache_write_1h: n[4],
            input_audio: n[5],
            input_image: n[6],
            reasoning: n[7],
            output_audio: n[8],
            output_image: n[9],
            cache: crate::cost::Parts::Apart,
            thought: crate::cost::Parts::Apart,
            media: crate::cost::Parts::Apart,
            ..crate::cost::Reported::default()
        }
        .settle()
    })
}

proptest! {
    #[test]
    fn more_tokens_never_cost_less(which: prop::sample::Index, tokens in counts(), more in 0..10_000_i64, bucket in 0..4_u8) {
        let listed = &SHIPPED.models[which.index(SHIPPED.models.len())];
        let provider = Some(listed.provider.as_str());
        let cost = |tokens: &Tokens| Book::shipped().cost(provider, &listed.model, tokens, at(TODAY)).unwrap();
        let mut greater = tokens.clone();
        match bucket {
            0 => greater.input_total += more,
            1 => greater.output_total += more,
            2 => { greater.cache_read += more; greater.input_total += more; }
            _ => { greater.output_reasoning += more; greater.output_total += more; }
        }
        prop_assert!(cost(&tokens) >= 0);
        prop_assert!(cost(&greater) >= cost(&tokens), "{}", listed.model);
    }

    #[test]
    fn buckets_are_priced_each_for_itself(which: prop::sample::Index, tokens in counts()) {
        // Without tiers, the cost of a call is the sum of the costs of its buckets.
        let listed = &SHIPPED.models[which.index(SHIPPED.models.len())];
        let period = PricePeriod { tiers: Vec::new(), from: None, ..listed.periods[0].clone() };
        let plan = super::rates::Plan::new(&[period]);
        let cost = |tokens: Tokens| plan.cost(&tokens, at(TODAY)).unwrap();
        let zero = Tokens::default;
        let t = &tokens;
        let parts = [
            Tokens { input_total: t.input_uncached(), ..zero() },
            Tokens { input_total: t.cache_read, cache_read: t.cache_read, ..zero() },
            Tokens { input_total: t.cache_write, cache_write: t.cache_write, ..zero() },
            Tokens { input_total: t.cache_write_1h, cache_write_1h: t.cache_write_1h, ..zero() },
            Tokens { input_total: t.input_audio, input_audio: t.input_audio, ..zero() },
            Tokens { input_total: t.input_image, input_image: t.input_image, ..zero() },
            Tokens { output_total: t.output_text(), ..zero() },
            Tokens { output_total: t.output_reasoning, output_reasoning: t.output_reasoning, ..zero() },
            Tokens { output_total: t.output_audio, output_audio: t.output_audio, ..zero() },
            Tokens { output_total: t.output_image, output_image: t.output_image, ..zero() },
        ];
        let sum: i64 = parts.into_iter().map(cost).sum();
        prop_assert!((sum - cost(tokens)).abs() <= 10, "each is rounded by itself");
    }

    #[test]
    fn any_name_is_priced_or_not(provider in prop::option::of("\\PC{0,30}"), model in "\\PC{0,200}", huge in any::<i64>()) {
        let tokens = Tokens { input_total: huge, output_total: i64::MAX, ..Tokens::default() };
        let cost = Book::shipped().cost(provider.as_deref(), &model, &tokens, at(TODAY));
        prop_assert!(cost.is_none_or(|cost| cost >= 0));
    }
}

/// `docs/models.md`, as it should be. To write it: `UPDATE_DOCS=1 cargo test -p eventglass-engine docs_list`.
fn documented() -> String {
    let mut text = "# Prices that come with Eventglass\n\n\
        US dollars for a million tokens, on 21 November 2026; made of `engine/src/cost/prices.toml`, which has the other\n\
        names, earlier prices and sources. How a price is found, and how to set another: [cost.md](cost.md).\n\n\
        | model | sold by | input | cached | cache write | output | and |\n|---|---|---|---|---|---|---|\n"
        .to_owned();
    for listed in &SHIPPED.models {
        let holds = |period: &&PricePeriod| period.from.is_none_or(|from| from <= at(TODAY));
        let period = listed.periods.iter().rev().find(holds).unwrap();
        let rates = &period.rates;
        let maybe = |usd: Option<Usd>| usd.map(|usd| usd.to_string()).unwrap_or_default();
        let mut notes = Vec::new();
        for (name, usd) in [
            ("cache write 1 h", rates.cache_write_1h_usd),
            ("audio in", rates.input_audio_usd),
            ("image in", rates.input_image_usd),
            ("reasoning", rates.output_reasoning_usd),
            ("audio out", rates.output_audio_usd),
            ("image out", rates.output_image_usd),
        ] {
            notes.extend(usd.map(|usd| format!("{name} {usd}")));
        }
        for tier in &period.tiers {
            let (input, output) = (tier.rates.input_usd, tier.rates.output_usd);
            match (tier.service_tier, tier.above_input_tokens) {
                (None, Some(above)) => notes.push(format!("above {above} tokens {input}/{output}")),
                (Some(service), None) => notes.push(format!("{} {input}/{output}", service.as_str())),
                _ => {}
            }
        }
        let [input, output] = [rates.input_usd, rates.output_usd];
        let (read, write) = (maybe(rates.cache_read_usd), maybe(rates.cache_write_usd));
        let (model, provider, notes) = (&listed.model, &listed.provider, notes.join(", "));
        text += &format!("| `{model}` | {provider} | {input} | {read} | {write} | {output} | {notes} |\n");
    }
    text
}

#[test]
fn docs_list_every_model() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/models.md");
    let expected = documented();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &expected).unwrap();
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == expected, "docs/models.md is not up to date; see `documented`");
}
