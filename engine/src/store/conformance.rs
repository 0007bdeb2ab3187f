//! What every store must do. Each test is a function over `dyn Store`; the
//! macro at the end runs all of them on each implementation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventglass_model::{
    Door, Duplicates, EventPage, EventQuery, IngestCounts, ProjectSettings, Severity, Status, TimeBound, Timestamp,
    decode_pairs,
};

use super::{Appended, Expiry, IngestMinute, NewKey, NewRefused, SharedStore, StoreError, StoredAnswer, Which};
use crate::ingest::{Limits, NewEvent, NewPart, PendingEvent, Sender};
use crate::query::{self, EventSearch, PulseSearch, Scan, Totals};

mod search;
mod views;

use rollups::events_are_grouped_by_what_is_not_counted;
use search::{
    a_search_out_of_time_goes_on_from_its_cursor, a_store_finds_what_the_filter_says, bars_show_when,
    facets_of_any_field, projects_of_any_size_have_their_own,
};
use views::views_are_of_people_and_projects;

mod cost;

/// 2026-11-21T12:00:00Z.
const NOON: i64 = 1_795_262_400_000_000;
const SECOND: i64 = 1_000_000;
const BUDGET: Duration = Duration::from_secs(60);

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn event(id: &str, time: i64) -> NewEvent {
    NewEvent {
        name: Some(format!("event {id}")),
        ..NewEvent::new(id.to_owned(), at(time), "api_call".to_owned())
    }
}

async fn append(store: &SharedStore, project: i64, events: Vec<NewEvent>) -> Vec<Appended> {
    let pending: Vec<PendingEvent> = events.into_iter().map(|event| event.prepare(project, false)).collect();
    let pending = Arc::new(pending);
    let started = Instant::now();
    loop {
        match store.append(Arc::clone(&pending), at(NOON)).await {
            // Where many write at once on a slow machine: nothing was begun, and a client sends it again.
            Err(StoreError::Database(sqlx::Error::PoolTimedOut)) if started.elapsed() < BUDGET => {}
            done => return done.unwrap(),
        }
    }
}

async fn project(store: &SharedStore, name: &str) -> i64 {
    let email = format!("{name}@example.com");
    let owner = store.add_user(&email, "phc", at(NOON)).await.unwrap();
    store.add_project(owner, name, name, "", at(NOON)).await.unwrap().id
}

/// A search as it stands in a URL.
async fn search(store: &SharedStore, project: i64, query: &str) -> EventPage {
    let query = EventQuery::from_pairs(decode_pairs(query)).unwrap();
    let search = EventSearch::new(query, at(NOON)).unwrap();
    query::events(&**store, project, &search, BUDGET).await.unwrap()
}

async fn found(store: &SharedStore, project: i64, query: &str) -> Vec<String> {
    search(store, project, query)
        .await
        .items
        .into_iter()
        .map(|event| event.event_id)
        .collect()
}

async fn the_newest_come_first_whatever_their_order_of_arrival(store: SharedStore) {
    let p = project(&store, "order").await;
    append(
        &store,
        p,
        vec![event("b", NOON + 2), event("c", NOON + 3), event("a", NOON + 1)],
    )
    .await;
    append(&store, p, vec![event("late", NOON - SECOND), event("d", NOON + 4)]).await;
    assert_eq!(found(&store, p, "").await, ["d", "c", "b", "a", "late"]);
}

async fn pages_follow_each_other_without_gap_or_overlap(store: SharedStore) {
    let p = project(&store, "pages").await;
    // All of the same second: the order of arrival decides.
    append(&store, p, (0..25).map(|n| event(&format!("e{n:02}"), NOON)).collect()).await;
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = search(&store, p, &format!("limit=10&cursor={cursor}")).await;
        seen.extend(page.items.into_iter().map(|event| event.event_id));
        // Events that come meanwhile do not move what is still to be read.
        append(&store, p, vec![event(&format!("new{}", seen.len()), NOON + SECOND)]).await;
        match page.next_cursor {
            Some(next) => cursor = next,
            None => break,
        }
    }
    let expected: Vec<String> = (0..25).rev().map(|n| format!("e{n:02}")).collect();
    assert_eq!(seen, expected);
}

async fn an_id_is_stored_once(store: SharedStore) {
    let (p, other) = (project(&store, "once").await, project(&store, "other").await);
    let outcome = append(
        &store,
        p,
        vec![event("x", NOON), event("y", NOON), event("x", NOON + 9)],
    )
    .await;
    assert_eq!(outcome, [Appended::New, Appended::New, Appended::Duplicate]);
    assert_eq!(
        append(&store, p, vec![event("y", NOON + 5), event("z", NOON)]).await,
        [Appended::Duplicate, Appended::New]
    );
    assert_eq!(
        append(&store, other, vec![event("x", NOON)]).await,
        [Appended::New],
        "ids are of a project"
    );
    assert_eq!(found(&store, p, "").await.len(), 3);
    let project = store.project_by_id(p).await.unwrap().unwrap();
    assert_eq!(project.event_count, 3, "counted exactly, duplicates left out");
}

async fn parallel_writers_store_each_id_once(store: SharedStore) {
    let p = project(&store, "parallel").await;
    let writers = (0..8).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(
            async move { append(&store, p, (0..50).map(|n| event(&format!("e{n}"), NOON + n)).collect()).await },
        )
    });
    let outcomes: Vec<Appended> = futures::future::join_all(writers)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Appended::New).count(), 50);
    assert_eq!(found(&store, p, "limit=1000").await.len(), 50);
}

async fn thousands_of_events_share_one_microsecond(store: SharedStore) {
    let p = project(&store, "crowd").await;
    let crowd: Vec<NewEvent> = (0..3_000).map(|n| event(&format!("e{n}"), NOON + 123_457)).collect();
    assert!(
        append(&store, p, crowd)
            .await
            .iter()
            .all(|outcome| *outcome == Appended::New)
    );
    append(&store, p, vec![event("after", NOON + 2 * SECOND)]).await;
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 3_001);
    assert_eq!(found(&store, p, "limit=1").await, ["after"]);
    assert_eq!(
        found(
            &store,
            p,
            "limit=1000&from=2026-11-21T12:00:00.123457Z&to=2026-11-21T12:00:00.123458Z"
        )
        .await
        .len(),
        1_000
    );
}

