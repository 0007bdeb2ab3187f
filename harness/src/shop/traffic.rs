//! Who does what next.

use std::collections::BTreeMap;
use std::time::Duration;

use eventglass_model::Timestamp;
use fastrand::Rng;

use super::catalogue::{PageType, Shop, draw};
use super::data::ShopEvent;
use super::kind::{Kind, Weights};
use super::session::Scene;
use super::visitor::{Fit, Visitor};

/// Visitors asked at random before all are gone through.
const ASKED: usize = 8;

/// Who visits the shop.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    /// Each by an id.
    pub(crate) ids: Vec<String>,
    /// How long a session lasts.
    pub(crate) session: Duration,
}

/// Makes one event after the other. The same seed makes the same events; only
/// `delivered_at` follows the clock.
pub(crate) struct Traffic {
    rng: Rng,
    shop: Shop,
    visitors: Vec<Visitor>,
    weights: Weights,
    /// Drawn when nobody was ready for it: made up for as soon as somebody is,
    /// so that the weights hold in the long run.
    owed: BTreeMap<Kind, u64>,
    /// Who acted last.
    last: Option<usize>,
    session: Duration,
    started: Timestamp,
    signups: usize,
    next_order: u32,
}

impl Traffic {
    pub(crate) fn new(crowd: Crowd, shop: Shop, weights: Weights, started: Timestamp, mut rng: Rng) -> Self {
        Self {
            next_order: rng.u32(0..900_000),
            rng,
            shop,
            visitors: crowd.ids.into_iter().map(Visitor::new).collect(),
            weights,
            owed: BTreeMap::new(),
            last: None,
            session: crowd.session,
            started,
            signups: 0,
        }
    }

    /// One event, so long after the start. There is none without visitors or weights.
    pub(crate) fn next(&mut self, now: Duration) -> Option<ShopEvent> {
        if self.visitors.is_empty() {
            return None;
        }
        if let Some((visitor, kind)) = self.find_owed(now) {
            return self.act(visitor, kind, None, now);
        }
        loop {
            let kind = draw(&mut self.rng, self.weights.all())?;
            let page = if kind == Kind::PageView {
                self.shop.draw_page(&mut self.rng)
            } else {
                None
            };
            let owed = self.owed.get(&kind).is_some_and(|count| *count > 0);
            if !owed && let Some(visitor) = self.find(kind, page.as_deref(), now) {
                return self.act(visitor, kind, page.as_deref(), now);
            }
            if !self.is_supplied(kind) {
                let visitor = self.rng.usize(0..self.visitors.len());
                return self.make(visitor, kind, now);
            }
            *self.owed.entry(kind).or_default() += 1;
        }
    }

    /// An event of this kind by this visitor (from 0), who is made ready for
    /// it as if the rest had happened before.
    pub(crate) fn make(&mut self, visitor: usize, kind: Kind, now: Duration) -> Option<ShopEvent> {
        let page = match kind {
            Kind::PageView => self.shop.page("product").or_else(|| self.shop.draw_page(&mut self.rng)),
            _ => None,
        };
        self.on_stage(visitor, page.as_deref(), now, |visitor, scene| {
            visitor.prepare(kind, scene);
            visitor.act(kind, scene).map(|data| ShopEvent::new(kind, data))
        })
    }

    fn act(&mut self, visitor: usize, kind: Kind, page: Option<&PageType>, now: Duration) -> Option<ShopEvent> {
        self.on_stage(visitor, page, now, |visitor, scene| {
            visitor.act(kind, scene).map(|data| ShopEvent::new(kind, data))
        })
    }

    fn on_stage<T>(
        &mut self,
        visitor: usize,
        page: Option<&PageType>,
        now: Duration,
        play: impl FnOnce(&mut Visitor, &mut Scene<'_>) -> Option<T>,
    ) -> Option<T> {
        self.last = Some(visitor);
        let mut scene = Scene {
            rng: &mut self.rng,
            shop: &self.shop,
            now,
            started: self.started,
            session: self.session,
            next_order: &mut self.next_order,
            page,
        };
        play(self.visitors.get_mut(visitor)?, &mut scene)
    }

    /// What is owed and fits the visitor who acted last: nobody else has
    /// become ready for anything since.
    fn find_owed(&mut self, now: Duration) -> Option<(usize, Kind)> {
        let place = self.last?;
        let visitor = self.visitors.get(place)?;
        let fits = |kind: Kind| visitor.fit(kind, None, now, self.session) > Fit::Not;
        let mut owed = self.owed.iter_mut();
        let (kind, count) = owed.find(|(kind, count)| **count > 0 && fits(**kind))?;
        *count -= 1;
        Some((place, *kind))
    }

    /// Whether what the kind needs will happen by itself.
    fn is_supplied(&self, kind: Kind) -> bool {
        // Only a product's page leads to a cart.
        let by_pages = kind != Kind::CartAdd || self.shop.page("product").is_some();
        by_pages && self.weights.supply(kind)
    }

    /// Somebody whom it fits well, or else somebody whom it fits.
    fn find(&mut self, kind: Kind, page: Option<&PageType>, now: Duration) -> Option<usize> {
        let count = self.visitors.len();
        if kind == Kind::UserSignup {
            // Everybody once, before anybody twice.
            self.signups += 1;
            return Some((self.signups - 1) % count);
        }
        let fit = |place: usize| {
            let visitor = self.visitors.get(place);
            visitor.map_or(Fit::Not, |visitor| visitor.fit(kind, page, now, self.session))
        };
        for _ in 0..ASKED.min(count) {
            let place = self.rng.usize(0..count);
            if fit(place) == Fit::Well {
                return Some(place);
            }
        }
        let first = self.rng.usize(0..count);
        let mut second_best = None;
        for place in (first..count).chain(0..first) {
            match fit(place) {
                Fit::Well => return Some(place),
                Fit::Poor => second_best = second_best.or(Some(place)),
                Fit::Not => {}
            }
        }
        second_best
    }
}
