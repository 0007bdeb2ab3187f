//! What the columns of the list show.

use eventglass_model::search::{Column, FIELDS, Kind};

/// What happened, in one line: the name, the request, the message.
pub(super) const SUMMARY: &str = "summary";
/// What is shown unless one chooses otherwise.
pub(super) const USUAL: &[&str] = &[
    "time",
    "severity",
    "kind",
    "service",
    SUMMARY,
    "status_code",
    "duration_ms",
];
/// The most columns.
pub(super) const MOST: usize = 20;

/// What every row of a list holds anyway; other fields are asked for by name.
const IN_ROWS: &[&str] = &[
    "id",
    "time",
    "received_at",
    "kind",
    "name",
    "message",
    "severity",
    "status",
    "service",
    "endpoint",
    "method",
    "environment",
    "status_code",
    "duration_ms",
    "trace_id",
    "user_id",
    "model",
    SUMMARY,
];

/// The columns named in a list, each once, without those that do not exist;
/// the usual ones when there are none.
pub(super) fn read(names: &[String]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let name = canonical(name);
        if columns.len() < MOST && !columns.contains(&name) && exists(&name) {
            columns.push(name);
        }
    }
    if columns.is_empty() {
        USUAL.iter().map(|name| (*name).to_owned()).collect()
    } else {
        columns
    }
}

/// Whether columns are the usual ones.
pub(super) fn are_usual(columns: &[String]) -> bool {
    columns.iter().map(String::as_str).eq(USUAL.iter().copied())
}

/// The one name of a field that has several.
pub(super) fn canonical(name: &str) -> String {
    let name = name.trim();
    match Column::named(name) {
        Some(column) => column.name().to_owned(),
        None => match name.strip_prefix("attr.") {
            Some(path) => format!("attributes.{path}"),
            None => name.to_owned(),
        },
    }
}

/// Whether something can be a column: a field, or a way into JSON.
pub(super) fn exists(name: &str) -> bool {
    let is_path = ["attributes.", "input.", "output."]
        .iter()
        .any(|root| name.strip_prefix(root).is_some_and(|path| !path.is_empty()));
    let is_plain = !name.contains([',', '"']) && name.chars().all(|c| !c.is_whitespace() && !c.is_control());
    name == SUMMARY || Column::named(name).is_some() || (is_path && is_plain)
}

/// The fields that have to be asked for.
pub(super) fn asked_for(columns: &[String]) -> Vec<String> {
    let asked = columns.iter().filter(|name| !IN_ROWS.contains(&name.as_str()));
    asked.cloned().collect()
}

/// For people.
pub(super) fn label(name: &str) -> String {
    match name {
        SUMMARY => "Event".to_owned(),
        "status_code" => "Code".to_owned(),
        "duration_ms" => "Duration".to_owned(),
        "user_id" => "User".to_owned(),
        "cost_usd" => "Cost".to_owned(),
        "id" => "Id".to_owned(),
        name if name.contains('.') && !name.starts_with("tokens.") => {
            name.strip_prefix("attributes.").unwrap_or(name).to_owned()
        }
        name => {
            let words = name.replace(['_', '.'], " ");
            let mut chars = words.chars();
            chars
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
        }
    }
}

/// How wide a column is: a class of the style.
pub(super) fn class(name: &str) -> &'static str {
    match name {
        "time" | "received_at" => "c-time",
        "severity" => "c-severity",
        "kind" => "c-kind",
        "service" => "c-service",
        SUMMARY => "c-name",
        "status_code" => "c-code",
        "duration_ms" => "c-duration",
        "message" | "name" | "endpoint" => "c-wide",
        name => match Column::named(name).map(|column| column.info().kind) {
            Some(Kind::Number | Kind::Money | Kind::Duration) => "c-number",
            Some(Kind::Words(_)) => "c-word",
            _ => "c-other",
        },
    }
}

/// Every column that there is a name for.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    // The payload is no column: it is not in one line.
    let fields = FIELDS
        .iter()
        .filter(|field| !matches!(field.column, Column::Input | Column::Output));
    [SUMMARY].into_iter().chain(fields.map(|field| field.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn keeps_what_exists() {
        let read_back = read(&names(&[
            "attr.plan",
            "env",
            "environment",
            "colour",
            "summary",
            "attributes.",
        ]));
        assert_eq!(read_back, ["attributes.plan", "environment", "summary"]);
        assert!(are_usual(&read(&[])) && are_usual(&read(&names(&["colour"]))));
        assert_eq!(asked_for(&read_back), ["attributes.plan"]);
    }

    #[test]
    fn has_names_for_people() {
        assert_eq!(label("trace_id"), "Trace id");
        assert_eq!(label("attributes.cart.total"), "cart.total");
        assert_eq!(label("tokens.input"), "Tokens input");
        assert!(known().all(exists));
    }
}
