//! Headers that every door reads and writes.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use eventglass_engine::guard::RateState;

use super::refusal::Refusal;
use crate::http::extract::ENCODINGS;
use crate::state::AppState;

/// The longest name of an SDK, in bytes.
const SDK_BYTES: usize = 80;
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");

/// What the SDK calls itself: Langfuse's own headers, else the first product
/// of the user agent.
pub(super) fn sdk(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("");
    let name = match (text("x-langfuse-sdk-name"), text("x-langfuse-sdk-version")) {
        ("", _) => text("user-agent").split_whitespace().next().unwrap_or("").to_owned(),
        (name, version) => format!("langfuse-{name}/{version}"),
    };
    name.chars().filter(|c| c.is_ascii_graphic()).take(SDK_BYTES).collect()
}

/// What the headers of limits say.
struct Standing {
    limit: u64,
    remaining: u64,
    /// Seconds.
    reset: u64,
    /// Seconds; `None`: a calendar month.
    window: Option<u64>,
}

/// Where the sender stands, unless the answer says already which limit it has reached.
pub(super) fn add_rates(response: &mut Response, rates: Option<&RateState>, state: &AppState) {
    let Some(rates) = rates.filter(|_| !response.headers().contains_key(LIMIT)) else {
        return;
    };
    let standing = Standing {
        limit: u64::from(rates.limit),
        remaining: u64::from(rates.remaining),
        reset: rates.reset,
        window: Some(RateState::WINDOW.unsigned_abs()),
    };
    add_standing(response, &standing, state);
}

/// When it makes sense to try again; and which compressions are read, where
/// another was sent (RFC 9110, 15.5.16).
pub(super) fn add_retry_after(response: &mut Response, refusal: &Refusal) {
    if matches!(refusal, Refusal::Encoding) {
        let encodings = HeaderValue::from_static(ENCODINGS);
        response.headers_mut().insert(header::ACCEPT_ENCODING, encodings);
    }
    if let Some(seconds) = refusal.retry_after() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
}

/// Of a limit that is reached: which it is.
pub(super) fn add_reached(response: &mut Response, refusal: &Refusal, state: &AppState) {
    let (limit, window) = match refusal {
        Refusal::Limited(limited) => (u64::from(limited.limit), Some(limited.scope.window())),
        Refusal::Quota(quota) => (quota.limit, None),
        _ => return,
    };
    let standing = Standing {
        limit,
        remaining: 0,
        reset: refusal.retry_after().unwrap_or_default(),
        window,
    };
    add_standing(response, &standing, state);
}

/// `RateLimit-*` (the IETF draft's, by field) and the `X-` names that clients
/// have read for longer; in those, the reset is a moment.
fn add_standing(response: &mut Response, standing: &Standing, state: &AppState) {
    let reset_at = state.clock.now().micros().div_euclid(1_000_000).unsigned_abs() + standing.reset;
    let headers = response.headers_mut();
    for (name, value) in [
        (LIMIT, standing.limit),
        (HeaderName::from_static("ratelimit-remaining"), standing.remaining),
        (HeaderName::from_static("ratelimit-reset"), standing.reset),
        (HeaderName::from_static("x-ratelimit-limit"), standing.limit),
        (HeaderName::from_static("x-ratelimit-remaining"), standing.remaining),
        (HeaderName::from_static("x-ratelimit-reset"), reset_at),
    ] {
        headers.insert(name, HeaderValue::from(value));
    }
    let policy = standing.window.map(|window| format!("{};w={window}", standing.limit));
    if let Some(policy) = policy.and_then(|policy| HeaderValue::from_str(&policy).ok()) {
        headers.insert(HeaderName::from_static("ratelimit-policy"), policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sdks_are_named() {
        let of = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs
                .iter()
                .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
                .collect();
            sdk(&headers)
        };
        assert_eq!(
            of(&[("user-agent", "OTel-OTLP-Exporter-Python/1.38.0 extra")]),
            "OTel-OTLP-Exporter-Python/1.38.0"
        );
        assert_eq!(
            of(&[
                ("user-agent", "x"),
                ("x-langfuse-sdk-name", "python"),
                ("x-langfuse-sdk-version", "3.1")
            ]),
            "langfuse-python/3.1"
        );
        assert_eq!(of(&[]), "");
    }
}
