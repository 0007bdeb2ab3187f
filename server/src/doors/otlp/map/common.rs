//! What spans and log records have in common.

use eventglass_engine::ingest::NewEvent;
use eventglass_model::{FieldError, Loc, Timestamp};

use super::fields::Field;
use super::place;
use super::slots::Slots;
use super::text::clip;

/// The longest a field may be, in characters; see `NewEvent::check`.
const SHORT: usize = 200;
const LONG: usize = 2_000;
/// The longest name of an event, in characters.
pub const NAME: usize = 1_000;
/// The longest message, in characters, unless a setting says otherwise.
pub const MESSAGE: usize = 100_000;

/// Fills the fields that an attribute alone decides.
pub fn fill(event: &mut NewEvent, slots: &Slots<'_>) {
    let text = |field, most| slots.text(field).map(|text| clip(&text, most));
    event.service = text(Field::Service, SHORT);
    event.version = text(Field::Version, SHORT);
    event.environment = text(Field::Environment, SHORT);
    event.user_id = text(Field::UserId, SHORT);
    event.session_id = text(Field::SessionId, SHORT);
    event.request_id = text(Field::RequestId, SHORT);
    event.provider = text(Field::Provider, SHORT);
    event.model = text(Field::Model, SHORT).or_else(|| asked_model(slots));
    event.topic = text(Field::Topic, SHORT);
    event.country = text(Field::Country, 100);
    event.city = text(Field::City, SHORT);
    event.region = text(Field::Region, 100);
    event.device = text(Field::Device, 100);
    event.method = text(Field::Method, 50);
    event.endpoint = place::endpoint(slots).map(|endpoint| clip(&endpoint, LONG));
    event.status_code = slots.int(Field::StatusCode);
}

/// The model that a call was made with.
fn asked_model(slots: &Slots<'_>) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Parameters<'a> {
        #[serde(borrow)]
        model: std::borrow::Cow<'a, str>,
    }
    let json = slots.text(Field::Parameters)?;
    let parameters: Parameters<'_> = serde_json::from_str(&json).ok()?;
    (!parameters.model.is_empty()).then(|| clip(&parameters.model, SHORT))
}

/// Nanoseconds since the epoch as a moment; 0 is none.
pub fn moment(nanos: u64) -> Option<Timestamp> {
    let micros = i64::try_from(nanos / 1_000).ok()?;
    (nanos > 0).then(|| Timestamp::from_micros(micros))
}

/// Whether an id has its length and is not all zeros, which means none.
pub fn is_id(id: &[u8], length: usize) -> bool {
    id.len() == length && id.iter().any(|byte| *byte != 0)
}

/// A fault of a field of the item at a place.
pub fn fault(place: &[Loc], field: &str, msg: &str) -> FieldError {
    let mut place = place.to_vec();
    place.push(field.into());
    FieldError::new(place, msg)
}
