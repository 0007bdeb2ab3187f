//! What `/metrics` is asked.

use serde::{Deserialize, Serialize};

use super::{Dimension, Interval, Measure, MetricField, MetricGroup};
use crate::event_query::list;
use crate::{FieldError, TimeBound, loc};

/// Groups when `limit` is not given: as many as a chart has colours to tell them apart.
pub const DEFAULT_GROUPS: usize = 8;
/// The most groups, besides `other`.
pub const MAX_GROUPS: usize = 200;
/// The most measures of one request.
pub const MAX_MEASURES: usize = 15;
/// The most points of a series.
pub const MAX_POINTS: usize = 1_500;
/// The most dimensions to group by at once.
const MAX_GROUPED: usize = 3;
/// The longest `q`, in characters.
const MAX_Q: usize = 1_000;
/// The most values of one filter.
const MAX_VALUES: usize = 50;

/// The parameters of `GET /api/v1/projects/{id}/metrics`, and the query of a
/// widget. Several values of one filter mean any of them; a value that ends
/// with `*` is the beginning of one. Several filters mean all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MetricsQuery {
    /// What is measured; `count` when absent.
    pub measure: Vec<Measure>,
    /// The number that percentiles, means and sums are of.
    #[serde(skip_serializing_if = "is_default")]
    pub field: MetricField,
    /// What the series are grouped by, at most three.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<MetricGroup>,
    /// How far apart points are.
    #[serde(skip_serializing_if = "is_default")]
    pub interval: Interval,
    /// The search that events must match.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub q: String,
    /// From this moment on; a day before `to` when absent. Not kept in widgets.
    #[serde(skip)]
    pub from: Option<TimeBound>,
    /// Before this moment; now when absent. Not kept in widgets.
    #[serde(skip)]
    pub to: Option<TimeBound>,
    /// Any of these services.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub service: Vec<String>,
    /// Any of these endpoints.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub endpoint: Vec<String>,
    /// Any of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<String>,
    /// Any of these environments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environment: Vec<String>,
    /// Any of these providers of models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub provider: Vec<String>,
    /// Any of these models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model: Vec<String>,
    /// How many groups, 1 to [`MAX_GROUPS`]; [`DEFAULT_GROUPS`] when absent.
    /// The greatest by the first measure; the rest together is `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Whether to give totals of the period before too (`compare=previous`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compare: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl MetricsQuery {
    /// The names that [`Self::from_pairs`] knows.
    pub const NAMES: &'static [&'static str] = &[
        "measure",
        "field",
        "group",
        "interval",
        "q",
        "from",
        "to",
        "service",
        "endpoint",
        "kind",
        "environment",
        "provider",
        "model",
        "limit",
        "compare",
    ];

    /// Reads the pairs of a query string.
    ///
    /// # Errors
    /// Every fault, each with `["query", name]` as its place; an unknown name is one.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, Vec<FieldError>> {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if let Err(msg) = query.set(&name, &value) {
                errors.push(FieldError::new(loc!["query", name.as_str()], msg));
            }
        }
        errors.extend(
            query
                .check()
                .into_iter()
                .map(|(name, msg)| FieldError::new(loc!["query", name], msg)),
        );
        if errors.is_empty() { Ok(query) } else { Err(errors) }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "measure" => {
                for word in list(value) {
                    self.measure.push(Measure::parse(word).map_err(|e| e.to_string())?);
                }
            }
            "field" => self.field = value.parse()?,
            "group" => {
                for word in list(value) {
                    self.group.push(word.parse()?);
                }
            }
            "interval" => self.interval = value.parse()?,
            "q" => self.q = value.to_owned(),
            "from" => self.from = bound(value)?,
            "to" => self.to = bound(value)?,
            "limit" => self.limit = Some(value.parse().map_err(|_| limit_message())?),
            "compare" => match value {
                "previous" => self.compare = true,
                "" | "none" => self.compare = false,
                _ => return Err("expected previous or none".to_owned()),
            },
            _ => match self.filter_mut(name) {
                Some(values) => values.extend(list(value).map(str::to_owned)),
                None => {
                    let known = Self::NAMES.join(", ");
                    return Err(format!("unknown parameter; expected one of: {known}"));
                }
            },
        }
        Ok(())
    }

    fn filter_mut(&mut self, name: &str) -> Option<&mut Vec<String>> {
        Some(match name {
            "service" => &mut self.service,
            "endpoint" => &mut self.endpoint,
            "kind" => &mut self.kind,
            "environment" => &mut self.environment,
            "provider" => &mut self.provider,
            "model" => &mut self.model,
            _ => return None,
        })
    }

    /// The filters that are exact values or beginnings, by their name.
    #[must_use]
    pub fn filters(&self) -> [(Dimension, &[String]); 6] {
        [
            (Dimension::Service, &self.service),
            (Dimension::Endpoint, &self.endpoint),
            (Dimension::Kind, &self.kind),
            (Dimension::Environment, &self.environment),
            (Dimension::Provider, &self.provider),
            (Dimension::Model, &self.model),
        ]
    }

    /// Faults of values that are each right, by the name of the parameter.
    #[must_use]
    pub fn check(&self) -> Vec<(&'static str, String)> {
        let mut errors = Vec::new();
        if self.measure.len() > MAX_MEASURES {
            errors.push(("measure", format!("must have at most {MAX_MEASURES} values")));
        }
        if self.group.len() > MAX_GROUPED {
            errors.push(("group", format!("must have at most {MAX_GROUPED} values")));
        }
        if self.q.chars().count() > MAX_Q {
            errors.push(("q", format!("must have at most {MAX_Q} characters")));
        }
        if self.limit.is_some_and(|limit| !(1..=MAX_GROUPS).contains(&limit)) {
            errors.push(("limit", limit_message()));
        }
        for (dimension, values) in self.filters() {
            if values.len() > MAX_VALUES {
                errors.push((dimension.as_str(), format!("must have at most {MAX_VALUES} values")));
            }
        }
        errors
    }

    /// Writes the pairs that [`Self::from_pairs`] reads, leaving out what is not set.
    #[must_use]
    pub fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let measures: Vec<&str> = self.measure.iter().map(|m| m.as_str()).collect();
        let group: Vec<String> = self.group.iter().map(|group| listed(&group.to_string())).collect();
        let text = |set: bool, value: String| if set { value } else { String::new() };
        let mut pairs = vec![
            ("measure", measures.join(",")),
            ("field", text(!is_default(&self.field), self.field.to_string())),
            ("group", group.join(",")),
            ("interval", text(!is_default(&self.interval), self.interval.to_string())),
            ("q", self.q.clone()),
            ("from", self.from.map(|b| b.to_string()).unwrap_or_default()),
            ("to", self.to.map(|b| b.to_string()).unwrap_or_default()),
        ];
        for (dimension, values) in self.filters() {
            pairs.extend(values.iter().map(|value| (dimension.as_str(), listed(value))));
        }
        pairs.push(("limit", self.limit.map(|n| n.to_string()).unwrap_or_default()));
        pairs.push(("compare", text(self.compare, "previous".to_owned())));
        pairs.retain(|(_, value)| !value.is_empty());
        pairs
    }
}

