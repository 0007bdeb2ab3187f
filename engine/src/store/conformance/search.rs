//! The search language: what the filter says of each event is what both stores find.

use std::collections::HashMap;

use eventglass_model::search::Column;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::query::{Filter, events, facets, histogram};
use crate::store::row::Columns;

const BUDGET: Duration = Duration::from_secs(60);

/// An event as a row, without a database.
struct Memory {
    texts: HashMap<&'static str, String>,
    numbers: HashMap<&'static str, i64>,
}

impl Memory {
    fn of(event: &NewEvent) -> Self {
        let texts = [
            ("event_id", Some(&event.event_id)),
            ("kind", Some(&event.kind)),
            ("name", event.name.as_ref()),
            ("message", event.message.as_ref()),
            ("service", event.service.as_ref()),
            ("endpoint", event.endpoint.as_ref()),
            ("method", event.method.as_ref()),
            ("environment", event.environment.as_ref()),
            ("user_id", event.user_id.as_ref()),
            ("session_id", event.session_id.as_ref()),
            ("trace_id", event.trace_id.as_ref()),
            ("model", event.model.as_ref()),
            ("country", event.country.as_ref()),
            ("input", event.input.as_ref()),
            ("output", event.output.as_ref()),
            ("attributes", event.attributes.as_ref()),
        ];
        let numbers = [
            ("key", Some(0)),
            ("time", Some(event.time.micros())),
            ("severity", Some(event.severity.code())),
            ("status", Some(event.status.code())),
            ("status_code", event.status_code),
            ("duration_us", event.duration_us),
            ("cost_nano_usd", event.cost_nano_usd),
        ];
        let mut texts: HashMap<_, _> = texts.into_iter().filter_map(|(n, v)| Some((n, v?.clone()))).collect();
        if let Some(tokens) = &event.tokens {
            texts.insert("tokens", serde_json::to_string(tokens).unwrap());
        }
        Self {
            texts,
            numbers: numbers.into_iter().filter_map(|(n, v)| Some((n, v?))).collect(),
        }
    }
}

impl Columns for Memory {
    fn maybe_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        Ok(self.numbers.get(column).copied())
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        Ok(self.texts.get(column).cloned())
    }

    fn maybe_bytes(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(None)
    }
}

fn words() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "card",
        "Card-declined",
        "payment",
        "Café",
        "timeout",
        "支払いが失敗",
        "支払い",
        "完了しました",
        "결제가 실패",
        "ошибка",
        "naïve",
        "v2.1",
        "200",
        "claude",
        "a",
        "हिन्दी",
        "ที่นี่",
        "x支払y",
        "\u{e000}p1",
    ]);
    prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "))
}

fn some<T: Clone + std::fmt::Debug + 'static>(values: Vec<T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(prop::sample::select(values))
}

fn texts(values: &[&str]) -> impl Strategy<Value = Option<String>> + use<> {
    some(values.iter().map(|value| (*value).to_owned()).collect())
}

