//! Headers that every door reads and writes.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use eventglass_engine::guard::RateState;

use super::refusal::Refusal;
use crate::state::AppState;

/// The longest name of an SDK, in bytes.
const SDK_BYTES: usize = 80;

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

/// `RateLimit-*` (the IETF draft's, by field) and the `X-` names that clients
/// have read for longer; in those, the reset is a moment.
pub(super) fn add_rates(response: &mut Response, rates: Option<&RateState>, state: &AppState) {
    let Some(rates) = rates else { return };
    let reset_at = state.clock.now().micros().div_euclid(1_000_000).unsigned_abs() + rates.reset;
    let headers = response.headers_mut();
    for (name, value) in [
        ("ratelimit-limit", u64::from(rates.limit)),
        ("ratelimit-remaining", u64::from(rates.remaining)),
        ("ratelimit-reset", rates.reset),
        ("x-ratelimit-limit", u64::from(rates.limit)),
        ("x-ratelimit-remaining", u64::from(rates.remaining)),
        ("x-ratelimit-reset", reset_at),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&format!("{};w={}", rates.limit, RateState::WINDOW)) {
        headers.insert(HeaderName::from_static("ratelimit-policy"), policy);
    }
}

/// `Retry-After`, and where the limit of rates is reached its headers.
pub(super) fn add_retry_after(response: &mut Response, refusal: &Refusal) {
    let Some(seconds) = refusal.retry_after() else { return };
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    if let Refusal::Limited(limited) = refusal {
        for (name, value) in [
            ("ratelimit-limit", u64::from(limited.limit)),
            ("ratelimit-remaining", 0),
            ("ratelimit-reset", limited.retry_after),
            ("x-ratelimit-limit", u64::from(limited.limit)),
            ("x-ratelimit-remaining", 0),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
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
