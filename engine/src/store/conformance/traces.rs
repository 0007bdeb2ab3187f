//! Traces, their lists, sessions, users and links.

use eventglass_model::{CostSource, TracePage, TraceQuery, TraceSummary};

use super::*;
use crate::clock::ManualClock;
use crate::store::{GroupBy, GroupWalk, ShareRow, TracePlace};
use crate::traces::{TraceLimits, Traces};

/// A span of a second, `at` seconds after noon.
pub(super) fn span(trace: &str, id: &str, parent: Option<&str>, at: i64) -> NewEvent {
    NewEvent {
        name: Some(format!("{trace} {id}")),
        trace_id: Some(trace.into()),
        span_id: Some(id.into()),
        parent_span_id: parent.map(Into::into),
        duration_us: Some(SECOND),
        service: Some("agent".into()),
        ..NewEvent::new(format!("{trace}:{id}"), super::at(NOON + at * SECOND), "span".into())
    }
}

/// A model call with tokens, and a cost in billionths.
fn call(trace: &str, id: &str, parent: Option<&str>, at: i64, cost: Option<i64>) -> NewEvent {
    NewEvent {
        kind: "llm".into(),
        model: Some("gpt-4o".into()),
        tokens: Some(eventglass_model::Tokens {
            input_total: 100,
            output_total: 20,
            ..Default::default()
        }),
        cost_nano_usd: cost,
        cost_source: cost.map(|_| CostSource::Computed),
        ..span(trace, id, parent, at)
    }
}

/// The traces of a store, some time after noon.
pub(super) fn traces(store: &SharedStore) -> Traces {
    limited(store, patient())
}

/// As long as a slow machine may take.
fn patient() -> TraceLimits {
    TraceLimits {
        budget: BUDGET,
        catch_up: BUDGET,
        ..TraceLimits::default()
    }
}

fn limited(store: &SharedStore, limits: TraceLimits) -> Traces {
    Traces::new(
        Arc::clone(store),
        Arc::new(ManualClock::at(at(NOON + 60 * SECOND))),
        limits,
    )
}

async fn list(traces: &Traces, project: i64, query: &str) -> TracePage {
    let query = TraceQuery::from_pairs(decode_pairs(query)).unwrap();
    {
        let events = traces.events_of(&query).unwrap();
        traces.list(project, query, events).await.unwrap()
    }
}

/// The traces that a question finds.
pub(super) async fn ids(traces: &Traces, project: i64, query: &str) -> Vec<String> {
    let page = list(traces, project, query).await;
    page.items.into_iter().map(|trace| trace.trace_id).collect()
}

async fn only(traces: &Traces, project: i64) -> TraceSummary {
    let page = list(traces, project, "").await;
    assert_eq!((page.items.len(), page.behind), (1, false));
    page.items.into_iter().next().unwrap()
}