fn any_event() -> impl Strategy<Value = NewEvent> {
    let names = (
        texts(&["pay", "payment-service", "auth, eu", "支払い"]),
        texts(&["/api/v1/pay", "/api/v2/支払い", "/health"]),
        texts(&["GET", "POST"]),
        texts(&["user_1", "user_2", "Ada Lovelace"]),
        texts(&["gpt-4o", "claude-sonnet"]),
        texts(&["prod", "dev"]),
        texts(&["trace_1", "trace_2"]),
        texts(&["s-1", "s-2"]),
        texts(&["BR", "DE"]),
    );
    let said = (
        prop::option::of(words()),
        prop::option::of(words()),
        prop::option::of(words()),
        prop::option::of(words()),
    );
    let numbers = (
        some(vec![200, 301, 404, 500, 503, 700]),
        some(vec![
            0_i64, 150_000, 200_000, 2_500_000, 999_999, 1_000_000, 6_000_000, 40_000_000,
        ]),
        some(vec![0_i64, 10_000_000, 1_000_000_000]),
        0..5_usize,
        0..4_usize,
        0..90_i64,
        some(vec![0_i64, 5, 2_000]),
    );
    let attributes = texts(&[
        r#"{"plan":"pro","n":5,"deep":{"a.b":"x"},"tags":["red","blue"]}"#,
        r#"{"error_message":"card timeout","n":"7","ok":true}"#,
        r#"{"plan":"free","http.route":"/x","n":2.5}"#,
    ]);
    (names, said, numbers, attributes).prop_map(|(names, said, numbers, attributes)| {
        let (service, endpoint, method, user_id, model, environment, trace_id, session_id, country) = names;
        let (name, message, input, output) = said;
        let (status_code, duration_us, cost_nano_usd, severity, status, second, tokens) = numbers;
        let json =
            |text: String| serde_json::to_string(&serde_json::json!({ "role": "user", "content": [text] })).unwrap();
        NewEvent {
            service,
            endpoint,
            method,
            user_id,
            model,
            environment,
            trace_id,
            session_id,
            country,
            name,
            message,
            input: input.map(json),
            output: output.map(json),
            attributes,
            status_code,
            duration_us,
            cost_nano_usd,
            severity: Severity::ALL[severity],
            status: Status::ALL[status],
            tokens: tokens.map(|input_total| eventglass_model::Tokens {
                input_total,
                ..eventglass_model::Tokens::default()
            }),
            ..NewEvent::new(String::new(), at(NOON - second * SECOND), "api_call".to_owned())
        }
    })
}

fn any_query() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "card",
        "declined",
        "card-declined",
        "\"card declined\"",
        "\"Card-declined payment\"",
        "pay*",
        "decl*",
        "*lai*",
        "支払",
        "支",
        "失敗",
        "x支払",
        "支払い完了",
        "완",
        "실패",
        "결제",
        "ОШИБКА",
        "cafe",
        "naive",
        "हिन्दी",
        "ที่",
        "200",
        "v2",
        "\"v2.1\"",
        "user",
        "timeout",
        "\u{e000}p1",
        "egp1",
        "nothing",
        "name:card",
        "message:支払",
        "message:\"card payment\"",
        "input:claude",
        "output:a",
        "name:*",
        "service:pay",
        "service:pay*",
        "service:\"auth, eu\"",
        "service:*い",
        "-service:pay",
        "has:service",
        "endpoint:/api/*",
        "endpoint:/api/v2/支払い",
        "method:GET",
        "user:user_1",
        "user:\"Ada Lovelace\"",
        "user:user*",
        "model:gpt-4o",
        "env:prod",
        "trace:trace_1",
        "session:s-2",
        "country:BR",
        "severity:error",
        "level:>=warning",
        "severity:(info OR debug)",
        "-severity:info",
        "status:error",
        "status:(error OR timeout)",
        "has:status",
        "status:ok",
        "status:500",
        "status:>=500",
        "status:5xx",
        "status:<400",
        "status:404..500",
        "status:>600",
        "has:status_code",
        "latency:>200ms",
        "latency:150..200",
        "latency:>2s",
        "latency:>=1s",
        "latency:>1s",
        "latency:1s..5s",
        "latency:<5s",
        "latency:0.5s..3s",
        "latency:>5s status:>=500",
        "latency:>1h",
        "latency:5s..2s",
        "cost:>0",
        "cost:>=$0.01",
        "tokens:>4",
        "has:tokens",
        "attributes.plan:pro",
        "attributes.n:>4",
        "attributes.n:5",
        "attributes.deep.a.b:x",
        "attributes.tags:blue",
        "http.route:/x",
        "has:attributes.plan",
        "has:attributes",
        "attributes.plan:*r*",
        "input.content:*ay*",
        "time:>=2026-11-21T11:59",
        "time:\"last 30s\"",
        "time:..-45s",
        "kind:api_call",
        "kind:(llm OR span)",
        "-card",
        "-\"card declined\"",
        "NOT 支払",
    ])
    .prop_map(str::to_owned);
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} OR {b})")),
            inner.clone().prop_map(|a| format!("-({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} {b}) OR {c}")),
        ]
    })
}

