//! Filling a cart, and what becomes of it.

use std::sync::Arc;

use super::data::{Cents, Data};
use super::session::Scene;
use super::visitor::{Line, Order, Visitor};

const CURRENCY: &str = "USD";

impl Visitor {
    pub(super) fn add_to_cart(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let session = self.arrive(scene);
        let product = Arc::clone(session.viewed.as_ref()?);
        session.checked_out = false;
        let session_id = session.id.clone();
        let quantity = scene.rng.u32(1..=3);
        match self.cart.iter_mut().find(|line| line.product.id == product.id) {
            Some(line) => line.quantity += quantity,
            None => self.cart.push(Line {
                product: Arc::clone(&product),
                quantity,
            }),
        }
        Some(Data::CartAdd {
            user_id: self.user_id.clone(),
            session_id,
            product_id: product.id.clone(),
            product_name: product.name.clone(),
            quantity,
            price: product.price,
            currency: CURRENCY,
            category: product.category.clone(),
        })
    }

    pub(super) fn remove_from_cart(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let place = scene.rng.usize(0..self.cart.len().max(1));
        // A place that does not exist would make `remove` panic.
        self.cart.get(place)?;
        let line = self.cart.remove(place);
        let user_id = self.user_id.clone();
        let session = self.arrive(scene);
        session.checked_out = false;
        Some(Data::CartRemove {
            user_id,
            session_id: session.id.clone(),
            product_id: line.product.id.clone(),
            quantity: line.quantity,
        })
    }

    pub(super) fn update_cart(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let session = self.arrive(scene);
        session.checked_out = false;
        let session_id = session.id.clone();
        let place = scene.rng.usize(0..self.cart.len().max(1));
        let line = self.cart.get_mut(place)?;
        let old_quantity = line.quantity;
        // Another quantity than it was: of 1 to 5 without the old one, any.
        let drawn = scene.rng.u32(1..=if old_quantity <= 5 { 4 } else { 5 });
        line.quantity = if drawn >= old_quantity { drawn + 1 } else { drawn };
        Some(Data::CartUpdate {
            user_id: self.user_id.clone(),
            session_id,
            product_id: line.product.id.clone(),
            old_quantity,
            new_quantity: line.quantity,
        })
    }

    fn total(&self) -> (Cents, u32) {
        let total = self.cart.iter().map(|line| line.product.price.times(line.quantity));
        (total.sum(), self.cart.iter().map(|line| line.quantity).sum())
    }

    pub(super) fn check_out(&mut self, scene: &mut Scene<'_>) -> Data {
        let (cart_total, item_count) = self.total();
        let user_id = self.user_id.clone();
        let session = self.arrive(scene);
        session.checked_out = true;
        Data::CartCheckout {
            user_id,
            session_id: session.id.clone(),
            cart_total,
            item_count,
            currency: CURRENCY,
        }
    }

    pub(super) fn order(&mut self, scene: &mut Scene<'_>) -> Data {
        let (total_amount, item_count) = self.total();
        self.arrive(scene).checked_out = false;
        self.cart.clear();
        let order_id = scene.order_id();
        self.orders.push(Order {
            id: order_id.clone(),
            updated: false,
        });
        Data::OrderCreated {
            user_id: self.user_id.clone(),
            order_id,
            total_amount,
            currency: CURRENCY,
            status: "pending",
            item_count,
            payment_method: scene.word(&["credit_card", "paypal", "apple_pay"]),
        }
    }

    pub(super) fn update_order(&mut self, scene: &mut Scene<'_>) -> Option<Data> {
        let order = self.orders.iter_mut().find(|order| !order.updated)?;
        order.updated = true;
        Some(Data::OrderUpdated {
            user_id: self.user_id.clone(),
            order_id: order.id.clone(),
            old_status: "pending",
            new_status: scene.word(&["processing", "shipped", "out_for_delivery"]),
        })
    }

    pub(super) fn fulfil_order(&mut self, scene: &Scene<'_>) -> Option<Data> {
        let under_way = self.orders.iter().position(|order| order.updated).unwrap_or(0);
        self.orders.get(under_way)?;
        let order = self.orders.remove(under_way);
        Some(Data::OrderFulfilled {
            user_id: self.user_id.clone(),
            order_id: order.id,
            status: "delivered",
            delivered_at: scene.time().to_string(),
        })
    }
}