async fn times_bound_a_search_to_the_microsecond(store: SharedStore) {
    let p = project(&store, "times").await;
    append(
        &store,
        p,
        vec![
            event("a", NOON + 1),
            event("b", NOON + 2),
            event("c", NOON + SECOND),
            event("old", -5),
        ],
    )
    .await;
    assert_eq!(
        found(&store, p, "from=2026-11-21T12:00:00Z&to=2026-11-21T12:00:00.000002Z").await,
        ["a"]
    );
    assert_eq!(found(&store, p, "from=2026-11-21T12:00:00.000002Z").await, ["c", "b"]);
    assert_eq!(found(&store, p, "to=2026-11-21T12:00:01Z").await, ["b", "a", "old"]);
    assert_eq!(
        found(&store, p, "to=1970-01-01T00:00:00Z").await,
        ["old"],
        "before the epoch is a time too"
    );
}

async fn filters_filter(store: SharedStore) {
    let p = project(&store, "filters").await;
    let make = |id: &str, severity, service: &str, environment: &str, kind: &str| NewEvent {
        severity,
        service: Some(service.to_owned()),
        environment: Some(environment.to_owned()),
        ..NewEvent::new(id.to_owned(), at(NOON), kind.to_owned())
    };
    append(
        &store,
        p,
        vec![
            make("a", Severity::Info, "pay", "prod", "api_call"),
            make("b", Severity::Error, "pay", "dev", "cart.add"),
            make("c", Severity::Critical, "pay, later", "prod", "api_call"),
        ],
    )
    .await;
    assert_eq!(found(&store, p, "severity=error,critical").await, ["c", "b"]);
    assert_eq!(found(&store, p, "service=pay").await, ["b", "a"]);
    assert_eq!(found(&store, p, "service=%22pay, later%22").await, ["c"]);
    assert_eq!(
        found(&store, p, "environment=prod&kind=api_call&severity=info").await,
        ["a"]
    );
    assert_eq!(
        found(&store, p, "kind=api").await,
        Vec::<String>::new(),
        "whole values only"
    );
}

