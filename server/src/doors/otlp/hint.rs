//! The headers by which exporters of other systems name their project.
//!
//! A key of ours says which project it is, so that the name is taken for the
//! service, where what was sent names none.

use axum::http::HeaderMap;
use eventglass_engine::ingest::NewEvent;

/// The headers, the first that is there first: of OpenInference's and of Opik's
/// exporters. Source: ecosystem 4.8.
const HEADERS: &[&str] = &["x-project-name", "projectname"];
/// What SDKs call a service that nobody named.
const UNNAMED: &str = "unknown_service";
/// Characters of a service.
const SERVICE: usize = 200;

/// The project that a request names in its headers.
pub(super) fn project(headers: &HeaderMap) -> Option<String> {
    let text = |name: &&str| headers.get(*name)?.to_str().ok().map(str::trim);
    let name = HEADERS.iter().filter_map(text).find(|name| !name.is_empty())?;
    Some(name.chars().take(SERVICE).collect())
}

/// Names the service of an event that has none.
pub(super) fn name(event: &mut NewEvent, project: &str) {
    let named = event.service.as_deref();
    if named.is_none_or(|service| service.is_empty() || service.starts_with(UNNAMED)) {
        event.service = Some(project.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use eventglass_model::Timestamp;

    use super::*;

    fn of(pairs: &[(&'static str, &'static str)]) -> Option<String> {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        project(&pairs.iter().map(header).collect())
    }

    #[test]
    fn either_header_names_the_project() {
        assert_eq!(of(&[("x-project-name", " shop ")]).as_deref(), Some("shop"));
        assert_eq!(of(&[("projectname", "shop")]).as_deref(), Some("shop"));
        assert_eq!(
            of(&[("x-project-name", ""), ("projectname", "b")]).as_deref(),
            Some("b")
        );
        assert_eq!(
            of(&[("projectname", "b"), ("x-project-name", "a")]).as_deref(),
            Some("a")
        );
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn what_names_itself_keeps_its_name() {
        let after = |service: Option<&str>| {
            let mut event = NewEvent::new("id".to_owned(), Timestamp::from_micros(1), "span".to_owned());
            event.service = service.map(str::to_owned);
            name(&mut event, "hint");
            event.service.unwrap()
        };
        assert_eq!(after(None), "hint");
        assert_eq!(after(Some("unknown_service:python")), "hint");
        assert_eq!(after(Some("shop")), "shop");
    }
}
