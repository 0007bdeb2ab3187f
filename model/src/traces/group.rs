//! Sessions and users: what their traces add up to.

use serde::{Deserialize, Serialize};

use super::query::page_size;
use crate::event_query::bound;
use crate::{FieldError, TimeBound, Timestamp, loc};

/// A session or a user: an item of `/sessions` or `/users`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Group {
    /// The session's or user's id.
    pub id: String,
    /// How many traces, in the span of time that was asked for.
    pub traces: i64,
    /// How many of them have errors.
    pub failed_traces: i64,
    /// Spans of them.
    pub spans: i64,
    /// Events of them that failed.
    pub errors: i64,
    /// Their tokens.
    pub tokens: i64,
    /// Their known cost in US dollars.
    pub cost_usd: f64,
    /// Whether that is all of it.
    pub cost_complete: bool,
    /// Start of the first.
    pub first: Timestamp,
    /// Start of the last.
    pub last: Timestamp,
    /// The users of a session, at most 5; of a user, nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// How many sessions a user has had; of a session, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sessions: Option<i64>,
    /// Whether only its newest traces were counted (the limit is a setting).
    #[serde(default)]
    pub partial: bool,
}

/// A page of sessions or users; whose last trace is newest comes first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupPage {
    /// The sessions or users.
    pub items: Vec<Group>,
    /// Give it back as `cursor` for the page after this one; `null` at the end.
    pub next_cursor: Option<String>,
}

/// One session or user: `/sessions/{id}` or `/users/{id}`. Their traces are
/// at `/traces?session=` and `/traces?user=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// What it all adds up to.
    #[serde(flatten)]
    pub group: Group,
    /// Seconds of a bucket.
    pub bucket_secs: i64,
    /// Figures over time, oldest first; buckets in which nothing happened are left out.
    pub buckets: Vec<ActivityBucket>,
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActivityBucket {
    /// When it begins.
    pub start: Timestamp,
    /// Traces that began in it.
    pub traces: i64,
    /// Events of them that failed.
    pub errors: i64,
    /// Tokens of them.
    pub tokens: i64,
    /// Known cost of them in US dollars.
    pub cost_usd: f64,
}

/// The parameters of `/sessions`, `/users` and one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupQuery {
    /// Only traces that started at this moment or later.
    pub from: Option<TimeBound>,
    /// Only traces that started before this moment.
    pub to: Option<TimeBound>,
    /// Part of the id, in any case of ASCII letters. Lists only.
    pub q: String,
    /// Only sessions of this user. Sessions only.
    pub user: Option<String>,
    /// How many. Lists only.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before. Lists only.
    pub cursor: Option<String>,
}

impl GroupQuery {
    /// The names that [`Self::from_pairs`] knows.
    pub const NAMES: &'static [&'static str] = &["from", "to", "q", "user", "limit", "cursor"];

    /// Reads the pairs of a query string; `names` are those that may be there.
    ///
    /// # Errors
    /// Every fault, each with `["query", name]` as its place; an unknown name is one.
    pub fn from_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
        names: &[&str],
    ) -> Result<Self, Vec<FieldError>> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if let Err(msg) = query.set(&name, value, names) {
                errors.push(FieldError::new(loc!["query", name.as_str()], msg));
            }
        }
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    fn set(&mut self, name: &str, value: String, names: &[&str]) -> Result<(), String> {
        if value.chars().count() > 1_000 {
            return Err("must have at most 1,000 characters".to_owned());
        }
        match name {
            _ if !names.contains(&name) => {
                return Err(format!("unknown parameter; expected one of: {}", names.join(", ")));
            }
            "from" => self.from = bound(&value)?,
            "to" => self.to = bound(&value)?,
            "q" => self.q = value,
            "user" => self.user = Some(value).filter(|v| !v.is_empty()),
            "limit" => self.limit = Some(page_size(&value)?),
            _ => self.cursor = Some(value).filter(|v| !v.is_empty()),
        }
        Ok(())
    }

    /// Writes the pairs that [`Self::from_pairs`] reads, leaving out what is not set.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![
            ("from", self.from.map(|b| b.to_string()).unwrap_or_default()),
            ("to", self.to.map(|b| b.to_string()).unwrap_or_default()),
            ("q", self.q.clone()),
            ("user", self.user.clone().unwrap_or_default()),
            ("limit", self.limit.map(|n| n.to_string()).unwrap_or_default()),
            ("cursor", self.cursor.clone().unwrap_or_default()),
        ];
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode_pairs, encode_pairs};

    #[test]
    fn survives_the_url() {
        let query = GroupQuery {
            from: Some(TimeBound::Ago(86_400)),
            to: None,
            q: "ada".into(),
            user: Some("u 1".into()),
            limit: Some(7),
            cursor: Some("c".into()),
        };
        let url = encode_pairs(query.to_pairs());
        assert_eq!(GroupQuery::from_pairs(decode_pairs(&url), GroupQuery::NAMES), Ok(query));
        assert!(GroupQuery::from_pairs(decode_pairs("q=x"), &["from", "to"]).is_err());
    }
}
