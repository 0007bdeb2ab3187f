//! Rollups say what a look at every event says, whatever became of the events.

use std::future::Future;
use std::sync::Arc;

use eventglass_model::{CostSource, Metrics, MetricsQuery, Severity, Status, Timestamp, Tokens, decode_pairs};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{NOON, SECOND, append, at, project};
use crate::ingest::{NewEvent, NewPart};
use crate::query::EventSearch;
use crate::rollups::{Ask, RollupSettings, ScannedRows, Source, answer};
use crate::store::{SharedStore, StoreError};

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What may happen to a project.
#[derive(Clone, Debug)]
enum Step {
    Append(Vec<Spec>),
    Part(u8, u8, Spec),
    Remove(u8),
    Fold,
    Reopen,
    Rebuild(u8),
}

/// An event, in small numbers.
#[derive(Clone, Debug)]
struct Spec {
    id: u8,
    ago: i64,
    /// Service, endpoint, kind, environment, model, user, country, version.
    names: [u8; 8],
    severity: u8,
    duration: Option<i64>,
    tokens: Option<(i64, i64)>,
    cost: Option<i64>,
}

fn spec() -> impl Strategy<Value = Spec> {
    let ago = prop_oneof![
        4 => 0..20 * MINUTE,
        2 => 0..47 * HOUR,
        2 => 0..55 * DAY,
        1 => 70 * DAY..190 * DAY,
    ];
    let duration = prop::option::of(prop_oneof![0..2_000_i64, 0..5_000_000_i64]);
    let tokens = prop::option::of((0..3_000_i64, 0..500_i64));
    let cost = prop::option::of(0..9_000_000_i64);
    (0..40_u8, ago, any::<[u8; 8]>(), 1..6_u8, duration, tokens, cost).prop_map(
        |(id, ago, names, severity, duration, tokens, cost)| Spec {
            id,
            ago,
            names: names.map(|n| n % 4),
            severity,
            duration,
            tokens,
            cost,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(spec(), 1..12).prop_map(Step::Append),
        3 => (0..40_u8, 0..3_u8, spec()).prop_map(|(id, rank, spec)| Step::Part(id, rank, spec)),
        1 => (0..40_u8).prop_map(Step::Remove),
        3 => Just(Step::Fold),
        1 => Just(Step::Reopen),
        1 => (0..4_u8).prop_map(Step::Rebuild),
    ]
}

fn event(id: &str, spec: &Spec) -> NewEvent {
    let name = |n: usize, what: &str| (spec.names[n] > 0).then(|| format!("{what}-{}", spec.names[n]));
    NewEvent {
        name: name(1, "name"),
        service: name(0, "service"),
        endpoint: name(1, "/endpoint"),
        environment: name(3, "env"),
        model: name(4, "model"),
        provider: name(4, "provider"),
        user_id: name(5, "user"),
        session_id: name(5, "session"),
        country: name(6, "C"),
        city: name(6, "city"),
        version: name(7, "v"),
        severity: Severity::from_code(i64::from(spec.severity)).unwrap(),
        status: if spec.severity == 2 {
            Status::Timeout
        } else {
            Status::Ok
        },
        duration_us: spec.duration,
        tokens: spec.tokens.map(|(input, output)| Tokens {
            input_total: input,
            output_total: output,
            ..Tokens::default()
        }),
        cost_nano_usd: spec.cost,
        cost_source: match spec.cost {
            Some(_) => Some(CostSource::Client),
            None => spec.tokens.map(|_| CostSource::Unpriced),
        },
        ..NewEvent::new(id.to_owned(), at(NOON - spec.ago), format!("kind-{}", spec.names[2]))
    }
}

/// What a part carries: enough to make the event again.
fn part_json(id: &str, spec: &Spec) -> String {
    let (names, tokens) = (spec.names, spec.tokens);
    serde_json::json!([
        id,
        spec.id,
        spec.ago,
        names,
        spec.severity,
        spec.duration,
        tokens,
        spec.cost
    ])
    .to_string()
}

type PartOf = (
    String,
    u8,
    i64,
    [u8; 8],
    u8,
    Option<i64>,
    Option<(i64, i64)>,
    Option<i64>,
);

/// The last part is the event.
fn last_part(parts: &[String]) -> NewEvent {
    let (id, number, ago, names, severity, duration, tokens, cost): PartOf =
        serde_json::from_str(parts.last().unwrap()).unwrap();
    let spec = Spec {
        id: number,
        ago,
        names,
        severity,
        duration,
        tokens,
        cost,
    };
    event(&id, &spec)
}

/// Questions whose ends are where rollups begin and end.
fn questions() -> Vec<MetricsQuery> {
    let all = "measure=count,errors,error_rate,p50,p90,p95,p99,avg,sum,tokens,tokens_in,tokens_out,cost,unpriced";
    let day = "from=2026-11-20T12:07:00Z&to=2026-11-21T12:01:00Z";
    let month = "from=2026-10-22T05:00:00Z&to=2026-11-21T13:00:00Z";
    let year = "from=2026-02-01T00:00:00Z&to=2026-11-22T00:00:00Z";
    [
        format!("{all}&{day}"),
        format!("{all}&{day}&interval=15m&group=service,environment&compare=previous"),
        format!("{all}&{day}&interval=1h&service=service-1&endpoint=/end*&group=kind&limit=2"),
        format!("{all}&{month}&interval=1d&group=model,provider&compare=previous"),
        format!("{all}&{month}&interval=6h&group=country,city"),
        format!("{all}&{month}&interval=none&group=version&service=service-2"),
        format!("{all}&{month}&interval=1d&group=user_id&model=*"),
        format!("{all}&{month}&interval=none&group=session_id&model=*&environment=env-1,env-2"),
        format!("{all}&{year}&interval=1w"),
        format!("{all}&{day}&interval=1h&group=endpoint&q=-service:service-1+env:env*"),
        format!("{all}&{year}&interval=none&group=service,endpoint,kind&limit=3"),
        format!("measure=errors&{day}&interval=1h&group=name&service=service-1"),
        format!("measure=errors&{year}&interval=none&group=name,environment&limit=4&compare=previous"),
        format!("measure=cost,avg,sum&field=cost_usd&{month}&group=model"),
        format!("measure=sum,avg&field=tokens&{day}&group=environment&interval=2h"),
    ]
    .into_iter()
    .map(|text| MetricsQuery::from_pairs(decode_pairs(&text)).unwrap())
    .collect()
}

/// What rollups answer.
pub(super) async fn by_rollups(store: &SharedStore, p: i64, query: &MetricsQuery) -> Metrics {
    let ask = Ask::new(query, &RollupSettings::default(), at(NOON)).unwrap();
    assert!(matches!(ask.source(), Source::Rollups(_)), "{query:?}");
    answer(&ask, &store.rollups(p, &ask.reads()).await.unwrap()).unwrap()
}

async fn by_events(store: &SharedStore, p: i64, query: &MetricsQuery) -> Metrics {
    let ask = Ask::of_events(query, &RollupSettings::default(), at(NOON)).unwrap();
    let search = EventSearch {
        from: Some(ask.period().from),
        to: Some(ask.period().to),
        ..EventSearch::all(at(NOON))
    };
    let scanned = ScannedRows::new(100_000, std::time::Duration::from_secs(60));
    crate::query::scan_facts(&**store, p, &ask, &search, scanned)
        .await
        .unwrap()
        .answer(&ask)
}

/// What is not counted is read from the events: other columns, and attributes.
pub(super) async fn events_are_grouped_by_what_is_not_counted(store: SharedStore) {
    let p = project(&store, "groups").await;
    let event = |n: i64| NewEvent {
        device: (n > 0).then(|| format!("phone {}", n % 2)),
        attributes: Some(format!(
            r#"{{"cart":{{"currency":{}}}}}"#,
            ["\"€\"", "7", "null", "[1]"][n as usize % 4]
        )),
        ..NewEvent::new(format!("e{n}"), at(NOON - n - 1), "log".to_owned())
    };
    append(&store, p, (0..8).map(event).collect()).await;
    for (group, expected) in [
        ("device", "phone 1: 4, phone 0: 3, (none): 1"),
        ("attributes.cart.currency", "(none): 2, 7: 2, [1]: 2, €: 2"),
        (
            "attributes.cart.currency,topic,device",
            "(none) / (none) / phone 0: 2, 7 / (none) / phone 1: 2, [1] / (none) / phone 1: 2",
        ),
    ] {
        let text = format!("group={group}&interval=none&limit=4");
        let query = MetricsQuery::from_pairs(decode_pairs(&text)).unwrap();
        let ask = Ask::new(&query, &RollupSettings::default(), at(NOON)).unwrap();
        assert_eq!(ask.source(), Source::Events);
        let found = by_events(&store, p, &query).await.series;
        let found: Vec<String> = found
            .iter()
            .map(|series| format!("{}: {}", series.group, series.total.unwrap()))
            .collect();
        assert!(found.join(", ").starts_with(expected), "{group}: {found:?}");
    }
}

/// Compares all that both must agree on.
pub(super) async fn agree(store: &SharedStore, p: i64, users: bool) -> Result<(), TestCaseError> {
    for mut query in questions() {
        let of_models = query.group.iter().any(|group| {
            matches!(
                group.to_string().as_str(),
                "user_id" | "session_id" | "version" | "name"
            )
        });
        if users && !of_models {
            query.measure.push(eventglass_model::Measure::Users);
        }
        let (rollups, events) = (by_rollups(store, p, &query).await, by_events(store, p, &query).await);
        prop_assert_eq!(rollups.partial || events.partial, false);
        prop_assert_eq!(
            (rollups.from, rollups.to, rollups.groups),
            (events.from, events.to, events.groups)
        );
        prop_assert_eq!(rollups.series, events.series, "{:?}", query);
    }
    Ok(())
}

async fn settle(store: &SharedStore) -> Result<(), StoreError> {
    while store.build_rollups().await?.is_some() {}
    Ok(())
}

/// Plays steps on a new store, and compares after each few.
async fn play<F: Future<Output = SharedStore>>(open: impl Fn() -> F, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let mut store = open().await;
    let p = project(&store, "rolled").await;
    let other = project(&store, "other").await;
    let settings = RollupSettings::default();
    let mut only_added = true;
    for (n, step) in steps.into_iter().enumerate() {
        match step {
            Step::Append(specs) => {
                let events = |specs: &[Spec]| specs.iter().map(|spec| event(&format!("e{}", spec.id), spec)).collect();
                append(&store, p, events(&specs)).await;
                append(&store, other, events(&specs)).await;
            }
            Step::Part(id, rank, spec) => {
                let id = format!("p{id}");
                let part = NewPart {
                    part_id: format!("{n}"),
                    rank,
                    time: at(NOON),
                    json: part_json(&id, &spec),
                    event: event(&id, &spec),
                    fold: last_part,
                };
                store
                    .merge(Arc::new(vec![part.prepare(p, crate::cost::Book::shipped())]), at(NOON))
                    .await
                    .unwrap();
                only_added = false;
            }
            Step::Remove(id) => {
                let removed = store.remove_event(p, &format!("e{id}")).await.unwrap();
                only_added &= !removed;
            }
            Step::Fold => {
                store.fold_rollups(&settings, at(NOON)).await.unwrap();
            }
            Step::Reopen => {
                store.close().await;
                drop(store);
                store = open().await;
            }
            Step::Rebuild(steps) => {
                store.request_rebuild().await.unwrap();
                for _ in 0..steps {
                    store.build_rollups().await.unwrap();
                }
            }
        }
        if n % 4 == 3 {
            settle(&store).await.unwrap();
            agree(&store, p, only_added).await?;
        }
    }
    store.request_rebuild().await.unwrap();
    settle(&store).await.unwrap();
    agree(&store, p, true).await?;
    store.fold_rollups(&settings, at(NOON)).await.unwrap();
    agree(&store, p, true).await?;
    store.close().await;
    Ok(())
}

fn check<F: Future<Output = SharedStore>>(cases: u32, open: impl Fn(u32) -> Box<dyn Fn() -> F>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let case = std::cell::Cell::new(0);
    let steps = prop::collection::vec(step(), 4..24);
    TestRunner::new(config)
        .run(&steps, |steps| {
            case.set(case.get() + 1);
            runtime.block_on(play(open(case.get()), steps))
        })
        .unwrap();
}

#[test]
fn sqlite_rollups_equal_a_look_at_every_event() {
    let folder = tempfile::tempdir().unwrap();
    check(24, |case| {
        let file = folder.path().join(format!("{case}.db"));
        Box::new(move || {
            let file = file.clone();
            async move { Arc::new(crate::store::sqlite::SqliteStore::open(&file).await.unwrap()) as SharedStore }
        })
    });
}

#[test]
fn postgres_rollups_equal_a_look_at_every_event() {
    check(8, |_| {
        let url = crate::store::postgres::cluster::shared().database();
        Box::new(move || {
            let url = url.clone();
            async move { Arc::new(crate::store::postgres::PostgresStore::open(&url).await.unwrap()) as SharedStore }
        })
    });
}

/// What a database from before errors were counted by name lacks of it.
const WITHOUT_ERRORS: [&str; 3] = [
    "DELETE FROM rollups WHERE part = 15",
    "ALTER TABLE rollup_builds DROP COLUMN family",
    "DELETE FROM _sqlx_migrations WHERE version = 13",
];

/// An upgrade counts the errors that are stored, each once, and does not
/// touch what else is known.
async fn errors_of_before_get_their_names(open: impl AsyncFn() -> SharedStore, take_back: impl AsyncFnOnce()) {
    let store = open().await;
    let p = project(&store, "upgraded").await;
    let specs = |ids: std::ops::Range<u8>| {
        let spec = |n: u8| Spec {
            id: n,
            ago: i64::from(n) * 7 * HOUR,
            names: [n % 3, n % 4, 0, n % 2, 1, n % 3, 0, 1],
            severity: 1 + n % 5,
            duration: Some(i64::from(n) * 1_000),
            tokens: None,
            cost: None,
        };
        ids.map(|n| event(&format!("e{n}"), &spec(n))).collect::<Vec<_>>()
    };
    append(&store, p, specs(0..60)).await;
    store.fold_rollups(&RollupSettings::default(), at(NOON)).await.unwrap();
    store.close().await;
    drop(store);
    take_back().await;

    let store = open().await;
    let [by_name, by_service] = [
        "measure=errors&group=name&from=-30d",
        "measure=errors&group=service&from=-30d",
    ]
    .map(|query| MetricsQuery::from_pairs(decode_pairs(query)).unwrap());
    assert!(by_rollups(&store, p, &by_name).await.partial);
    assert!(!by_rollups(&store, p, &by_service).await.partial);
    // Meanwhile things happen, to old events too.
    append(&store, p, specs(60..90)).await;
    for gone in ["e2", "e4", "e61"] {
        assert!(store.remove_event(p, gone).await.unwrap());
    }
    settle(&store).await.unwrap();
    assert!(store.remove_event(p, "e5").await.unwrap());
    agree(&store, p, false).await.unwrap();
    let found = by_rollups(&store, p, &by_name).await;
    assert!(found.groups > 2 && !found.partial, "{found:?}");
    store.close().await;
}

#[tokio::test]
async fn sqlite_errors_of_before_get_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("old.db");
    let open = async || Arc::new(crate::store::sqlite::SqliteStore::open(&file).await.unwrap()) as SharedStore;
    errors_of_before_get_their_names(open, async || {
        let connection = rusqlite::Connection::open(&file).unwrap();
        for statement in WITHOUT_ERRORS {
            connection.execute(statement, ()).unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn postgres_errors_of_before_get_their_names() {
    let url = crate::store::postgres::cluster::shared().database();
    let open = async || Arc::new(crate::store::postgres::PostgresStore::open(&url).await.unwrap()) as SharedStore;
    errors_of_before_get_their_names(open, async || {
        use sqlx::{Connection, Executor};
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        for statement in WITHOUT_ERRORS {
            connection.execute(statement).await.unwrap();
        }
    })
    .await;
}

/// Writers, folds and readers at once: nobody waits in a circle, and no reader
/// sees a number twice or not at all.
async fn readers_see_every_acknowledged_event_once(store: SharedStore) {
    let p = project(&store, "busy").await;
    let query = MetricsQuery::from_pairs(decode_pairs("from=2026-11-21T11:00:00Z&to=2026-11-21T13:00:00Z")).unwrap();
    let writer = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for round in 0..30_i64 {
                let events =
                    (0..20).map(|n| NewEvent::new(format!("{round}-{n}"), at(NOON - n * SECOND), "k".to_owned()));
                append(&store, p, events.collect()).await;
            }
        })
    };
    let folder = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            loop {
                store.fold_rollups(&RollupSettings::default(), at(NOON)).await.unwrap();
                tokio::task::yield_now().await;
            }
        })
    };
    let mut last = 0.0;
    loop {
        let finished = writer.is_finished();
        let known = store.project_by_id(p).await.unwrap().unwrap().event_count;
        let count = by_rollups(&store, p, &query).await.series[0].total.unwrap();
        #[expect(clippy::cast_precision_loss, reason = "few")]
        let known = known as f64;
        assert!(count >= last, "{count} after {last}");
        // On SQLite, a commit is in memory a moment after it is durable.
        assert!(count >= known - 20.0 && count <= 600.0, "{count} of {known}");
        last = count;
        if finished {
            break;
        }
    }
    writer.await.unwrap();
    folder.abort();
    let count = by_rollups(&store, p, &query).await.series[0].total;
    assert_eq!(count, Some(600.0));
}

