//! Makes the list of traces follow the events.
//!
//! A pass reads the events that arrived since the pass before, in the order of
//! commits, and adds them to what is known of their traces. So appending pays
//! nothing for the list, and a database that never had one gets it. Traces of
//! which events were changed or removed are marked by whoever did it, and
//! counted anew. Of two passes at once, on one server or several, one counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::{FoldInput, FoldOutput, SharedStore, StoreError};
use crate::traces::TraceState;

/// Events of a pass. It holds up the writer for some 30 µs each when they are of
/// as many traces, and what waits for the writer is somebody's request.
const EVENTS: usize = 500;
/// Events that a pass reads again, to count traces anew.
const RECOUNTED: usize = 100_000;

/// What became of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    /// There is nothing left to do.
    Done,
    /// There may be.
    More {
        /// The project's last commit, to see whether it is busy.
        last: i64,
        /// How far this pass has come is so long before it, in microseconds.
        behind: i64,
    },
}

/// One pass over a project. Of a trace with more than `most_spans` events none is read again.
pub(super) async fn pass(store: &SharedStore, project_id: i64, most_spans: usize) -> Result<Pass, StoreError> {
    let Some(input) = store.fold_input(project_id, EVENTS).await? else {
        return Ok(Pass::Done);
    };
    let (last, upto) = (input.last, input.upto);
    let (mut states, mut output) = add(input);
    let mut left = RECOUNTED;
    let marked: BTreeSet<String> = output.done.iter().map(|mark| mark.trace_id.clone()).collect();
    let unsure = states.values().filter(|state| state.needs_count());
    let unsure: Vec<String> = unsure.map(|state| state.trace_id.clone()).collect();
    let recount: BTreeSet<String> = marked.iter().cloned().chain(unsure).collect();
    for trace_id in recount {
        if left == 0 {
            // The next pass does it.
            if marked.contains(&trace_id) {
                output.done.retain(|mark| mark.trace_id != trace_id);
            } else {
                output.mark.push(trace_id);
            }
            continue;
        }
        let found = store.trace_rows(project_id, &trace_id, most_spans, Some(upto)).await?;
        left = left.saturating_sub(found.rows.len().max(100));
        if found.rows.is_empty() {
            states.remove(&trace_id);
            output.removed.push(trace_id);
        } else if !found.truncated {
            states.insert(trace_id.clone(), TraceState::whole(&trace_id, &found.rows));
        }
    }
    let rest = last > upto || !output.mark.is_empty() || !marked.is_empty();
    output.put = states.into_values().collect();
    let counts = store.fold_output(project_id, output).await?;
    let behind = last.saturating_sub(upto);
    Ok(if rest || !counts {
        Pass::More { last, behind }
    } else {
        Pass::Done
    })
}

/// Adds what came to what was known.
fn add(input: FoldInput) -> (BTreeMap<String, TraceState>, FoldOutput) {
    let known = input.states.into_iter().map(|state| (state.trace_id.clone(), state));
    let mut states: BTreeMap<String, TraceState> = known.collect();
    for row in input.rows.iter().filter(|row| !row.trace_id.is_empty()) {
        match states.get_mut(&row.trace_id) {
            Some(state) => state.add(row),
            None => {
                let mut state = TraceState::new(&row.trace_id);
                state.add(row);
                states.insert(row.trace_id.clone(), state);
            }
        }
    }
    let output = FoldOutput {
        pass: input.pass,
        upto: input.upto,
        done: input.marks,
        ..FoldOutput::default()
    };
    (states, output)
}