/// A value with a comma in it cannot stand in a list: it is quoted.
fn listed(value: &str) -> String {
    if value.contains(',') {
        format!("\"{value}\"")
    } else {
        value.to_owned()
    }
}

fn bound(value: &str) -> Result<Option<TimeBound>, String> {
    if value.is_empty() {
        return Ok(None);
    }
    Ok(Some(TimeBound::parse(value)?))
}

fn limit_message() -> String {
    format!("must be a number from 1 to {MAX_GROUPS}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode_pairs;

    fn read(text: &str) -> Result<MetricsQuery, Vec<FieldError>> {
        MetricsQuery::from_pairs(decode_pairs(text))
    }

    #[test]
    fn reads_and_writes() {
        let query = read(
            "measure=count,p95&measure=error_rate&group=service,endpoint,attributes.cart.currency&interval=5m&q=card&from=-24h&to=now\
             &service=pay*,cart&model=%22a,b%22&limit=5&compare=previous&field=attributes.cart.total",
        )
        .unwrap();
        assert_eq!(query.measure, [Measure::Count, Measure::P95, Measure::ErrorRate]);
        let currency = MetricGroup::Attribute("cart.currency".to_owned());
        assert_eq!(
            query.group,
            [Dimension::Service.into(), Dimension::Endpoint.into(), currency]
        );
        assert_eq!(query.service, ["pay*", "cart"]);
        assert_eq!(query.model, ["a,b"]);
        assert_eq!(query.field, MetricField::Attribute("cart.total".to_owned()));
        let pairs = query
            .to_pairs()
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        assert_eq!(MetricsQuery::from_pairs(pairs).unwrap(), query);
        assert!(MetricsQuery::default().to_pairs().is_empty());
    }

    #[test]
    fn names_every_fault() {
        let errors =
            read("measure=speed&group=service,kind,model,city&interval=1s&limit=0&compare=next&x=1").unwrap_err();
        let places: Vec<String> = errors.iter().map(|e| serde_json::to_string(&e.loc).unwrap()).collect();
        for name in ["measure", "group", "interval", "limit", "compare", "x"] {
            assert!(places.contains(&format!(r#"["query","{name}"]"#)), "{name}: {places:?}");
        }
        for group in ["attributes.", "attributes", "cart.currency"] {
            assert!(read(&format!("group={group}")).is_err(), "{group}");
        }
    }

    #[test]
    fn a_widget_keeps_it_as_json() {
        let query = read("measure=p95&group=service,attributes.shop&q=card&interval=1h").unwrap();
        let json = serde_json::to_string(&query).unwrap();
        assert_eq!(
            json,
            r#"{"measure":["p95"],"group":["service","attributes.shop"],"interval":"1h","q":"card"}"#
        );
        assert_eq!(serde_json::from_str::<MetricsQuery>(&json).unwrap(), query);
        assert!(serde_json::from_str::<MetricsQuery>(r#"{"colour":1}"#).is_err());
    }
}
