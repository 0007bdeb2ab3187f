//! What the server's answer says about each event.

use eventglass_model::{BatchOutcome, ItemOutcome, ItemStatus};
use serde::Deserialize;
use serde_json::Value;

use crate::http::Answer;

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Stored by this request.
    Stored,
    /// Stored before.
    Duplicate,
    /// Not stored.
    Refused {
        /// Status of the answer.
        status: u16,
        /// In the server's words.
        reason: String,
    },
}

/// One event's part of an answer: that to a single event, or one of `results`.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Item {
    success: bool,
    processing_status: Option<String>,
    message: Option<String>,
    error: Option<Value>,
    errors: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct BatchAnswer {
    results: Vec<Item>,
    successful_count: Option<usize>,
    /// The same, as the older server spells it; some answers have both.
    successful_events: Option<usize>,
}

impl Item {
    /// The older server says of a duplicate only in words that it "already exists".
    fn is_duplicate(&self) -> bool {
        let says = |text: &Option<String>, word| text.as_deref().is_some_and(|text| text.to_lowercase().contains(word));
        says(&self.processing_status, "duplicate")
            || says(&self.message, "duplicate")
            || says(&self.message, "already exists")
    }

    fn fate(&self, status: u16) -> Fate {
        if self.is_duplicate() {
            return Fate::Duplicate;
        }
        if self.success {
            return Fate::Stored;
        }
        let said = [&self.errors, &self.error]
            .into_iter()
            .flatten()
            .map(in_words)
            .find(|text| !text.is_empty());
        let reason = said
            .or_else(|| self.message.clone())
            .unwrap_or_else(|| "no reason given".to_owned());
        Fate::Refused { status, reason }
    }
}

/// The fates of `count` events that were sent as one batch.
pub(super) fn fates_of_batch(answer: &Answer, count: usize) -> Vec<Fate> {
    if !answer.is_success() {
        return vec![refusal(answer); count];
    }
    let Ok(batch) = serde_json::from_slice::<BatchAnswer>(&answer.body) else {
        return vec![not_understood(answer); count];
    };
    if batch.results.len() == count {
        return batch.results.iter().map(|item| item.fate(answer.status)).collect();
    }
    match batch.successful_count.or(batch.successful_events) {
        Some(stored) if batch.results.is_empty() && stored <= count => {
            let mut fates = vec![Fate::Stored; stored];
            fates.resize(count, not_understood(answer));
            fates
        }
        _ => vec![not_understood(answer); count],
    }
}

/// The fates of `count` events that were sent to the product's own door.
pub(super) fn fates_of_native(answer: &Answer, count: usize) -> Vec<Fate> {
    let Ok(outcome) = serde_json::from_slice::<BatchOutcome>(&answer.body) else {
        return vec![refusal(answer); count];
    };
    if outcome.items.len() != count {
        return vec![not_understood(answer); count];
    }
    let fate = |item: &ItemOutcome| match item.status {
        ItemStatus::Accepted => Fate::Stored,
        ItemStatus::Duplicate | ItemStatus::Conflict => Fate::Duplicate,
        ItemStatus::Rejected => {
            let first = item.errors.first().map(|error| error.msg.clone());
            Fate::Refused {
                status: answer.status,
                reason: first.unwrap_or_else(|| "no reason given".to_owned()),
            }
        }
    };
    outcome.items.iter().map(fate).collect()
}

/// The fate of an event that was sent alone.
pub(super) fn fate_of_single(answer: &Answer) -> Fate {
    match answer.status {
        409 => Fate::Duplicate,
        _ if !answer.is_success() => refusal(answer),
        status => serde_json::from_slice::<Item>(&answer.body)
            .map_or_else(|_| not_understood(answer), |item| item.fate(status)),
    }
}

fn refusal(answer: &Answer) -> Fate {
    Fate::Refused {
        status: answer.status,
        reason: reason(answer),
    }
}

fn not_understood(answer: &Answer) -> Fate {
    Fate::Refused {
        status: answer.status,
        reason: "the answer does not say what became of the event".to_owned(),
    }
}

