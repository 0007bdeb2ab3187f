//! Facets, from groups of events.

use std::collections::BTreeMap;

use eventglass_model::{FacetValue, Facets, Severity};

use crate::store::StoreError;
use crate::store::row::Columns;

/// The most values of a facet.
const FACET_VALUES: usize = 100;

/// Adds up groups of equal severity, kind, service and environment, whose
/// sizes are called `events`. The groups hold the newest `most` events, or all there are.
pub(crate) fn facets_of(groups: &[impl Columns], fields: &[&str], most: usize) -> Result<Facets, StoreError> {
    let mut facets: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    let mut looked_at = 0;
    for group in groups {
        let count = group.int("events")?;
        looked_at += count;
        let severity = Severity::from_code(group.int("severity")?);
        let values = [
            ("severity", severity.map(|s| s.as_str().to_owned())),
            ("kind", group.maybe_text("kind")?),
            ("service", group.maybe_text("service")?),
            ("environment", group.maybe_text("environment")?),
        ];
        for (field, value) in values {
            if let Some(value) = value.filter(|_| fields.contains(&field)) {
                *facets.entry(field.to_owned()).or_default().entry(value).or_default() += count;
            }
        }
    }
    let facets = facets
        .into_iter()
        .map(|(field, values)| (field, most_frequent(values)))
        .collect();
    Ok(Facets {
        facets,
        partial: looked_at >= i64::try_from(most).unwrap_or(i64::MAX),
    })
}

fn most_frequent(values: BTreeMap<String, i64>) -> Vec<FacetValue> {
    let mut values: Vec<FacetValue> = values
        .into_iter()
        .map(|(value, count)| FacetValue { value, count })
        .collect();
    // Stable: equals stay in the order of their names.
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    values.truncate(FACET_VALUES);
    values
}
