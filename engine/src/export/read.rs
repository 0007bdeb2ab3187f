//! Reading a whole search.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::Event;

use crate::query::{EventSearch, Filter, Plan, count, take};
use crate::store::row::{self, Columns};
use crate::store::{EventKey, SharedStore, StoreError, Visit};

/// The most events of a batch.
const BATCH: usize = 500;
/// About the most bytes of payload of a batch.
const BATCH_BYTES: usize = 4 << 20;
/// How long a batch may take, and with it a transaction.
const BATCH_TIME: Duration = Duration::from_millis(500);

/// Reads all events that match, newest first, in batches, each a transaction of its own.
pub struct ExportRead {
    store: SharedStore,
    project_id: i64,
    plan: Plan,
    below: Option<EventKey>,
    is_over: bool,
}

impl ExportRead {
    /// Begins.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn new(store: SharedStore, project_id: i64, search: &EventSearch) -> Result<Self, StoreError> {
        let plan = Plan::new(&*store, project_id, search, Instant::now() + BATCH_TIME).await?;
        Ok(Self {
            store,
            project_id,
            plan,
            below: None,
            is_over: false,
        })
    }

    /// How many events there will be, when that can be known within the time.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn count(&self, budget: Duration) -> Result<Option<u64>, StoreError> {
        count(&*self.store, self.project_id, &self.plan, budget).await
    }

    /// The next batch, which may be empty; `None` after the last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next(&mut self) -> Result<Option<Vec<Event>>, StoreError> {
        if self.is_over {
            return Ok(None);
        }
        let mut walk = self.plan.walk(self.project_id, row::WHOLE, Instant::now() + BATCH_TIME);
        walk.expected = BATCH;
        if let Some(below) = self.below {
            walk.below = Some(walk.below.map_or(below, |bound| bound.min(below)));
        }
        let batch = Arc::new(Mutex::new(Batch {
            filter: Arc::clone(&self.plan.filter),
            events: Vec::new(),
            bytes: 0,
            is_full: false,
        }));
        let walked = self.store.walk(walk, Arc::clone(&batch) as _).await?;
        let batch = take(batch)?;
        self.below = walked.last.or(self.below);
        self.is_over = !batch.is_full && !walked.out_of_time;
        Ok(Some(batch.events))
    }
}

struct Batch {
    filter: Arc<Filter>,
    events: Vec<Event>,
    bytes: usize,
    is_full: bool,
}

impl Visit for Batch {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        if self.filter.matches(row)? {
            let event = row::event(&row)?;
            let payloads = [&event.input, &event.output, &event.attributes];
            self.bytes += payloads
                .into_iter()
                .flatten()
                .map(|json| json.get().len())
                .sum::<usize>();
            self.events.push(event);
        }
        self.is_full = self.events.len() >= BATCH || self.bytes >= BATCH_BYTES;
        Ok(if self.is_full {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }
}
