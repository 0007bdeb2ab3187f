//! The events as they are on the wire.

use serde::{Serialize, Serializer};

use super::kind::Kind;

/// An event of the CartNudge door.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ShopEvent {
    pub(crate) topic: &'static str,
    pub(crate) event_type: &'static str,
    pub(crate) data: Data,
}

impl ShopEvent {
    pub(super) const fn new(kind: Kind, data: Data) -> Self {
        Self {
            topic: kind.topic(),
            event_type: kind.event_type(),
            data,
        }
    }
}

/// What an event says, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum Data {
    CartAdd {
        user_id: String,
        session_id: String,
        product_id: String,
        product_name: String,
        quantity: u32,
        price: Cents,
        currency: &'static str,
        category: String,
    },
    CartRemove {
        user_id: String,
        session_id: String,
        product_id: String,
        quantity: u32,
    },
    CartUpdate {
        user_id: String,
        session_id: String,
        product_id: String,
        old_quantity: u32,
        new_quantity: u32,
    },
    CartCheckout {
        user_id: String,
        session_id: String,
        cart_total: Cents,
        item_count: u32,
        currency: &'static str,
    },
    PageView {
        user_id: String,
        session_id: String,
        page_url: String,
        page_title: String,
        page_type: String,
        referrer: &'static str,
        product_id: Option<String>,
    },
    PageClick {
        user_id: String,
        session_id: String,
        element_id: &'static str,
        element_type: &'static str,
        page_url: String,
    },
    PageSearch {
        user_id: String,
        session_id: String,
        search_query: String,
        results_count: u32,
    },
    OrderCreated {
        user_id: String,
        order_id: String,
        total_amount: Cents,
        currency: &'static str,
        status: &'static str,
        item_count: u32,
        payment_method: &'static str,
    },
    OrderUpdated {
        user_id: String,
        order_id: String,
        old_status: &'static str,
        new_status: &'static str,
    },
    OrderFulfilled {
        user_id: String,
        order_id: String,
        status: &'static str,
        delivered_at: String,
    },
    UserSignup {
        user_id: String,
        email: String,
        signup_source: &'static str,
    },
    UserLogin {
        user_id: String,
        session_id: String,
        login_method: &'static str,
        device_type: &'static str,
    },
}

/// Money that adds up; on the wire a number of dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cents(u64);

impl Cents {
    /// Rounded; nothing below 0.
    pub(super) fn from_dollars(dollars: f64) -> Self {
        // A cast from float saturates.
        Self((dollars * 100.0).round() as u64)
    }

    pub(super) fn times(self, count: u32) -> Self {
        Self(self.0.saturating_mul(u64::from(count)))
    }
}

impl std::iter::Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.map(|amount| amount.0).sum())
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 100.0)
    }
}