/// Why a whole request was refused, in one line.
pub(crate) fn reason(answer: &Answer) -> String {
    let said = serde_json::from_slice::<Value>(&answer.body)
        .map(|body| in_words(&body))
        .unwrap_or_default();
    if said.is_empty() {
        let text = String::from_utf8_lossy(&answer.body);
        let line = text.lines().next().unwrap_or_default();
        return line.chars().take(200).collect();
    }
    said
}

/// The words in the error formats that are about: a text, a list of them,
/// `{loc, msg}`, and objects that hold one of those.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let words: Vec<_> = list
                .iter()
                .take(5)
                .map(in_words)
                .filter(|text| !text.is_empty())
                .collect();
            words.join("; ")
        }
        Value::Object(fields) => {
            if let Some(msg) = fields.get("msg").and_then(Value::as_str) {
                return format!("{}{msg}", place(fields.get("loc")));
            }
            let of = |key: &str| fields.get(key).map(in_words).filter(|text| !text.is_empty());
            ["errors", "detail", "message", "error", "title"]
                .into_iter()
                .find_map(of)
                .unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// `["body", "events", 5, "event_type"]` as `event_type: `: the place in the
/// batch is left out, so that equal faults are counted together.
fn place(loc: Option<&Value>) -> String {
    let steps = loc.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let names: Vec<_> = steps
        .iter()
        .filter_map(Value::as_str)
        .filter(|name| !matches!(*name, "body" | "events"))
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("{}: ", names.join("."))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &Value) -> Answer {
        Answer {
            status,
            headers: http::HeaderMap::new(),
            body: body.to_string().into(),
        }
    }

    fn refused(status: u16, reason: &str) -> Fate {
        Fate::Refused {
            status,
            reason: reason.to_owned(),
        }
    }

    #[test]
    fn a_batch_answer_tells_each_fate() {
        let answer = answer(
            200,
            &json!({"successful_count": 2, "failed_count": 1, "results": [
                {"success": true, "event_id": "a", "processing_status": "queued", "message": "Event ingested successfully"},
                {"success": true, "event_id": "b", "message": "Event already exists (idempotent)"},
                {"success": false, "event_id": "unknown", "errors": [{"loc": ["body", "events", 2, "event_type"], "msg": "Field required"}]},
            ]}),
        );
        let fates = fates_of_batch(&answer, 3);
        assert_eq!(
            fates,
            [
                Fate::Stored,
                Fate::Duplicate,
                refused(200, "event_type: Field required")
            ]
        );
        assert!(
            fates_of_batch(&answer, 4)
                .iter()
                .all(|fate| matches!(fate, Fate::Refused { .. }))
        );
    }

    #[test]
    fn counts_alone_will_do() {
        let answer = answer(200, &json!({"successful_events": 1, "failed_events": 1}));
        assert_eq!(fates_of_batch(&answer, 2)[0], Fate::Stored);
        assert!(matches!(
            fates_of_batch(&answer, 2)[1],
            Fate::Refused { status: 200, .. }
        ));
    }

    #[test]
    fn reasons_in_every_dialect() {
        for (body, reason) in [
            (
                json!({"detail": [{"type": "missing", "loc": ["body", "title"], "msg": "Field required"}]}),
                "title: Field required",
            ),
            (
                json!({"error": "HTTP_ERROR", "message": "Invalid API key", "status_code": 401}),
                "Invalid API key",
            ),
            (
                json!({"error": "HTTP_ERROR", "message": {"message": "failed", "errors": ["in the future"]}}),
                "in the future",
            ),
            (
                json!({"type": "about:blank", "title": "Too large", "detail": "at most 10 MB", "errors": []}),
                "at most 10 MB",
            ),
        ] {
            assert_eq!(fate_of_single(&answer(400, &body)), refused(400, reason));
        }
        let plain = Answer {
            body: "upstream broke\nmore".into(),
            ..answer(500, &json!(null))
        };
        assert_eq!(fate_of_single(&plain), refused(500, "upstream broke"));
    }

    #[test]
    fn a_single_answer() {
        assert_eq!(
            fate_of_single(&answer(
                200,
                &json!({"success": true, "message": "Event ingested successfully"})
            )),
            Fate::Stored
        );
        assert_eq!(fate_of_single(&answer(409, &json!({}))), Fate::Duplicate);
        assert!(matches!(fate_of_single(&answer(200, &json!([]))), Fate::Refused { .. }));
    }
}
