//! The topics that an event may be sent to. Source: contract 3.1 and that
//! system's list of topics.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A topic, as `GET /api/v1/events/topics` lists it.
#[derive(Serialize, ToSchema)]
#[schema(as = CartNudgeTopic)]
pub(super) struct Topic {
    topic_id: &'static str,
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    /// Its word for the tables that are fed from the topic.
    #[schema(value_type = Vec<String>)]
    mapped_templates: &'static [&'static str],
}

#[derive(Serialize, ToSchema)]
#[schema(as = CartNudgeTopics)]
pub(super) struct Topics {
    #[schema(value_type = Vec<Topic>)]
    topics: &'static [Topic],
    default_topic: &'static str,
}

const fn topic(
    name: &'static str,
    display_name: &'static str,
    description: &'static str,
    mapped_templates: &'static [&'static str],
) -> Topic {
    Topic {
        topic_id: name,
        name,
        display_name,
        description,
        mapped_templates,
    }
}

const TOPICS: &[Topic] = &[
    topic(
        "user_events",
        "User Events",
        "Sign-ups, logins and changes of profiles",
        &["users"],
    ),
    topic(
        "cart_events",
        "Cart Events",
        "What is put into carts, taken out, and checked out",
        &["cart_events"],
    ),
    topic(
        "page_events",
        "Page Events",
        "Views, clicks and searches",
        &["page_views"],
    ),
    topic(
        "order_events",
        "Order Events",
        "Orders, from being placed to being delivered",
        &["orders"],
    ),
    topic(
        "custom_events",
        "Custom Events",
        "Everything that belongs to no other topic",
        &[],
    ),
    topic(
        "dlq_events",
        "Dead Letter Queue",
        "Events that failed elsewhere, to be looked at",
        &[],
    ),
];

/// The topics that an event may be sent to, for anyone.
#[utoipa::path(
    get,
    path = "/api/v1/events/topics",
    operation_id = "cart_list_topics",
    security(()),
    responses((status = 200, body = Topics))
)]
pub(super) async fn list() -> Json<Topics> {
    Json(Topics {
        topics: TOPICS,
        default_topic: "custom_events",
    })
}

/// # Errors
/// That system's sentence, for a topic that there is not.
pub(super) fn check(name: &str) -> Result<(), String> {
    if TOPICS.iter().any(|topic| topic.name == name) {
        return Ok(());
    }
    let names: Vec<&str> = TOPICS.iter().map(|topic| topic.name).collect();
    Err(format!("Invalid topic '{name}'. Valid topics: {}", names.join(", ")))
}
