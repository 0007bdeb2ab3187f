//! Looking into the JSON of an event.

use eventglass_model::search::{Match, Range, Root};
use serde_json::Value;

use super::filter::is_like;
use crate::store::Payload;

/// What a value must be.
#[derive(Clone, Debug)]
pub(super) enum Sought {
    /// There, and not null.
    Present,
    /// This text; a number or a truth that is written so.
    Exact(String, Option<f64>),
    /// Pieces with anything between them.
    Like(Vec<String>),
    /// A number, be it as text.
    Number(Range),
}

impl Sought {
    pub(super) fn new(matches: &Match) -> Self {
        match matches {
            Match::Exact(text) | Match::Word(text) | Match::Phrase(text) => {
                Self::Exact(text.clone(), text.parse().ok())
            }
            Match::Glob(pattern) => Self::Like(pattern.split('*').map(str::to_owned).collect()),
            Match::Number(range) => Self::Number(*range),
            Match::Present | Match::Time(_) => Self::Present,
        }
    }
}

/// The column of a row that holds it.
pub(super) const fn column(root: Root) -> &'static str {
    match root {
        Root::Attributes => "attributes",
        Root::Input => "input",
        Root::Output => "output",
    }
}

/// The JSON text.
pub(super) fn of(root: Root, payload: &Payload) -> Option<&str> {
    match root {
        Root::Attributes => payload.attributes.as_deref(),
        Root::Input => payload.input.as_deref(),
        Root::Output => payload.output.as_deref(),
    }
}

/// Whether what stands at a path of a JSON text is what is sought. Of a list,
/// any item will do. What is no JSON, or too deep, has nothing.
pub(super) fn finds(json: &str, path: &str, sought: &Sought) -> bool {
    // Every key but one that is written with escapes stands in the text as it is.
    let first = path.split('.').next().unwrap_or(path);
    if !json.contains(first) && !json.contains('\\') {
        return false;
    }
    serde_json::from_str(json).is_ok_and(|value: Value| finds_in(&value, path, sought))
}

fn finds_in(value: &Value, path: &str, sought: &Sought) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| finds_in(item, path, sought)),
        Value::Object(fields) => {
            // Keys may have dots of their own: every way to cut the path is one to go.
            let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
            ends.into_iter().any(|end| {
                let (key, rest) = path.split_at_checked(end).unwrap_or((path, ""));
                let Some(found) = fields.get(key) else { return false };
                match rest.strip_prefix('.') {
                    Some(rest) => finds_in(found, rest, sought),
                    None => is(found, sought),
                }
            })
        }
        _ => false,
    }
}

/// What stands at a path: a text without its quotes, anything else as JSON.
pub(super) fn text_at(json: &str, path: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    match value_at(&value, path)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn value_at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let fields = value.as_object()?;
    if let Some(found) = fields.get(path) {
        return Some(found);
    }
    path.match_indices('.').find_map(|(at, _)| {
        let (key, rest) = path.split_at_checked(at)?;
        value_at(fields.get(key)?, rest.strip_prefix('.')?)
    })
}

fn is(value: &Value, sought: &Sought) -> bool {
    match (value, sought) {
        (Value::Null, _) => false,
        (_, Sought::Present) => true,
        (Value::Array(items), _) => items.iter().any(|item| is(item, sought)),
        (Value::Object(_), _) => false,
        (Value::String(text), Sought::Exact(wanted, _)) => text == wanted,
        (Value::String(text), Sought::Like(pieces)) => is_like(text, pieces),
        (Value::String(text), Sought::Number(range)) => text.parse().is_ok_and(|number| range.contains(number)),
        (Value::Bool(truth), Sought::Exact(wanted, _)) => wanted == if *truth { "true" } else { "false" },
        (Value::Number(number), Sought::Exact(wanted, as_number)) => {
            number.to_string() == *wanted || (number.is_f64() && number.as_f64() == *as_number)
        }
        (Value::Number(number), Sought::Number(range)) => number.as_f64().is_some_and(|number| range.contains(number)),
        (Value::Number(number), Sought::Like(pieces)) => is_like(&number.to_string(), pieces),
        (Value::Bool(_), Sought::Like(_) | Sought::Number(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_into_json() {
        let json = r#"{"a":{"b.c":5},"a.b":{"c":"x"},"tags":["red",{"n":"7"}],"ok":true,"f":1.5,"none":null}"#;
        let exact = |path: &str, text: &str| finds(json, path, &Sought::new(&Match::Exact(text.to_owned())));
        assert!(exact("a.b.c", "5") && exact("a.b.c", "x") && exact("tags", "red") && exact("tags.n", "7"));
        assert!(exact("ok", "true") && exact("f", "1.50") && !exact("ok", "false") && !exact("none", "null"));
        assert!(!exact("a", "5") && !exact("b.c", "5") && !exact("colour", "red"));
        let over = |path: &str, low: f64| finds(json, path, &Sought::Number(Range::between(low, f64::INFINITY)));
        assert!(over("a.b.c", 5.0) && over("tags.n", 7.0) && !over("a.b.c", 6.0));
        assert_eq!(text_at(json, "a.b.c").as_deref(), Some("5"));
        assert_eq!(text_at(json, "tags").as_deref(), Some(r#"["red",{"n":"7"}]"#));
        assert_eq!(text_at(json, "none"), None);
        assert!(finds(json, "a", &Sought::Present) && !finds(json, "none", &Sought::Present));
        assert!(!finds(&"[".repeat(100_000), "a", &Sought::Present));
    }
}
