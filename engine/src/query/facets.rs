//! Which values the events of a search have.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::search::{Column, Kind};
use eventglass_model::{CostSource, FacetValue, Facets, Severity, Status};

use super::filter::column_name;
use super::{EventSearch, Filter, Plan, take};
use crate::store::row::Columns;
use crate::store::{EventKey, Store, StoreError, Visit};

/// The most values of a facet in an answer.
const VALUES: usize = 100;
/// The most different values that are counted.
const COUNTED: usize = 10_000;

/// The values of fields among the newest `most` events that match.
///
/// # Errors
/// Those of the store.
pub async fn facets(
    store: &dyn Store,
    project_id: i64,
    search: &EventSearch,
    fields: &[Column],
    most: usize,
    budget: Duration,
) -> Result<Facets, StoreError> {
    let deadline = Instant::now() + budget;
    let plan = Plan::new(store, project_id, search, deadline).await?;
    let mut walk = plan.walk(project_id, "", deadline);
    let names: Vec<&str> = fields.iter().map(|field| column_name(*field)).collect();
    walk.read(&names);
    walk.expected = most;
    let counting = Counting {
        filter: Arc::clone(&plan.filter),
        left: most,
        fields: fields.iter().map(|field| (*field, HashMap::new())).collect(),
        overflown: false,
    };
    let counting = Arc::new(Mutex::new(counting));
    let walked = store.walk(walk, Arc::clone(&counting) as _).await?;
    let counting = take(counting)?;
    let facets = counting
        .fields
        .into_iter()
        .map(|(field, counts)| (field.name().to_owned(), most_frequent(counts)));
    Ok(Facets {
        facets: facets.filter(|(_, values)| !values.is_empty()).collect(),
        partial: walked.out_of_time || counting.left == 0 || counting.overflown,
        complete: Vec::new(),
    })
}

struct Counting {
    filter: Arc<Filter>,
    /// How many more may be counted.
    left: usize,
    fields: Vec<(Column, HashMap<Value, i64>)>,
    overflown: bool,
}

#[derive(PartialEq, Eq, Hash)]
enum Value {
    Text(String),
    Number(i64),
    Word(&'static str),
}

impl Visit for Counting {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        if !self.filter.matches(row)? {
            return Ok(ControlFlow::Continue(()));
        }
        for (field, counts) in &mut self.fields {
            let Some(value) = value_of(*field, row)? else { continue };
            if counts.len() < COUNTED || counts.contains_key(&value) {
                *counts.entry(value).or_default() += 1;
            } else {
                self.overflown = true;
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

fn value_of(field: Column, row: &dyn Columns) -> Result<Option<Value>, StoreError> {
    let name = column_name(field);
    Ok(match (field, field.info().kind) {
        (Column::Severity, _) => Severity::from_code(row.int(name)?).map(|s| Value::Word(s.as_str())),
        (Column::Status, _) => Status::from_code(row.int(name)?).map(|s| Value::Word(s.as_str())),
        (Column::CostSource, _) => row
            .maybe_int(name)?
            .and_then(CostSource::from_code)
            .map(|s| Value::Word(s.as_str())),
        (_, Kind::Number) => row.maybe_int(name)?.map(Value::Number),
        _ => row.maybe_text(name)?.map(Value::Text),
    })
}

fn most_frequent(counts: HashMap<Value, i64>) -> Vec<FacetValue> {
    let text = |value| match value {
        Value::Text(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Word(word) => word.to_owned(),
    };
    in_order(counts.into_iter().map(|(value, count)| (text(value), count)).collect())
}

/// The most frequent first, and of those that are alike the first by name.
pub(super) fn in_order(counts: BTreeMap<String, i64>) -> Vec<FacetValue> {
    let mut values: Vec<FacetValue> = counts
        .into_iter()
        .map(|(value, count)| FacetValue { value, count })
        .collect();
    // Stable: equals stay in the order of their names.
    values.sort_by_key(|value| std::cmp::Reverse(value.count));
    values.truncate(VALUES);
    values
}
