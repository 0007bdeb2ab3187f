use std::collections::{BTreeSet, HashMap};

use super::*;

fn plan(traces: u64, spans: Option<usize>, odd: bool) -> TracePlan {
    TracePlan {
        traces,
        spans,
        odd,
        hours: 24,
        end: Timestamp::from_micros(1_795_262_400_000_000),
        seed: Some(7),
    }
}

fn all(plan: &TracePlan) -> Vec<Vec<Value>> {
    let mut traces = Vec::new();
    each(plan, |trace| {
        traces.push(trace);
        Ok(())
    })
    .unwrap();
    traces
}

fn text<'a>(event: &'a Value, field: &str) -> Option<&'a str> {
    event[field].as_str()
}

#[test]
fn agents_leave_whole_traces() {
    let traces = all(&plan(200, None, false));
    assert_eq!(traces.len(), 200);
    let mut kinds = BTreeSet::new();
    let (mut failed, mut sessions) = (0, HashMap::<String, u32>::new());
    for trace in &traces {
        let ids: BTreeSet<&str> = trace.iter().filter_map(|event| text(event, "span_id")).collect();
        let roots = trace
            .iter()
            .filter(|event| event["duration_ms"].is_number() && event["parent_span_id"].is_null());
        assert_eq!(roots.count(), 1);
        for event in trace {
            kinds.insert(text(event, "kind").unwrap().to_owned());
            let parent = text(event, "parent_span_id");
            assert!(parent.is_none_or(|parent| ids.contains(parent)));
            assert!(event["duration_ms"].as_f64().is_none_or(|ms| ms > 0.0));
            failed += u32::from(text(event, "status") == Some("error"));
        }
        if let Some(session) = trace.iter().find_map(|event| text(event, "session_id")) {
            *sessions.entry(session.to_owned()).or_default() += 1;
        }
    }
    let expected = [
        "agent_action",
        "api_call",
        "embedding",
        "error",
        "eval_metric",
        "llm",
        "log",
        "retrieval",
        "tool_call",
    ];
    assert_eq!(kinds, expected.map(String::from).into());
    assert!(
        failed > 10 && sessions.values().any(|count| *count > 1),
        "{failed} {}",
        sessions.len()
    );
}

#[test]
fn events_have_ids_of_their_own_and_the_same_seed_makes_the_same() {
    let plan = plan(50, None, true);
    let traces = all(&plan);
    let ids: Vec<&str> = traces
        .iter()
        .flatten()
        .map(|event| text(event, "event_id").unwrap())
        .collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert_eq!(traces, all(&plan));
    assert_eq!(traces.len(), 50 + odd::ALL.len());
}

#[test]
fn traces_are_as_large_as_asked() {
    let traces = all(&plan(1, Some(5_000), false));
    let spans = traces[0]
        .iter()
        .filter(|event| event["duration_ms"].is_number())
        .count();
    assert!((5_000..5_200).contains(&spans), "{spans}");
    let ends = traces[0].iter().map(|event| {
        let took = event["duration_ms"].as_f64().unwrap_or(0.0);
        Timestamp::parse(text(event, "time").unwrap())
            .unwrap()
            .plus_micros((took * 1_000.0) as i64)
    });
    assert!(
        ends.max().unwrap() <= plan(1, None, false).end,
        "nothing of it lies in the future"
    );
}

#[test]
fn lines_and_arrays_hold_the_same() {
    let plan = plan(3, None, false);
    let (mut lines, mut array) = (Vec::new(), Vec::new());
    let summary = write(&plan, false, &mut lines).unwrap();
    assert_eq!(write(&plan, true, &mut array).unwrap(), summary);
    let array: Vec<Value> = serde_json::from_slice(&array).unwrap();
    let lines: Vec<Value> = lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!((lines.len() as u64, summary.traces), (summary.events, 3));
    assert_eq!(lines, array);
}
