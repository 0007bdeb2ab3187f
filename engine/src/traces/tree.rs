//! From events to a tree, whatever they say about each other.
//!
//! Every event gets exactly one place. What has no parent in the trace is a
//! root; a circle is cut at its earliest span. Nothing here recurses, and
//! everything takes time in proportion to the number of events (and their sorting).

use std::cell::OnceCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;

use eventglass_model::span_flags::{CYCLE, DUPLICATE, MOMENT, ORPHAN, SKEW};

use super::SpanRow;

/// Clocks of one machine differ by less than this, in microseconds: some SDKs
/// stamp with whole milliseconds.
const SKEW_US: i64 = 1_000;
const NONE: u32 = u32::MAX;

/// A tree in pre-order. All arrays have one entry an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Which row stands at a place.
    pub rows: Vec<u32>,
    /// Place of the parent; -1 for roots.
    pub parent: Vec<i32>,
    /// 0 for roots.
    pub depth: Vec<u32>,
    /// Places of the subtree, itself included.
    pub size: Vec<u32>,
    /// What is odd about its place, and whether it is a moment: `span_flags`.
    pub flags: Vec<u32>,
}

impl Tree {
    /// Makes the tree of a trace's events, given in any order. There must be
    /// fewer than 2^31 of them.
    #[must_use]
    pub fn build(rows: &[SpanRow]) -> Self {
        let ids = Ids::of(rows);
        let mut flags: Vec<u32> = rows
            .iter()
            .map(|row| if row.is_moment() { MOMENT } else { 0 })
            .collect();
        let mut parents: Vec<u32> = Vec::with_capacity(rows.len());
        for (n, row) in rows.iter().enumerate() {
            let (parent, flag) = ids.place(index(n), row);
            parents.push(parent);
            mark(&mut flags, index(n), flag);
        }
        cut_circles(rows, &mut parents, &mut flags);
        for (n, row) in rows.iter().enumerate() {
            let parent = parents.get(n).and_then(|parent| rows.get(*parent as usize));
            if parent.is_some_and(|parent| row.time < parent.time.saturating_sub(SKEW_US)) {
                mark(&mut flags, index(n), SKEW);
            }
        }
        Self::walk(rows, &parents, &flags)
    }

    /// How many events.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lays out a forest in pre-order, siblings in the order of time.
    fn walk(rows: &[SpanRow], parents: &[u32], flags: &[u32]) -> Self {
        let children = Children::of(rows, parents);
        let mut tree = Self {
            rows: Vec::with_capacity(rows.len()),
            parent: Vec::with_capacity(rows.len()),
            depth: Vec::with_capacity(rows.len()),
            size: vec![1; rows.len()],
            flags: Vec::with_capacity(rows.len()),
        };
        // What waits: a row, the place of its parent, its depth. The next is at the end.
        let mut waiting: Vec<(u32, i32, u32)> = children.roots().rev().map(|root| (root, -1, 0)).collect();
        while let Some((row, parent, depth)) = waiting.pop() {
            let place = i32::try_from(tree.rows.len()).unwrap_or(i32::MAX);
            tree.rows.push(row);
            tree.parent.push(parent);
            tree.depth.push(depth);
            tree.flags.push(flags.get(row as usize).copied().unwrap_or(0));
            waiting.extend(children.of_row(row).rev().map(|child| (child, place, depth + 1)));
        }
        for place in (0..tree.rows.len()).rev() {
            let size = tree.size.get(place).copied().unwrap_or(1);
            let parent = tree.parent.get(place).and_then(|parent| usize::try_from(*parent).ok());
            if let Some(of_parent) = parent.and_then(|parent| tree.size.get_mut(parent)) {
                *of_parent += size;
            }
        }
        tree
    }
}

/// Rows by one of their ids. Clients choose them: the hash is seeded.
type Rows<'a> = HashMap<&'a str, u32, RandomState>;

/// Which row an id stands for.
struct Ids<'a> {
    rows: &'a [SpanRow],
    by_span: Rows<'a>,
    /// Made when it is asked for: most traces name all parents by their span ids.
    by_event: OnceCell<Rows<'a>>,
}

