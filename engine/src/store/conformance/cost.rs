//! Prices, and the past priced again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use eventglass_model::{
    CostSource, PricePeriod, PriceTier, Rates, RecomputeState, ServiceTier, SetPrice, Timestamp, Tokens, Usd,
};
use tokio::sync::watch;

use super::{NOON, SECOND, append, at, event, project, servers};
use crate::clock::{Clock, ManualClock, SharedClock, SystemClock};
use crate::cost::{Book, LEASE, PriceError, Prices, Recompute, budget};
use crate::ingest::NewEvent;
use crate::query::MetricsReader;
use crate::rollups::RollupSettings;
use crate::store::{JobEnd, OwnPrice, PriceWalk, SharedStore, Step};

fn rates(input: i64) -> Rates {
    Rates {
        input_usd: Usd::from_micros(input),
        output_usd: Usd::from_micros(2 * input),
        cache_read_usd: Some(Usd::from_micros(input / 2)),
        ..Rates::default()
    }
}

fn own(model: &str, provider: Option<&str>, from: Option<i64>, input: i64) -> OwnPrice {
    OwnPrice {
        model: model.to_owned(),
        provider: provider.map(str::to_owned),
        period: PricePeriod {
            from: from.map(at),
            rates: rates(input),
            tiers: vec![PriceTier {
                service_tier: Some(ServiceTier::Batch),
                above_input_tokens: Some(7),
                rates: rates(1),
            }],
            source: Some("the contract \u{10fffd}".to_owned()),
            set_at: Some(at(NOON)),
            set_by: Some("ada@example.com".to_owned()),
        },
    }
}

/// A model call, priced as at ingest.
fn call(id: &str, model: &str, book: &Book) -> NewEvent {
    let mut event = NewEvent {
        kind: "llm".to_owned(),
        model: Some(model.to_owned()),
        provider: Some("house".to_owned()),
        trace_id: Some(format!("trace of {id}")),
        tokens: Some(Tokens {
            input_total: 1_000_000,
            ..Tokens::default()
        }),
        ..event(id, NOON)
    };
    book.price(&mut event);
    event
}

async fn cost_of(store: &SharedStore, project: i64, id: &str) -> (Option<f64>, Option<CostSource>) {
    let event = store.event(project, id).await.unwrap().unwrap();
    (event.cost_usd, event.cost_source)
}

const COMPUTED: Option<CostSource> = Some(CostSource::Computed);
const UNPRICED: (Option<f64>, Option<CostSource>) = (None, Some(CostSource::Unpriced));

/// A store with its clock and prices, and a worker that prices the past.
struct Shop {
    store: SharedStore,
    clock: Arc<ManualClock>,
    prices: Arc<Prices>,
    end: Option<watch::Sender<()>>,
}

impl Shop {
    fn new(store: &SharedStore) -> Self {
        let clock = Arc::new(ManualClock::at(at(NOON)));
        let prices = Arc::new(Prices::new(Arc::clone(store), Arc::clone(&clock) as SharedClock));
        Self {
            store: Arc::clone(store),
            clock,
            prices,
            end: None,
        }
    }

    /// Starts a worker, as a server does.
    fn work(&mut self) {
        let (end, ended) = watch::channel(());
        let clock = Arc::clone(&self.clock) as SharedClock;
        Recompute::new(Arc::clone(&self.store), clock, Arc::clone(&self.prices)).start(ended);
        self.end = Some(end);
    }

    async fn set(&self, project: i64, model: &str, input: i64) {
        let price = SetPrice {
            rates: rates(input),
            ..SetPrice::default()
        };
        self.prices.set(project, model, price, "ada@example.com").await.unwrap();
    }

