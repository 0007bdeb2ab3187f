use std::collections::HashSet;

use eventglass_model::Timestamp;
use serde_json::Value;

use super::catalogue::SERVICES;
use super::cli::{Format, write_all};
use super::distributions::ERROR_CODES;
use super::failures::COMMON;
use super::timeline::Timeline;
use super::{Generator, Plan};

fn end() -> Timestamp {
    Timestamp::parse("2026-11-21T14:25:36.123456Z").unwrap()
}

fn plan(count: u64, hours: u32) -> Plan {
    Plan {
        count,
        hours,
        end: end(),
        seed: Some(7),
    }
}

fn events(plan: &Plan) -> Vec<Value> {
    Generator::new(plan)
        .map(|text| serde_json::from_str(&text).expect(&text))
        .collect()
}

fn has_failed(event: &Value) -> bool {
    event["metrics"]["status_code"].as_i64() >= Some(400)
}

fn time(event: &Value) -> Timestamp {
    Timestamp::parse(event["timestamp"].as_str().unwrap()).unwrap()
}

fn hour(time: Timestamp) -> usize {
    time.micros().div_euclid(3_600_000_000).rem_euclid(24) as usize
}

#[test]
fn the_catalogue_has_62_endpoints_over_8_services() {
    let all: Vec<_> = SERVICES.iter().flat_map(|s| s.endpoints).map(|e| e.path).collect();
    let unique: HashSet<_> = all.iter().collect();
    assert_eq!((SERVICES.len(), all.len(), unique.len()), (8, 62, 62));
    for (status, _) in ERROR_CODES {
        assert!(COMMON.iter().any(|failure| failure.status == *status), "{status}");
    }
}

#[test]
fn every_endpoint_is_used() {
    let seen: HashSet<_> = events(&plan(5_000, 24))
        .iter()
        .map(|e| e["source"]["endpoint"].to_string())
        .collect();
    assert_eq!(seen.len(), 62);
}

#[test]
fn a_seed_gives_the_same_bytes_again() {
    let first: Vec<_> = Generator::new(&plan(300, 24)).collect();
    assert_eq!(first, Generator::new(&plan(300, 24)).collect::<Vec<_>>());
    let other = Plan {
        seed: Some(8),
        ..plan(300, 24)
    };
    assert_ne!(first, Generator::new(&other).collect::<Vec<_>>());
    insta::assert_snapshot!(first[0]);
    insta::assert_snapshot!(first.iter().find(|e| e.contains("ERR_")).unwrap());
}

#[test]
fn another_end_or_count_changes_the_times_alone() {
    let without_times = |plan: &Plan| {
        let mut events = events(plan);
        events.iter_mut().for_each(|event| event["timestamp"] = Value::Null);
        events
    };
    let moved = Plan {
        end: end().plus_micros(86_400_000_000),
        ..plan(200, 24)
    };
    assert_eq!(without_times(&plan(200, 24)), without_times(&moved));
    assert_eq!(without_times(&plan(200, 24))[..], without_times(&plan(400, 72))[..200]);
}

#[test]
fn times_are_sorted_and_end_now_whatever_the_hours() {
    for hours in [1, 24, 168, 2_160] {
        let times: Vec<_> = events(&plan(2_000, hours)).iter().map(time).collect();
        assert!(times.is_sorted(), "{hours}");
        assert_eq!(times.last(), Some(&end()), "{hours}");
        let start = end().plus_micros(-i64::from(hours) * 3_600_000_000);
        assert!(times[0] >= start, "{hours}");
        let first_tenth = start.plus_micros(i64::from(hours) * 360_000_000);
        assert!(times[0] < first_tenth, "{hours}: the whole range is used");
    }
    assert_eq!(time(&events(&plan(1, 24))[0]), end());
    assert!(events(&plan(0, 24)).is_empty());
}

#[test]
fn business_hours_are_twice_as_busy() {
    // Ten whole days, so that each hour of the clock is covered equally.
    let times = Timeline::new(100_000, 240, end(), fastrand::Rng::with_seed(7));
    let mut counts = [0.0; 24];
    times.for_each(|time| counts[hour(time)] += 1.0);
    let (busy, quiet): (Vec<_>, Vec<_>) = (0..24).partition(|hour| (9..17).contains(hour));
    let mean = |hours: &[usize]| hours.iter().map(|hour| counts[*hour]).sum::<f64>() / hours.len() as f64;
    let ratio = mean(&busy) / mean(&quiet);
    assert!((1.95..2.05).contains(&ratio), "{ratio}");
    assert!(busy.iter().all(|hour| counts[*hour] > 1.8 * mean(&quiet)), "{counts:?}");
}

