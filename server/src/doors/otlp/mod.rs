//! The OTLP/HTTP door: spans and log records of any OpenTelemetry SDK, and of
//! the many that are built on one. Metrics are counted and refused.
//!
//! Source: the OTLP specification 1.8 (`/v1/traces`, `/v1/logs`,
//! `/v1/metrics`), here also below `/otlp` and, for Langfuse's SDKs,
//! `/api/public/otel`. What becomes of attributes is told in `docs/otlp.md`.

mod answer;
mod encoding;
mod hint;
mod map;
mod read;
mod replay;
mod shape;
mod wire;

#[cfg(test)]
mod tests;

use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use eventglass_model::Door;
use utoipa_axum::routes;

use self::encoding::Encoding;
use self::shape::{ExportLogs, ExportMetrics, ExportTraces, Exported, Status};
use self::wire::{Answer, Bounds, PartialSuccess, Signal};
use crate::doors::gate::{Dialect, Inbound, LARGE, Refusal, framed, receive};
use crate::http::openapi::ApiRouter;
use crate::http::openapi::describe::{Speech, also, door};
use crate::state::AppState;

pub(in crate::doors) use self::replay::reread;

/// Where exporters are pointed to besides the root, and how the document calls that.
const PREFIXES: &[(&str, &str)] = &[("/otlp", "below_otlp"), ("/api/public/otel", "of_langfuse")];

pub(super) fn routes() -> ApiRouter {
    let mut all = ApiRouter::default()
        .routes(routes!(traces))
        .routes(routes!(logs))
        .routes(routes!(metrics));
    for (prefix, ending) in PREFIXES {
        for (path, route) in [
            ("/v1/traces", post(traces)),
            ("/v1/logs", post(logs)),
            ("/v1/metrics", post(metrics)),
        ] {
            all = also(all, path, &format!("{prefix}{path}"), ending, route);
        }
    }
    all = also(all, "/v1/traces", "/api/public/otel", "at_otel", post(traces));
    let speech = Speech {
        tag: "OpenTelemetry",
        media: &["application/json", "application/x-protobuf"],
        refusals: &[],
        sessions: false,
    };
    framed::<Otlp>(door::<Status>(&speech, all))
}

struct Otlp;

impl Dialect for Otlp {
    const DOOR: Door = Door::Otlp;

    fn refuse(refusal: &Refusal, headers: &HeaderMap) -> Response {
        answer::refusal(refusal, headers)
    }
}

/// Exports spans.
#[utoipa::path(
    post,
    path = "/v1/traces",
    operation_id = "otlp_export_traces",
    request_body(content((ExportTraces = "application/json"), (Vec<u8> = "application/x-protobuf"))),
    responses((
        status = 200,
        description = "What is not named as refused is on disk",
        content((Exported = "application/json"), (Vec<u8> = "application/x-protobuf"))
    ))
)]
async fn traces(State(state): State<AppState>, request: Request) -> Response {
    receive::<Otlp, _, _>(state, request, |inbound| store(inbound, Signal::Traces)).await
}

/// Exports log records.
#[utoipa::path(
    post,
    path = "/v1/logs",
    operation_id = "otlp_export_logs",
    request_body(content((ExportLogs = "application/json"), (Vec<u8> = "application/x-protobuf"))),
    responses((
        status = 200,
        description = "What is not named as refused is on disk",
        content((Exported = "application/json"), (Vec<u8> = "application/x-protobuf"))
    ))
)]
async fn logs(State(state): State<AppState>, request: Request) -> Response {
    receive::<Otlp, _, _>(state, request, |inbound| store(inbound, Signal::Logs)).await
}

/// Takes metrics and refuses each data point: they are not stored.
#[utoipa::path(
    post,
    path = "/v1/metrics",
    operation_id = "otlp_export_metrics",
    request_body(content((ExportMetrics = "application/json"), (Vec<u8> = "application/x-protobuf"))),
    responses((
        status = 200,
        description = "What is not named as refused is on disk",
        content((Exported = "application/json"), (Vec<u8> = "application/x-protobuf"))
    ))
)]
async fn metrics(State(state): State<AppState>, request: Request) -> Response {
    receive::<Otlp, _, _>(state, request, count).await
}

async fn store(inbound: Inbound, signal: Signal) -> Result<Response, Refusal> {
    let started = Instant::now();
    let encoding = Encoding::of(&inbound.headers)?;
    let most = inbound.most_events();
    if inbound.body.len() > LARGE {
        let bounds = Bounds {
            items: most,
            bytes: inbound.most_bytes(),
        };
        read::survey(&inbound.body, encoding, signal, bounds)?;
    }
    let request = read::open(inbound.body.clone(), encoding, signal)?;
    // Of what is not large, so much could be made without asking.
    if read::count(&request) > most {
        return Err(Refusal::too_many(most));
    }
    let mut events = read::events(&request, encoding, signal, inbound.now);
    if let Some(project) = hint::project(&inbound.headers) {
        events
            .iter_mut()
            .flatten()
            .for_each(|event| hint::name(event, &project));
    }
    metrics::histogram!("eventglass_stage_seconds", "stage" => "parse").record(started.elapsed().as_secs_f64());
    let places = read::places(&request);
    let payload = |n| replay::alone(&request, encoding, signal, *places.get(n)?);
    let outcome = inbound.submit(events, payload).await?;
    Ok(answer::of(&outcome, encoding, signal))
}

async fn count(inbound: Inbound) -> Result<Response, Refusal> {
    let encoding = Encoding::of(&inbound.headers)?;
    let points = read::data_points(&inbound.body, encoding)?;
    let partial_success = (points > 0).then(|| PartialSuccess {
        rejected: i64::try_from(points).unwrap_or(i64::MAX),
        error_message: "metrics are not stored by this server; send traces and logs".to_owned(),
    });
    Ok(answer::success(&Answer { partial_success }, encoding, Signal::Metrics))
}