    /// Waits for the job's end.
    async fn done(&self, project: i64) -> eventglass_model::RecomputeJob {
        // Those that may still be priced by an old book are waited for.
        self.clock.advance_micros(11 * SECOND);
        for _ in 0..400 {
            let job = self.store.price_job(project).await.unwrap().unwrap().job;
            if job.state != RecomputeState::Running {
                return job;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job does not end");
    }
}

async fn prices_of_a_project_come_back(store: SharedStore) {
    let (p, other) = (project(&store, "prices").await, project(&store, "others").await);
    let all = [
        own("a", None, None, 1_500_000),
        own("a", None, Some(NOON), 2_000_000),
        own("a", Some("azure"), None, 3_000_000),
        own("b/ü", None, None, 0),
    ];
    for price in all.iter().rev() {
        store.set_price(p, price).await.unwrap();
    }
    assert_eq!(store.own_prices(p).await.unwrap(), all);
    assert_eq!(store.own_prices(other).await.unwrap(), []);
    let cheaper = own("a", None, None, 1_000_000);
    store.set_price(p, &cheaper).await.unwrap();
    assert_eq!(store.own_prices(p).await.unwrap()[0], cheaper, "replaced");

    assert_eq!(store.remove_prices(other, "a", None, None).await.unwrap(), 0);
    assert_eq!(
        store.remove_prices(p, "a", None, Some(Some(at(NOON)))).await.unwrap(),
        1
    );
    assert_eq!(store.remove_prices(p, "a", None, Some(None)).await.unwrap(), 1);
    assert_eq!(store.remove_prices(p, "a", Some("azure"), None).await.unwrap(), 1);
    assert_eq!(store.own_prices(p).await.unwrap(), [own("b/ü", None, None, 0)]);
}

async fn prices_are_listed_and_searched(store: SharedStore) {
    let shop = Shop::new(&store);
    let p = project(&store, "list").await;
    shop.set(p, "GPT-4o", 1_000_000).await;
    shop.set(p, "house/model", 7_000_000).await;
    let list = |search: &'static str, own_only| {
        let prices = Arc::clone(&shop.prices);
        async move { prices.list(p, search, own_only, None, 100).await.unwrap().items }
    };
    let own: Vec<String> = list("", true).await.into_iter().map(|price| price.model).collect();
    assert_eq!(own, ["gpt-4o", "house/model"]);
    let found = list("gpt-4o", false).await;
    // The project's own stands for whoever sells it, and so holds for OpenAI's.
    let openai = found
        .iter()
        .find(|price| price.model == "gpt-4o" && price.provider.is_some())
        .unwrap();
    assert_eq!(openai.current.as_ref().unwrap().rates.input_usd.dollars(), 1.0);
    assert_eq!(openai.shipped[0].rates.input_usd.dollars(), 2.5);
    assert!(found.iter().any(|price| price.model == "gpt-4o-mini"));

    let (mut names, mut cursor) = (Vec::new(), None);
    loop {
        let page = shop.prices.list(p, "", false, cursor.as_deref(), 50).await.unwrap();
        names.extend(page.items.into_iter().map(|price| (price.model, price.provider)));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert!(names.len() > 200 && names.is_sorted());

    let wrong = SetPrice {
        rates: rates(-1),
        tiers: vec![PriceTier::default()],
        ..SetPrice::default()
    };
    let Err(PriceError::Invalid(errors)) = shop.prices.set(p, "", wrong, "").await else {
        panic!("taken")
    };
    assert_eq!(errors.len(), 4, "{errors:?}");
}

async fn what_has_no_price_is_listed(store: SharedStore) {
    let shop = Shop::new(&store);
    let (p, other) = (project(&store, "unpriced").await, project(&store, "priced").await);
    let book = Book::shipped();
    let mut events: Vec<NewEvent> = (0..30).map(|n| call(&format!("m{n}"), "mine", &book)).collect();
    events.push(NewEvent {
        time: at(NOON + 5 * SECOND),
        provider: Some("other".to_owned()),
        ..call("last", "mine", &book)
    });
    events.extend([call("z", "Zebra", &book), call("known", "gpt-4", &book)]);
    append(&store, p, events).await;
    append(&store, other, vec![call("x", "else", &book)]).await;
    let list = shop.prices.unpriced(p, "", 10).await.unwrap();
    let found: Vec<(&str, u64, bool, bool)> = list
        .items
        .iter()
        .map(|m| (m.model.as_str(), m.events, m.more, m.priced_now))
        .collect();
    assert_eq!(found, [("Zebra", 1, false, false), ("mine", 31, false, false)]);
    assert_eq!(list.items[1].last_seen, at(NOON + 5 * SECOND));
    assert_eq!(list.items[1].provider.as_deref(), Some("other"));
    assert_eq!(
        shop.prices.unpriced(p, "", 1).await.unwrap().next_cursor.as_deref(),
        Some("Zebra")
    );
    assert_eq!(
        shop.prices.unpriced(p, "Zebra", 1).await.unwrap().items[0].model,
        "mine"
    );
    shop.set(p, "mine", 1_000_000).await;
    assert!(shop.prices.unpriced(p, "Zebra", 1).await.unwrap().items[0].priced_now);
    assert_eq!(
        store.unpriced(p, "", 10, 5).await.unwrap()[1].events,
        5,
        "counted so far"
    );
}

async fn the_past_is_priced_again(store: SharedStore) {
    let mut shop = Shop::new(&store);
    let (p, other) = (project(&store, "past").await, project(&store, "elsewhere").await);
    let book = Book::shipped();
    let mut events: Vec<NewEvent> = (0..450).map(|n| call(&format!("e{n}"), "mine", &book)).collect();
    events.push(NewEvent {
        cost_nano_usd: Some(9_000_000),
        cost_source: Some(CostSource::Client),
        ..call("said", "mine", &book)
    });
    events.extend([call("known", "gpt-4", &book), event("no call", NOON)]);
    append(&store, p, events).await;
    append(&store, other, vec![call("e0", "mine", &book)]).await;
    assert_eq!(cost_of(&store, p, "e7").await, UNPRICED);

    shop.work();
    shop.set(p, "mine", 3_000_000).await;
    store
        .start_price_job(p, &["mine".to_owned()], "ada", at(NOON))
        .await
        .unwrap();
    let job = shop.done(p).await;
    assert_eq!((job.state, job.changed, job.error), (RecomputeState::Done, 450, None));
    assert_eq!((job.seen, job.total), (453, 453));
    assert_eq!(job.difference_usd.dollars(), 450.0 * 3.0);
    for id in ["e0", "e199", "e200", "e449"] {
        assert_eq!(cost_of(&store, p, id).await, (Some(3.0), COMPUTED), "{id}");
    }
    assert_eq!(
        cost_of(&store, p, "said").await,
        (Some(0.009), Some(CostSource::Client))
    );
    assert_eq!(cost_of(&store, p, "known").await, (Some(30.0), COMPUTED));
    assert_eq!(cost_of(&store, p, "no call").await, (None, None));
    assert_eq!(cost_of(&store, other, "e0").await, UNPRICED);
    assert_eq!(shop.prices.unpriced(p, "", 10).await.unwrap().items, []);
    super::rollups::agree(&store, p, false).await.unwrap();

    // Of all models; and a price that is taken away leaves none.
    shop.set(p, "gpt-4", 1_000_000).await;
    shop.prices.remove(p, "mine", None, None).await.unwrap();
    store.start_price_job(p, &[], "ada", shop_now(&shop)).await.unwrap();
    let job = shop.done(p).await;
    assert_eq!(job.changed, 451);
    assert_eq!(job.difference_usd.dollars(), -450.0 * 3.0 + 1.0 - 30.0);
    assert_eq!(cost_of(&store, p, "e449").await, UNPRICED);
    assert_eq!(cost_of(&store, p, "known").await, (Some(1.0), COMPUTED));
    super::rollups::agree(&store, p, false).await.unwrap();
}

fn shop_now(shop: &Shop) -> Timestamp {
    use crate::clock::Clock;
    shop.clock.now()
}

/// Events keep coming while the past is priced, some by an old book.
async fn nothing_escapes_while_events_come(store: SharedStore) {
    let mut shop = Shop::new(&store);
    let p = project(&store, "both").await;
    let old = Book::shipped();
    let calls = |from: usize| {
        (from..from + 40)
            .map(|n| call(&format!("e{n}"), "mine", &old))
            .collect::<Vec<_>>()
    };
    for round in 0..10 {
        append(&store, p, calls(round * 40)).await;
    }
    shop.work();
    shop.set(p, "mine", 2_000_000).await;
    store.start_price_job(p, &[], "ada", at(NOON)).await.unwrap();
    for round in 10..40 {
        append(&store, p, calls(round * 40)).await;
    }
    let job = shop.done(p).await;
    assert_eq!((job.state, job.changed), (RecomputeState::Done, 1_600));
    for n in (0..1_600).step_by(37) {
        assert_eq!(
            cost_of(&store, p, &format!("e{n}")).await,
            (Some(2.0), COMPUTED),
            "e{n}"
        );
    }
    assert_eq!(store.project_by_id(p).await.unwrap().unwrap().event_count, 1_600);
}

async fn a_job_is_one_servers_and_outlives_it(store: SharedStore) {
    let (p, book) = (project(&store, "lease").await, Book::shipped());
    append(&store, p, vec![call("a", "mine", &book)]).await;
    store
        .start_price_job(p, &["mine".to_owned()], "ada", at(NOON))
        .await
        .unwrap();
    // By whichever clock the store goes.
    let lease = Duration::from_secs(3);
    let claim = |owner: &'static str| {
        let store = Arc::clone(&store);
        async move { store.claim_price_job(owner, SystemClock.now(), lease).await.unwrap() }
    };
    let step = |owner: &'static str, key: i64| {
        let store = Arc::clone(&store);
        async move {
            let step = Step {
                owner,
                lease,
                at: PriceWalk { received_at: NOON, key },
                seen: 5,
                now: SystemClock.now(),
            };
            store.reprice(p, &[], step).await.unwrap()
        }
    };
    let first = claim("one").await.unwrap();
    assert_eq!((first.project_id, first.at), (p, PriceWalk::default()));
    assert!(claim("two").await.is_none(), "somebody answers for it");
    assert!(step("one", 42).await);
    assert!(!step("two", 43).await);
    // The first server is gone; the second goes on from where it stood.
    tokio::time::sleep(lease + Duration::from_millis(200)).await;
    let second = claim("two").await.unwrap();
    assert_eq!(
        second.at,
        PriceWalk {
            received_at: NOON,
            key: 42
        }
    );
    assert_eq!(second.job.seen, 5);
    assert!(!step("one", 50).await, "should it come back, it is too late");