async fn a_list_follows_the_events(store: SharedStore) {
    let (p, other) = (project(&store, "follow").await, project(&store, "follow-other").await);
    let traces = traces(&store);
    assert_eq!(ids(&traces, p, "").await, [""; 0]);
    append(
        &store,
        p,
        vec![call("t1", "b", Some("a"), 1, Some(5)), event("alone", NOON)],
    )
    .await;
    append(&store, other, vec![span("t1", "x", None, 0)]).await;
    let early = only(&traces, p).await;
    assert_eq!((early.name.as_str(), early.span_count), ("t1 b", 1));
    let root = NewEvent {
        user_id: Some("ada".into()),
        session_id: Some("s".into()),
        status: Status::Error,
        ..span("t1", "a", None, 0)
    };
    append(&store, p, vec![root, call("t1", "c", Some("a"), 2, None)]).await;
    let trace = only(&traces, p).await;
    assert_eq!((trace.name.as_str(), trace.kind.as_str()), ("t1 a", "span"));
    assert_eq!((trace.start, trace.duration_ms), (at(NOON), 3_000.0));
    assert_eq!((trace.span_count, trace.event_count, trace.error_count), (3, 3, 1));
    assert_eq!(
        (trace.tokens, trace.cost_usd, trace.cost_complete),
        (240, Some(5e-9), false)
    );
    assert_eq!(
        (trace.user_id.as_deref(), trace.session_id.as_deref()),
        (Some("ada"), Some("s"))
    );
    assert_eq!((trace.status, trace.models), (Status::Error, vec!["gpt-4o".to_owned()]));
    let opened = traces.open(p, "t1").await.unwrap().unwrap();
    assert_eq!(opened.head, only(&traces, p).await, "the list and the tree agree");
    assert_eq!(opened.spans.id, ["a", "b", "c"]);
    // Judged an hour later: it belongs to the trace, and the trace took no longer for it.
    let score = NewEvent {
        kind: "eval_metric".into(),
        duration_us: None,
        ..span("t1", "s", Some("a"), 3_600)
    };
    append(&store, p, vec![score]).await;
    let scored = only(&traces, p).await;
    assert_eq!((scored.start, scored.duration_ms), (at(NOON), 3_000.0));
    assert_eq!((scored.span_count, scored.event_count), (3, 4));
    let opened = traces.open(p, "t1").await.unwrap().unwrap();
    assert_eq!(opened.head, scored, "the list and the tree agree on that, too");
    assert!(traces.open(p, "t2").await.unwrap().is_none());
    assert_eq!(only(&traces, other).await.span_count, 1);
}

async fn what_is_reported_twice_counts_once(store: SharedStore) {
    let p = project(&store, "aggregate").await;
    let traces = traces(&store);
    let agent = NewEvent {
        kind: "agent_action".into(),
        ..call("t", "a", None, 0, Some(50))
    };
    append(&store, p, vec![agent]).await;
    assert_eq!(only(&traces, p).await.cost_usd, Some(50e-9));
    append(&store, p, vec![call("t", "b", Some("a"), 1, Some(30))]).await;
    append(
        &store,
        p,
        vec![
            call("t", "c", Some("a"), 2, Some(20)),
            call("t", "d", Some("c"), 2, Some(20)),
        ],
    )
    .await;
    let trace = only(&traces, p).await;
    assert_eq!((trace.cost_usd, trace.tokens), (Some(50e-9), 240));
    assert_eq!(traces.open(p, "t").await.unwrap().unwrap().head, trace);
}

/// An observation that takes ten seconds for each of its parts.
fn longer(parts: &[String]) -> NewEvent {
    NewEvent {
        duration_us: Some(i64::try_from(parts.len()).unwrap() * 10 * SECOND),
        ..span("t", "obs", Some("a"), 0)
    }
}

async fn changed_and_removed_events_are_counted_anew(store: SharedStore) {
    let p = project(&store, "anew").await;
    let traces = traces(&store);
    append(
        &store,
        p,
        vec![
            span("t", "a", None, 0),
            call("t", "b", Some("a"), 5, Some(7)),
            span("u", "a", None, 1),
        ],
    )
    .await;
    assert_eq!(ids(&traces, p, "").await, ["u", "t"]);
    store.remove_event(p, "t:b").await.unwrap();
    store.remove_event(p, "u:a").await.unwrap();
    let trace = only(&traces, p).await;
    assert_eq!(
        (trace.span_count, trace.cost_usd, trace.duration_ms),
        (1, None, 1_000.0)
    );
    // Parts: each makes another event of the one that is there.
    let part = |json: &str| {
        let json = json.to_owned();
        NewPart {
            part_id: json.clone(),
            rank: 0,
            time: at(NOON),
            event: longer(std::slice::from_ref(&json)),
            json,
            fold: longer,
        }
        .prepare(p, crate::cost::Book::shipped())
    };
    store.merge(Arc::new(vec![part("1")]), at(NOON)).await.unwrap();
    assert_eq!(only(&traces, p).await.duration_ms, 10_000.0);
    store.merge(Arc::new(vec![part("2")]), at(NOON)).await.unwrap();
    store.merge(Arc::new(vec![part("3")]), at(NOON)).await.unwrap();
    let trace = only(&traces, p).await;
    assert_eq!(
        (trace.span_count, trace.event_count, trace.duration_ms),
        (2, 2, 30_000.0)
    );
    store.mark_traces(p, &["t".into(), "never".into()]).await.unwrap();
    assert_eq!(only(&traces, p).await, trace);
}

