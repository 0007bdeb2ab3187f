//! What can happen in the shop, and how often.

use serde::{Deserialize, Serialize};

/// The twelve kinds of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    CartAdd,
    CartRemove,
    CartUpdate,
    CartCheckout,
    PageView,
    PageClick,
    PageSearch,
    OrderCreated,
    OrderUpdated,
    OrderFulfilled,
    UserSignup,
    UserLogin,
}

impl Kind {
    /// Every kind, those of one topic together.
    pub(crate) const ALL: [Self; 12] = [
        Self::CartAdd,
        Self::CartRemove,
        Self::CartUpdate,
        Self::CartCheckout,
        Self::PageView,
        Self::PageClick,
        Self::PageSearch,
        Self::OrderCreated,
        Self::OrderUpdated,
        Self::OrderFulfilled,
        Self::UserSignup,
        Self::UserLogin,
    ];

    /// As on the wire.
    pub(crate) const fn event_type(self) -> &'static str {
        match self {
            Self::CartAdd => "cart.add",
            Self::CartRemove => "cart.remove",
            Self::CartUpdate => "cart.update",
            Self::CartCheckout => "cart.checkout",
            Self::PageView => "page.view",
            Self::PageClick => "page.click",
            Self::PageSearch => "page.search",
            Self::OrderCreated => "order.created",
            Self::OrderUpdated => "order.updated",
            Self::OrderFulfilled => "order.fulfilled",
            Self::UserSignup => "user.signup",
            Self::UserLogin => "user.login",
        }
    }

    /// The topic that it belongs to.
    pub(crate) const fn topic(self) -> &'static str {
        match self {
            Self::CartAdd | Self::CartRemove | Self::CartUpdate | Self::CartCheckout => "cart_events",
            Self::PageView | Self::PageClick | Self::PageSearch => "page_events",
            Self::OrderCreated | Self::OrderUpdated | Self::OrderFulfilled => "order_events",
            Self::UserSignup | Self::UserLogin => "user_events",
        }
    }

    /// What a visitor must have done before.
    pub(super) const fn needs(self) -> &'static [Self] {
        match self {
            Self::CartAdd | Self::PageClick => &[Self::PageView],
            Self::CartRemove | Self::CartUpdate => &[Self::CartAdd],
            Self::CartCheckout => &[Self::CartAdd, Self::UserLogin],
            Self::OrderCreated => &[Self::CartCheckout],
            Self::OrderUpdated | Self::OrderFulfilled => &[Self::OrderCreated],
            Self::PageView | Self::PageSearch | Self::UserSignup | Self::UserLogin => &[],
        }
    }
}

/// How often each kind happens, compared with the others.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Weights {
    pub(crate) cart_add: f64,
    pub(crate) cart_remove: f64,
    pub(crate) cart_update: f64,
    pub(crate) cart_checkout: f64,
    pub(crate) page_view: f64,
    pub(crate) page_click: f64,
    pub(crate) page_search: f64,
    pub(crate) order_created: f64,
    pub(crate) order_updated: f64,
    pub(crate) order_fulfilled: f64,
    pub(crate) user_signup: f64,
    pub(crate) user_login: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            cart_add: 15.0,
            cart_remove: 5.0,
            cart_update: 5.0,
            cart_checkout: 3.0,
            page_view: 40.0,
            page_click: 15.0,
            page_search: 7.0,
            order_created: 3.0,
            order_updated: 2.0,
            order_fulfilled: 2.0,
            user_signup: 1.0,
            user_login: 2.0,
        }
    }
}

impl Weights {
    /// The weight of one kind.
    pub(crate) const fn of(&self, kind: Kind) -> f64 {
        match kind {
            Kind::CartAdd => self.cart_add,
            Kind::CartRemove => self.cart_remove,
            Kind::CartUpdate => self.cart_update,
            Kind::CartCheckout => self.cart_checkout,
            Kind::PageView => self.page_view,
            Kind::PageClick => self.page_click,
            Kind::PageSearch => self.page_search,
            Kind::OrderCreated => self.order_created,
            Kind::OrderUpdated => self.order_updated,
            Kind::OrderFulfilled => self.order_fulfilled,
            Kind::UserSignup => self.user_signup,
            Kind::UserLogin => self.user_login,
        }
    }

    /// Each kind with its weight.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Kind, f64)> + Clone {
        let weights = *self;
        Kind::ALL.into_iter().map(move |kind| (kind, weights.of(kind)))
    }

    /// Whether everything that the kind needs happens too.
    pub(super) fn supply(&self, kind: Kind) -> bool {
        let mut needs = kind.needs().iter();
        needs.all(|need| self.of(*need) > 0.0 && self.supply(*need))
    }
}
