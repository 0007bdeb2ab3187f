//! A visit: from the first page until half an hour later, or until the visitor logs in anew.

use std::sync::Arc;
use std::time::Duration;

use eventglass_model::Timestamp;
use fastrand::Rng;

use super::catalogue::{PageType, Product, Shop};

/// One visit.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    /// Since the start of the run.
    pub(super) began: Duration,
    pub(super) logged_in: bool,
    /// The page that the visitor sees.
    pub(super) page: Option<Page>,
    /// The product looked at last.
    pub(super) viewed: Option<Arc<Product>>,
    /// What was searched last, and the category in which it was found, until something found is looked at.
    pub(super) query: String,
    pub(super) found: Option<String>,
    /// The cart, as it is, was confirmed.
    pub(super) checked_out: bool,
}

/// A page that a visitor sees.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) name: String,
    pub(super) url: String,
}

impl Session {
    /// With an id of its own: a UUID (version 4) of the run's random numbers.
    pub(super) fn begin(rng: &mut Rng, now: Duration, logged_in: bool) -> Self {
        let bytes = rng.u128(..).to_be_bytes();
        Self {
            id: uuid::Builder::from_random_bytes(bytes).into_uuid().to_string(),
            began: now,
            logged_in,
            page: None,
            viewed: None,
            query: String::new(),
            found: None,
            checked_out: false,
        }
    }
}

/// What a visitor finds when something is about to happen.
pub(super) struct Scene<'a> {
    pub(super) rng: &'a mut Rng,
    pub(super) shop: &'a Shop,
    /// Since the start of the run.
    pub(super) now: Duration,
    /// When the run started.
    pub(super) started: Timestamp,
    /// How long a session lasts.
    pub(super) session: Duration,
    /// The number that the next order gets.
    pub(super) next_order: &'a mut u32,
    /// The page to look at, if one is.
    pub(super) page: Option<&'a PageType>,
}

impl Scene<'_> {
    pub(super) fn word(&mut self, list: &'static [&'static str]) -> &'static str {
        self.rng.choice(list).copied().unwrap_or_default()
    }

    /// `ORD-` and six digits, none twice in the first 900,000.
    pub(super) fn order_id(&mut self) -> String {
        let number = *self.next_order % 900_000 + 100_000;
        *self.next_order = self.next_order.wrapping_add(1);
        format!("ORD-{number}")
    }

    /// The present moment.
    pub(super) fn time(&self) -> Timestamp {
        let micros = i64::try_from(self.now.as_micros()).unwrap_or(i64::MAX);
        self.started.plus_micros(micros)
    }
}