    // It begins anew for more models, whoever does it now.
    store
        .start_price_job(p, &["other".to_owned()], "bob", at(NOON + 17 * SECOND))
        .await
        .unwrap();
    assert!(!step("two", 60).await);
    let job = store.price_job(p).await.unwrap().unwrap();
    assert_eq!(job.job.models, ["mine", "other"]);
    assert_eq!(
        (job.at, job.job.seen, job.job.started_by.as_deref()),
        (PriceWalk::default(), 0, Some("bob"))
    );

    claim("one").await.unwrap();
    let failed = JobEnd::Failed { error: "gone", most: 2 };
    store
        .end_price_job(p, "one", failed, at(NOON + 19 * SECOND))
        .await
        .unwrap();
    let job = store.price_job(p).await.unwrap().unwrap().job;
    assert_eq!(
        (job.state, job.error.as_deref()),
        (RecomputeState::Running, Some("gone")),
        "it is tried again"
    );
    store
        .end_price_job(p, "one", failed, at(NOON + 19 * SECOND))
        .await
        .unwrap();
    let job = store.price_job(p).await.unwrap().unwrap().job;
    assert_eq!(
        (job.state, job.finished_at),
        (RecomputeState::Failed, Some(at(NOON + 19 * SECOND)))
    );

    store
        .start_price_job(p, &[], "ada", at(NOON + 20 * SECOND))
        .await
        .unwrap();
    assert!(store.cancel_price_job(p, at(NOON + 21 * SECOND)).await.unwrap());
    assert!(!store.cancel_price_job(p, at(NOON + 21 * SECOND)).await.unwrap());
    assert!(claim("one").await.is_none());
    let job = store.price_job(p).await.unwrap().unwrap().job;
    assert_eq!((job.state, job.models.len()), (RecomputeState::Cancelled, 0));
}

