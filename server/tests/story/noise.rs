//! Bytes of any kind, sent to every door of the older systems: whatever they
//! are, the answer is one of a refusal or a success, and never a failure.

use axum::http::Method;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::app::TestApp;

const ROUTES: &[&str] = &[
    "/api/v1/events",
    "/api/v1/events/batch",
    "/api/v1/ingestion/events",
    "/api/v1/ingestion/events/batch",
    "/api/v1/events/ingest",
    "/api/v1/events/ingest/batch",
    "/sdk/v1/projects/1/events/batch",
    "/api/events",
    "/api/projects/1/events",
];

/// Something like JSON, with the names that the doors read.
fn almost_json() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("events"),
        Just("data"),
        Just("topic"),
        Just("event_type"),
        Just("user_id"),
        Just("id"),
        Just("body"),
        Just("sdk"),
        Just("projectId"),
        Just("type"),
        Just("operation_type"),
        Just("tokens"),
        Just("start_time"),
        Just("timestamp"),
        Just("source"),
        Just("metrics"),
        Just("input"),
        Just("cost"),
        Just("kind"),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("\"\\u0000\"".to_owned()),
        Just("\"2026-11-21T10:00:00\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("\"cart_events\"".to_owned()),
        "\\PC{0,12}".prop_map(|text| format!("{text:?}")),
    ];
    leaf.prop_recursive(4, 40, 5, move |inner| {
        let object = prop::collection::vec((name.clone(), inner.clone()), 0..5).prop_map(|fields| {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("\"{name}\":{value}"))
                .collect();
            format!("{{{}}}", fields.join(","))
        });
        let array = prop::collection::vec(inner, 0..5).prop_map(|items| format!("[{}]", items.join(",")));
        prop_oneof![3 => object, 1 => array]
    })
}

#[test]
fn no_bytes_make_a_door_fail() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_app, sdk) = runtime.block_on(async {
        let app = TestApp::new().await;
        let (_, _, sdk) = app.project("shop").await;
        (app, sdk)
    });
    let bodies = prop_oneof![any::<Vec<u8>>(), almost_json().prop_map(String::into_bytes),];
    let mut runner = TestRunner::new(Config::with_cases(96));
    runner
        .run(&bodies, |body| {
            for route in ROUTES {
                let status = runtime.block_on(sdk.send(Method::POST, route, body.clone())).status;
                prop_assert!(
                    status.is_success() || status.is_client_error(),
                    "{route} answered {status} to {}",
                    String::from_utf8_lossy(&body)
                );
            }
            Ok(())
        })
        .unwrap();
}
