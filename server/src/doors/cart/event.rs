//! From CartNudge's event to the canonical one. Source: contract 3.1 and 3.2.

use eventglass_engine::ingest::{NewEvent, Refused};
use eventglass_model::{FieldError, Loc, Severity, Status, Timestamp};

use super::topics;
use crate::doors::fields::{Fields, text_of};
use crate::doors::gate::Reading;

/// Characters of the user and of the type in an id that we make.
const ID_PART: usize = 60;
/// Characters of what is taken over from `data` because it is there; longer
/// texts stay in the attributes alone.
const TAKEN_OVER: usize = 200;

/// An event as it was read, with what its answer repeats.
pub(super) struct Item {
    /// As it was sent.
    pub(super) event_type: Option<String>,
    /// As it was sent.
    pub(super) topic: Option<String>,
    /// The event, or its faults.
    pub(super) event: Result<NewEvent, Refused>,
    /// That system's sentence for a fault of the content; `None` for a fault
    /// of the shape, or no fault.
    pub(super) content: Option<String>,
}

/// Reads `{"topic", "event_type", "data": {"user_id", …}}`. `data` stays whole
/// in the attributes, beside fields that we do not know.
///
/// The id is `data.event_id` where there is one. That system's own,
/// `{project}:{user}:{event_type}:{epoch}`, is the same for two events of a
/// second, so that one of ours has 32 more digits, at random.
pub(super) fn read(json: &str, place: Vec<Loc>, project_id: i64, reading: Reading) -> Item {
    let mut fields = match Fields::open(json, place) {
        Ok(fields) => fields,
        Err(error) => return Item::refused(error),
    };
    let topic = required(&mut fields, "topic");
    let event_type = required(&mut fields, "event_type");
    let data = fields.object("data");
    if data.is_none() && fields.peek("data").is_none() {
        fields.fault("data", "field required");
    }
    let time = fields.peek("timestamp").and_then(moment);
    let mut item = Item {
        event_type: event_type.clone(),
        topic: topic.clone(),
        event: Err(Refused {
            event_id: None,
            errors: Vec::new(),
        }),
        content: None,
    };
    let (Some(topic), Some(event_type), Some(data)) = (topic, event_type, data) else {
        item.event = Err(Refused {
            event_id: None,
            errors: fields.errors,
        });
        return item;
    };
    let event_id = text(&data, "event_id");
    let user_id = text(&data, "user_id");
    if let Err(sentence) = topics::check(&topic) {
        fields.fault("topic", &sentence);
        item.content = Some(sentence);
    } else if user_id.is_none() {
        let sentence = "Missing required field 'user_id' in data";
        fields.fault("data", sentence);
        item.content = Some(sentence.to_owned());
    }
    let time = data.peek("timestamp").and_then(moment).or(time).unwrap_or(reading.now);
    let user_id = user_id.unwrap_or_default();
    let id = event_id
        .clone()
        .unwrap_or_else(|| make_id(project_id, &user_id, &event_type, time, reading));
    let mut event = NewEvent::new(id, time, event_type);
    event.topic = Some(topic);
    event.user_id = Some(user_id);
    take_over(&mut event, &data);
    event.attributes = attributes(&mut fields);
    item.event = fields.finish(event, event_id);
    item
}

impl Item {
    fn refused(error: FieldError) -> Self {
        Self {
            event_type: None,
            topic: None,
            event: Err(Refused {
                event_id: None,
                errors: vec![error],
            }),
            content: None,
        }
    }
}

fn required(fields: &mut Fields<'_>, name: &'static str) -> Option<String> {
    if fields.peek(name).is_none() {
        fields.fault(name, "field required");
    }
    fields.text(&[name])
}

/// A text of `data` that says something.
fn text(data: &Fields<'_>, name: &str) -> Option<String> {
    data.peek(name).and_then(text_of).filter(|text| !text.is_empty())
}

/// A timestamp, or a number since the epoch. `data` is free-form: one that is
/// neither is kept, not refused.
fn moment(value: &serde_json::value::RawValue) -> Option<Timestamp> {
    let text = text_of(value)?;
    let number = text.parse().ok().and_then(Timestamp::from_epoch_number);
    number.or_else(|| Timestamp::parse(&text).ok())
}

fn make_id(project_id: i64, user_id: &str, event_type: &str, time: Timestamp, reading: Reading) -> String {
    let part = |text: &str| text.chars().take(ID_PART).collect::<String>();
    let seconds = time.micros().div_euclid(1_000_000);
    let tail = reading.new_id().replace('-', "");
    format!("{project_id}:{}:{}:{seconds}:{tail}", part(user_id), part(event_type))
}