fn search_for(query: &str) -> EventSearch {
    let query = EventQuery {
        q: query.to_owned(),
        limit: Some(1_000),
        ..EventQuery::default()
    };
    EventSearch::new(query, at(NOON)).unwrap()
}

pub(super) async fn a_store_finds_what_the_filter_says(store: SharedStore) {
    let mut runner = TestRunner::deterministic();
    let (p, other) = (project(&store, "said").await, project(&store, "others").await);
    let mut all = Vec::new();
    for n in 0..150 {
        let mut event = any_event().new_tree(&mut runner).unwrap().current();
        event.event_id = format!("e{n}");
        all.push(event);
    }
    append(&store, p, all.clone()).await;
    append(&store, other, all.iter().take(50).cloned().collect()).await;
    for _ in 0..300 {
        let query = any_query().new_tree(&mut runner).unwrap().current();
        let search = search_for(&query);
        let filter = Filter::new(&search.text, at(NOON));
        let mut expected: Vec<String> = Vec::new();
        for event in &all {
            if filter.matches(&Memory::of(event)).unwrap() {
                expected.push(event.event_id.clone());
            }
        }
        let page = events(&*store, p, &search, BUDGET).await.unwrap();
        let mut found: Vec<String> = page.items.iter().map(|event| event.event_id.clone()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query}");
        assert!(!page.partial && page.next_cursor.is_none());

        // What arrived is found by another way, and counts by a third.
        let arrived = EventSearch {
            arrived_after: Some("0".to_owned()),
            ..search.clone()
        };
        let mut found: Vec<String> = events(&*store, p, &arrived, BUDGET)
            .await
            .unwrap()
            .items
            .into_iter()
            .map(|e| e.event_id)
            .collect();
        found.sort();
        assert_eq!(found, expected, "arrived: {query}");
        let bars = histogram(&*store, p, &search, 30, BUDGET).await.unwrap();
        let counted: i64 = bars.buckets.iter().map(|bar| bar.count).sum();
        let errors = page
            .items
            .iter()
            .filter(|e| eventglass_model::is_error(e.severity, e.status))
            .count();
        assert_eq!(usize::try_from(counted).unwrap(), expected.len(), "counted: {query}");
        assert_eq!(
            usize::try_from(bars.buckets.iter().map(|bar| bar.errors).sum::<i64>()).unwrap(),
            errors,
            "{query}"
        );
    }
}

pub(super) async fn a_search_out_of_time_goes_on_from_its_cursor(store: SharedStore) {
    let p = project(&store, "budget").await;
    let say = |n: i64| NewEvent {
        duration_us: Some(n),
        ..event(&format!("e{n:03}"), NOON + 1 + n)
    };
    append(&store, p, (0..300).map(say).collect()).await;
    let mut search = EventSearch {
        limit: 2,
        ..search_for("latency:<0.005 OR latency:>=0.298")
    };
    let (mut found, mut pages) = (Vec::new(), 0);
    loop {
        let page = events(&*store, p, &search, Duration::ZERO).await.unwrap();
        found.extend(page.items.into_iter().map(|event| event.event_id));
        pages += 1;
        assert_eq!(page.partial, page.searched_to.is_some());
        let Some(cursor) = page.next_cursor else { break };
        search.cursor = Some(cursor);
    }
    assert_eq!(found, ["e299", "e298", "e004", "e003", "e002", "e001", "e000"]);
    assert!(pages > 5, "{pages}");
    let counted = facets(&*store, p, &search_for(""), &[Column::Kind], 1_000, Duration::ZERO)
        .await
        .unwrap();
    assert!(counted.partial);
    assert!(
        histogram(&*store, p, &search_for("latency:>0"), 10, Duration::ZERO)
            .await
            .unwrap()
            .partial
    );
}