async fn words_find_events(store: SharedStore) {
    let p = project(&store, "words").await;
    let say = |id: &str, message: &str| NewEvent {
        message: Some(message.to_owned()),
        ..event(id, NOON)
    };
    append(
        &store,
        p,
        vec![
            say("declined", "The Card was DECLINED by the bank"),
            say("was card", "declined was the card"),
            say("cafe", "Café crème: 50% off_er"),
            say("cjk", "支払いが完了しました"),
            NewEvent {
                attributes: Some(r#"{"error_message":"out of memory"}"#.into()),
                service: Some("payment-service".into()),
                ..event("oom", NOON)
            },
        ],
    )
    .await;
    let other = project(&store, "strangers").await;
    append(&store, other, vec![say("theirs", "card declined")]).await;

    assert_eq!(found(&store, p, "q=card declined").await, ["was card", "declined"]);
    assert_eq!(found(&store, p, "q=\"card was declined\"").await, ["declined"]);
    assert_eq!(found(&store, p, "q=decl").await, Vec::<String>::new());
    assert_eq!(found(&store, p, "q=decl*").await, ["was card", "declined"]);
    assert_eq!(found(&store, p, "q=CAFE").await, ["cafe"]);
    assert_eq!(
        found(&store, p, "q=\"50%25 off_er\"").await,
        ["cafe"],
        "a phrase takes % and _ as they are"
    );
    assert_eq!(found(&store, p, "q=支払いが完了しました").await, ["cjk"]);
    assert_eq!(found(&store, p, "q=完了").await, ["cjk"]);
    assert_eq!(found(&store, p, "q=memory payment-serv*").await, ["oom"]);
    for odd in ["q=\"", "q=text: card", "q=card^2", "q=हिन्दी", "q=-card", "q=a NEAR b"] {
        found(&store, p, odd).await;
    }
}

async fn ids_find_events(store: SharedStore) {
    let p = project(&store, "ids").await;
    let spans = ["span-1", "span-2"].map(|id| NewEvent {
        trace_id: Some("trace_0af7".into()),
        ..event(id, NOON)
    });
    append(&store, p, spans.to_vec()).await;
    append(
        &store,
        p,
        vec![NewEvent {
            message: Some("saw span-1 fail".into()),
            ..event("mention", NOON)
        }],
    )
    .await;
    assert_eq!(found(&store, p, "q=span-1").await, ["span-1"]);
    assert_eq!(found(&store, p, "q=trace_0af7").await, ["span-2", "span-1"]);
    assert_eq!(
        found(&store, p, "q=trace_0af7&severity=error").await,
        Vec::<String>::new()
    );
}

async fn a_watermark_tells_what_has_arrived_since(store: SharedStore) {
    let p = project(&store, "arrivals").await;
    let start = search(&store, p, "").await.watermark;
    append(&store, p, vec![event("a", NOON)]).await;
    let first = search(&store, p, &format!("arrived_after={start}")).await;
    assert_eq!(first.items.len(), 1);
    // The clock stands still, and the new ones are older: they arrived all the same.
    append(
        &store,
        p,
        vec![event("older", NOON - 60 * SECOND), event("newer", NOON + SECOND)],
    )
    .await;
    let second = search(&store, p, &format!("arrived_after={}", first.watermark)).await;
    assert_eq!(
        second.items.iter().map(|e| e.event_id.as_str()).collect::<Vec<_>>(),
        ["newer", "older"]
    );
    assert_eq!(
        found(&store, p, &format!("arrived_after={}&q=newer", first.watermark)).await,
        ["newer"]
    );
    assert_eq!(
        found(&store, p, &format!("arrived_after={}", second.watermark)).await,
        Vec::<String>::new()
    );
}

async fn an_event_comes_back_whole(store: SharedStore) {
    let p = project(&store, "whole").await;
    let sent = NewEvent {
        message: Some("NUL \u{fffd}, emoji 🦀, quote ' and \"".into()),
        input: Some("[1, 2.50, {\"a\":\"\\u0000\"}]".into()),
        attributes: Some("{\"z\":1,\"a\":1e400}".into()),
        duration_us: Some(1_234_567),
        cost_nano_usd: Some(4_200_000),
        tokens: Some(eventglass_model::Tokens {
            input_total: 7,
            ..Default::default()
        }),
        ..event("whole", NOON + 42)
    };
    append(&store, p, vec![sent.clone()]).await;
    let by_client_id = store.event(p, "whole").await.unwrap().unwrap();
    let event = store.event(p, &by_client_id.id).await.unwrap().unwrap();
    assert_eq!(event.event_id, "whole");
    assert_eq!(event.time, at(NOON + 42));
    assert_eq!(event.message, sent.message);
    assert_eq!(event.input.unwrap().get(), sent.input.unwrap(), "to the byte");
    assert_eq!(event.attributes.unwrap().get(), sent.attributes.unwrap());
    assert_eq!(event.duration_ms, Some(1_234.567));
    assert_eq!(event.cost_usd, Some(0.004_2));
    assert_eq!(event.tokens.unwrap().input_total, 7);
    let stranger = project(&store, "stranger").await;
    assert!(store.event(stranger, &event.id).await.unwrap().is_none());
    assert!(store.event(p, "nothing").await.unwrap().is_none());
}

async fn pulse_filters_filter(store: SharedStore) {
    let p = project(&store, "pulse").await;
    let make = |id: &str, service: &str, code: i64| NewEvent {
        service: Some(service.to_owned()),
        status_code: Some(code),
        endpoint: Some(format!("/{id}")),
        user_id: Some(format!("user_{id}")),
        severity: if code >= 500 { Severity::Error } else { Severity::Info },
        ..event(id, NOON + code)
    };
    append(
        &store,
        p,
        vec![
            make("a", "Pay-service", 200),
            make("b", "pay-service", 500),
            make("c", "auth", 404),
        ],
    )
    .await;
    let base = PulseSearch {
        limit: 100,
        ..PulseSearch::default()
    };
    let run = async |search: PulseSearch| {
        let (events, counts) = store.pulse_search(p, &search, 2).await.unwrap();
        (
            events.into_iter().map(|e| e.event_id).collect::<Vec<_>>(),
            counts.total,
            counts.matching,
        )
    };
    assert_eq!(
        run(base.clone()).await,
        (vec!["b".into(), "c".into(), "a".into()], 3, 2),
        "counts stop at their limit"
    );
    assert_eq!(
        run(PulseSearch {
            service: Some("PAY".into()),
            ..base.clone()
        })
        .await
        .0,
        ["b", "a"]
    );
    assert_eq!(
        run(PulseSearch {
            severity: Some(Severity::Error),
            ..base.clone()
        })
        .await
        .0,
        ["b"]
    );
    assert_eq!(
        run(PulseSearch {
            endpoint: Some("/c".into()),
            ..base.clone()
        })
        .await
        .0,
        ["c"]
    );
    assert_eq!(
        run(PulseSearch {
            user_id: Some("user_a".into()),
            ..base.clone()
        })
        .await
        .0,
        ["a"]
    );
    assert_eq!(
        run(PulseSearch {
            status_code: Some(404),
            ..base.clone()
        })
        .await
        .0,
        ["c"]
    );
    assert_eq!(
        run(PulseSearch {
            event_type: Some("user_action".into()),
            ..base.clone()
        })
        .await
        .0,
        Vec::<String>::new()
    );
    let between = PulseSearch {
        start_time: Some(at(NOON + 404)),
        end_time: Some(at(NOON + 500)),
        ..base.clone()
    };
    assert_eq!(run(between).await.0, ["b", "c"], "the end counts in");
    assert_eq!(
        run(PulseSearch {
            limit: 1,
            offset: 1,
            ..base
        })
        .await
        .0,
        ["c"]
    );
}

async fn totals_add_up(store: SharedStore) {
    let p = project(&store, "totals").await;
    let nothing = query::totals(&*store, p, (None, None), 10).await.unwrap();
    assert_eq!(nothing, Totals::default());
    let make = |id: &str, status: Status, cost: Option<i64>, duration: Option<i64>| NewEvent {
        status,
        cost_nano_usd: cost,
        duration_us: duration,
        ..event(id, NOON)
    };
    append(
        &store,
        p,
        vec![
            make("a", Status::Ok, Some(1_500_000_000), Some(1_500)),
            make("b", Status::Error, None, Some(500)),
            make("c", Status::Timeout, Some(500_000_000), None),
            make("d", Status::Unset, None, None),
        ],
    )
    .await;
    let all = Totals {
        events: 4,
        errors: 2,
        priced: 2,
        cost_usd: 2.0,
        timed: 2,
        duration_ms: 2.0,
        shortest_ms: Some(0.5),
        longest_ms: Some(1.5),
        partial: false,
    };
    assert_eq!(query::totals(&*store, p, (None, None), 10).await.unwrap(), all);
    let newest = query::totals(&*store, p, (None, None), 2).await.unwrap();
    assert_eq!((newest.events, newest.partial), (2, true));
    let later = (Some(at(NOON + SECOND)), None);
    assert_eq!(query::totals(&*store, p, later, 10).await.unwrap().events, 0);
    let earlier = (None, Some(at(NOON)));
    assert_eq!(query::totals(&*store, p, earlier, 10).await.unwrap().events, 0);
    // What two of these add up to is more than an integer holds.
    let long = |id: &str| make(id, Status::Ok, Some(i64::MAX), Some(i64::MAX));
    append(&store, p, vec![long("e"), long("f")]).await;
    assert!(query::totals(&*store, p, (None, None), 10).await.unwrap().duration_ms > 1e16);
}

async fn scans_are_bounded(store: SharedStore) {
    let p = project(&store, "scan").await;
    let events = (0..20).map(|n| NewEvent {
        input: Some(format!(r#"{{"prompt":"Question {n} 50%"}}"#)),
        trace_id: (n % 2 == 0).then(|| "t".to_owned()),
        ..event(&format!("e{n:02}"), NOON + n * SECOND)
    });
    append(&store, p, events.collect()).await;
    let other = project(&store, "scan-other").await;
    append(&store, other, vec![event("other", NOON)]).await;
    let run = async |contains: Option<&str>, traced: bool, limit: usize, offset: usize, most: usize| {
        let scan = Scan {
            contains: contains.map(str::to_owned),
            traced,
            limit,
            offset,
            most,
        };
        let found = query::scan(&*store, p, &scan).await.unwrap();
        let ids: Vec<String> = found.events.into_iter().map(|event| event.event_id).collect();
        (ids.join(" "), found.matching, found.partial)
    };
    let expect = |ids: &str, matching, partial| (ids.to_owned(), matching, partial);
    assert_eq!(run(None, false, 2, 0, 1).await, expect("e19 e18", 20, false));
    assert_eq!(run(None, false, 2, 19, 1).await, expect("e00", 20, false));
    assert_eq!(run(Some("QUESTION 7"), false, 9, 0, 20).await, expect("e07", 1, false));
    assert_eq!(run(Some("question 7"), false, 9, 0, 10).await, expect("", 0, true));
    assert_eq!(run(Some("50%"), false, 1, 1, 10).await, expect("e18", 10, true));
    assert_eq!(run(Some("5_%"), false, 1, 0, 10).await, expect("", 0, true));
    assert_eq!(run(None, true, 2, 1, 20).await, expect("e16 e14", 10, false));
}

async fn arrivals_are_counted(store: SharedStore) {
    let p = project(&store, "arrivals").await;
    assert_eq!(store.last_event_of_all().await.unwrap(), None);
    append(&store, p, (0..5).map(|n| event(&format!("e{n}"), 1)).collect()).await;
    assert_eq!(store.arrivals(p, at(NOON), 10).await.unwrap(), 5);
    assert_eq!(store.arrivals(p, at(NOON), 3).await.unwrap(), 3);
    assert_eq!(store.arrivals(p, at(NOON + 1), 10).await.unwrap(), 0);
    assert!(store.remove_event(p, "e0").await.unwrap());
    assert_eq!(store.arrivals(p, at(NOON), 10).await.unwrap(), 4);
    assert_eq!(store.last_event_of_all().await.unwrap(), Some(at(NOON)));
    let sender = |project_id| Sender {
        project_id,
        key_id: 1,
        door: Door::Native,
        sdk: String::new(),
    };
    let minute = |project_id, minute| IngestMinute {
        minute,
        sender: sender(project_id),
        counts: IngestCounts {
            accepted: 3,
            refused: 1,
            ..IngestCounts::default()
        },
    };
    let now = NOON / 60_000_000;
    let minutes = [minute(p, now), minute(p + 1, now), minute(p, now - 1)];
    store.record_ingest(&minutes, &[]).await.unwrap();
    let counts = store.ingest_of_all(at(NOON)).await.unwrap();
    assert_eq!((counts.accepted, counts.refused), (6, 2));
}

async fn people_projects_and_keys(store: SharedStore) {
    let ada = store.add_user("ada@example.com", "phc", at(NOON)).await.unwrap();
    assert!(matches!(
        store.add_user("ada@example.com", "phc", at(NOON)).await,
        Err(StoreError::Conflict(_))
    ));
    let bob = store.add_user("bob@example.com", "phc", at(NOON)).await.unwrap();

    let shop = store.add_project(ada, "Shop", "shop", "sells", at(NOON)).await.unwrap();
    let second = store.add_project(bob, "Shop", "shop", "", at(NOON)).await.unwrap();
    assert_eq!((shop.slug.as_str(), second.slug.as_str()), ("shop", "shop-2"));
    assert_eq!(store.project_by_slug("shop-2").await.unwrap().unwrap().id, second.id);
    assert_eq!(
        store.projects_of(ada, 0, 10).await.unwrap(),
        std::slice::from_ref(&shop)
    );
    assert_eq!(store.projects_of(ada, shop.id, 10).await.unwrap(), []);
    let settings = eventglass_model::ProjectSettings::default();
    store.set_project_settings(second.id, &settings, "pro").await.unwrap();
    assert_eq!(store.plans_of(ada).await.unwrap(), [""]);
    assert_eq!(store.plans_of(bob).await.unwrap(), ["pro"]);
    for which in [Which::Id(shop.id), Which::Slug(&shop.slug)] {
        let role = async |user| {
            let found = store.project_with_role(which, user).await.unwrap();
            found.map(|(project, role)| (project.id, role))
        };
        assert_eq!(role(ada).await, Some((shop.id, Some("owner".to_owned()))));
        assert_eq!(role(bob).await, Some((shop.id, None)));
    }
    for which in [Which::Id(i64::MAX), Which::Slug("no-such")] {
        assert_eq!(store.project_with_role(which, ada).await.unwrap(), None);
    }

    let new = || NewKey {
        name: "ci".into(),
        prefix: "proj_1_abcdefgh".into(),
        secret_hash: [7; 32],
    };
    let key = store.add_key(shop.id, new(), at(NOON)).await.unwrap();
    assert_eq!(
        store.keys_by_prefix("proj_1_abcdefgh").await.unwrap()[0].secret_hash,
        [7; 32]
    );
    assert_eq!(
        store.keys_of(shop.id, i64::MAX, 10).await.unwrap(),
        std::slice::from_ref(&key)
    );
    assert!(
        !store.remove_key(second.id, key.id).await.unwrap(),
        "another project's key"
    );
    assert!(store.remove_key(shop.id, key.id).await.unwrap());
    assert_eq!(store.keys_by_prefix("proj_1_abcdefgh").await.unwrap().len(), 0);
}

async fn sessions_end(store: SharedStore) {
    let ada = store.add_user("ada@example.com", "phc", at(NOON)).await.unwrap();
    store
        .add_session([1; 32], ada, at(NOON), at(NOON + SECOND))
        .await
        .unwrap();
    store
        .add_session([2; 32], ada, at(NOON), at(NOON + 9 * SECOND))
        .await
        .unwrap();
    assert_eq!(store.user_by_session([1; 32], at(NOON)).await.unwrap().unwrap().id, ada);
    assert!(
        store
            .user_by_session([1; 32], at(NOON + SECOND))
            .await
            .unwrap()
            .is_none(),
        "at its end it has ended"
    );
    store.remove_session([2; 32]).await.unwrap();
    assert!(store.user_by_session([2; 32], at(NOON)).await.unwrap().is_none());
}

async fn foreign_tokens_are_refused(store: SharedStore) {
    let p = project(&store, "tokens").await;
    for query in [
        EventQuery {
            cursor: Some("not hex".into()),
            ..EventQuery::default()
        },
        EventQuery {
            arrived_after: Some("zz".into()),
            from: Some(TimeBound::Ago(5)),
            ..EventQuery::default()
        },
    ] {
        let search = EventSearch::new(query, at(NOON)).unwrap();
        let result = query::events(&*store, p, &search, BUDGET).await;
        assert!(matches!(result, Err(StoreError::BadToken(_))));
    }
}

async fn settings_and_usage(store: SharedStore) {
    let p = project(&store, "settings").await;
    let (mut settings, plan) = store.project_settings(p).await.unwrap().unwrap();
    assert_eq!((&settings, plan.as_str()), (&ProjectSettings::default(), ""));
    settings.duplicates = Duplicates::Conflict;
    settings.limits.events_per_minute = Some(7);
    settings.limits.key_requests_per_minute = None;
    store.set_project_settings(p, &settings, "pro").await.unwrap();
    assert_eq!(
        store.project_settings(p).await.unwrap(),
        Some((settings, "pro".to_owned()))
    );
    assert_eq!(store.project_settings(p + 99).await.unwrap(), None);

    append(&store, p, vec![event("a", NOON), event("a", NOON), event("b", NOON)]).await;
    append(&store, p, vec![event("a", NOON)]).await;
    assert_eq!(
        store.usage(p, 202_611).await.unwrap(),
        2,
        "by arrival, duplicates left out"
    );
    assert_eq!(store.usage(p, 202_610).await.unwrap(), 0);
}

async fn acknowledgements_are_noted_and_taken_away(store: SharedStore) {
    let p = project(&store, "acks").await;
    let pending: Vec<PendingEvent> = ["a", "b"].iter().map(|id| event(id, NOON).prepare(p, true)).collect();
    let hashes: Vec<_> = pending.iter().map(|event| event.event_hash).collect();
    store.append(Arc::new(pending), at(NOON)).await.unwrap();
    let plain = event("c", NOON).prepare(p, false);
    let plain_hash = plain.event_hash;
    store.append(Arc::new(vec![plain]), at(NOON)).await.unwrap();
    let all = [hashes[0], hashes[1], plain_hash];
    assert_eq!(
        store.unacknowledged(&all).await.unwrap(),
        hashes.iter().copied().collect()
    );
    store.acknowledge(&hashes[..1]).await.unwrap();
    assert_eq!(store.unacknowledged(&all).await.unwrap(), [hashes[1]].into());
}

async fn the_first_answer_stays_until_it_is_old(store: SharedStore) {
    let p = project(&store, "answers").await;
    let answer = |body: &str| StoredAnswer {
        body_hash: [1; 32],
        status: 202,
        content_type: "application/json".to_owned(),
        body: body.as_bytes().to_vec(),
    };
    let keep = |body: &'static str, now: i64| {
        let (store, answer) = (Arc::clone(&store), answer(body));
        async move {
            store
                .keep_answer(p, [9; 32], &answer, at(now), at(now - SECOND))
                .await
                .unwrap();
        }
    };
    keep("first", NOON).await;
    keep("second", NOON + 1).await;
    assert_eq!(
        store.answer(p, [9; 32], at(NOON - 1)).await.unwrap(),
        Some(answer("first"))
    );
    assert_eq!(store.answer(p, [9; 32], at(NOON)).await.unwrap(), None, "too old");
    assert_eq!(
        store.answer(p + 1, [9; 32], at(0)).await.unwrap(),
        None,
        "of another project"
    );
    keep("third", NOON + 2 * SECOND).await;
    assert_eq!(store.answer(p, [9; 32], at(NOON)).await.unwrap(), Some(answer("third")));
}

async fn counts_and_refused_items(store: SharedStore) {
    let (p, other) = (project(&store, "health").await, project(&store, "elsewhere").await);
    let sender = |project_id, sdk: &str| Sender {
        project_id,
        key_id: 0,
        door: Door::Otlp,
        sdk: sdk.to_owned(),
    };
    let minute = |minute: i64, sender, accepted| IngestMinute {
        minute,
        sender,
        counts: IngestCounts {
            requests: 1,
            accepted,
            bytes: 100,
            ..IngestCounts::default()
        },
    };
    let now = NOON / 60 / SECOND;
    let minutes = [
        minute(now, sender(p, "a/1"), 3),
        minute(now, sender(p, "b/2"), 4),
        minute(now - 1, sender(p, "a/1"), 5),
        minute(now - 90, sender(p, "a/1"), 6),
        minute(now, sender(other, "a/1"), 7),
    ];
    store.record_ingest(&minutes, &[]).await.unwrap();
    store.record_ingest(&minutes[..1], &[]).await.unwrap();
    let since = at(NOON - 60 * 60 * SECOND);
    let seen = store.ingest_minutes(p, since).await.unwrap();
    let accepted: Vec<_> = seen
        .iter()
        .map(|minute| (minute.time, minute.counts.accepted))
        .collect();
    assert_eq!(accepted, [(at(NOON - 60 * SECOND), 5), (at(NOON), 10)]);
    let senders = store.ingest_senders(p, since, 10).await.unwrap();
    let by_sdk: Vec<_> = senders
        .iter()
        .map(|s| (s.sdk.as_str(), s.counts.accepted, s.counts.requests))
        .collect();
    assert_eq!(by_sdk, [("a/1", 11, 3), ("b/2", 4, 1)]);

    let refused = |project_id, time, reason: &str| NewRefused {
        project_id,
        time: at(time),
        door: Door::Native,
        key_id: 0,
        event_id: Some("e".to_owned()),
        reason: reason.to_owned(),
        errors: r#"[{"loc":["body"],"msg":"no"}]"#.to_owned(),
        payload: Some("{\"a\": 1.50}".to_owned()),
        bytes: 1_000,
    };
    let items = [
        refused(p, NOON - 5 * SECOND, "x"),
        refused(p, NOON, "y"),
        refused(p, NOON + 1, "x"),
        refused(other, NOON, "x"),
    ];
    store.record_ingest(&[], &items).await.unwrap();
    let all = store.refused(p, None, i64::MAX, 10).await.unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(
        all[0].payload.as_ref().unwrap().get(),
        "{\"a\": 1.50}",
        "as it was sent"
    );
    let page = store.refused(p, Some("x"), all[0].id, 10).await.unwrap();
    assert_eq!((page.len(), page[0].time), (1, at(NOON - 5 * SECOND)));
    let reasons = store.refused_reasons(p, 10).await.unwrap();
    assert_eq!(
        reasons.iter().map(|r| (r.reason.as_str(), r.count)).collect::<Vec<_>>(),
        [("x", 2), ("y", 1)]
    );
    assert!(
        store.refused_item(other, all[0].id).await.unwrap().is_none(),
        "another project's"
    );
    assert_eq!(store.remove_refused(other, &[all[0].id], None).await.unwrap(), 0);
    assert_eq!(store.remove_refused(p, &[], Some("y")).await.unwrap(), 1);

    // Too old, and then too much.
    let mut expiry = Expiry::of(&Limits::default());
    expiry.refused = 3 * SECOND;
    store.expire(at(NOON), &expiry).await.unwrap();
    assert_eq!(store.refused(p, None, i64::MAX, 10).await.unwrap().len(), 1);
    store
        .record_ingest(&[], &[refused(p, NOON + 2, "z"), refused(p, NOON + 3, "z")])
        .await
        .unwrap();
    expiry.refused_bytes = 2_500;
    store.expire(at(NOON), &expiry).await.unwrap();
    let left = store.refused(p, None, i64::MAX, 10).await.unwrap();
    assert_eq!(
        left.iter().map(|item| item.time).collect::<Vec<_>>(),
        [at(NOON + 3), at(NOON + 2)]
    );
    assert_eq!(store.refused(other, None, i64::MAX, 10).await.unwrap().len(), 1);
}

/// A fold for tests: the parts are texts, and the event is all of them.
fn joined(parts: &[String]) -> NewEvent {
    let id = parts[0].split(':').next().unwrap();
    NewEvent {
        message: Some(parts.join(" ")),
        ..event(id, NOON)
    }
}

async fn parts_fold_to_one_event(store: SharedStore) {
    let p = project(&store, "parts").await;
    let part = |id: &str, rank: u8, time: i64, text: &str| {
        let json = text.to_owned();
        NewPart {
            part_id: id.to_owned(),
            rank,
            time: at(time),
            event: joined(std::slice::from_ref(&json)),
            json,
            fold: joined,
        }
        .prepare(p, crate::cost::Book::shipped())
    };
    let merge = |parts: Vec<_>| {
        let store = Arc::clone(&store);
        async move { store.merge(Arc::new(parts), at(NOON)).await.unwrap() }
    };
    let update = part("u", 1, NOON, "a:update");
    let first = merge(vec![update.clone(), update.clone(), part("x", 0, NOON, "b:other")]).await;
    assert_eq!(first.outcomes, [Appended::New, Appended::Duplicate, Appended::New]);
    assert_eq!(first.new_events, 2);
    let second = merge(vec![part("c", 0, NOON + 9, "a:create"), update]).await;
    assert_eq!(second.outcomes, [Appended::New, Appended::Duplicate]);
    assert_eq!(second.new_events, 0);
    let whole = store.event(p, "a").await.unwrap().unwrap();
    assert_eq!(whole.message.as_deref(), Some("a:create a:update"));
    assert_eq!(found(&store, p, "q=create").await, ["a"]);
    assert_eq!(found(&store, p, "q=update").await, ["a"]);
    assert_eq!(found(&store, p, "").await.len(), 2);
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 2);

    // What came whole by another door is not changed by parts.
    append(&store, p, vec![event("w", NOON)]).await;
    merge(vec![part("w1", 0, NOON, "w:part")]).await;
    assert_eq!(store.event(p, "w").await.unwrap().unwrap().message, None);
}

/// A fold for tests: a part is an id, seconds after noon, and a word. The event has
/// all words and the time of the last part.
fn timed(parts: &[String]) -> NewEvent {
    let field = |part: &String, n: usize| part.split(':').nth(n).unwrap().to_owned();
    let last = parts.last().unwrap();
    let words: Vec<String> = parts.iter().map(|part| field(part, 2)).collect();
    NewEvent {
        message: Some(words.join(" ")),
        ..event(&field(last, 0), NOON + field(last, 1).parse::<i64>().unwrap() * SECOND)
    }
}

async fn many_events_come_in_parts_at_once(store: SharedStore) {
    let (p, other) = (project(&store, "many").await, project(&store, "many-other").await);
    let part = |project: i64, id: &str, rank: u8, json: String| {
        NewPart {
            part_id: id.to_owned(),
            rank,
            time: at(NOON),
            event: timed(std::slice::from_ref(&json)),
            json,
            fold: timed,
        }
        .prepare(project, crate::cost::Book::shipped())
    };
    // Whole by another door; and an event of the same time as others.
    append(&store, p, vec![event("e3", NOON), event("same", NOON + 4 * SECOND)]).await;
    let mut parts = Vec::new();
    for n in 0..10 {
        parts.push(part(p, &format!("c{n}"), 0, format!("e{n}:{n}:create")));
        if n % 2 == 0 {
            let moved = if n % 4 == 0 { n } else { n + 100 };
            // Before what it changes.
            parts.insert(0, part(p, &format!("u{n}"), 1, format!("e{n}:{moved}:change")));
        }
    }
    parts.push(part(other, "c0", 0, "e0:0:elsewhere".to_owned()));
    let first = store.merge(Arc::new(parts.clone()), at(NOON)).await.unwrap();
    assert_eq!(first.outcomes, [Appended::New; 16]);
    assert_eq!(
        first.new_events, 10,
        "e3 is there already, and one is of the other project"
    );
    let again = store.merge(Arc::new(parts), at(NOON)).await.unwrap();
    assert_eq!((again.outcomes, again.new_events), (vec![Appended::Duplicate; 16], 0));
    let newest_first = ["e6", "e2", "e9", "e8", "e7", "e5", "e4", "same", "e1", "e3", "e0"];
    let sorted = |mut ids: Vec<String>| {
        ids.sort_unstable();
        ids
    };
    assert_eq!(
        sorted(found(&store, p, "").await),
        sorted(newest_first.map(str::to_owned).to_vec())
    );
    assert_eq!(found(&store, p, "").await[..5], newest_first[..5]);
    assert_eq!(
        sorted(found(&store, p, "q=change").await),
        ["e0", "e2", "e4", "e6", "e8"]
    );
    assert_eq!(found(&store, other, "q=elsewhere").await, ["e0"]);

    let watermark = search(&store, p, "").await.watermark;
    let updates = (0..10).map(|n| part(p, &format!("v{n}"), 2, format!("e{n}:{}:later", 200 + n)));
    let mut updates: Vec<_> = updates.collect();
    updates.push(updates[1].clone());
    let second = store.merge(Arc::new(updates), at(NOON)).await.unwrap();
    assert_eq!(second.outcomes[..10], [Appended::New; 10]);
    assert_eq!(second.outcomes[10], Appended::Duplicate);
    assert_eq!(second.new_events, 0);
    let changed = ["e9", "e8", "e7", "e6", "e5", "e4", "e2", "e1", "e0"];
    assert_eq!(found(&store, p, "q=later").await, changed);
    assert_eq!(found(&store, p, "").await[..9], changed);
    let arrived = found(&store, p, &format!("arrived_after={watermark}")).await;
    assert_eq!(sorted(arrived), sorted(changed.map(str::to_owned).to_vec()));
    let whole = store.event(p, "e2").await.unwrap().unwrap();
    assert_eq!(whole.message.as_deref(), Some("create change later"));
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 11);
    assert_eq!(store.project_by_id(other).await.unwrap().unwrap().event_count, 1);
}

