//! From text to events. An event stays the text that it was: it is sent as
//! written, and only looked at to see that it is an object and has an id.

use serde::Deserialize;
use serde_json::value::RawValue;

/// An event as JSON text on one line, or why there is none.
pub(super) type Parsed = Result<String, String>;

/// Just enough of an object to tell an event from an envelope.
#[derive(Deserialize)]
struct Peek<'a> {
    #[serde(borrow)]
    event_id: Option<&'a RawValue>,
    #[serde(borrow)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    events: Option<&'a RawValue>,
}

/// The events in a complete JSON value: an event, an array of them, or `{"events": [...]}`.
///
/// # Errors
/// When the text is not one complete JSON value.
pub(super) fn events_of(text: &str) -> Result<Vec<Parsed>, serde_json::Error> {
    let value: &RawValue = serde_json::from_str(text)?;
    Ok(expand(value.get()))
}

/// The events in a value that is known to be whole.
fn expand(text: &str) -> Vec<Parsed> {
    match text.bytes().next() {
        Some(b'[') => elements(text),
        Some(b'{') => match serde_json::from_str::<Peek<'_>>(text) {
            Ok(peek) if peek.event_type.is_none() && is_array(peek.events) => {
                elements(peek.events.map_or("[]", RawValue::get))
            }
            Ok(peek) => vec![Ok(with_id(text, peek.event_id.is_some()))],
            Err(error) => vec![Err(error.to_string())],
        },
        _ => vec![Err(format!("not an object: {}", head(text)))],
    }
}

fn is_array(value: Option<&RawValue>) -> bool {
    value.is_some_and(|value| value.get().starts_with('['))
}

fn elements(array: &str) -> Vec<Parsed> {
    match serde_json::from_str::<Vec<&RawValue>>(array) {
        Ok(list) => list.into_iter().map(|item| element(item.get())).collect(),
        Err(error) => vec![Err(error.to_string())],
    }
}

/// Arrays within arrays are not looked into.
fn element(text: &str) -> Parsed {
    if !text.starts_with('{') {
        return Err(format!("not an object: {}", head(text)));
    }
    let peek: Peek<'_> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Ok(with_id(text, peek.event_id.is_some()))
}

/// An event without an id gets one before it is first sent: otherwise, sent a
/// second time because the first answer was lost, it would be stored twice.
fn with_id(text: &str, has_id: bool) -> String {
    // `"event_id": null` reads as no id; it is left as the client wrote it.
    if has_id || text.contains("\"event_id\"") {
        return text.to_owned();
    }
    let rest = text.trim_start_matches('{').trim_start();
    let comma = if rest.starts_with('}') { "" } else { "," };
    format!("{{\"event_id\":\"ing_{:032x}\"{comma}{rest}", fastrand::u128(..))
}

fn head(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_sent_as_written() {
        let text = r#"{"event_id": "a",  "n": 1.000, "payload": {"events": []}}"#;
        assert_eq!(events_of(text).unwrap(), [Ok(text.to_owned())]);
        let null = r#"{"event_id":null,"event_type":"api_call"}"#;
        assert_eq!(events_of(null).unwrap(), [Ok(null.to_owned())]);
    }

    #[test]
    fn envelopes_and_arrays_are_opened() {
        let two = vec![Ok(r#"{"event_id":1}"#.to_owned()), Ok(r#"{"event_id":2}"#.to_owned())];
        assert_eq!(events_of(r#"[{"event_id":1}, {"event_id":2}]"#).unwrap(), two);
        assert_eq!(
            events_of(r#" {"batch_id":"b","events":[{"event_id":1},{"event_id":2}]} "#).unwrap(),
            two
        );
        // An event may have a field of that name.
        assert_eq!(
            events_of(r#"{"event_id":1,"event_type":"x","events":[]}"#)
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn events_without_an_id_get_one() {
        for (text, fields) in [("{}", 1), ("{ \"title\": \"x\"}", 2)] {
            let events = events_of(text).unwrap();
            let event: serde_json::Value = serde_json::from_str(events[0].as_ref().unwrap()).unwrap();
            assert_eq!(event.as_object().unwrap().len(), fields);
            assert!(event["event_id"].as_str().unwrap().starts_with("ing_"));
        }
    }

    #[test]
    fn what_is_no_event_is_named() {
        assert!(events_of("{").is_err());
        assert!(events_of("{} {}").is_err());
        assert_eq!(events_of("17").unwrap(), [Err("not an object: 17".to_owned())]);
        assert_eq!(
            events_of(r#"[{"event_id":1}, "x"]"#).unwrap()[1],
            Err("not an object: \"x\"".to_owned())
        );
    }
}