/// What is too old for minutes and hours goes; days stay.
async fn old_minutes_and_hours_are_deleted(store: SharedStore) {
    let p = project(&store, "old").await;
    let settings = RollupSettings::default();
    append(
        &store,
        p,
        vec![NewEvent::new("e".to_owned(), at(NOON - HOUR), "k".to_owned())],
    )
    .await;
    store.fold_rollups(&settings, at(NOON)).await.unwrap();
    let count = async |text: &str, now: Timestamp| {
        let query = MetricsQuery::from_pairs(decode_pairs(text)).unwrap();
        let ask = Ask::new(&query, &settings, now).unwrap();
        let view = store.rollups(p, &ask.reads()).await.unwrap();
        let found = answer(&ask, &view).unwrap();
        (found.series[0].total.unwrap(), view.stored.concat().len())
    };
    let minute = "from=2026-11-21T11:00:00Z&to=2026-11-21T11:30:00Z&interval=1m";
    assert_eq!(count(minute, at(NOON)).await, (1.0, 2));
    let later = at(NOON + 3 * DAY);
    store.expire_rollups(&settings, later).await.unwrap();
    assert_eq!(count(minute, at(NOON)).await, (0.0, 0));
    // A question of that day is answered from the hour.
    assert_eq!(count(minute, later).await, (1.0, 2));
    let much_later = at(NOON + 100 * DAY);
    store.expire_rollups(&settings, much_later).await.unwrap();
    assert_eq!(count(minute, later).await, (0.0, 0));
    assert_eq!(count(minute, much_later).await, (1.0, 2));
}

conformance! { sqlite_store, super::super::sqlite();
    readers_see_every_acknowledged_event_once
    old_minutes_and_hours_are_deleted
}

conformance! { postgres_store, super::super::postgres();
    readers_see_every_acknowledged_event_once
    old_minutes_and_hours_are_deleted
}