async fn filters_and_pages(store: SharedStore) {
    let p = project(&store, "filters").await;
    let mut events = Vec::new();
    for n in 0..20_i64 {
        let trace = format!("t{n:02}");
        let root = NewEvent {
            user_id: Some(format!("user-{}", n % 3)),
            session_id: (n % 2 == 0).then(|| format!("s{}", n % 4)),
            environment: Some(if n < 10 { "prod" } else { "dev" }.into()),
            status: if n % 5 == 0 { Status::Error } else { Status::Ok },
            duration_us: Some((n + 1) * SECOND),
            service: Some(if n % 2 == 0 { "front, end" } else { "back" }.into()),
            message: (n % 4 == 0).then(|| "refund wanted".into()),
            ..span(&trace, "a", None, n)
        };
        events.push(call(&trace, "b", Some("a"), n, (n > 15).then_some(n * 1_000)));
        events.push(root);
    }
    append(&store, p, events).await;
    let traces = traces(&store);
    for (query, expected) in [
        ("limit=3", vec!["t19", "t18", "t17"]),
        ("user=user-1&limit=2", vec!["t19", "t16"]),
        ("user=user-1,user-2&limit=3", vec!["t19", "t17", "t16"]),
        ("session=s0&limit=2", vec!["t16", "t12"]),
        ("session=s0&user=user-0", vec!["t12", "t00"]),
        ("errors=true", vec!["t15", "t10", "t05", "t00"]),
        ("service=\"front, end\"&min_duration_ms=18500", vec!["t18"]),
        ("service=agent&limit=1", vec!["t19"]),
        ("model=gpt-4o&limit=1", vec!["t19"]),
        ("model=gpt-4", vec![]),
        ("min_cost_usd=0.000018", vec!["t19", "t18"]),
        ("environment=prod&errors=1", vec!["t05", "t00"]),
        ("name=T07", vec!["t07"]),
        ("name=%25", vec![]),
        ("from=2026-11-21T12:00:03Z&to=2026-11-21T12:00:05Z", vec!["t04", "t03"]),
        ("q=refund&limit=3", vec!["t16", "t12", "t08"]),
        ("q=refund&errors=true", vec!["t00"]),
        ("q=agent&user=user-2&limit=2", vec!["t17", "t14"]),
    ] {
        assert_eq!(ids(&traces, p, query).await, expected, "{query}");
    }
    // However few traces a request looks at, the pages lead through all that match.
    let narrow = limited(&store, TraceLimits { scan: 4, ..patient() });
    for query in ["", "q=agent", "errors=true", "user=user-1", "session=s0&errors=1"] {
        let whole = ids(&traces, p, query).await;
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for _ in 0..100 {
            let page = list(&narrow, p, &format!("{query}&limit=2&cursor={cursor}")).await;
            seen.extend(page.items.into_iter().map(|trace| trace.trace_id));
            match page.next_cursor {
                Some(next) => cursor = next,
                None => break,
            }
        }
        assert_eq!(seen, whole, "{query}");
    }
    let bad = TraceQuery::from_pairs(decode_pairs("cursor=x")).unwrap();
    assert!(matches!(
        traces.list(p, bad, None).await,
        Err(StoreError::BadToken("cursor"))
    ));
}

