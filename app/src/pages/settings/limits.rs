//! The limits of a project, as one types them.

/// A limit: its name in the API, what to call it, what it is for.
pub(super) type Limit = (&'static str, &'static str, &'static str);

/// Every limit there is.
pub(super) const LIMITS: [Limit; 6] = [
    (
        "key_requests_per_minute",
        "Requests of one key, per minute",
        "Keeps one sender that runs wild from taking the place of the others.",
    ),
    (
        "key_requests_per_second",
        "Requests of one key, per second",
        "Keeps a burst from using up that key's minute at once.",
    ),
    (
        "requests_per_minute",
        "Requests of all keys, per minute",
        "How much this project may ask of the server, however many events a request holds.",
    ),
    (
        "requests_per_second",
        "Requests of all keys, per second",
        "Keeps a burst of the whole project from using up its minute at once.",
    ),
    (
        "events_per_minute",
        "Events of all keys, per minute",
        "How many events are taken, however they are spread over requests.",
    ),
    (
        "source_events_per_minute",
        "Events of one source, per minute",
        "A source is a service and an endpoint: a loop in one of them leaves room for the rest.",
    ),
];

/// What is wrong with a limit that is not one.
const FAULT: &str = "must be a whole number, at least 1; or empty for no limit";

/// What was typed as JSON: a number, or `null` where nothing was.
///
/// # Errors
/// What is wrong, in words.
pub(super) fn read(typed: &str) -> Result<String, &'static str> {
    // People group digits in many ways.
    let digits: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '_' | '\''))
        .collect();
    if digits.is_empty() {
        return Ok("null".to_owned());
    }
    match digits.parse::<u32>() {
        Ok(number) if number > 0 => Ok(number.to_string()),
        _ => Err(FAULT),
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::ProjectLimits;

    use super::*;

    #[test]
    fn reads_what_people_type() {
        for (typed, json) in [
            ("", "null"),
            ("  ", "null"),
            ("10", "10"),
            ("10,000", "10000"),
            ("1 000", "1000"),
        ] {
            assert_eq!(read(typed).as_deref(), Ok(json), "{typed}");
        }
        for typed in ["0", "-1", "1.5", "many", "4294967296", "1e3"] {
            assert_eq!(read(typed), Err(FAULT), "{typed}");
        }
    }

    /// Every limit of the API has a field, and no other.
    #[test]
    fn every_limit_is_here() {
        let json = serde_json::to_value(ProjectLimits::default()).unwrap();
        let mut names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = LIMITS.map(|(name, ..)| name);
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
    }
}
