//! Changing a query by pressing things: which values of a field it asks for,
//! and the query with one value more or less.

use eventglass_model::{
    EventQuery, Severity, Status,
    search::{Column, Span, Token, TokenKind, any_of, term, tokens},
};

/// What a query says of one field by plain values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// One of these.
    pub(super) included: Vec<String>,
    /// None of these.
    pub(super) excluded: Vec<String>,
}

/// A condition on one field at the top of a query: `field:value`, `-field:(a OR b)`.
struct Condition {
    span: Span,
    field: String,
    negated: bool,
    /// None when it is more than plain values: a range, a comparison, `pay*`.
    values: Option<Vec<String>>,
}

/// What the query says of a field.
pub(super) fn chosen(text: &str, field: &str) -> Chosen {
    let mut chosen = Chosen::default();
    for condition in conditions(text).unwrap_or_default() {
        if condition.field != canonical(field) {
            continue;
        }
        let list = if condition.negated {
            &mut chosen.excluded
        } else {
            &mut chosen.included
        };
        list.extend(condition.values.unwrap_or_default());
    }
    chosen
}

/// The query without what it says of a field.
pub(super) fn without(text: &str, field: &str) -> String {
    let field = canonical(field);
    let of_field = |condition: &Condition| condition.field == field;
    let conditions = conditions(text).unwrap_or_default();
    let removed = conditions.into_iter().filter(of_field);
    replace(text, removed.map(|condition| (condition.span, String::new())).collect())
}

/// The query with a value asked for (or, with `exclude`, ruled out) that was
/// not, or no longer if it was.
pub(super) fn toggle(text: &str, field: &str, value: &str, exclude: bool) -> String {
    let value = word(field, value);
    let Some(conditions) = conditions(text) else {
        return with_term(text, &term(field, &value, exclude));
    };
    let Chosen {
        mut included,
        mut excluded,
    } = chosen(text, field);
    let (list, other) = if exclude {
        (&mut excluded, &mut included)
    } else {
        (&mut included, &mut excluded)
    };
    match list.iter().position(|known| *known == value) {
        Some(at) => drop(list.remove(at)),
        None => list.push(value.clone()),
    }
    other.retain(|known| *known != value);
    // Each of the two lists is written where it was written first.
    let mut written = [any_of(field, &included, false), any_of(field, &excluded, true)];
    let mut changes = Vec::new();
    for condition in conditions {
        if condition.field == canonical(field) && condition.values.is_some() {
            let [positive, negative] = &mut written;
            let list = if condition.negated { negative } else { positive };
            changes.push((condition.span, std::mem::take(list)));
        }
    }
    let mut changed = replace(text, changes);
    for new in written.into_iter().filter(|new| !new.is_empty()) {
        if !changed.is_empty() {
            changed.push(' ');
        }
        changed.push_str(&new);
    }
    changed
}

/// A query whose old parameters (`severity=error`) stand in its text.
pub(super) fn folded(mut query: EventQuery) -> EventQuery {
    let severities = std::mem::take(&mut query.severity);
    let lists = [
        ("severity", severities.iter().map(|s| s.as_str().to_owned()).collect()),
        ("kind", std::mem::take(&mut query.kind)),
        ("service", std::mem::take(&mut query.service)),
        ("environment", std::mem::take(&mut query.environment)),
    ];
    for (field, values) in lists {
        if !values.is_empty() {
            query.q = with_term(&query.q, &any_of(field, &values, false));
        }
    }
    query
}

/// The query and one condition more.
fn with_term(text: &str, term: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return term.to_owned();
    }
    if conditions(text).is_some() {
        format!("{text} {term}")
    } else {
        format!("({text}) {term}")
    }
}

/// The text with pieces replaced, and no more white space than it needs. The pieces are in order.
fn replace(text: &str, changes: Vec<(Span, String)>) -> String {
    let mut out = String::new();
    let mut at = 0;
    for (span, new) in changes {
        push_piece(&mut out, text.get(at..span.start).unwrap_or_default());
        push_piece(&mut out, &new);
        at = span.end;
    }
    push_piece(&mut out, text.get(at..).unwrap_or_default());
    out
}

fn push_piece(out: &mut String, piece: &str) {
    let piece = piece.trim();
    if !piece.is_empty() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
    }
}

/// The one name of a field that has several.
fn canonical(name: &str) -> String {
    if let Some(column) = Column::named(name) {
        return column.name().to_owned();
    }
    let path = name.strip_prefix("attributes.").or_else(|| name.strip_prefix("attr."));
    // A path may stand in quotes.
    path.unwrap_or(name).replace('"', "")
}

/// The one spelling of a value that has several.
fn word(field: &str, value: &str) -> String {
    let word = match Column::named(field) {
        Some(Column::Severity) => Severity::parse(value).ok().map(Severity::as_str),
        Some(Column::Status) => Status::parse(value).ok().map(Status::as_str),
        _ => None,
    };
    word.unwrap_or(value).to_owned()
}

