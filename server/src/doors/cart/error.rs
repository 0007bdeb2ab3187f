//! CartNudge's errors, which are FastAPI's.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use eventglass_model::{FieldError, Loc, loc};

use crate::doors::fastapi;
use crate::doors::gate::Refusal;

/// A whole request refused. `headers` are the request's.
pub(super) fn of(refusal: &Refusal, headers: &HeaderMap) -> Response {
    match refusal {
        // The header is a parameter there, and a parameter that is missing is 422.
        Refusal::KeyMissing => {
            fastapi::unprocessable(&[FieldError::new(loc!["header", "x-api-key"], "field required")])
        }
        Refusal::KeyWrong => {
            let key = headers.get("x-api-key").and_then(|value| value.to_str().ok());
            fastapi::detail(refusal.status(), key.map_or("Invalid API key", wrong_key))
        }
        Refusal::Invalid(errors) => fastapi::unprocessable(errors),
        _ => fastapi::detail(refusal.status(), &refusal.sentence()),
    }
}

/// The content of an event is not right: 400.
pub(super) fn content(sentence: &str) -> Response {
    fastapi::detail(StatusCode::BAD_REQUEST, sentence)
}

/// `data.user_id: must be …`; the places of the item itself are left out.
pub(super) fn sentence(errors: &[FieldError]) -> String {
    let one = |error: &FieldError| {
        let inner = error.loc.iter().rev().map_while(|step| match step {
            Loc::Key(key) if key != "body" && key != "events" => Some(name(key)),
            Loc::Key(_) | Loc::Index(_) => None,
        });
        let mut path: Vec<&str> = inner.collect();
        path.reverse();
        if path.is_empty() {
            error.msg.clone()
        } else {
            format!("{}: {}", path.join("."), error.msg)
        }
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The pipeline names fields as the canonical event does.
fn name(field: &str) -> &str {
    match field {
        "time" => "timestamp",
        "kind" => "event_type",
        other => other,
    }
}

/// What is wrong with a key that is not one of ours.
fn wrong_key(key: &str) -> &'static str {
    const FORMAT: &str = "Invalid API key format. Expected: proj_{project_id}_{secret}";
    let mut parts = key.splitn(3, '_');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("proj"), Some(id), Some(_)) if id.parse::<u64>().is_err() => "Invalid project ID in API key",
        (Some("proj"), Some(_), Some(_)) => "Invalid API key",
        _ => FORMAT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_a_key() {
        for (key, expected) in [
            ("", "Invalid API key format. Expected: proj_{project_id}_{secret}"),
            (
                "sk_live_x",
                "Invalid API key format. Expected: proj_{project_id}_{secret}",
            ),
            ("proj_1", "Invalid API key format. Expected: proj_{project_id}_{secret}"),
            ("proj__x", "Invalid project ID in API key"),
            ("proj_abc_x", "Invalid project ID in API key"),
            ("proj_1_x_y", "Invalid API key"),
        ] {
            assert_eq!(wrong_key(key), expected, "{key}");
        }
    }
}
