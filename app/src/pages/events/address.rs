//! The query of the page's address, which is the query of the API.

use eventglass_model::{EventQuery, FieldError, decode_pairs, encode_pairs};

/// What the page lets one ask. The rest of the API's query is its own business.
const NAMES: &[&str] = &["q", "from", "to", "severity", "kind", "service", "environment"];

/// Reads the query of the address; other names in it are somebody else's.
pub(super) fn parse(search: &str) -> Result<EventQuery, Vec<FieldError>> {
    let pairs = decode_pairs(search);
    EventQuery::from_pairs(pairs.into_iter().filter(|(name, _)| NAMES.contains(&name.as_str())))
}

/// Writes it, with its `?` unless it is empty.
pub(super) fn write(query: &EventQuery) -> String {
    let pairs = encode_pairs(query.to_pairs());
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

/// Whether an address is this page's.
pub(super) fn is_events(path: &str) -> bool {
    path.strip_prefix("/p/").and_then(|rest| rest.split('/').nth(1)) == Some("events")
}

#[cfg(test)]
mod tests {
    use eventglass_model::Severity;

    use super::*;

    #[test]
    fn survives() {
        let query = parse("?severity=error&utm_source=mail&limit=5&q=a+b").unwrap();
        assert_eq!(query.severity, [Severity::Error]);
        assert_eq!(query.limit, None);
        assert_eq!(write(&query), "?q=a+b&severity=error");
        assert_eq!(write(&EventQuery::default()), "");
        assert_eq!(parse("severity=loud").unwrap_err().len(), 1);
    }

    #[test]
    fn knows_its_own() {
        assert!(is_events("/p/shop/events") && is_events("/p/shop/events/7"));
        assert!(!is_events("/p/events/settings/keys") && !is_events("/projects"));
    }
}
