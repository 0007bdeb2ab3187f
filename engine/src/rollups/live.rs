//! What is committed and not folded yet, in the memory of the one process
//! that writes: so that a read need not decode the deltas of many commits.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::delta::add_delta;
use super::dictionary::Dictionary;
use super::pending::{Pending, ProjectPending};
use super::plan::Stored;
use crate::store::StoreError;

/// What of a project a reader sees: blobs, and what has to be added to them.
#[derive(Debug, Default)]
pub struct View {
    /// The blobs of each list of reads.
    pub stored: Vec<Vec<Stored>>,
    /// What is not in the blobs yet.
    pub pending: Vec<Arc<ProjectPending>>,
    /// What the numbers of series mean.
    pub series: Arc<Dictionary>,
    /// Whether older events are still being counted.
    pub rebuilding: bool,
}

/// Deltas since the last fold.
#[derive(Default)]
pub struct Live {
    /// What commits have left here, each under its number.
    queue: Mutex<Vec<Delta>>,
    state: Mutex<State>,
    last: AtomicI64,
}

struct Delta {
    number: i64,
    project_id: i64,
    blob: Vec<u8>,
}

#[derive(Default)]
struct State {
    /// What a fold is writing.
    closing: Option<Batch>,
    open: Batch,
    /// Deltas up to this number are no longer in memory.
    folded: i64,
}

/// Deltas that are folded together.
#[derive(Clone, Default)]
pub struct Batch {
    /// What they add up to.
    pub pending: Pending,
    /// The number of the last.
    pub through: i64,
    /// How many there are.
    pub rows: usize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// The number of the next delta. They rise in the order of commits.
    pub fn next_number(&self) -> i64 {
        self.last.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes what a commit has written, once it is durable.
    pub fn push(&self, number: i64, project_id: i64, blob: Vec<u8>) {
        lock(&self.queue).push(Delta {
            number,
            project_id,
            blob,
        });
    }

    /// Begins anew with what is stored: deltas up to `folded` are in the blobs.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a delta cannot be read.
    pub fn reset(&self, folded: i64, deltas: Vec<(i64, i64, Vec<u8>)>) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        lock(&self.queue).clear();
        *state = State {
            folded,
            ..State::default()
        };
        state.open.through = folded;
        self.last.fetch_max(folded, Ordering::Relaxed);
        for (number, project_id, blob) in deltas {
            self.last.fetch_max(number, Ordering::Relaxed);
            lock(&self.queue).push(Delta {
                number,
                project_id,
                blob,
            });
        }
        self.drain(&mut state)
    }

    fn drain(&self, state: &mut State) -> Result<(), StoreError> {
        let deltas = std::mem::take(&mut *lock(&self.queue));
        for delta in deltas {
            add_delta(state.open.pending.project_mut(delta.project_id), &delta.blob)?;
            state.open.through = delta.number;
            state.open.rows += 1;
        }
        Ok(())
    }

    /// What of a project is not in the blobs, for a reader who sees those up to
    /// `folded`. `None` when a fold has gone on since: then it has to look again.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a delta cannot be read.
    pub fn pending(&self, project_id: i64, folded: i64) -> Result<Option<Vec<Arc<ProjectPending>>>, StoreError> {
        let mut state = lock(&self.state);
        self.drain(&mut state)?;
        if folded < state.folded {
            return Ok(None);
        }
        let closing = state.closing.as_ref().filter(|batch| batch.through > folded);
        Ok(Some(
            closing
                .into_iter()
                .chain([&state.open])
                .filter_map(|batch| batch.pending.project(project_id))
                .collect(),
        ))
    }

    /// How many cells wait.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a delta cannot be read.
    pub fn waiting(&self) -> Result<usize, StoreError> {
        let mut state = lock(&self.state);
        self.drain(&mut state)?;
        Ok(state.open.pending.len() + state.closing.as_ref().map_or(0, |batch| batch.pending.len()))
    }

    /// What is to be folded; what comes from now on waits for the next fold.
    /// The same again when the last fold did not succeed.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a delta cannot be read.
    pub fn begin_fold(&self) -> Result<Option<Batch>, StoreError> {
        let mut state = lock(&self.state);
        self.drain(&mut state)?;
        if state.closing.is_none() && state.open.rows > 0 {
            let through = state.open.through;
            let open = std::mem::replace(
                &mut state.open,
                Batch {
                    through,
                    ..Batch::default()
                },
            );
            state.closing = Some(open);
        }
        Ok(state.closing.clone())
    }

    /// Forgets what waits of a project: it is counted anew.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when a delta cannot be read.
    pub fn forget(&self, project_id: i64) -> Result<(), StoreError> {
        let mut state = lock(&self.state);
        self.drain(&mut state)?;
        state.open.pending.remove(project_id);
        if let Some(closing) = &mut state.closing {
            closing.pending.remove(project_id);
        }
        Ok(())
    }

    /// What was to be folded is in the blobs.
    pub fn end_fold(&self) {
        let mut state = lock(&self.state);
        if let Some(batch) = state.closing.take() {
            state.folded = batch.through;
        }
    }
}