pub(super) async fn bars_show_when(store: SharedStore) {
    let p = project(&store, "bars").await;
    let make = |n: i64, severity| NewEvent {
        severity,
        ..event(&format!("e{n}"), NOON - n * 60 * SECOND)
    };
    let events = (0..10).map(|n| make(n, if n % 5 == 0 { Severity::Error } else { Severity::Info }));
    append(&store, p, events.collect()).await;
    assert!(store.remove_event(p, "e3").await.unwrap());
    let search =
        |query: &str| EventSearch::new(EventQuery::from_pairs(decode_pairs(query)).unwrap(), at(NOON)).unwrap();
    for query in [
        "time=2026-11-21T11:55..2026-11-21T12:01",
        "q=event&time=-5m..2026-11-21T12:01",
        "q=has:name time:>=-5m&to=2026-11-21T12:01",
    ] {
        let bars = histogram(&*store, p, &search(query), 10, BUDGET).await.unwrap();
        let counts: Vec<(i64, i64)> = bars.buckets.iter().map(|bar| (bar.count, bar.errors)).collect();
        assert_eq!(counts, [(1, 1), (1, 0), (0, 0), (1, 0), (1, 0), (1, 1)], "{query}");
        assert_eq!((bars.bucket_ms, bars.partial), (60_000, false));
        assert_eq!(bars.buckets[0].start, at(NOON - 300 * SECOND));
    }
}

pub(super) async fn facets_of_any_field(store: SharedStore) {
    let p = project(&store, "facets").await;
    let make = |n: i64| NewEvent {
        country: Some(if n % 3 == 0 { "BR" } else { "DE" }.to_owned()),
        status_code: Some(200 + n % 2),
        status: Status::Ok,
        ..event(&format!("e{n}"), NOON + n)
    };
    append(&store, p, (0..9).map(make).collect()).await;
    let fields = [Column::Country, Column::StatusCode, Column::Status, Column::Model];
    let found = facets(
        &*store,
        p,
        &search_for("-country:DE OR status:200"),
        &fields,
        100,
        BUDGET,
    )
    .await
    .unwrap();
    assert_eq!(
        serde_json::to_string(&found).unwrap(),
        r#"{"facets":{"country":[{"value":"BR","count":3},{"value":"DE","count":3}],"status":[{"value":"ok","count":6}],"status_code":[{"value":"200","count":5},{"value":"201","count":1}]},"partial":false}"#
    );
    assert!(
        facets(&*store, p, &search_for(""), &fields, 5, BUDGET)
            .await
            .unwrap()
            .partial
    );
}

pub(super) async fn projects_of_any_size_have_their_own(store: SharedStore) {
    let (large, small) = (project(&store, "large").await, project(&store, "small").await);
    let say = |id: String, n: i64, word: &str| NewEvent {
        message: Some(word.to_owned()),
        duration_us: Some(2 * SECOND),
        ..event(&id, NOON - n * SECOND)
    };
    let of = |name: &str, events: i64| -> Vec<NewEvent> {
        let word = |n: i64| if n % 3 == 0 { "needle" } else { "hay" };
        (0..events).map(|n| say(format!("{name}{n}"), n, word(n))).collect()
    };
    append(&store, large, of("l", 95)).await;
    append(&store, small, of("s", 4)).await;
    for (project, name, all) in [(large, "l", 95), (small, "s", 4)] {
        let needles: Vec<String> = (0..all).step_by(3).map(|n| format!("{name}{n}")).collect();
        for q in [
            "needle",
            "needle latency:>1s",
            "event -hay",
            "-hay",
            "\"needle\"",
            "message:need*",
        ] {
            let query = format!("limit=100&q={q}");
            assert_eq!(found(&store, project, &query).await, needles, "{q}");
            let bars = histogram(&*store, project, &search_for(q), 10, BUDGET).await.unwrap();
            let counted: i64 = bars.buckets.iter().map(|bar| bar.count).sum();
            assert_eq!(usize::try_from(counted).unwrap(), needles.len(), "{q}");
        }
        let none = search_for("");
        let counted = facets(&*store, project, &none, &[Column::Kind], 1_000, BUDGET)
            .await
            .unwrap();
        assert_eq!(counted.facets["kind"][0].count, all);
    }
}