async fn a_month_is_added_up(store: SharedStore) {
    let p = project(&store, "month").await;
    let day = 86_400 * SECOND;
    let mut events = Vec::new();
    for n in 0..25_i64 {
        let mut event = call(
            &format!("e{n}"),
            if n == 3 { "mine" } else { "gpt-4" },
            &Book::shipped(),
        );
        event.time = at(NOON - n * day);
        events.push(event);
    }
    append(&store, p, events).await;
    let metrics = MetricsReader::new(Arc::clone(&store), RollupSettings::default());
    let status = budget(&metrics, p, None, at(NOON)).await.unwrap();
    // From the 1st to the 21st, one of them unpriced.
    assert_eq!((status.spent_usd.dollars(), status.unpriced_events), (600.0, 1));
    assert_eq!((status.month.as_str(), status.partial), ("2026-11", false));
    assert!(status.forecast_usd > status.spent_usd);
    assert_eq!(status.days.len(), 21);
    assert!(
        status
            .days
            .iter()
            .all(|day| [30.0, 0.0].contains(&day.cost_usd.dollars()))
    );
}

macro_rules! every_test {
    ($module:ident, $open:expr) => {
        super::conformance! { $module, $open;
            prices_of_a_project_come_back
            prices_are_listed_and_searched
            what_has_no_price_is_listed
            the_past_is_priced_again
            nothing_escapes_while_events_come
            a_job_is_one_servers_and_outlives_it
            a_month_is_added_up
        }
    };
}