async fn a_removed_event_is_found_by_nothing(store: SharedStore) {
    let p = project(&store, "removed").await;
    append(&store, p, vec![event("gone", NOON), event("stays", NOON)]).await;
    assert!(!store.remove_event(p + 1, "gone").await.unwrap(), "another project's");
    assert!(store.remove_event(p, "gone").await.unwrap());
    assert!(!store.remove_event(p, "gone").await.unwrap());
    assert!(store.event(p, "gone").await.unwrap().is_none());
    assert_eq!(found(&store, p, "q=event").await, ["stays"]);
    assert_eq!(found(&store, p, "q=gone").await, [""; 0]);
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 1);
    assert_eq!(append(&store, p, vec![event("gone", NOON)]).await, [Appended::New]);
    assert_eq!(found(&store, p, "q=gone").await, ["gone"]);
}

async fn times_of_all_zones_are_the_same_moments(store: SharedStore) {
    let p = project(&store, "zones").await;
    let midnight = NOON + 12 * 3_600 * SECOND;
    append(
        &store,
        p,
        vec![
            event("new day", midnight),
            event("last moment", midnight - 1),
            event("leap day", 1_709_164_800_000_000),
            event("next year", 1_798_761_600_000_000),
        ],
    )
    .await;
    assert_eq!(
        found(&store, p, "").await,
        ["next year", "new day", "last moment", "leap day"],
        "in order across days"
    );
    assert_eq!(
        found(
            &store,
            p,
            "from=2026-11-22T05:30:00%2B05:30&to=2026-11-21T19:00:00.000001-05:00"
        )
        .await,
        ["new day"]
    );
    assert_eq!(found(&store, p, "to=2024-02-29T00:00:00.000001Z").await, ["leap day"]);
}