impl<'a> Ids<'a> {
    fn of(rows: &'a [SpanRow]) -> Self {
        let mut by_span = Rows::with_capacity_and_hasher(rows.len(), RandomState::default());
        // Of several with one id: a span before a log, one with an end before
        // one without (SDKs that announce a span at its start), then the earliest.
        let rank = |row: &SpanRow| (row.is_moment(), row.duration_us.is_none(), row.key);
        for (n, row) in rows.iter().enumerate() {
            let Some(id) = row.span().filter(|_| row.has_own_id()) else {
                continue;
            };
            match by_span.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert(index(n));
                }
                Entry::Occupied(mut entry) => {
                    let other = rows.get(*entry.get() as usize);
                    if other.is_none_or(|other| rank(row) < rank(other)) {
                        entry.insert(index(n));
                    }
                }
            }
        }
        Self {
            rows,
            by_span,
            by_event: OnceCell::new(),
        }
    }

    fn of_event(&self, id: &str) -> Option<&u32> {
        let by_event = self.by_event.get_or_init(|| {
            let mut by_event = Rows::with_capacity_and_hasher(self.rows.len(), RandomState::default());
            for (n, row) in self.rows.iter().enumerate() {
                by_event.entry(&row.event_id).or_insert(index(n));
            }
            by_event
        });
        by_event.get(id)
    }

    /// The parent of a row, and what is odd about it.
    fn place(&self, n: u32, row: &SpanRow) -> (u32, u32) {
        let owner = row.span().and_then(|id| self.by_span.get(id)).copied();
        if row.is_moment() && owner != Some(n) {
            // It carries the id of the span it happened in.
            match (owner, row.span()) {
                (Some(owner), _) => return (owner, 0),
                (None, Some(_)) => return (NONE, ORPHAN),
                (None, None) => {}
            }
        }
        let twice = !row.is_moment() && owner.is_some_and(|owner| owner != n);
        let flag = if twice { DUPLICATE } else { 0 };
        let Some(parent_id) = row.parent() else {
            return (NONE, flag);
        };
        // WatchLLM names its parents by their event's id.
        let parent = self.by_span.get(parent_id).or_else(|| self.of_event(parent_id));
        match parent.copied() {
            Some(parent) if parent == n => (NONE, flag | CYCLE),
            Some(parent) => (parent, flag),
            // Langfuse's observations hang on the trace, which need not be sent.
            None if parent_id.strip_prefix("trace:") == Some(row.trace_id.as_str()) => (NONE, flag),
            None => (NONE, flag | ORPHAN),
        }
    }
}

/// Cuts each circle at its earliest span.
fn cut_circles(rows: &[SpanRow], parents: &mut [u32], flags: &mut [u32]) {
    const NEW: u32 = 0;
    const DONE: u32 = NONE;
    // By row: not seen, known to lead to a root, or on the way that began at row seen - 1.
    let mut seen = vec![NEW; rows.len()];
    let mut way: Vec<u32> = Vec::new();
    for start in 0..index(rows.len()) {
        let stamp = start + 1;
        let mut at = start;
        while let Some(state) = seen.get_mut(at as usize).filter(|state| **state == NEW) {
            *state = stamp;
            way.push(at);
            at = parents.get(at as usize).copied().unwrap_or(NONE);
        }
        if seen.get(at as usize) == Some(&stamp) {
            let circle = way.iter().skip_while(|row| **row != at).copied();
            let time = |row: u32| rows.get(row as usize).map(|row| (row.time, row.key));
            if let Some(earliest) = circle.min_by_key(|row| (time(*row), *row)) {
                if let Some(parent) = parents.get_mut(earliest as usize) {
                    *parent = NONE;
                }
                mark(flags, earliest, CYCLE);
            }
        }
        for row in way.drain(..) {
            if let Some(state) = seen.get_mut(row as usize) {
                *state = DONE;
            }
        }
    }
}

/// The children of every row, each list in the order of time; the roots are last.
struct Children {
    list: Vec<u32>,
    /// Where the list of a row ends; it begins where that of the row before ends.
    ends: Vec<u32>,
}

impl Children {
    fn of(rows: &[SpanRow], parents: &[u32]) -> Self {
        let slot = |row: u32| {
            let parent = parents.get(row as usize).copied().unwrap_or(NONE);
            if parent == NONE { rows.len() } else { parent as usize }
        };
        let mut by_time: Vec<u32> = (0..index(rows.len())).collect();
        by_time.sort_by_key(|row| rows.get(*row as usize).map(|row| (row.time, row.key)));
        // A counting sort by parent, which keeps the order of time.
        let mut ends = vec![0_u32; rows.len() + 1];
        for row in &by_time {
            if let Some(count) = ends.get_mut(slot(*row)) {
                *count += 1;
            }
        }
        let mut total = 0;
        for end in &mut ends {
            let count = *end;
            *end = total;
            total += count;
        }
        let mut list = vec![0_u32; rows.len()];
        for row in by_time {
            if let Some(next) = ends.get_mut(slot(row)) {
                if let Some(entry) = list.get_mut(*next as usize) {
                    *entry = row;
                }
                *next += 1;
            }
        }
        Self { list, ends }
    }

    fn of_row(&self, row: u32) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.slot(row as usize)
    }

    fn roots(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.slot(self.ends.len().saturating_sub(1))
    }

    fn slot(&self, slot: usize) -> impl DoubleEndedIterator<Item = u32> + '_ {
        let end = self.ends.get(slot).copied().unwrap_or(0) as usize;
        let before = slot.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.copied().unwrap_or(0) as usize;
        self.list.get(start..end).unwrap_or_default().iter().copied()
    }
}

fn index(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NONE)
}

fn mark(flags: &mut [u32], row: u32, flag: u32) {
    if let Some(flags) = flags.get_mut(row as usize) {
        *flags |= flag;
    }
}

#[cfg(test)]
mod tests;