every_test!(sqlite_store, crate::store::conformance::sqlite());
every_test!(postgres_store, crate::store::conformance::postgres());

/// Several servers on one database: one does the job, and each sees new prices.
#[tokio::test]
async fn one_of_several_servers_does_the_job() {
    let stores = servers::<2>().await;
    let p = project(&stores[0], "servers").await;
    append(
        &stores[0],
        p,
        (0..300)
            .map(|n| call(&format!("e{n}"), "mine", &Book::shipped()))
            .collect(),
    )
    .await;
    let mut shops: Vec<Shop> = stores.iter().map(Shop::new).collect();
    // Both have looked the price up, and found none.
    for shop in &shops {
        assert!(!shop.prices.of(p).await.unwrap().knows(None, "mine", at(NOON)));
    }
    shops[0].set(p, "mine", 1_000_000).await;
    assert!(shops[0].prices.of(p).await.unwrap().knows(None, "mine", at(NOON)));
    shops[1].clock.advance_micros(6 * SECOND);
    assert!(
        shops[1].prices.of(p).await.unwrap().knows(None, "mine", at(NOON)),
        "within seconds"
    );
    for shop in &mut shops {
        shop.work();
    }
    stores[1].start_price_job(p, &[], "ada", at(NOON)).await.unwrap();
    shops[1].clock.advance_micros(11 * SECOND);
    let job = shops[0].done(p).await;
    assert_eq!((job.state, job.changed, job.seen), (RecomputeState::Done, 300, 300));
}

/// A server that dies has said that it does the job, and nothing since.
#[tokio::test]
async fn the_job_of_a_dead_server_moves() {
    let [dead, alive] = servers().await;
    let p = project(&dead, "dead").await;
    append(&dead, p, vec![call("a", "mine", &Book::shipped())]).await;
    let mut shop = Shop::new(&alive);
    shop.set(p, "mine", 1_000_000).await;
    dead.start_price_job(p, &[], "ada", at(NOON)).await.unwrap();
    // Its clock is a day ahead, which nobody is to go by.
    let ahead = SystemClock.now().plus_micros(86_400 * SECOND);
    let claimed = dead.claim_price_job("dead", ahead, LEASE).await.unwrap();
    assert!(claimed.is_some());
    let died = Instant::now();
    shop.work();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(cost_of(&alive, p, "a").await, UNPRICED, "it may be alive");
    let job = shop.done(p).await;
    assert_eq!((job.state, job.changed), (RecomputeState::Done, 1));
    assert!(died.elapsed() < Duration::from_secs(10), "{:?}", died.elapsed());
}
