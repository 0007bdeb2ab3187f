//! An event in one line.

use eventglass_model::EventSummary;

/// What a row says about an event: what happened, and what more there is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    /// `GET`, `POST`, where the title is a path.
    pub(super) method: Option<String>,
    /// What happened.
    pub(super) title: String,
    /// Whether the title is something of a machine: a path, an id.
    pub(super) exact: bool,
    /// What more there is to say.
    pub(super) rest: String,
}

/// The longest text of a row; no screen is wider.
const MAX_CHARS: usize = 300;

/// Says an event in one line. The name if it has one, else the request, else the message.
pub(super) fn summary(event: &EventSummary) -> Summary {
    let message = event.message.as_deref().map(first_line).filter(|text| !text.is_empty());
    let name = event.name.as_deref().map(first_line).filter(|text| !text.is_empty());
    let endpoint = event
        .endpoint
        .as_deref()
        .map(first_line)
        .filter(|text| !text.is_empty());
    let request = endpoint.as_ref().map(|endpoint| match &event.method {
        Some(method) => format!("{method} {endpoint}"),
        None => endpoint.clone(),
    });
    let mut rest = Vec::new();
    rest.extend(event.model.clone());
    match (name, endpoint) {
        (Some(name), endpoint) => {
            // Many clients make the name, or the message, of the request itself.
            let message_tells = |endpoint: &String| message.as_ref().is_some_and(|text| text.contains(endpoint));
            let told = endpoint.is_none_or(|endpoint| name.contains(&endpoint) || message_tells(&endpoint));
            rest.extend(request.filter(|_| !told));
            rest.extend(message.filter(|message| *message != name));
            Summary {
                method: None,
                title: name,
                exact: false,
                rest: rest.join(" · "),
            }
        }
        (None, Some(endpoint)) => {
            rest.extend(message);
            Summary {
                method: event.method.clone(),
                title: endpoint,
                exact: true,
                rest: rest.join(" · "),
            }
        }
        (None, None) => Summary {
            method: None,
            exact: message.is_none(),
            title: message.unwrap_or_else(|| event.event_id.clone()),
            rest: rest.join(" · "),
        },
    }
}

fn first_line(text: &str) -> String {
    text.trim()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(MAX_CHARS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{super::merge::tests::event, *};

    #[test]
    fn requests_without_a_name() {
        let mut event = event("1", 0);
        event.method = Some("POST".into());
        event.endpoint = Some("/pay".into());
        event.message = Some("declined\nat line 3".into());
        let said = summary(&event);
        assert_eq!((said.method.as_deref(), said.title.as_str()), (Some("POST"), "/pay"));
        assert_eq!(said.rest, "declined");
    }

    #[test]
    fn names_come_first_and_nothing_comes_twice() {
        let mut event = event("1", 0);
        event.name = Some("GET /users".into());
        event.method = Some("GET".into());
        event.endpoint = Some("/users".into());
        event.message = Some("GET /users".into());
        assert_eq!(summary(&event).rest, "");
        event.name = Some("list users".into());
        event.model = Some("gpt-5".into());
        assert_eq!(summary(&event).rest, "gpt-5 · GET /users");
    }

    #[test]
    fn something_is_always_said() {
        assert_eq!(summary(&event("e-1", 0)).title, "e-1");
    }
}
