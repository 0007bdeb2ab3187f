//! What to look for among a project's events.

use crate::{FieldError, Severity, TimeBound, TimeRange, loc};

/// Events of a page when `limit` is not given.
pub const DEFAULT_PAGE: usize = 50;
/// The most events of a page.
pub const MAX_PAGE: usize = 1_000;
/// The longest `q`, in characters.
const MAX_Q: usize = 1_000;
/// The most names in `fields`.
const MAX_FIELDS: usize = 20;
/// The most values of one filter.
const MAX_VALUES: usize = 50;

/// The parameters of `GET /api/v1/projects/{id}/events`. Several values of
/// one filter (commas, or the parameter again) mean any of them; several
/// filters mean all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// A query of the search language ([`crate::search`]); or an event's id, or a trace's.
    pub q: String,
    /// From this moment on. (`time=last 3h` sets both ends at once.)
    pub from: Option<TimeBound>,
    /// Before this moment.
    pub to: Option<TimeBound>,
    /// Any of these severities.
    pub severity: Vec<Severity>,
    /// Any of these kinds.
    pub kind: Vec<String>,
    /// Any of these services.
    pub service: Vec<String>,
    /// Any of these environments.
    pub environment: Vec<String>,
    /// What each event is to have besides: fields, or paths as [`crate::search`] writes them.
    pub fields: Vec<String>,
    /// How many, 1 to [`MAX_PAGE`]; [`DEFAULT_PAGE`] when absent.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `watermark` of an earlier answer: only what was stored after it.
    pub arrived_after: Option<String>,
}

impl EventQuery {
    /// The names that [`Self::from_pairs`] knows.
    pub const NAMES: &'static [&'static str] = &[
        "q",
        "from",
        "to",
        "time",
        "severity",
        "kind",
        "service",
        "environment",
        "fields",
        "limit",
        "cursor",
        "arrived_after",
    ];

    /// Reads the pairs of a query string.
    ///
    /// # Errors
    /// Every fault, each with `["query", name]` as its place; an unknown name is one.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<FieldError>> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if let Err(msg) = query.set(&name, value) {
                errors.push(FieldError::new(loc!["query", name.as_str()], msg));
            }
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), String> {
        match name {
            "q" if value.chars().count() > MAX_Q => return Err(format!("must have at most {MAX_Q} characters")),
            "q" => self.q = value,
            "from" => self.from = bound(&value)?,
            "to" => self.to = bound(&value)?,
            "time" if value.is_empty() => {}
            "time" => {
                let range = TimeRange::parse(&value)?;
                (self.from, self.to) = (range.from, range.to);
            }
            "severity" => {
                for word in list(&value) {
                    self.severity.push(Severity::parse(word).map_err(|e| e.to_string())?);
                }
            }
            "kind" => self.kind.extend(list(&value).map(str::to_owned)),
            "service" => self.service.extend(list(&value).map(str::to_owned)),
            "environment" => self.environment.extend(list(&value).map(str::to_owned)),
            "fields" => self.fields.extend(list(&value).map(str::to_owned)),
            "limit" => match value.parse() {
                Ok(limit) if (1..=MAX_PAGE).contains(&limit) => self.limit = Some(limit),
                _ => return Err(format!("must be a number from 1 to {MAX_PAGE}")),
            },
            "cursor" => self.cursor = Some(value).filter(|v| !v.is_empty()),
            "arrived_after" => self.arrived_after = Some(value).filter(|v| !v.is_empty()),
            _ => {
                return Err(format!(
                    "unknown parameter; expected one of: {}",
                    Self::NAMES.join(", ")
                ));
            }
        }
        let most = self
            .severity
            .len()
            .max(self.kind.len())
            .max(self.service.len())
            .max(self.environment.len());
        if self.fields.len() > MAX_FIELDS {
            return Err(format!("must have at most {MAX_FIELDS} names"));
        }
        if most > MAX_VALUES {
            return Err(format!("must have at most {MAX_VALUES} values"));
        }
        Ok(())
    }

    /// Writes the pairs that [`Self::from_pairs`] reads, leaving out what is not set.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let severities: Vec<&str> = self.severity.iter().map(|s| s.as_str()).collect();
        let mut pairs = vec![
            ("q", self.q.clone()),
            ("from", self.from.map(|b| b.to_string()).unwrap_or_default()),
            ("to", self.to.map(|b| b.to_string()).unwrap_or_default()),
            ("severity", severities.join(",")),
        ];
        for (name, values) in [
            ("kind", &self.kind),
            ("service", &self.service),
            ("environment", &self.environment),
            ("fields", &self.fields),
        ] {
            // A value with a comma in it cannot stand in a list: it gets a pair of its own, quoted.
            let quoted: Vec<String> = values
                .iter()
                .map(|v| if v.contains(',') { format!("\"{v}\"") } else { v.clone() })
                .collect();
            let (alone, listed): (Vec<_>, Vec<_>) = quoted.into_iter().partition(|v| v.contains(','));
            pairs.push((name, listed.join(",")));
            pairs.extend(alone.into_iter().map(|v| (name, v)));
        }
        pairs.push(("limit", self.limit.map(|n| n.to_string()).unwrap_or_default()));
        pairs.push(("cursor", self.cursor.clone().unwrap_or_default()));
        pairs.push(("arrived_after", self.arrived_after.clone().unwrap_or_default()));
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// Whether anything narrows the search but time.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.q.trim().is_empty()
            || !self.severity.is_empty()
            || !self.kind.is_empty()
            || !self.service.is_empty()
            || !self.environment.is_empty()
    }
}

pub(crate) fn bound(value: &str) -> Result<Option<TimeBound>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    TimeBound::parse(value).map(Some).map_err(str::to_owned)
}

/// The values of a list: split at commas, unless the whole is quoted.
pub(crate) fn list(value: &str) -> impl Iterator<Item = &str> {
    let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
    let separator = if quoted.is_some() { '\u{0}' } else { ',' };
    quoted.unwrap_or(value).split(separator).filter(|v| !v.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Timestamp, decode_pairs, encode_pairs};

    #[test]
    fn survives_the_url() {
        let query = EventQuery {
            q: "card \"was declined\" pay*".into(),
            from: Some(TimeBound::Ago(86_400)),
            to: Some(TimeBound::At(Timestamp::from_micros(1_763_726_400_000_001))),
            severity: vec![Severity::Error, Severity::Critical],
            kind: vec!["api_call".into()],
            service: vec!["payment-service".into(), "a, b".into()],
            environment: vec!["prod".into()],
            fields: vec!["country".into(), "attributes.plan".into()],
            limit: Some(100),
            cursor: Some("abc".into()),
            arrived_after: None,
        };
        let url = encode_pairs(query.to_pairs());
        assert_eq!(EventQuery::from_pairs(decode_pairs(&url)), Ok(query), "{url}");
    }

    #[test]
    fn names_every_fault() {
        let errors = EventQuery::from_pairs(decode_pairs("limit=0&from=soon&colour=red&severity=loud")).unwrap_err();
        let places: Vec<String> = errors.iter().map(|e| serde_json::to_string(&e.loc).unwrap()).collect();
        assert_eq!(
            places,
            [
                r#"["query","limit"]"#,
                r#"["query","from"]"#,
                r#"["query","colour"]"#,
                r#"["query","severity"]"#
            ]
        );
        assert!(errors[2].msg.starts_with("unknown parameter; expected one of: q, from"));
    }
}
