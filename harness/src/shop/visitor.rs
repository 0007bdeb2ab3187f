//! A visitor: what each has in the cart and has ordered, and so what each may do next.

use std::sync::Arc;
use std::time::Duration;

use super::catalogue::{PageType, Product};
use super::data::Data;
use super::kind::Kind;
use super::session::{Page, Scene, Session};

/// One visitor of the shop.
#[derive(Debug, Default)]
pub(super) struct Visitor {
    pub(super) user_id: String,
    pub(super) session: Option<Session>,
    pub(super) cart: Vec<Line>,
    /// Not delivered yet.
    pub(super) orders: Vec<Order>,
    pub(super) signups: u32,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) product: Arc<Product>,
    pub(super) quantity: u32,
}

#[derive(Debug)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) updated: bool,
}

/// How well something fits a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// It makes no sense.
    Not,
    /// It makes sense, if there is nobody whom it fits better.
    Poor,
    /// It makes sense.
    Well,
}

/// Well, when the first holds; poor, when only the second does.
const fn fit(well: bool, at_all: bool) -> Fit {
    match (well, at_all) {
        (true, _) => Fit::Well,
        (false, true) => Fit::Poor,
        (false, false) => Fit::Not,
    }
}

impl Visitor {
    pub(super) fn new(user_id: String) -> Self {
        Self {
            user_id,
            ..Self::default()
        }
    }

    fn live(&self, now: Duration, lasts: Duration) -> Option<&Session> {
        let session = self.session.as_ref();
        session.filter(|session| now.saturating_sub(session.began) < lasts)
    }

    /// How well something fits, at a moment and with sessions of a length.
    pub(super) fn fit(&self, kind: Kind, page: Option<&PageType>, now: Duration, lasts: Duration) -> Fit {
        let live = self.live(now, lasts);
        let has_cart = !self.cart.is_empty();
        let checked_out = live.is_some_and(|session| session.checked_out);
        match kind {
            Kind::PageView => {
                let checkout = page.is_some_and(|page| page.name == "checkout");
                fit(!checkout || has_cart, true)
            }
            Kind::PageSearch | Kind::UserSignup => Fit::Well,
            Kind::UserLogin => fit(live.is_none_or(|session| !session.logged_in), true),
            Kind::PageClick => fit(live.is_some_and(|session| session.page.is_some()), false),
            Kind::CartAdd => {
                let viewed = live.and_then(|session| session.viewed.as_ref());
                let new = viewed.is_some_and(|viewed| self.cart.iter().all(|line| line.product.id != viewed.id));
                fit(new && !checked_out, viewed.is_some())
            }
            Kind::CartRemove | Kind::CartUpdate => fit(has_cart && !checked_out, has_cart),
            Kind::CartCheckout => {
                let can = has_cart && live.is_some_and(|session| session.logged_in);
                fit(can && !checked_out, can)
            }
            Kind::OrderCreated => fit(has_cart && checked_out, false),
            Kind::OrderUpdated => fit(self.orders.iter().any(|order| !order.updated), false),
            Kind::OrderFulfilled => fit(self.orders.iter().any(|order| order.updated), !self.orders.is_empty()),
        }
    }

    /// Makes sure that something fits, as if what it needs had happened before the run.
    pub(super) fn prepare(&mut self, kind: Kind, scene: &mut Scene<'_>) {
        if self.fit(kind, scene.page, scene.now, scene.session) > Fit::Not {
            return;
        }
        match kind {
            Kind::CartAdd | Kind::PageClick => {
                let product = scene.shop.product(scene.rng, None);
                let page = scene
                    .shop
                    .page("product")
                    .or_else(|| PageType::usual().into_iter().nth(2).map(Arc::new));
                let session = self.arrive(scene);
                session.page = page.map(|page| Page {
                    url: page.url(&product, ""),
                    name: page.name.clone(),
                });
                session.viewed = Some(product);
            }
            Kind::CartRemove | Kind::CartUpdate | Kind::CartCheckout | Kind::OrderCreated => {
                if self.cart.is_empty() {
                    let product = scene.shop.product(scene.rng, None);
                    let quantity = scene.rng.u32(1..=3);
                    self.cart.push(Line { product, quantity });
                }
                let session = self.arrive(scene);
                session.logged_in = true;
                session.checked_out = kind == Kind::OrderCreated;
            }
            Kind::OrderUpdated | Kind::OrderFulfilled => {
                let id = scene.order_id();
                self.orders.push(Order { id, updated: false });
            }
            Kind::PageView | Kind::PageSearch | Kind::UserSignup | Kind::UserLogin => {}
        }
    }

    /// The session that goes on, or else a new one.
    pub(super) fn arrive(&mut self, scene: &mut Scene<'_>) -> &mut Session {
        if self.live(scene.now, scene.session).is_none() {
            self.session = None;
        }
        self.session
            .get_or_insert_with(|| Session::begin(scene.rng, scene.now, false))
    }

    /// Does it; nothing when it does not fit.
    pub(super) fn act(&mut self, kind: Kind, scene: &mut Scene<'_>) -> Option<Data> {
        if self.fit(kind, scene.page, scene.now, scene.session) == Fit::Not {
            return None;
        }
        match kind {
            Kind::CartAdd => self.add_to_cart(scene),
            Kind::CartRemove => self.remove_from_cart(scene),
            Kind::CartUpdate => self.update_cart(scene),
            Kind::CartCheckout => Some(self.check_out(scene)),
            Kind::PageView => self.view(scene),
            Kind::PageClick => self.click(scene),
            Kind::PageSearch => Some(self.search(scene)),
            Kind::OrderCreated => Some(self.order(scene)),
            Kind::OrderUpdated => self.update_order(scene),
            Kind::OrderFulfilled => self.fulfil_order(scene),
            Kind::UserSignup => Some(self.sign_up(scene)),
            Kind::UserLogin => Some(self.log_in(scene)),
        }
    }
}