async fn nul_and_other_odd_characters_come_back(store: SharedStore) {
    let p = project(&store, "odd").await;
    let odd = "a\0b \u{10fffd}0 \u{7f} \u{feff} e\u{301} 👩‍👩‍👧 \u{202e}x \0";
    let sent = NewEvent {
        message: Some(odd.to_owned()),
        service: Some("nul\0service".to_owned()),
        attributes: Some("{\"a\":\"\\u0000\"}".to_owned()),
        ..event("nul\0id", NOON)
    };
    append(&store, p, vec![sent.clone()]).await;
    assert_eq!(append(&store, p, vec![sent]).await, [Appended::Duplicate]);
    let whole = store.event(p, "nul\0id").await.unwrap().unwrap();
    assert_eq!(whole.message.as_deref(), Some(odd));
    assert_eq!(whole.event_id, "nul\0id");
    assert_eq!(whole.attributes.unwrap().get(), "{\"a\":\"\\u0000\"}");
    assert_eq!(found(&store, p, "service=nul%00service").await, ["nul\0id"]);
    assert_eq!(found(&store, p, "q=nul%00id").await, ["nul\0id"]);
}

async fn writers_of_many_projects_never_deadlock(store: SharedStore) {
    let mut projects = Vec::new();
    for n in 0..4 {
        projects.push(project(&store, &format!("many-{n}")).await);
    }
    let writers = (0..6_usize).map(|writer| {
        let (store, projects) = (Arc::clone(&store), projects.clone());
        tokio::spawn(async move {
            for round in 0..8_usize {
                // Each in another order, and half of it what others write too.
                let pending: Vec<PendingEvent> = (0..40_usize)
                    .map(|n| {
                        let place = (n * (writer + 1) + round) % projects.len();
                        let id = if n % 2 == 0 {
                            format!("shared-{round}-{}", (n * 7 + writer * 3) % 40)
                        } else {
                            format!("own-{writer}-{round}-{n}")
                        };
                        // One microsecond for all: their keys collide.
                        event(&id, NOON + 7).prepare(projects[place], n % 3 == 0)
                    })
                    .collect();
                store.append(Arc::new(pending), at(NOON)).await.unwrap();
            }
        })
    });
    for writer in futures::future::join_all(writers).await {
        writer.unwrap();
    }
    for p in projects {
        let counted = store.project_by_id(p).await.unwrap().unwrap().event_count;
        let stored = found(&store, p, "limit=1000").await;
        assert_eq!(i64::try_from(stored.len()), Ok(counted));
        let ids: std::collections::HashSet<String> = stored.iter().cloned().collect();
        assert_eq!(ids.len(), stored.len());
    }
}