async fn a_running_trace_tells_what_is_new(store: SharedStore) {
    let p = project(&store, "running").await;
    let traces = traces(&store);
    let running = NewEvent {
        duration_us: None,
        ..span("t", "a", None, 0)
    };
    append(&store, p, vec![running]).await;
    let opened = traces.open(p, "t").await.unwrap().unwrap();
    assert!(opened.head.running);
    let update = traces.updates(p, "t", &opened.watermark).await.unwrap().unwrap();
    assert!(update.trace.is_none());
    append(&store, p, vec![span("other", "a", None, 1)]).await;
    let update = traces.updates(p, "t", &update.watermark).await.unwrap().unwrap();
    assert!(update.trace.is_none() && update.watermark != opened.watermark);
    append(&store, p, vec![span("t", "b", Some("a"), 1)]).await;
    let update = traces.updates(p, "t", &update.watermark).await.unwrap().unwrap();
    assert_eq!(update.trace.unwrap().spans.id, ["a", "b"]);
    assert!(traces.updates(p, "t", "x").await.is_err());
}

async fn long_traces_are_cut_and_say_so(store: SharedStore) {
    let p = project(&store, "long").await;
    append(&store, p, (0..50).map(|n| span("t", &n.to_string(), None, n)).collect()).await;
    let narrow = limited(&store, TraceLimits { spans: 20, ..patient() });
    let opened = narrow.open(p, "t").await.unwrap().unwrap();
    assert_eq!(
        (opened.truncated, opened.spans.len(), opened.spans.id[19].as_str()),
        (true, 20, "19")
    );
    assert_eq!(only(&narrow, p).await.span_count, 50, "the list counts all");
}

async fn moments_of_a_span(store: SharedStore) {
    let p = project(&store, "moments").await;
    let log = |id: &str, span: Option<&str>, parent: Option<&str>| NewEvent {
        trace_id: Some("t".into()),
        span_id: span.map(Into::into),
        parent_span_id: parent.map(Into::into),
        attributes: Some("{\"a\":1}".into()),
        ..NewEvent::new(id.into(), at(NOON), "log".into())
    };
    append(
        &store,
        p,
        vec![
            span("t", "a", None, 0),
            log("in", Some("a"), None),
            log("under", Some("under"), Some("a")),
            log("elsewhere", Some("b"), None),
        ],
    )
    .await;
    let found = store.trace_events(p, "t", Some(&["a".into()]), 10).await.unwrap();
    let mut ids: Vec<&str> = found.iter().map(|event| event.event_id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["in", "under"]);
    assert_eq!(store.trace_events(p, "t", None, 3).await.unwrap().len(), 3);
    assert_eq!(found[0].attributes.as_ref().unwrap().get(), "{\"a\":1}");
}

