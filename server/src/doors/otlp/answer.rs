//! Answers, in OTLP's words.
//!
//! Source: "OTLP/HTTP Response" of the OTLP specification. A client sends 429,
//! 502, 503 and 504 again, and nothing else.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use eventglass_model::{BatchOutcome, FieldError, ItemStatus, Loc};

use super::encoding::Encoding;
use super::wire::{Answer, PartialSuccess, RpcStatus, Signal};
use crate::doors::gate::Refusal;

/// How many refused items an answer names.
const NAMED: usize = 5;

/// Everything that is not refused is stored, be it for the second time.
pub(super) fn of(outcome: &BatchOutcome, encoding: Encoding, signal: Signal) -> Response {
    let partial_success = (outcome.rejected > 0).then(|| PartialSuccess {
        rejected: i64::try_from(outcome.rejected).unwrap_or(i64::MAX),
        error_message: sentence(outcome),
    });
    success(&Answer { partial_success }, encoding, signal)
}

/// 200.
pub(super) fn success(answer: &Answer, encoding: Encoding, signal: Signal) -> Response {
    encoding.answer(StatusCode::OK, answer, &answer.json(signal))
}

/// Which items were refused, and why.
fn sentence(outcome: &BatchOutcome) -> String {
    let refused = outcome.items.iter().filter(|item| item.status == ItemStatus::Rejected);
    let faults = |errors: &[FieldError]| errors.iter().map(fault).collect::<Vec<_>>().join("; ");
    let mut named: Vec<String> = refused.take(NAMED).map(|item| faults(&item.errors)).collect();
    if outcome.rejected > NAMED {
        named.push(format!("and {} more", outcome.rejected - NAMED));
    }
    format!(
        "{} of {} refused: {}",
        outcome.rejected,
        outcome.items.len(),
        named.join("; ")
    )
}

/// `resourceSpans[0].scopeSpans[0].spans[3].traceId must be ...`.
fn fault(error: &FieldError) -> String {
    let mut place = String::new();
    for step in &error.loc {
        match step {
            Loc::Index(index) => place.push_str(&format!("[{index}]")),
            Loc::Key(key) => {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(key);
            }
        }
    }
    format!("{place} {}", error.msg)
}

/// A whole request refused: `google.rpc.Status`, in the request's encoding as
/// far as it has one.
pub(super) fn refusal(refusal: &Refusal, headers: &HeaderMap) -> Response {
    let encoding = Encoding::of(headers).unwrap_or(Encoding::Json);
    // 422 is not in the specification; what it means there is 400, or 413.
    let status = match refusal {
        Refusal::TooManyEvents(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ if refusal.status() == StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
        _ => refusal.status(),
    };
    let answer = RpcStatus {
        code: rpc_code(status),
        message: refusal.sentence(),
    };
    let json = serde_json::json!({ "code": answer.code, "message": answer.message });
    encoding.answer(status, &answer, &json)
}

/// The `google.rpc.Code` of an HTTP status. Source: `google/rpc/code.proto`.
const fn rpc_code(status: StatusCode) -> i32 {
    match status {
        StatusCode::UNAUTHORIZED => 16,
        StatusCode::FORBIDDEN => 7,
        StatusCode::NOT_FOUND => 5,
        StatusCode::METHOD_NOT_ALLOWED => 12,
        StatusCode::REQUEST_TIMEOUT => 4,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::TOO_MANY_REQUESTS => 8,
        StatusCode::SERVICE_UNAVAILABLE => 14,
        StatusCode::INTERNAL_SERVER_ERROR => 13,
        _ => 3,
    }
}
