//! How many events match.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{Filter, Plan, take};
use crate::store::row::Columns;
use crate::store::{EventKey, Store, StoreError, Visit};

/// How many events match, when that can be counted within the time.
pub(crate) async fn count(
    store: &dyn Store,
    project_id: i64,
    plan: &Plan,
    budget: Duration,
) -> Result<Option<u64>, StoreError> {
    let mut walk = plan.walk(project_id, "", Instant::now() + budget);
    walk.expected = usize::MAX;
    let counting = Arc::new(Mutex::new(Counting(Arc::clone(&plan.filter), 0)));
    let walked = store.walk(walk, Arc::clone(&counting) as _).await?;
    let count = take(counting)?.1;
    Ok((!walked.out_of_time).then_some(count))
}

struct Counting(Arc<Filter>, u64);

impl Visit for Counting {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        self.1 += u64::from(self.0.matches(row)?);
        Ok(ControlFlow::Continue(()))
    }
}
