//! Bytes of any kind, sent to every door: whatever they are, the answer is one
//! of a refusal or a success, and never a failure.

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
    "/api/public/ingestion",
    "/api/public/scores",
    "/v1/traces",
    "/v1/logs",
    "/v1/metrics",
];
/// What a body says it is.
const TYPES: &[&str] = &["application/json", "application/x-protobuf"];

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
        Just("project_id"),
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
        Just("batch"),
        Just("traceId"),
        Just("level"),
        Just("value"),
        Just("usageDetails"),
        Just("resourceSpans"),
        Just("scopeSpans"),
        Just("spans"),
        Just("attributes"),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("1e999".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("\"\\u0000\"".to_owned()),
        Just("\"2026-11-21T10:00:00\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("\"cart_events\"".to_owned()),
        Just("\"generation-create\"".to_owned()),
        Just("\"score-create\"".to_owned()),
        Just("\"0af7651916cd43dd8448eb211c80319c\"".to_owned()),
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

/// How a body is compressed.
#[derive(Clone, Copy, Debug)]
enum Packing {
    Gzip,
    Deflate,
    Zstd,
}

impl Packing {
    const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Zstd => "zstd",
        }
    }

    fn pack(self, body: &[u8]) -> Vec<u8> {
        use std::io::Write as _;

        match self {
            Self::Gzip => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                out.write_all(body).unwrap();
                out.finish().unwrap()
            }
            Self::Deflate => {
                let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
                out.write_all(body).unwrap();
                out.finish().unwrap()
            }
            Self::Zstd => zstd::encode_all(body, 1).unwrap(),
        }
    }
}

/// What happens to a compressed body on its way.
#[derive(Clone, Debug)]
enum Damage {
    /// Nothing.
    None,
    /// Only so many thousandths of it come.
    Cut(usize),
    /// More comes behind it.
    Tail(Vec<u8>),
    /// One byte, at so many thousandths of it, is another one.
    Flip(usize, u8),
    /// It is compressed twice.
    Twice,
    /// It is no such thing at all.
    Plain,
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            Just(Self::None),
            (0..1_000_usize).prop_map(Self::Cut),
            prop::collection::vec(any::<u8>(), 1..40).prop_map(Self::Tail),
            ((0..1_000_usize), 1..=255_u8).prop_map(|(at, with)| Self::Flip(at, with)),
            Just(Self::Twice),
            Just(Self::Plain),
        ]
    }

    fn of(&self, packing: Packing, body: &[u8]) -> Vec<u8> {
        let mut packed = packing.pack(body);
        let at = |thousandths: &usize| packed.len() * thousandths / 1_000;
        match self {
            Self::None => {}
            Self::Cut(thousandths) => packed.truncate(at(thousandths)),
            Self::Tail(tail) => packed.extend_from_slice(tail),
            Self::Flip(thousandths, with) => {
                let at = at(thousandths);
                packed[at] ^= with;
            }
            Self::Twice => packed = packing.pack(&packed),
            Self::Plain => packed = body.to_vec(),
        }
        packed
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

#[test]
fn no_compressed_bytes_make_a_door_fail() {
    const LIMIT: usize = 100_000;
    let runtime = runtime();
    let (_app, sdk) = runtime.block_on(async {
        let app = TestApp::with(&[("body_limit_bytes", "100000")]).await;
        let (_, _, sdk) = app.project("shop").await;
        (app, sdk)
    });
    let bodies = prop_oneof![any::<Vec<u8>>(), almost_json().prop_map(String::into_bytes)];
    let packings = prop_oneof![Just(Packing::Gzip), Just(Packing::Deflate), Just(Packing::Zstd)];
    // Now and then so much space before it that it is too large.
    let room = prop_oneof![3 => Just(0), 1 => LIMIT + 1..4 * LIMIT];
    let mut runner = TestRunner::new(Config::with_cases(100));
    runner
        .run(
            &(bodies, packings, Damage::any(), room),
            |(body, packing, damage, room)| {
                let body = [vec![b' '; room], body].concat();
                let sent = damage.of(packing, &body);
                let sdk = sdk.with("content-encoding", packing.name());
                for (n, route) in ROUTES.iter().enumerate() {
                    let sdk = sdk.with("content-type", TYPES[n % TYPES.len()]);
                    let status = runtime.block_on(sdk.send(Method::POST, route, sent.clone())).status;
                    prop_assert!(
                        status.is_success() || status.is_client_error(),
                        "{route} answered {status} to {damage:?} of {packing:?}, {} bytes",
                        sent.len()
                    );
                    if room > 0 && matches!(damage, Damage::None) {
                        prop_assert_eq!(status.as_u16(), 413, "{} of {:?}", route, packing);
                    }
                }
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn no_bytes_make_a_door_fail() {
    let runtime = runtime();
    let (_app, sdk) = runtime.block_on(async {
        let app = TestApp::new().await;
        let (_, _, sdk) = app.project("shop").await;
        (app, sdk)
    });
    let bodies = prop_oneof![any::<Vec<u8>>(), almost_json().prop_map(String::into_bytes),];
    let mut runner = TestRunner::new(Config::with_cases(200));
    runner
        .run(&bodies, |body| {
            for (route, content_type) in ROUTES
                .iter()
                .flat_map(|route| TYPES.iter().map(move |kind| (route, kind)))
            {
                let sdk = sdk.with("content-type", content_type);
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
