//! The forms a batch may come in.

use eventglass_model::{FieldError, Loc, loc};

use crate::doors::fields::Fields;
use crate::doors::gate::Refusal;
use crate::doors::items::{self, Unsplit, items};

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
/// 400 when it is none of these, 422 when there are more than `most`.
pub(super) fn split(text: &str, most: usize) -> Result<Vec<Item<'_>>, Refusal> {
    let text = text.trim();
    match text.as_bytes().first() {
        None => Err(bad("the body is empty; expected events")),
        Some(b'[') => array(text, loc!["body"], most),
        Some(b'{') => match serde_json::from_str::<&serde_json::value::RawValue>(text) {
            Ok(_) => whole_object(text, most),
            // One object and more after it.
            Err(_) if text.contains('\n') => lines(text, most),
            Err(error) => Err(bad(&format!("the body is not JSON: {error}"))),
        },
        Some(_) => Err(bad(
            "expected an array of events, {\"events\": [...]}, or one event a line",
        )),
    }
}

/// The first item of a batch, however many there are.
pub(super) fn first(text: &str) -> Option<&str> {
    let text = text.trim();
    let listed = match text.as_bytes().first()? {
        b'[' => items::first(text),
        _ => match Fields::open(text, Vec::new()).ok()?.raw("events") {
            Some(events) => items::first(events.get()),
            None => return text.lines().next(),
        },
    };
    listed.map(serde_json::value::RawValue::get)
}

fn whole_object(text: &str, most: usize) -> Result<Vec<Item<'_>>, Refusal> {
    let mut fields = Fields::open(text, loc!["body"]).map_err(|e| Refusal::Invalid(vec![e]))?;
    match fields.raw("events") {
        Some(events) => array(events.get(), loc!["body", "events"], most),
        // A file of one line is NDJSON too.
        None => lines(text, most),
    }
}

fn array<'a>(json: &'a str, place: Vec<Loc>, most: usize) -> Result<Vec<Item<'a>>, Refusal> {
    let values = items(json, most).map_err(|why| match why {
        Unsplit::TooMany => Refusal::too_many(most),
        Unsplit::NoList(error) if error.is_data() => {
            Refusal::Invalid(vec![FieldError::new(place.clone(), "must be an array of events")])
        }
        Unsplit::NoList(error) => bad(&format!("the body is not JSON: {error}")),
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

fn lines(text: &str, most: usize) -> Result<Vec<Item<'_>>, Refusal> {
    let mut items = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if items.len() == most {
            return Err(Refusal::too_many(most));
        }
        let place = loc!["body", items.len()];
        let json = match serde_json::from_str::<&serde_json::value::RawValue>(line) {
            Ok(value) => Ok(value.get()),
            Err(error) => Err(FieldError::new(place.clone(), format!("is not JSON: {error}"))),
        };
        items.push(Item { place, json });
    }
    Ok(items)
}

fn bad(detail: &str) -> Refusal {
    Refusal::Malformed(detail.to_owned())
}