async fn a_commit_whose_caller_is_gone_is_whole_or_not_there(store: SharedStore) {
    let p = project(&store, "gone").await;
    for round in 0..20_u64 {
        let pending: Vec<PendingEvent> = (0..50)
            .map(|n| event(&format!("e{round}-{n}"), NOON + n).prepare(p, false))
            .collect();
        let append = store.append(Arc::new(pending), at(NOON));
        // Sooner or later in its course.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(round * 150), append).await;
    }
    // Some still go on; at any moment each is there as a whole or not at all.
    for _ in 0..20 {
        assert_eq!(found(&store, p, "limit=1000").await.len() % 50, 0);
    }
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let stored = found(&store, p, "limit=1000").await.len();
    assert!(stored > 0);
    let counted = store.project_by_id(p).await.unwrap().unwrap().event_count;
    assert_eq!(i64::try_from(stored), Ok(counted));
}

/// Polls as a page does while others write, in turns through these stores.
async fn arrivals_are_told_once(stores: Vec<SharedStore>) {
    let p = project(&stores[0], "followed").await;
    let writers: Vec<_> = (0..6_usize)
        .map(|writer| {
            let store = Arc::clone(&stores[writer % stores.len()]);
            tokio::spawn(async move {
                for round in 0..15 {
                    let events = (0..4).map(|n| event(&format!("{writer}-{round}-{n}"), NOON - SECOND * round + n));
                    append(&store, p, events.collect()).await;
                }
            })
        })
        .collect();
    // What the first answer showed is not told again.
    let shown = search(&stores[0], p, "limit=1000").await;
    let (mut told, mut watermark) = (Vec::new(), shown.watermark);
    told.extend(shown.items.into_iter().map(|event| event.event_id));
    let mut polls = stores.iter().cycle();
    loop {
        let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let page = search(
            polls.next().unwrap(),
            p,
            &format!("limit=1000&arrived_after={watermark}"),
        )
        .await;
        told.extend(page.items.into_iter().map(|event| event.event_id));
        watermark = page.watermark;
        if done {
            break;
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let once: std::collections::HashSet<&String> = told.iter().collect();
    assert_eq!((told.len(), once.len()), (360, 360));
}

async fn followers_miss_nothing_while_many_write(store: SharedStore) {
    arrivals_are_told_once(vec![store]).await;
}

/// Runs every test on a store that `$open` makes; it gives what must outlive the store, too.
macro_rules! conformance {
    ($module:ident, $open:expr; $($test:ident)*) => {
        mod $module {
            $(#[tokio::test]
            async fn $test() {
                let (store, _keep) = $open.await;
                super::$test(store).await;
            })*
        }
    };
}

use conformance;

macro_rules! every_test {
    ($module:ident, $open:expr) => {
        conformance! { $module, $open;
            the_newest_come_first_whatever_their_order_of_arrival
            pages_follow_each_other_without_gap_or_overlap
            an_id_is_stored_once
            parallel_writers_store_each_id_once
            thousands_of_events_share_one_microsecond
            times_bound_a_search_to_the_microsecond
            filters_filter
            words_find_events
            ids_find_events
            projects_of_any_size_have_their_own
            a_store_finds_what_the_filter_says
            a_search_out_of_time_goes_on_from_its_cursor
            bars_show_when
            facets_of_any_field
            events_are_grouped_by_what_is_not_counted
            views_are_of_people_and_projects
            a_watermark_tells_what_has_arrived_since
            an_event_comes_back_whole
            pulse_filters_filter
            totals_add_up
            scans_are_bounded
            arrivals_are_counted
            people_projects_and_keys
            sessions_end
            foreign_tokens_are_refused
            settings_and_usage
            acknowledgements_are_noted_and_taken_away
            the_first_answer_stays_until_it_is_old
            counts_and_refused_items
            parts_fold_to_one_event
            many_events_come_in_parts_at_once
            a_removed_event_is_found_by_nothing
            times_of_all_zones_are_the_same_moments
            nul_and_other_odd_characters_come_back
            writers_of_many_projects_never_deadlock
            a_commit_whose_caller_is_gone_is_whole_or_not_there
            followers_miss_nothing_while_many_write
        }
    };
}

async fn sqlite() -> (SharedStore, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = super::sqlite::SqliteStore::open(&folder.path().join("test.db"))
        .await
        .unwrap();
    (Arc::new(store), folder)
}

every_test!(sqlite_store, super::sqlite());

/// A database of its own in the cluster of this process.
async fn postgres() -> (SharedStore, ()) {
    let [store] = servers().await;
    (store, ())
}

/// So many servers on one such database.
async fn servers<const N: usize>() -> [SharedStore; N] {
    let cluster = super::postgres::cluster::shared();
    let url = cluster.database();
    // All at once: one of them makes the schema.
    let open = std::array::from_fn::<_, N, _>(|_| super::postgres::PostgresStore::open(&url));
    let stores = futures::future::join_all(open).await;
    cluster.execute(&url, INSTALLED_AT_NOON).unwrap();
    let mut stores = stores.into_iter();
    std::array::from_fn(|_| Arc::new(stores.next().unwrap().unwrap()) as SharedStore)
}

/// As if the database had been made at [`NOON`]: what is older than a week before that
/// shares a partition, and what is not has days of its own, whenever this runs.
const INSTALLED_AT_NOON: &str = "DO $$ BEGIN \
     EXECUTE (SELECT 'DROP TABLE ' || relname FROM pg_class WHERE relname ~ '^events_before_[0-9]{8}$'); \
     CREATE TABLE events_before_20261114 PARTITION OF events \
       FOR VALUES FROM (MINVALUE) TO ((date '2026-11-14' - date '1970-01-01')::bigint * 86400000000 * 1024); \
     CREATE INDEX ON events_before_20261114 USING gin (words); \
     END $$";

every_test!(postgres_store, super::postgres());

mod cut;
mod dashboards;
mod retention;
mod rollups;
mod slow_words;
mod traces;
mod upkeep;

/// What only a store that several servers share can be asked.
mod several_servers {
    use super::*;

    #[tokio::test]
    async fn followers_miss_nothing_whoever_writes() {
        arrivals_are_told_once(servers::<3>().await.into()).await;
    }

    #[tokio::test]
    async fn an_id_is_stored_once_whoever_writes() {
        let stores = servers::<3>().await;
        let p = project(&stores[0], "shared").await;
        let writers = (0..6).map(|n| {
            let store = Arc::clone(&stores[n % 3]);
            tokio::spawn(
                async move { append(&store, p, (0..50).map(|n| event(&format!("e{n}"), NOON)).collect()).await },
            )
        });
        let outcomes: Vec<Appended> = futures::future::join_all(writers)
            .await
            .into_iter()
            .flat_map(Result::unwrap)
            .collect();
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Appended::New).count(), 50);
        for store in &stores {
            assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 50);
            assert_eq!(store.usage(p, 202_611).await.unwrap(), 50);
        }
    }

    #[tokio::test]
    async fn upkeep_and_counts_never_deadlock() {
        let stores = servers::<3>().await;
        let p = project(&stores[0], "upkeep").await;
        let workers = (0..6_usize).map(|worker| {
            let store = Arc::clone(&stores[worker % 3]);
            tokio::spawn(async move {
                for round in 0..10 {
                    let mut minutes: Vec<IngestMinute> = (0..8)
                        .map(|n| IngestMinute {
                            minute: NOON / 60 / SECOND,
                            sender: Sender {
                                project_id: p,
                                key_id: 1,
                                door: Door::Native,
                                sdk: format!("sdk-{n}"),
                            },
                            counts: IngestCounts {
                                accepted: 1,
                                ..IngestCounts::default()
                            },
                        })
                        .collect();
                    minutes.rotate_left((worker + round) % 8);
                    store.record_ingest(&minutes, &[]).await.unwrap();
                    store.expire(at(NOON), &Expiry::of(&Limits::default())).await.unwrap();
                }
            })
        });
        for worker in futures::future::join_all(workers).await {
            worker.unwrap();
        }
        let counts = stores[1].ingest_of_all(at(NOON)).await.unwrap();
        assert_eq!(counts.accepted, 6 * 10 * 8);
    }
}
