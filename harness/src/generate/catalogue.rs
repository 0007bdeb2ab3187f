//! Which services there are, what they offer and how they fail: data alone.

use super::failures::{self, Failure};

/// One service of the imaginary shop whose traffic is generated.
pub struct Service {
    /// As in `source.service`.
    pub name: &'static str,
    /// As in `source.version`.
    pub version: &'static str,
    /// Share of its calls that fail, from 0 to 1.
    pub error_rate: f64,
    /// How long a call takes on average, before errors and spikes stretch it.
    pub average_ms: f64,
    /// What it offers.
    pub endpoints: &'static [Endpoint],
    /// How it fails in ways that the other services do not.
    pub failures: &'static [Failure],
}

/// One route of a service.
pub struct Endpoint {
    /// Path as a router knows it: `{id}` stays `{id}`, so that paths can be counted.
    pub path: &'static str,
    /// What it does, for people: the head of an event's title.
    pub action: &'static str,
    /// What its payload holds besides the ids that every payload holds.
    pub extra: Extra,
}

/// What a payload holds besides the ids that every payload holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// Nothing.
    None,
    /// `auth_method`.
    Login,
    /// `registration_source`.
    Registration,
    /// `payment_method`, `amount`, `currency`; with `POST` only.
    Payment,
    /// `items_count`, `total_amount`.
    Order,
}

const fn route(path: &'static str, action: &'static str) -> Endpoint {
    special(path, action, Extra::None)
}

const fn special(path: &'static str, action: &'static str, extra: Extra) -> Endpoint {
    Endpoint { path, action, extra }
}

/// The eight services; 62 endpoints in all, no path twice.
pub const SERVICES: [Service; 8] = [
    Service {
        name: "auth-service",
        version: "2.3.1",
        error_rate: 0.02,
        average_ms: 150.0,
        endpoints: &[
            special("/api/v1/auth/login", "User login", Extra::Login),
            route("/api/v1/auth/logout", "User logout"),
            route("/api/v1/auth/refresh", "Token refresh"),
            route("/api/v1/auth/verify", "Token verification"),
            special("/api/v1/auth/register", "Account registration", Extra::Registration),
            route("/api/v1/auth/password/reset", "Password reset"),
            route("/api/v1/auth/password/change", "Password change"),
            route("/api/v1/auth/mfa/enable", "Second factor enrolment"),
            route("/api/v1/auth/mfa/verify", "Second factor check"),
            route("/api/v1/auth/sessions", "Session list"),
        ],
        failures: failures::AUTH,
    },
    Service {
        name: "payment-service",
        version: "1.8.2",
        error_rate: 0.05,
        average_ms: 450.0,
        endpoints: &[
            special("/api/v1/payments/create", "Payment", Extra::Payment),
            special("/api/v1/payments/capture", "Payment capture", Extra::Payment),
            special("/api/v1/payments/refund", "Refund", Extra::Payment),
            special("/api/v1/payments/status", "Payment status", Extra::Payment),
            special("/api/v1/payments/webhook", "Payment webhook", Extra::Payment),
            special("/api/v1/payments/methods", "Payment methods", Extra::Payment),
            special("/api/v1/payments/history", "Payment history", Extra::Payment),
            special("/api/v1/payments/disputes", "Dispute", Extra::Payment),
        ],
        failures: failures::PAYMENT,
    },
    Service {
        name: "user-service",
        version: "3.1.0",
        error_rate: 0.01,
        average_ms: 85.0,
        endpoints: &[
            route("/api/v1/users/profile", "Profile view"),
            route("/api/v1/users/update", "Profile update"),
            route("/api/v1/users/preferences", "User preferences"),
            route("/api/v1/users/avatar", "Avatar"),
            route("/api/v1/users/notifications", "User notifications"),
            route("/api/v1/users/search", "User search"),
            route("/api/v1/users/{id}", "User lookup"),
            route("/api/v1/users/delete", "Account deletion"),
            route("/api/v1/users/activity", "User activity"),
        ],
        failures: failures::USER,
    },
    Service {
        name: "product-service",
        version: "2.7.4",
        error_rate: 0.015,
        average_ms: 120.0,
        endpoints: &[
            route("/api/v1/products/list", "Product list"),
            route("/api/v1/products/{id}", "Product page"),
            route("/api/v1/products/search", "Product search"),
            route("/api/v1/products/categories", "Product categories"),
            route("/api/v1/products/recommendations", "Recommendations"),
            route("/api/v1/products/reviews", "Product reviews"),
            route("/api/v1/products/inventory", "Inventory check"),
            route("/api/v1/products/pricing", "Price quote"),
            route("/api/v1/products/compare", "Product comparison"),
        ],
        failures: failures::PRODUCT,
    },
    Service {
        name: "order-service",
        version: "1.9.1",
        error_rate: 0.03,
        average_ms: 280.0,
        endpoints: &[
            special("/api/v1/orders/create", "Order placement", Extra::Order),
            route("/api/v1/orders/status", "Order status"),
            route("/api/v1/orders/history", "Order history"),
            route("/api/v1/orders/cancel", "Order cancellation"),
            route("/api/v1/orders/tracking", "Parcel tracking"),
            route("/api/v1/orders/{id}", "Order lookup"),
            route("/api/v1/orders/invoice", "Invoice"),
            route("/api/v1/orders/returns", "Return"),
        ],
        failures: failures::ORDER,
    },
    Service {
        name: "notification-service",
        version: "1.5.3",
        error_rate: 0.04,
        average_ms: 200.0,
        endpoints: &[
            route("/api/v1/notifications/send", "Notification"),
            route("/api/v1/notifications/email", "E-mail"),
            route("/api/v1/notifications/sms", "Text message"),
            route("/api/v1/notifications/push", "Push message"),
            route("/api/v1/notifications/preferences", "Notification preferences"),
            route("/api/v1/notifications/history", "Notification history"),
            route("/api/v1/notifications/templates", "Message template"),
        ],
        failures: failures::NOTIFICATION,
    },
    Service {
        name: "analytics-service",
        version: "2.1.0",
        error_rate: 0.02,
        average_ms: 350.0,
        endpoints: &[
            route("/api/v1/analytics/events", "Analytics event"),
            route("/api/v1/analytics/dashboard", "Analytics dashboard"),
            route("/api/v1/analytics/reports", "Report"),
            route("/api/v1/analytics/metrics", "Metrics query"),
            route("/api/v1/analytics/export", "Data export"),
            route("/api/v1/analytics/funnels", "Funnel query"),
        ],
        failures: failures::ANALYTICS,
    },
    Service {
        name: "search-service",
        version: "1.6.8",
        error_rate: 0.025,
        average_ms: 95.0,
        endpoints: &[
            route("/api/v1/search/query", "Search"),
            route("/api/v1/search/autocomplete", "Autocomplete"),
            route("/api/v1/search/filters", "Search filters"),
            route("/api/v1/search/suggestions", "Search suggestions"),
            route("/api/v1/search/trending", "Trending searches"),
        ],
        failures: failures::SEARCH,
    },
];