async fn groups_add_up(store: SharedStore) {
    let p = project(&store, "groups").await;
    for n in 0..12_i64 {
        let trace = format!("t{n}");
        let root = NewEvent {
            user_id: Some(format!("user-{}", n % 3)),
            session_id: (n != 11).then(|| format!("s{}", n % 4)),
            status: if n == 5 { Status::Error } else { Status::Ok },
            ..span(&trace, "a", None, n * 3_600)
        };
        append(
            &store,
            p,
            vec![root, call(&trace, "b", Some("a"), n * 3_600, (n != 4).then_some(10))],
        )
        .await;
    }
    let traces = traces(&store);
    list(&traces, p, "").await;
    let walk = |by, after, limit| GroupWalk {
        by,
        from: None,
        to: None,
        contains: String::new(),
        user: None,
        after,
        limit,
        most: 1_000,
    };
    let users = store.trace_groups(p, &walk(GroupBy::User, None, 2)).await.unwrap();
    let names = |found: &crate::store::GroupsFound| found.items.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
    assert_eq!(names(&users), ["user-2", "user-1", "user-0"], "one more than asked for");
    let next = store
        .trace_groups(p, &walk(GroupBy::User, Some(users.items[1].1), 2))
        .await
        .unwrap();
    assert_eq!(names(&next), ["user-0"]);
    let narrow = GroupWalk {
        most: 2,
        ..walk(GroupBy::Session, None, 10)
    };
    let first = store.trace_groups(p, &narrow).await.unwrap();
    assert_eq!(
        (names(&first), first.stopped.is_some()),
        (vec!["s2".to_owned(), "s1".to_owned()], true)
    );
    let after = GroupWalk {
        after: first.stopped,
        ..narrow
    };
    assert_eq!(names(&store.trace_groups(p, &after).await.unwrap()), ["s0", "s3"]);
    let of_user = GroupWalk {
        user: Some("user-0".into()),
        ..walk(GroupBy::Session, None, 10)
    };
    assert_eq!(
        names(&store.trace_groups(p, &of_user).await.unwrap()),
        ["s1", "s2", "s3", "s0"]
    );
    let like = GroupWalk {
        contains: "R-1".into(),
        ..walk(GroupBy::User, None, 10)
    };
    assert_eq!(names(&store.trace_groups(p, &like).await.unwrap()), ["user-1"]);

    let totals = store
        .group_totals(p, GroupBy::User, "user-1", (None, None), 100)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (totals.traces, totals.sessions, totals.tokens, totals.cost_nano_usd),
        (4, 4, 480, 30)
    );
    assert_eq!((totals.unpriced, totals.spans, totals.errors), (1, 8, 0));
    assert_eq!(
        (totals.first, totals.last),
        (NOON + 3_600 * SECOND, NOON + 10 * 3_600 * SECOND)
    );
    let session = store
        .group_totals(p, GroupBy::Session, "s1", (None, None), 100)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (session.users, session.failed),
        (vec!["user-0".into(), "user-1".into(), "user-2".into()], 1)
    );
    assert!(
        store
            .group_totals(p, GroupBy::User, "nobody", (None, None), 100)
            .await
            .unwrap()
            .is_none()
    );
    let capped = store
        .group_totals(p, GroupBy::User, "user-1", (None, None), 2)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (capped.traces, capped.first),
        (2, NOON + 7 * 3_600 * SECOND),
        "the newest"
    );

    let day = 4 * 3_600 * SECOND;
    let buckets = store
        .group_buckets(p, GroupBy::User, "user-1", (None, None), day, 100)
        .await
        .unwrap();
    let counts: Vec<(i64, i64, i64)> = buckets
        .iter()
        .map(|b| (b.number - NOON / day, b.traces, b.cost_nano_usd))
        .collect();
    assert_eq!(counts, [(0, 1, 10), (1, 2, 10), (2, 1, 10)]);
}

async fn links_open_and_close(store: SharedStore) {
    let p = project(&store, "links").await;
    let share = |id: &str, second| ShareRow {
        id: id.into(),
        project_id: p,
        trace_id: "t\0é".into(),
        created_at: at(NOON + second),
        created_by: "ada@example.com".into(),
    };
    store.add_share([1; 32], &share("one", 1)).await.unwrap();
    store.add_share([2; 32], &share("two", 2)).await.unwrap();
    assert_eq!(store.share_by_token([1; 32]).await.unwrap(), Some(share("one", 1)));
    assert_eq!(store.share_by_token([3; 32]).await.unwrap(), None);
    assert_eq!(
        store.shares_of(p, "t\0é").await.unwrap(),
        [share("two", 2), share("one", 1)]
    );
    assert_eq!(store.remove_shares(p, "t\0é", Some("none")).await.unwrap(), 0);
    assert_eq!(store.remove_shares(p, "t\0é", Some("two")).await.unwrap(), 1);
    assert_eq!(store.share_by_token([2; 32]).await.unwrap(), None);
    assert_eq!(store.remove_shares(p, "t\0é", None).await.unwrap(), 1);
    assert_eq!(store.shares_of(p, "t\0é").await.unwrap(), []);
}

