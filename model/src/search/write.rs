//! Writing pieces of a query: what a page adds when something is pressed, and
//! what its links look for.

use super::{Column, Kind};

/// The search that finds what charts and lists count as an error
/// ([`is_error`](crate::is_error)).
pub const ERRORS: &str = "(status:(error OR timeout) OR severity:>=error)";

/// `field:value`, or `-field:value`, so that it is read again as exactly this
/// value; of text, as these words in this order.
#[must_use]
pub fn term(field: &str, value: &str, exclude: bool) -> String {
    format!("{}{}{}", sign(exclude), key(field), written(field, value))
}

/// `field:a`, `field:(a OR b)`; nothing for no values.
#[must_use]
pub fn any_of(field: &str, values: &[String], exclude: bool) -> String {
    match values {
        [] => String::new(),
        [value] => term(field, value, exclude),
        values => {
            let values: Vec<String> = values.iter().map(|value| written(field, value)).collect();
            format!("{}{}({})", sign(exclude), key(field), values.join(" OR "))
        }
    }
}

/// A value as it is written behind `field:`.
#[must_use]
pub fn written(field: &str, value: &str) -> String {
    let is_text = Column::named(field).is_some_and(|column| column.info().kind == Kind::Text);
    // Bare words of a text may stand in any order.
    let plain = !is_text
        && !value.is_empty()
        && !value.contains("..")
        && !matches!(value, "AND" | "OR" | "NOT")
        && value.chars().next().is_some_and(char::is_alphanumeric)
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@'));
    if plain { value.to_owned() } else { quoted(value) }
}

/// `field:`; the path of an attribute whose keys have spaces or the like, in quotes.
#[must_use]
pub fn key(field: &str) -> String {
    let plain = field
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '@' | '$'));
    match field.split_once('.') {
        Some((root, path)) if !plain => format!("{root}.{}:", quoted(path)),
        _ => format!("{field}:"),
    }
}

fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}

const fn sign(exclude: bool) -> &'static str {
    if exclude { "-" } else { "" }
}