/// The conditions that all have to hold, in their order. `None` when the text
/// is no such list: it has an `OR` at its top, or cannot be read.
fn conditions(text: &str) -> Option<Vec<Condition>> {
    let tokens = tokens(text);
    let mut rest = tokens.as_slice();
    let mut found = Vec::new();
    let mut sign: Option<usize> = None;
    let mut negated = false;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        match (token.kind, token.span.of(text)) {
            (TokenKind::Wrong, _) | (TokenKind::Operator, "OR") => return None,
            (TokenKind::Operator, "-" | "NOT") => {
                negated = !negated;
                sign.get_or_insert(token.span.start);
                continue;
            }
            (TokenKind::Key, key) => {
                let length = value_length(text, after)?;
                let (value, after) = after.split_at_checked(length)?;
                rest = after;
                let mut field = canonical(key.trim_end_matches(':'));
                let values = plain_values(text, &field, value);
                let first = values.as_ref().and_then(|values| values.first());
                if field == "status" && first.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit())) {
                    "status_code".clone_into(&mut field);
                }
                found.push(Condition {
                    span: Span {
                        start: sign.unwrap_or(token.span.start),
                        end: value.last()?.span.end,
                    },
                    field,
                    negated,
                    values,
                });
            }
            (TokenKind::Paren, "(") => rest = after.get(group_length(text, after)?..)?,
            _ => {}
        }
        sign = None;
        negated = false;
    }
    Some(found)
}

/// How many tokens the value behind a key has.
fn value_length(text: &str, tokens: &[Token]) -> Option<usize> {
    match tokens.first()?.span.of(text) {
        "(" => Some(1 + group_length(text, tokens.get(1..)?)?),
        _ if tokens.first()?.kind == TokenKind::Operator => Some(2),
        _ => Some(1),
    }
}

/// How many tokens there are up to the `)` of a `(` that was before them, with it.
fn group_length(text: &str, tokens: &[Token]) -> Option<usize> {
    let mut open = 1;
    for (n, token) in tokens.iter().enumerate() {
        match (token.kind, token.span.of(text)) {
            (TokenKind::Wrong, _) => return None,
            (TokenKind::Paren, "(") => open += 1,
            (TokenKind::Paren, _) => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some(n + 1);
        }
    }
    None
}

fn plain_values(text: &str, field: &str, tokens: &[Token]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    for token in tokens {
        let said = token.span.of(text);
        match (token.kind, said) {
            (TokenKind::Paren, _) | (TokenKind::Operator, "OR" | "=") => {}
            (TokenKind::Value, _) => values.push(plain(field, said)?),
            _ => return None,
        }
    }
    Some(values)
}

/// A value without its quotes, unless it means more than itself.
fn plain(field: &str, said: &str) -> Option<String> {
    let Some(quoted) = said.strip_prefix('"') else {
        let more = said.contains('*') || said.contains("..") || said.to_ascii_lowercase().ends_with("xx");
        return (!more).then(|| word(field, said));
    };
    let mut value = String::new();
    let mut chars = quoted.strip_suffix('"').unwrap_or(quoted).chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if matches!(chars.peek(), Some('"' | '\\')) => value.extend(chars.next()),
            c => value.push(c),
        }
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use eventglass_model::search;

    use super::*;

    #[test]
    fn says_what_is_chosen() {
        let text = r#"card service:(pay OR "a b") -service:x env:prod severity:warn attr.plan:pro"#;
        let service = chosen(text, "service");
        assert_eq!(
            (service.included, service.excluded),
            (vec!["pay".into(), "a b".into()], vec!["x".into()])
        );
        assert_eq!(chosen(text, "environment").included, ["prod"]);
        assert_eq!(chosen(text, "severity").included, ["warning"]);
        assert_eq!(chosen(text, "attributes.plan").included, ["pro"]);
        assert_eq!(chosen("status:500", "status_code").included, ["500"]);
        for none in [
            "service:pay*",
            "service:>3",
            "a OR service:pay",
            "(service:pay OR b)",
            "service:(",
        ] {
            assert_eq!(chosen(none, "service"), Chosen::default(), "{none}");
        }
    }

    #[test]
    fn toggles_where_it_stands() {
        for (before, field, value, exclude, after) in [
            ("", "service", "pay", false, "service:pay"),
            ("card", "service", "pay", true, "card -service:pay"),
            ("service:pay", "service", "pay", false, ""),
            ("a service:pay b", "service", "auth", false, "a service:(pay OR auth) b"),
            ("a service:(pay OR auth) b", "service", "pay", false, "a service:auth b"),
            ("service:pay b", "service", "pay", true, "b -service:pay"),
            ("-service:pay b", "service", "pay", false, "b service:pay"),
            ("-service:pay b", "service", "x y", true, "-service:(pay OR \"x y\") b"),
            ("NOT env:prod", "environment", "prod", true, ""),
            ("a OR b", "service", "pay", false, "(a OR b) service:pay"),
            ("severity:warn", "severity", "warning", false, ""),
            ("", "attributes.a b", "x", false, "attributes.\"a b\":x"),
            ("attributes.\"a b\":x", "attributes.a b", "x", false, ""),
            ("service:pay*", "service", "pay", false, "service:pay* service:pay"),
            (
                "status:>=500 (a OR b)",
                "status_code",
                "404",
                true,
                "status:>=500 (a OR b) -status_code:404",
            ),
        ] {
            assert_eq!(toggle(before, field, value, exclude), after, "{before}");
        }
    }

    #[test]
    fn leaves_out_one_field() {
        assert_eq!(without("a service:(x OR y) b -service:z* c", "service"), "a b c");
        assert_eq!(without("a OR service:x", "service"), "a OR service:x");
    }

    #[test]
    fn old_parameters_become_text() {
        let query = EventQuery {
            q: "card OR cash".into(),
            severity: vec![Severity::Error, Severity::Critical],
            service: vec!["a, b".into()],
            ..EventQuery::default()
        };
        let query = folded(query);
        assert_eq!(query.q, "(card OR cash) severity:(error OR critical) service:\"a, b\"");
        assert!(query.severity.is_empty() && query.service.is_empty());
        assert!(search::parse(&query.q).is_ok());
    }
}