async fn odd_names_come_back(store: SharedStore) {
    let p = project(&store, "odd").await;
    let odd = "nul\0 \u{10fffd} 50%_\\ 'x' \u{1f}日本";
    let root = NewEvent {
        user_id: Some(odd.into()),
        session_id: Some(odd.into()),
        service: Some(odd.into()),
        // SQLite's LIKE ends at a NUL.
        name: Some(odd.replace('\0', "")),
        ..span(odd, odd, None, 0)
    };
    append(&store, p, vec![root]).await;
    let traces = traces(&store);
    let trace = only(&traces, p).await;
    assert_eq!(
        (trace.trace_id.as_str(), trace.name.as_str(), trace.user_id.as_deref()),
        (odd, odd.replace('\0', "").as_str(), Some(odd))
    );
    let all = TraceQuery {
        name: "50%_\\".into(),
        service: vec![odd.into()],
        user: vec![odd.into()],
        session: vec![odd.into()],
        ..TraceQuery::default()
    };
    assert_eq!(traces.list(p, all, None).await.unwrap().items.len(), 1);
    assert_eq!(traces.open(p, odd).await.unwrap().unwrap().spans.id, [odd]);
    assert!(
        store
            .group_totals(p, GroupBy::User, odd, (None, None), 10)
            .await
            .unwrap()
            .is_some()
    );
    let place = TracePlace {
        start: -5,
        hash: [255; 16],
    };
    assert_eq!(TracePlace::parse(&place.token()).unwrap(), place);
}

/// Many write, several keep the list: nothing is left out or counted twice.
async fn kept_by_many(stores: Vec<SharedStore>) {
    let p = project(&stores[0], "many").await;
    let writers = (0..6_usize).map(|writer| {
        let store = Arc::clone(&stores[writer % stores.len()]);
        tokio::spawn(async move {
            for n in 0..20_i64 {
                let id = format!("{writer}-{n}");
                append(&store, p, vec![call(&format!("t{}", n % 4), &id, None, n, Some(1))]).await;
            }
        })
    });
    let keepers = (0..4_usize).map(|keeper| {
        let traces = traces(&stores[keeper % stores.len()]);
        tokio::spawn(async move {
            for _ in 0..20 {
                list(&traces, p, "").await;
                tokio::task::yield_now().await;
            }
        })
    });
    for task in futures::future::join_all(writers.chain(keepers)).await {
        task.unwrap();
    }
    let page = list(&traces(&stores[0]), p, "").await;
    let figures: Vec<(i64, i64, Option<f64>)> = page
        .items
        .iter()
        .map(|trace| (trace.span_count, trace.tokens, trace.cost_usd))
        .collect();
    assert_eq!(figures, vec![(30, 3_600, Some(30e-9)); 4]);
    assert!(stores[0].projects_to_fold(10).await.unwrap().is_empty());
}

async fn lists_are_exact_while_many_write(store: SharedStore) {
    kept_by_many(vec![store]).await;
}

macro_rules! trace_tests {
    ($module:ident, $open:expr) => {
        conformance! { $module, $open;
            a_list_follows_the_events
            what_is_reported_twice_counts_once
            changed_and_removed_events_are_counted_anew
            filters_and_pages
            a_running_trace_tells_what_is_new
            long_traces_are_cut_and_say_so
            moments_of_a_span
            groups_add_up
            links_open_and_close
            odd_names_come_back
            lists_are_exact_while_many_write
        }
    };
}

trace_tests!(sqlite_store, super::super::sqlite());
trace_tests!(postgres_store, super::super::postgres());

#[tokio::test]
async fn several_servers_keep_one_list() {
    kept_by_many(servers::<3>().await.into()).await;
}
