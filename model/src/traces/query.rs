//! What to look for among a project's traces.

use crate::event_query::{bound, list};
use crate::{FieldError, MAX_PAGE, TimeBound, decimal_text, loc, parse_decimal};

/// The parameters of `GET /api/v1/projects/{id}/traces`. Several values of
/// one filter (commas, or the parameter again) mean any of them; several
/// filters mean all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TraceQuery {
    /// A search, as of events: traces with an event that matches.
    pub q: String,
    /// Started at this moment or later. With `q`, the moment of the event that matches.
    pub from: Option<TimeBound>,
    /// Started before this moment.
    pub to: Option<TimeBound>,
    /// Part of the name, in any case of ASCII letters.
    pub name: String,
    /// With spans of any of these services.
    pub service: Vec<String>,
    /// With calls of any of these models.
    pub model: Vec<String>,
    /// Of any of these users.
    pub user: Vec<String>,
    /// Of any of these sessions.
    pub session: Vec<String>,
    /// Of any of these environments.
    pub environment: Vec<String>,
    /// Only with errors in it.
    pub errors: bool,
    /// Of this duration or longer, in milliseconds.
    pub min_duration_ms: Option<f64>,
    /// Of this cost or more, in US dollars.
    pub min_cost_usd: Option<f64>,
    /// How many, 1 to [`MAX_PAGE`].
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// The most characters of a text.
const MOST_CHARS: usize = 1_000;
/// The most values of one filter.
const MOST_VALUES: usize = 50;

impl TraceQuery {
    /// The names that [`Self::from_pairs`] knows.
    pub const NAMES: &'static [&'static str] = &[
        "q",
        "from",
        "to",
        "name",
        "service",
        "model",
        "user",
        "session",
        "environment",
        "errors",
        "min_duration_ms",
        "min_cost_usd",
        "limit",
        "cursor",
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
        if value.chars().count() > MOST_CHARS {
            return Err(format!("must have at most {MOST_CHARS} characters"));
        }
        let add = |values: &mut Vec<String>| {
            values.extend(list(&value).map(str::to_owned));
            if values.len() > MOST_VALUES {
                return Err(format!("must have at most {MOST_VALUES} values"));
            }
            Ok(())
        };
        match name {
            "q" => self.q = value,
            "name" => self.name = value,
            "from" => self.from = bound(&value)?,
            "to" => self.to = bound(&value)?,
            "service" => add(&mut self.service)?,
            "model" => add(&mut self.model)?,
            "user" => add(&mut self.user)?,
            "session" => add(&mut self.session)?,
            "environment" => add(&mut self.environment)?,
            "errors" => self.errors = truth(&value)?,
            "min_duration_ms" => self.min_duration_ms = amount(&value)?,
            "min_cost_usd" => self.min_cost_usd = amount(&value)?,
            "limit" => self.limit = Some(page_size(&value)?),
            "cursor" => self.cursor = Some(value).filter(|v| !v.is_empty()),
            _ => {
                return Err(format!(
                    "unknown parameter; expected one of: {}",
                    Self::NAMES.join(", ")
                ));
            }
        }
        Ok(())
    }

    /// Writes the pairs that [`Self::from_pairs`] reads, leaving out what is not set.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let number = |number: Option<f64>| number.map(decimal_text).unwrap_or_default();
        let mut pairs = vec![
            ("q", self.q.clone()),
            ("from", self.from.map(|b| b.to_string()).unwrap_or_default()),
            ("to", self.to.map(|b| b.to_string()).unwrap_or_default()),
            ("name", self.name.clone()),
            ("errors", if self.errors { "true".to_owned() } else { String::new() }),
            ("min_duration_ms", number(self.min_duration_ms)),
            ("min_cost_usd", number(self.min_cost_usd)),
            ("limit", self.limit.map(|n| n.to_string()).unwrap_or_default()),
            ("cursor", self.cursor.clone().unwrap_or_default()),
        ];
        for (name, values) in [
            ("service", &self.service),
            ("model", &self.model),
            ("user", &self.user),
            ("session", &self.session),
            ("environment", &self.environment),
        ] {
            // Each by itself, quoted where a comma would cut it.
            pairs.extend(values.iter().map(|value| {
                let text = if value.contains(',') {
                    format!("\"{value}\"")
                } else {
                    value.clone()
                };
                (name, text)
            }));
        }
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }

    /// Whether anything narrows the list but time.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        let only_time = Self {
            from: self.from,
            to: self.to,
            limit: self.limit,
            cursor: self.cursor.clone(),
            ..Self::default()
        };
        *self != only_time
    }
}

/// `true` or `1`, `false`, `0` or nothing.
fn truth(value: &str) -> Result<bool, String> {
    match value {
        "true" | "1" => Ok(true),
        "" | "false" | "0" => Ok(false),
        _ => Err("must be true or false".to_owned()),
    }
}

fn amount(value: &str) -> Result<Option<f64>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    let amount = parse_decimal(value).ok_or("must be a number, 0 or more, such as 1500 or 0.25")?;
    Ok(Some(amount))
}

pub(super) fn page_size(value: &str) -> Result<usize, String> {
    match value.parse() {
        Ok(limit) if (1..=MAX_PAGE).contains(&limit) => Ok(limit),
        _ => Err(format!("must be a number from 1 to {MAX_PAGE}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode_pairs, encode_pairs};

    #[test]
    fn survives_the_url() {
        let query = TraceQuery {
            q: "refund kind:llm".into(),
            from: Some(TimeBound::Ago(3_600)),
            to: None,
            name: "agent".into(),
            service: vec!["a, b".into(), "c".into()],
            model: vec!["gpt-4o".into()],
            user: vec!["ada@example.com".into()],
            session: vec!["s 1".into()],
            environment: vec!["prod".into()],
            errors: true,
            min_duration_ms: Some(1_500.5),
            min_cost_usd: Some(0.000_001),
            limit: Some(20),
            cursor: Some("abc".into()),
        };
        let url = encode_pairs(query.to_pairs());
        assert_eq!(TraceQuery::from_pairs(decode_pairs(&url)), Ok(query), "{url}");
    }

    #[test]
    fn names_every_fault() {
        let errors = TraceQuery::from_pairs(decode_pairs(
            "limit=0&errors=maybe&min_cost_usd=-1&colour=red&min_duration_ms=NaN",
        ))
        .unwrap_err();
        let names: Vec<_> = errors.iter().map(|e| e.loc[1].clone()).collect();
        assert_eq!(
            names,
            ["limit", "errors", "min_cost_usd", "colour", "min_duration_ms"].map(crate::Loc::from)
        );
    }
}
