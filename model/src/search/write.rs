//! Writing pieces of a query.

/// `field:value`, or `-field:value`, so that it is read again as exactly this
/// value; for a page that adds what was clicked to a query.
#[must_use]
pub fn term(field: &str, value: &str, exclude: bool) -> String {
    let plain = !value.is_empty()
        && !value.contains("..")
        && !matches!(value, "AND" | "OR" | "NOT")
        && value.chars().next().is_some_and(char::is_alphanumeric)
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@'));
    let sign = if exclude { "-" } else { "" };
    if plain {
        return format!("{sign}{field}:{value}");
    }
    let mut text = format!("{sign}{field}:\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            text.push('\\');
        }
        text.push(c);
    }
    text.push('"');
    text
}
