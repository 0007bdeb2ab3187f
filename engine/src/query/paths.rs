//! Which attributes the events of a search have, by their paths.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::FacetValue;
use serde_json::Value;

use super::facets::in_order;
use super::{EventSearch, Filter, Plan, take};
use crate::store::row::{self, Columns};
use crate::store::{EventKey, Store, StoreError, Visit};

/// The most paths that are counted.
const COUNTED: usize = 2_000;
/// The longest way into an event.
const DEEPEST: usize = 6;

/// The paths of attributes among the newest `most` events that match, each with how many
/// events have it; and whether there are more events than were looked at.
///
/// # Errors
/// Those of the store.
pub async fn attribute_paths(
    store: &dyn Store,
    project_id: i64,
    search: &EventSearch,
    most: usize,
    budget: Duration,
) -> Result<(Vec<FacetValue>, bool), StoreError> {
    let deadline = Instant::now() + budget;
    let plan = Plan::new(store, project_id, search, deadline).await?;
    let mut walk = plan.walk(project_id, "", deadline);
    walk.read(&["attributes"]);
    walk.expected = most;
    let looking = Arc::new(Mutex::new(Looking {
        filter: Arc::clone(&plan.filter),
        left: most,
        counts: BTreeMap::new(),
    }));
    let walked = store.walk(walk, Arc::clone(&looking) as _).await?;
    let looking = take(looking)?;
    let partial = walked.out_of_time || looking.left == 0;
    Ok((in_order(looking.counts), partial))
}

struct Looking {
    filter: Arc<Filter>,
    /// How many more events may be looked at.
    left: usize,
    counts: BTreeMap<String, i64>,
}

impl Visit for Looking {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        if !self.filter.matches(row)? {
            return Ok(ControlFlow::Continue(()));
        }
        let attributes = row::payload(&row)?.attributes;
        let value: Option<Value> = attributes.and_then(|json| serde_json::from_str(&json).ok());
        let mut paths = BTreeSet::new();
        if let Some(value) = &value {
            gather(value, "", DEEPEST, &mut paths);
        }
        for path in paths {
            if self.counts.len() < COUNTED || self.counts.contains_key(&path) {
                *self.counts.entry(path).or_default() += 1;
            }
        }
        self.left = self.left.saturating_sub(1);
        Ok(if self.left > 0 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    }
}

/// The ways to everything in a value that is neither an object nor `null`.
fn gather(value: &Value, path: &str, deepest: usize, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if deepest > 0 => {
            for (key, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                gather(value, &format!("{path}{dot}{key}"), deepest - 1, paths);
            }
        }
        // A search for what is in a list goes by the list's own path.
        Value::Array(items) if deepest > 0 && items.iter().any(Value::is_object) => {
            for item in items {
                gather(item, path, deepest - 1, paths);
            }
        }
        Value::Null => {}
        _ if path.is_empty() => {}
        _ => {
            paths.insert(path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_values() {
        let json = r#"{"plan":"pro","cart":{"total":5,"items":[{"sku":"a"},{"sku":"b","note":null}]},
                       "tags":["x"],"empty":{},"none":null,"a b":1}"#;
        let mut paths = BTreeSet::new();
        gather(&serde_json::from_str(json).unwrap(), "", DEEPEST, &mut paths);
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        assert_eq!(paths, ["a b", "cart.items.sku", "cart.total", "plan", "tags"]);
        let mut none = BTreeSet::new();
        gather(&Value::from("text"), "", DEEPEST, &mut none);
        assert!(none.is_empty());
    }
}
