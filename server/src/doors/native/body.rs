//! The forms a batch may come in.

use eventglass_model::{FieldError, Loc, loc};

use crate::doors::fields::{Fields, items};
use crate::doors::gate::Refusal;

/// One item of a batch: where it stands and its text, or why it has none.
pub(super) struct Item<'a> {
    pub(super) place: Vec<Loc>,
    pub(super) json: Result<&'a str, FieldError>,
}

/// Splits a body: a JSON array, `{"events": [...]}`, or one object a line
/// (NDJSON). Of NDJSON, a line that is no JSON is one bad item; of an array,
/// it makes the whole no JSON.
///
/// # Errors
/// 400 when it is none of these.
pub(super) fn split(text: &str) -> Result<Vec<Item<'_>>, Refusal> {
    let text = text.trim();
    match text.as_bytes().first() {
        None => Err(bad("the body is empty; expected events")),
        Some(b'[') => array(text, loc!["body"]),
        Some(b'{') => match serde_json::from_str::<&serde_json::value::RawValue>(text) {
            Ok(_) => whole_object(text),
            // One object and more after it.
            Err(_) if text.contains('\n') => Ok(lines(text)),
            Err(error) => Err(bad(&format!("the body is not JSON: {error}"))),
        },
        Some(_) => Err(bad(
            "expected an array of events, {\"events\": [...]}, or one event a line",
        )),
    }
}

fn whole_object(text: &str) -> Result<Vec<Item<'_>>, Refusal> {
    let mut fields = Fields::open(text, loc!["body"]).map_err(|e| Refusal::Invalid(vec![e]))?;
    match fields.raw("events") {
        Some(events) => array(events.get(), loc!["body", "events"]),
        // A file of one line is NDJSON too.
        None => Ok(lines(text)),
    }
}

fn array<'a>(json: &'a str, place: Vec<Loc>) -> Result<Vec<Item<'a>>, Refusal> {
    let values = items(json).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => {
            Refusal::Invalid(vec![FieldError::new(place.clone(), "must be an array of events")])
        }
        serde_json::error::Category::Io | serde_json::error::Category::Syntax | serde_json::error::Category::Eof => {
            bad(&format!("the body is not JSON: {error}"))
        }
    })?;
    let item = |(n, value): (usize, &'a serde_json::value::RawValue)| {
        let mut place = place.clone();
        place.push(n.into());
        Item {
            place,
            json: Ok(value.get()),
        }
    };
    Ok(values.into_iter().enumerate().map(item).collect())
}

fn lines(text: &str) -> Vec<Item<'_>> {
    let item = |(n, line)| {
        let place = loc!["body", n];
        let json = match serde_json::from_str::<&serde_json::value::RawValue>(line) {
            Ok(value) => Ok(value.get()),
            Err(error) => Err(FieldError::new(place.clone(), format!("is not JSON: {error}"))),
        };
        Item { place, json }
    };
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(item)
        .collect()
}

fn bad(detail: &str) -> Refusal {
    Refusal::Malformed(detail.to_owned())
}
