//! The weights hold, and the stories make sense: a second bookkeeping, from the events alone.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use eventglass_model::Timestamp;
use fastrand::Rng;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

const SESSION: Duration = Duration::from_secs(30 * 60);

fn started() -> Timestamp {
    Timestamp::parse("2026-11-21T10:00:00Z").unwrap()
}

fn traffic(users: u32, weights: Weights, seed: u64) -> Traffic {
    let mut rng = Rng::with_seed(seed);
    let shop = Shop::new(&Products::default(), &PageType::usual(), &mut rng);
    let crowd = Crowd {
        ids: (1..=users).map(|n| format!("test_user_{n:05}")).collect(),
        session: SESSION,
    };
    Traffic::new(crowd, shop, weights, started(), rng)
}

/// `count` events, a hundred a second.
fn events(users: u32, weights: Weights, seed: u64, count: u32) -> Vec<ShopEvent> {
    let mut traffic = traffic(users, weights, seed);
    (0..count)
        .map(|n| traffic.next(Duration::from_millis(10) * n).unwrap())
        .collect()
}

fn counts(events: &[ShopEvent]) -> BTreeMap<&'static str, f64> {
    let mut counts = BTreeMap::new();
    events
        .iter()
        .for_each(|event| *counts.entry(event.event_type).or_default() += 1.0);
    counts
}

#[test]
fn each_kind_is_as_frequent_as_its_weight_says() {
    for users in [1, 10, 1_000] {
        let count = 30_000;
        let events = events(users, Weights::default(), 3, count);
        let counts = counts(&events);
        assert_eq!(counts.len(), 12);
        for (kind, weight) in Weights::default().all() {
            let expected = weight / 100.0 * f64::from(count);
            let seen = counts[kind.event_type()];
            // Four deviations of a Poisson count, and what is still owed.
            let allowed = 4.0 * expected.sqrt() + 60.0;
            assert!(
                (seen - expected).abs() < allowed,
                "{} of {users}: {seen} instead of {expected}",
                kind.event_type()
            );
        }
    }
}

#[test]
fn pages_and_prices_are_those_of_the_configuration() {
    let events = events(100, Weights::default(), 4, 50_000);
    let mut pages: BTreeMap<String, f64> = BTreeMap::new();
    let mut views = 0.0;
    for event in &events {
        let data = serde_json::to_value(&event.data).unwrap();
        if event.event_type == "page.view" {
            *pages.entry(data["page_type"].as_str().unwrap().to_owned()).or_default() += 1.0;
            views += 1.0;
            assert_eq!(data["product_id"].is_string(), data["page_type"] == "product", "{data}");
        }
        if let Some(price) = data["price"].as_f64() {
            assert!((9.99..=499.99).contains(&price), "{data}");
        }
    }
    for page in PageType::usual() {
        let share = 100.0 * pages[&page.name] / views;
        assert!((share - page.weight).abs() < 1.5, "{}: {share}", page.name);
    }
}

#[test]
fn a_kind_whose_needs_never_happen_is_made_all_the_same() {
    let none = Weights {
        page_view: 0.0,
        cart_add: 0.0,
        cart_checkout: 0.0,
        order_created: 0.0,
        user_login: 0.0,
        page_search: 0.0,
        user_signup: 0.0,
        ..Weights::default()
    };
    let counts = counts(&events(5, none, 5, 2_000));
    let kinds: Vec<_> = counts.keys().copied().collect();
    assert_eq!(
        kinds,
        [
            "cart.remove",
            "cart.update",
            "order.fulfilled",
            "order.updated",
            "page.click"
        ]
    );
    let zero = Weights {
        cart_remove: 0.0,
        cart_update: 0.0,
        page_click: 0.0,
        order_updated: 0.0,
        order_fulfilled: 0.0,
        ..none
    };
    assert_eq!(traffic(5, zero, 5).next(Duration::ZERO), None);
    assert_eq!(traffic(0, Weights::default(), 5).next(Duration::ZERO), None);
}

#[test]
fn a_seed_makes_the_same_events_again() {
    let first = events(20, Weights::default(), 8, 3_000);
    assert_eq!(first, events(20, Weights::default(), 8, 3_000));
    assert_ne!(first, events(20, Weights::default(), 9, 3_000));
}

#[test]
fn fields_are_those_of_the_contract() {
    let events = events(10, Weights::default(), 1, 5_000);
    let mut shapes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for event in &events {
        let data = serde_json::to_value(&event.data).unwrap();
        let fields: Vec<_> = data.as_object().unwrap().keys().cloned().collect();
        let known = shapes.entry(event.event_type).or_insert_with(|| fields.clone());
        assert_eq!(*known, fields);
    }
    insta::assert_json_snapshot!(shapes);
}

/// What is known of a visitor from what was heard.
#[derive(Default)]
struct Heard {
    session: String,
    logged_in: bool,
    viewed: HashSet<(String, String)>,
    page: Option<String>,
    cart: BTreeMap<String, (u64, f64)>,
    confirmed: Option<(f64, u64)>,
    pending: BTreeSet<String>,
    under_way: BTreeSet<String>,
}