/// Fills what the canonical event has a field for from what shops usually say.
fn take_over(event: &mut NewEvent, data: &Fields<'_>) {
    let first = |names: &[&str]| {
        let found = names.iter().find_map(|name| text(data, name));
        found.filter(|text| text.chars().count() <= TAKEN_OVER)
    };
    event.name = first(&[
        "product_name",
        "page_title",
        "search_query",
        "order_id",
        "name",
        "title",
    ]);
    event.message = first(&["message"]);
    event.session_id = first(&["session_id"]);
    event.request_id = first(&["request_id"]);
    event.endpoint = first(&["page_url"]);
    event.device = first(&["device_type", "device"]).filter(|text| text.chars().count() <= 100);
    event.city = first(&["city"]);
    event.country = first(&["country"]).filter(|text| text.chars().count() <= 100);
    event.region = first(&["region"]).filter(|text| text.chars().count() <= 100);
    if let Some(severity) = text(data, "severity").and_then(|word| Severity::parse(&word).ok()) {
        event.severity = severity;
    }
    if event.severity >= Severity::Error {
        event.status = Status::Error;
    }
}

/// What stands beside `data`, and `data`, which counts where both have a name.
fn attributes(fields: &mut Fields<'_>) -> Option<String> {
    let data = fields.raw("data")?.get();
    Some(match fields.rest() {
        None => data.to_owned(),
        Some(rest) => {
            let beside = rest.strip_suffix('}').unwrap_or(&rest);
            format!("{beside},{}", data.strip_prefix('{').unwrap_or(data))
        }
    })
}

#[cfg(test)]
mod tests {
    use eventglass_model::loc;
    use proptest::prelude::*;

    use super::*;

    fn item(json: &str) -> Item {
        read(
            json,
            loc!["body"],
            7,
            Reading::alone(Timestamp::from_micros(1_795_262_400_500_000)),
        )
    }

    #[test]
    fn two_events_of_a_second_have_two_ids() {
        let json = r#"{"topic":"cart_events","event_type":"cart.add","data":{"user_id":"u1"}}"#;
        let ids: Vec<String> = (0..2).map(|_| item(json).event.unwrap().event_id).collect();
        assert!(
            ids.iter().all(|id| id.starts_with("7:u1:cart.add:1795262400:")),
            "{ids:?}"
        );
        assert_ne!(ids[0], ids[1]);
        let long = format!(
            r#"{{"topic":"cart_events","event_type":"{0}","data":{{"user_id":"{0}"}}}}"#,
            "ü".repeat(100)
        );
        assert!(item(&long).event.unwrap().event_id.chars().count() <= 200);
    }

    #[test]
    fn data_is_kept_as_it_was_written() {
        let kept = |json: &str| item(json).event.unwrap().attributes.unwrap();
        assert_eq!(
            kept(r#"{"topic":"cart_events","event_type":"a","data":{"user_id":"u", "price" : 1.50}}"#),
            r#"{"user_id":"u", "price" : 1.50}"#
        );
        assert_eq!(
            kept(r#"{"topic":"cart_events","event_type":"a","version":"1.0","data":{"user_id":"u"}}"#),
            r#"{"version":"1.0","user_id":"u"}"#
        );
    }

    #[test]
    fn the_clients_time_counts_where_it_is_one() {
        let time = |data: &str| {
            let json = format!(r#"{{"topic":"cart_events","event_type":"a","data":{{"user_id":"u"{data}}}}}"#);
            item(&json).event.unwrap().time.to_string()
        };
        let now = "2026-11-21T12:00:00.500000Z";
        assert_eq!(time(""), now);
        assert_eq!(
            time(r#","timestamp":"2025-01-01T12:00:00Z""#),
            "2025-01-01T12:00:00.000000Z"
        );
        assert_eq!(time(r#","timestamp":1763726400"#), "2025-11-21T12:00:00.000000Z");
        assert_eq!(time(r#","timestamp":"soon""#), now);
        assert_eq!(time(r#","timestamp":{}"#), now);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,60}", noise in any::<Vec<u8>>()) {
            let noise = String::from_utf8_lossy(&noise).into_owned();
            let quoted = serde_json::to_string(&noise).unwrap();
            let inner = format!(r#"{{"topic":"user_events","event_type":{quoted},"data":{{"user_id":{quoted},"timestamp":{quoted}}}}}"#);
            let odd = format!(r#"{{"topic":{text},"event_type":[],"data":{text}}}"#);
            for json in [text.as_str(), noise.as_str(), inner.as_str(), odd.as_str()] {
                let item = item(json);
                if let Ok(event) = &item.event {
                    let kept = event.attributes.as_deref().unwrap_or("{}");
                    prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(kept).is_ok());
                }
            }
        }
    }
}
