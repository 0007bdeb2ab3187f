//! One event of a batch: its envelope, checked, as a part of what it creates
//! or changes.

use eventglass_engine::ingest::{NewPart, Refused};
use eventglass_model::{FieldError, Loc, Timestamp, loc};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::fold::fold;
use super::names::{Subject, Type, type_of};
use super::score;
use crate::doors::fields::Fields;
use crate::doors::gate::Reading;
use crate::doors::items::tree;

/// The longest id, in characters.
const ID_CHARS: usize = 800;
/// The longest name of a trace, in characters.
const NAME_CHARS: usize = 1_000;

/// What an event of a batch asks for.
pub(super) enum Asked {
    /// To be stored.
    Part(Box<NewPart>),
    /// Nothing: it is the SDK's log.
    Nothing,
}

/// Reads an event of a batch. The id of a refusal is the envelope's.
///
/// # Errors
/// Every fault of the envelope, or the first of the body.
pub(super) fn read(json: &RawValue, place: Vec<Loc>, reading: Reading) -> Result<Asked, Refused> {
    let mut fields = Fields::open(json.get(), place).map_err(|error| Refused {
        event_id: None,
        errors: vec![error],
    })?;
    let id = fields.text(&["id"]);
    let kind = fields.text(&["type"]);
    let time = fields.time(&["timestamp"]);
    check_id(&mut fields, "id", id.as_deref());
    let known = kind.as_deref().and_then(type_of);
    if known.is_none() && !fields.errors.iter().any(|e| e.loc.last() == Some(&Loc::from("type"))) {
        fields.fault("type", "is not a type that is taken here");
    }
    let body = fields.raw("body");
    if body.is_none() {
        fields.fault("body", "Required");
    }
    let (Some(known), Some(body), Some(part_id), true) = (known, body, id.clone(), fields.errors.is_empty()) else {
        return Err(Refused {
            event_id: id,
            errors: fields.errors,
        });
    };
    if known.subject == Subject::SdkLog {
        return Ok(Asked::Nothing);
    }
    let part = part(known, part_id, time.unwrap_or(reading.now), body.get(), reading);
    part.map(|part| Asked::Part(Box::new(part))).map_err(|error| Refused {
        event_id: id,
        errors: vec![error],
    })
}

/// The event alone that a refused part would be, for a replay.
pub(in crate::doors) fn reread(json: &str, reading: Reading) -> Result<Option<NewPart>, Refused> {
    let raw: &RawValue = serde_json::from_str(json).map_err(|error| Refused {
        event_id: None,
        errors: vec![FieldError::new(loc!["body"], error)],
    })?;
    Ok(match read(raw, loc!["body"], reading)? {
        Asked::Part(part) => Some(*part),
        Asked::Nothing => None,
    })
}

/// Makes the part of a checked body. What the server gives, an id or a time,
/// is written into it, so that it folds to the same event ever after.
pub(super) fn part(
    known: &Type,
    part_id: String,
    time: Timestamp,
    body: &str,
    reading: Reading,
) -> Result<NewPart, FieldError> {
    let fault = |field: &str, msg: &str| FieldError::new(loc!["body", field], msg);
    if tree(body) > reading.most_bytes {
        return Err(FieldError::new(loc!["body"], "holds too many values"));
    }
    let mut body: Map<String, Value> = serde_json::from_str(body)
        .map_err(|error| FieldError::new(loc!["body"], format!("Expected object: {error}")))?;
    let given = match body.get("id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) => Some(id.clone()),
        Some(_) => return Err(fault("id", "Expected string")),
    };
    if let Some(id) = &given {
        id_fault(id).map_or(Ok(()), |msg| Err(fault("id", &msg)))?;
    }
    if given.is_none() {
        if known.update {
            return Err(fault("id", "Required"));
        }
        body.insert("id".to_owned(), Value::String(reading.new_id()));
    }
    for field in [
        "traceId",
        "parentObservationId",
        "observationId",
        "name",
        "sessionId",
        "userId",
    ] {
        if !matches!(body.get(field), None | Some(Value::Null | Value::String(_))) {
            return Err(fault(field, "Expected string"));
        }
    }
    let name_chars = body
        .get("name")
        .and_then(Value::as_str)
        .map_or(0, |name| name.chars().count());
    if name_chars > NAME_CHARS {
        return Err(fault("name", "String must contain at most 1000 character(s)"));
    }
    for field in ["startTime", "endTime", "completionStartTime", "timestamp"] {
        let sound = match body.get(field) {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => Timestamp::parse(text).is_ok(),
            Some(_) => false,
        };
        if !sound {
            return Err(fault(field, "Invalid datetime"));
        }
    }
    if let Some(level) = body.get("level").filter(|level| !level.is_null())
        && !matches!(level.as_str(), Some("DEBUG" | "DEFAULT" | "WARNING" | "ERROR"))
    {
        return Err(fault(
            "level",
            "Invalid enum value. Expected 'DEBUG' | 'DEFAULT' | 'WARNING' | 'ERROR'",
        ));
    }
    if known.subject == Subject::Score {
        score::check(&body)?;
    }
    let envelope = serde_json::json!({ "type": known.name, "time": time, "body": body });
    let json = envelope.to_string();
    let event = fold(std::slice::from_ref(&json));
    Ok(NewPart {
        part_id,
        rank: u8::from(known.update),
        time,
        json,
        event,
        fold,
    })
}

fn check_id(fields: &mut Fields<'_>, name: &str, id: Option<&str>) {
    match id {
        None => fields.fault(name, "Required"),
        Some(id) => {
            if let Some(msg) = id_fault(id) {
                fields.fault(name, msg);
            }
        }
    }
}

fn id_fault(id: &str) -> Option<String> {
    let chars = id.chars().count();
    if chars == 0 || chars > ID_CHARS || id.contains('\r') {
        return Some(format!(
            "must have 1 to {ID_CHARS} characters, none of them a carriage return"
        ));
    }
    None
}