impl Heard {
    fn hear(&mut self, event: &ShopEvent) {
        let data = serde_json::to_value(&event.data).unwrap();
        let text = |key: &str| data[key].as_str().unwrap().to_owned();
        if let Some(session) = data["session_id"].as_str()
            && session != self.session
        {
            self.session = session.to_owned();
            self.logged_in = false;
            self.page = None;
            self.confirmed = None;
        }
        match event.event_type {
            "user.login" => self.logged_in = true,
            "user.signup" => assert!(text("email").ends_with("@example.com")),
            "page.view" => {
                self.page = Some(text("page_url"));
                if let Some(product) = data["product_id"].as_str() {
                    self.viewed.insert((self.session.clone(), product.to_owned()));
                }
            }
            "page.click" => assert_eq!(self.page, Some(text("page_url"))),
            "page.search" => assert!(data["results_count"].as_u64().unwrap() <= 150),
            "cart.add" => {
                assert!(
                    self.viewed.contains(&(self.session.clone(), text("product_id"))),
                    "{data}"
                );
                let quantity = data["quantity"].as_u64().unwrap();
                assert!((1..=3).contains(&quantity));
                let line = self.cart.entry(text("product_id")).or_default();
                *line = (line.0 + quantity, data["price"].as_f64().unwrap());
                self.confirmed = None;
            }
            "cart.remove" => {
                let line = self.cart.remove(&text("product_id")).unwrap();
                assert_eq!(data["quantity"], line.0);
                self.confirmed = None;
            }
            "cart.update" => {
                let line = self.cart.get_mut(&text("product_id")).unwrap();
                assert_eq!(data["old_quantity"], line.0);
                line.0 = data["new_quantity"].as_u64().unwrap();
                assert!((1..=5).contains(&line.0) && data["old_quantity"] != line.0);
                self.confirmed = None;
            }
            "cart.checkout" => {
                assert!(self.logged_in && !self.cart.is_empty(), "{data}");
                self.check_sum(&data, "cart_total");
                self.confirmed = Some(self.sum());
            }
            "order.created" => {
                assert_eq!(self.confirmed.take(), Some(self.sum()), "{data}");
                self.check_sum(&data, "total_amount");
                self.cart.clear();
                assert!(self.pending.insert(text("order_id")));
            }
            "order.updated" => {
                assert!(self.pending.remove(&text("order_id")), "{data}");
                self.under_way.insert(text("order_id"));
            }
            "order.fulfilled" => {
                let id = text("order_id");
                assert!(self.under_way.remove(&id) || self.pending.remove(&id), "{data}");
                assert!(Timestamp::parse(&text("delivered_at")).unwrap() >= started());
            }
            other => panic!("{other}"),
        }
    }

    fn sum(&self) -> (f64, u64) {
        let lines = self.cart.values();
        let total: f64 = lines.clone().map(|(quantity, price)| *quantity as f64 * price).sum();
        ((total * 100.0).round(), lines.map(|(quantity, _)| quantity).sum())
    }

    fn check_sum(&self, data: &Value, key: &str) {
        let (total, count) = self.sum();
        assert_eq!((data[key].as_f64().unwrap() * 100.0).round(), total, "{data}");
        assert_eq!(data["item_count"], count);
    }
}

fn weight() -> impl Strategy<Value = f64> {
    prop_oneof![1.0..50.0f64, 0.5..1.0f64]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn stories_make_sense(
        seed: u64,
        users in 1u32..60,
        every in prop::collection::vec(weight(), 12),
        step in 1u32..3_000,
    ) {
        let weights = Weights {
            cart_add: every[0],
            cart_remove: every[1],
            cart_update: every[2],
            cart_checkout: every[3],
            page_view: every[4],
            page_click: every[5],
            page_search: every[6],
            order_created: every[7],
            order_updated: every[8],
            order_fulfilled: every[9],
            user_signup: every[10],
            user_login: every[11],
        };
        let mut traffic = traffic(users, weights, seed);
        let mut visitors: BTreeMap<String, Heard> = BTreeMap::new();
        let mut orders = HashSet::new();
        let mut sessions: BTreeMap<String, (String, Duration)> = BTreeMap::new();
        for n in 0..1_500 {
            let now = Duration::from_millis(u64::from(step)) * n;
            let event = traffic.next(now).unwrap();
            prop_assert_eq!(event.topic.split('_').next(), event.event_type.split('.').next());
            let data = serde_json::to_value(&event.data).unwrap();
            let user = data["user_id"].as_str().unwrap().to_owned();
            prop_assert!(user.len() == 15 && user.starts_with("test_user_"));
            if let Some(session) = data["session_id"].as_str() {
                // One visitor's alone, and no longer than it may last.
                let (whose, began) = sessions.entry(session.to_owned()).or_insert((user.clone(), now));
                prop_assert_eq!(&*whose, &user);
                prop_assert!(now - *began < SESSION);
            }
            if event.event_type == "order.created" {
                prop_assert!(orders.insert(data["order_id"].to_string()));
            }
            visitors.entry(user).or_default().hear(&event);
        }
    }
}
