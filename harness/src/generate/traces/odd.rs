//! What goes wrong in the field, a trace each.

use serde_json::{Map, Value, json};

use super::trace::TraceMaker;

/// Makes a trace.
pub(super) type Make = fn(TraceMaker<'_>) -> Vec<Value>;

/// All of them.
pub(super) const ALL: &[Make] = &[
    orphans,
    circle,
    duplicates,
    skew,
    deep,
    unfinished,
    several_roots,
    reported_twice,
    long_texts,
    only_logs,
];

/// Levels of [`deep`].
const LEVELS: usize = 2_000;
/// Bytes of the prompt of [`long_texts`].
const PROMPT: usize = 2_000_000;

fn took(ms: u32) -> Map<String, Value> {
    fields(json!({ "duration_ms": ms }))
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The root and some spans between were lost.
fn orphans(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let lost = maker.id();
    for n in 0..3 {
        let (id, child) = (maker.id(), maker.id());
        let start = maker.now + n * 1_000_000;
        maker.event(&id, Some(&lost), "span", "orphan", start, took(900));
        maker.event(
            &child,
            Some(&id),
            "tool_call",
            "child of an orphan",
            start + 100_000,
            took(300),
        );
    }
    maker.log(&lost, "warning", "a log of a span that was lost");
    maker.finish()
}

/// Spans that are each other's parents.
fn circle(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (a, b, c, own) = (maker.id(), maker.id(), maker.id(), maker.id());
    let now = maker.now;
    for (n, (id, parent)) in [(&a, &c), (&b, &a), (&c, &b), (&own, &own)].into_iter().enumerate() {
        let start = now + i64::try_from(n).unwrap_or(0) * 1_000;
        maker.event(id, Some(parent), "span", "in a circle", start, took(10));
    }
    maker.finish()
}

/// The same span twice: announced at its start, told again at its end, and a client that reuses ids.
fn duplicates(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (root, child) = (maker.id(), maker.id());
    let now = maker.now;
    let announced = fields(json!({ "event_id": format!("{}:announced", maker.trace_id), "status": "unset" }));
    maker.event(&root, None, "span", "root", now, announced);
    maker.event(&root, None, "span", "root", now, took(500));
    for n in 0..3 {
        let mut again = took(50 + n);
        again.insert("event_id".to_owned(), json!(format!("{}:reused:{n}", maker.trace_id)));
        maker.event(
            &child,
            Some(&root),
            "span",
            "one id, three spans",
            now + i64::from(n) * 60_000,
            again,
        );
    }
    maker.finish()
}

/// A service whose clock is two minutes behind, and one that is ahead.
fn skew(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (root, behind, ahead) = (maker.id(), maker.id(), maker.id());
    let now = maker.now;
    maker.event(&root, None, "agent_action", "checkout", now, took(1_000));
    maker.service = "clock-behind";
    maker.event(
        &behind,
        Some(&root),
        "api_call",
        "two minutes behind",
        now - 120_000_000,
        took(200),
    );
    maker.service = "clock-ahead";
    maker.event(
        &ahead,
        Some(&root),
        "api_call",
        "three seconds ahead",
        now + 3_000_000,
        took(200),
    );
    maker.finish()
}

/// As deep as nobody should go.
fn deep(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let mut parent: Option<String> = None;
    for level in 0..LEVELS {
        let id = maker.id();
        let left = u32::try_from(LEVELS - level).unwrap_or(0);
        let start = maker.now + i64::try_from(level).unwrap_or(0) * 500;
        let name = format!("level {level}");
        maker.event(&id, parent.as_deref(), "span", &name, start, took(left));
        parent = Some(id);
    }
    maker.finish()
}

/// Still at work.
fn unfinished(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (root, call, tool) = (maker.id(), maker.id(), maker.id());
    let now = maker.now;
    let running = || fields(json!({ "status": "unset" }));
    maker.event(&root, None, "agent_action", "still at work", now, running());
    maker.event(&call, Some(&root), "llm", "chat gpt-4o", now + 1_000, {
        let mut call = took(800);
        call.extend(fields(
            json!({ "model": "gpt-4o", "provider": "openai", "tokens": { "input": 900, "output": 80 } }),
        ));
        call
    });
    maker.event(
        &tool,
        Some(&root),
        "tool_call",
        "waits for an answer",
        now + 900_000,
        running(),
    );
    maker.finish()
}

/// Queues and callbacks that share a trace.
fn several_roots(mut maker: TraceMaker<'_>) -> Vec<Value> {
    for n in 0..4 {
        let (root, child) = (maker.id(), maker.id());
        let start = maker.now + n * 2_000_000;
        maker.event(&root, None, "span", &format!("job {n}"), start, took(1_500));
        maker.event(&child, Some(&root), "api_call", "step", start + 10_000, took(100));
    }
    maker.finish()
}

/// An agent and a chain that report what their calls report.
fn reported_twice(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (agent, chain, first, second) = (maker.id(), maker.id(), maker.id(), maker.id());
    let now = maker.now;
    let usage = |input: u32, output: u32, cost: f64| {
        fields(
            json!({ "duration_ms": 700, "tokens": { "input": input, "output": output }, "cost_usd": cost,
            "model": "gpt-4o", "provider": "openai" }),
        )
    };
    maker.event(
        &agent,
        None,
        "agent_action",
        "reports the sum",
        now,
        usage(3_000, 500, 0.0125),
    );
    maker.event(
        &chain,
        Some(&agent),
        "span",
        "reports the sum, too",
        now + 10,
        usage(3_000, 500, 0.0125),
    );
    maker.event(
        &first,
        Some(&chain),
        "llm",
        "chat gpt-4o",
        now + 20,
        usage(1_000, 200, 0.0045),
    );
    maker.event(
        &second,
        Some(&chain),
        "llm",
        "chat gpt-4o",
        now + 900_000,
        usage(2_000, 300, 0.008),
    );
    maker.finish()
}

/// A prompt of megabytes, and what would be markup if it were not text.
fn long_texts(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let (root, call) = (maker.id(), maker.id());
    let now = maker.now;
    let hostile = "<script>alert(1)</script> [link](javascript:alert(1)) \u{202e}reversed\u{202c} \u{0}";
    let long = "All work and no play makes Jack a dull boy. ".repeat(PROMPT / 44);
    let mut first = took(2_000);
    first.insert("input".to_owned(), json!({ "question": hostile }));
    maker.event(&root, None, "agent_action", hostile, now, first);
    let mut second = took(1_900);
    second.extend(fields(json!({
        "model": "gpt-4o", "provider": "openai", "tokens": { "input": 500_000, "output": 10 },
        "input": [{ "role": "user", "content": long }], "output": [{ "role": "assistant", "content": hostile }],
    })));
    maker.event(&call, Some(&root), "llm", "chat gpt-4o", now + 1_000, second);
    maker.finish()
}

/// No span at all.
fn only_logs(mut maker: TraceMaker<'_>) -> Vec<Value> {
    let span = maker.id();
    for n in 0..5 {
        maker.log(
            &span,
            if n == 3 { "error" } else { "info" },
            &format!("line {n} of a span that never came"),
        );
        maker.pass(40);
    }
    maker.finish()
}