#[test]
fn between_97_and_98_percent_succeed() {
    for seed in 0..5 {
        let mut out = Vec::new();
        let mut generator = Generator::new(&Plan {
            seed: Some(seed),
            ..plan(20_000, 24)
        });
        let ok = std::iter::from_fn(|| generator.write_next(&mut out))
            .filter(|written| !written.failed)
            .count();
        let percent = ok as f64 / 200.0;
        assert!((97.0..98.0).contains(&percent), "{percent}");
    }
}

#[test]
fn every_event_satisfies_the_schema() {
    let mut ids = HashSet::new();
    let mut length = 0;
    for text in Generator::new(&plan(5_000, 24)) {
        length += text.len();
        let event: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(has_failed(&event), event.get("error_details").is_some());
        schema::check(&event).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        assert!(ids.insert(event["event_id"].to_string()), "{text}");
    }
    let mean = length / ids.len();
    assert!((850..1_100).contains(&mean), "{mean} bytes");
}

#[test]
fn says_where_the_unique_parts_are() {
    let mut out = b"before".to_vec();
    let written = Generator::new(&plan(3, 24)).write_next(&mut out).unwrap();
    let at = |range: std::ops::Range<usize>| std::str::from_utf8(&out[range]).unwrap().to_owned();
    let event: Value = serde_json::from_slice(&out[6..]).unwrap();
    assert_eq!(event["event_id"], at(written.event_id));
    assert_eq!(event["timestamp"], at(written.timestamp));
    assert_eq!(event["payload"]["trace_id"], at(written.trace_id));
}

#[test]
fn both_formats_hold_the_same_events() {
    let mut log = Vec::new();
    let mut lines = Vec::new();
    let mut array = Vec::new();
    let summary = write_all(&plan(2_500, 24), Format::Jsonl, &mut lines, &mut log).unwrap();
    write_all(&plan(2_500, 24), Format::Json, &mut array, &mut log).unwrap();
    let lines: Vec<Value> = lines
        .split(|b| *b == b'\n')
        .filter(|l| !l.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect();
    assert_eq!(lines, serde_json::from_slice::<Vec<Value>>(&array).unwrap());
    assert_eq!(
        (summary.events, summary.per_service.iter().sum::<u64>()),
        (2_500, 2_500)
    );
    assert!(
        String::from_utf8(log)
            .unwrap()
            .starts_with("Generated 1000/2500 events...\nGenerated 2000/2500 events...\n")
    );
}

/// The rules of the PulseStream door, written a second time from its contract.
mod schema {
    use serde_json::Value;

    pub(super) fn check(event: &Value) -> Result<(), String> {
        text(event, "event_id", 1..=100)?;
        text(event, "title", 1..=200)?;
        text(event, "message", 0..=2_000)?;
        one_of(
            event,
            "event_type",
            &["api_call", "user_action", "system_event", "error_event", "custom_event"],
        )?;
        one_of(event, "severity", &["info", "warning", "error", "critical"])?;
        let source = &event["source"];
        text(source, "service", 1..=100)?;
        text(source, "endpoint", 1..=500)?;
        text(source, "method", 1..=10)?;
        text(source, "version", 0..=20)?;
        text(source, "environment", 0..=50)?;
        let context = &event["context"];
        text(context, "user_agent", 0..=500)?;
        let tags = context["tags"].as_object().ok_or("tags")?;
        ensure(tags.values().all(Value::is_string), "tags")?;
        let metrics = &event["metrics"];
        ensure(metrics["response_time_ms"].as_f64() >= Some(0.0), "response_time_ms")?;
        let status = metrics["status_code"].as_u64().ok_or("status_code")?;
        ensure((100..=599).contains(&status), "status_code")?;
        ensure(metrics["request_size_bytes"].is_u64(), "request_size_bytes")?;
        ensure(metrics["response_size_bytes"].is_u64(), "response_size_bytes")?;
        ensure(metrics["cache_hit"].is_boolean(), "cache_hit")?;
        if status >= 400 {
            let details = &event["error_details"];
            text(details, "error_code", 1..=100)?;
            text(details, "error_message", 1..=1_000)?;
            text(details, "error_type", 1..=100)?;
        } else {
            ensure(event.get("error_details").is_none(), "error_details")?;
        }
        ensure(event["payload"].is_object(), "payload")?;
        ensure(event["metadata"].is_object(), "metadata")
    }

    fn ensure(holds: bool, what: &str) -> Result<(), String> {
        if holds { Ok(()) } else { Err(what.to_owned()) }
    }

    fn text(object: &Value, key: &str, length: std::ops::RangeInclusive<usize>) -> Result<(), String> {
        let value = object[key].as_str().ok_or(key)?;
        ensure(length.contains(&value.chars().count()), key)
    }

    fn one_of(object: &Value, key: &str, words: &[&str]) -> Result<(), String> {
        ensure(words.contains(&object[key].as_str().ok_or(key)?), key)
    }
}
