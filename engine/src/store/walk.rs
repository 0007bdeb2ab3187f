//! Walks through events, newest first: what searches, counts and exports are made of.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::query::{Narrow, of_project};
use crate::store::row::{Columns, PAYLOAD};
use crate::store::{EventKey, StoreError};

/// Which events of a project to walk through.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Whose.
    pub(crate) project_id: i64,
    /// Only those whose words answer this, of whatever project as yet ([`Self::of_project`]).
    /// Without a say when `arrived_after` is set.
    pub(crate) narrow: Option<Narrow>,
    /// The same, but for events that have words for how long they took, if those
    /// tell more; see [`Self::parts`].
    pub(crate) narrow_slow: Option<Narrow>,
    /// Only those whose numbers lie in these; a store need not mind.
    pub(crate) numbers: Vec<NumberIn>,
    /// Only this one.
    pub(crate) only: Option<EventKey>,
    /// Only from this key on.
    pub(crate) from: Option<EventKey>,
    /// Only below this key.
    pub(crate) below: Option<EventKey>,
    /// Only those that were stored after this moment (microseconds), the latest arrivals first.
    pub(crate) arrived_after: Option<i64>,
    /// Columns that are read besides the key: `e.time, e.kind`. Nothing: only the key.
    pub(crate) columns: String,
    /// When to stop.
    pub(crate) deadline: Instant,
    /// How many events will probably be looked at.
    pub(crate) expected: usize,
}

/// A column and the least and the greatest number that it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberIn {
    /// Its name.
    pub(crate) column: &'static str,
    /// The least.
    pub(crate) least: i64,
    /// The greatest.
    pub(crate) greatest: i64,
}

/// Is shown each event.
pub trait Visit: Send {
    /// One event. [`ControlFlow::Break`] ends the walk after it.
    ///
    /// # Errors
    /// What is wrong with it, which ends the walk.
    fn visit(&mut self, key: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError>;
}

/// A visitor on its way through a store's threads.
pub type SharedVisit = Arc<Mutex<dyn Visit>>;

/// How far a walk came.
#[derive(Clone, Copy, Debug)]
pub struct Walked {
    /// The last event that was looked at.
    pub(crate) last: Option<EventKey>,
    /// Whether it ended because its time was over.
    pub(crate) out_of_time: bool,
    /// When the project last got an event, as of the same moment.
    pub(crate) watermark: Option<i64>,
}

impl Walk {
    /// All events of a project, until a moment.
    pub(crate) fn new(project_id: i64, deadline: Instant) -> Self {
        Self {
            project_id,
            narrow: None,
            narrow_slow: None,
            numbers: Vec::new(),
            only: None,
            from: None,
            below: None,
            arrived_after: None,
            columns: String::new(),
            deadline,
            expected: 1,
        }
    }

    /// The walk as one through events that have all words of today, and one
    /// through those from before there were such, which have keys below `words_from`.
    /// Either may be all of it; in each, `narrow` is what is to be asked.
    pub(crate) fn parts(self, words_from: Option<EventKey>) -> Vec<Self> {
        let by_words = self.arrived_after.is_none() && self.only.is_none();
        let Some(narrow) = self.narrow_slow.clone().filter(|_| by_words) else {
            return vec![self];
        };
        let with_words = |walk: &Self| Self {
            narrow: Some(narrow.clone()),
            ..walk.clone()
        };
        match words_from {
            None => vec![with_words(&self)],
            Some(key) if self.from.is_some_and(|from| from >= key) => vec![with_words(&self)],
            Some(key) if self.below.is_some_and(|below| below <= key) => vec![self],
            Some(key) => vec![
                Self {
                    from: Some(key),
                    ..with_words(&self)
                },
                Self {
                    below: Some(key),
                    ..self
                },
            ],
        }
    }

    /// The same, asking for the project's word besides: of all but a project that `has_nearly_all`
    /// events there are (19 of 20). There the rows can tell whose they are: the index
    /// would go through all that has the project's word to tell what few of it have another. But it
    /// knows of other projects' events without reading them, so that those must be few.
    pub(crate) fn of_project(self, has_nearly_all: bool) -> Self {
        let ask = |narrow: Narrow| {
            if has_nearly_all && narrow.asks() {
                narrow
            } else {
                of_project(self.project_id, narrow)
            }
        };
        Self {
            narrow: self.narrow.map(ask),
            narrow_slow: self.narrow_slow.map(ask),
            ..self
        }
    }

    /// Adds columns by name to those that are read. Input, output and
    /// attributes are read together.
    pub(crate) fn read(&mut self, names: &[&str]) {
        for name in names.iter().filter(|name| **name != "key") {
            let own = format!("e.{name}");
            let is_payload = matches!(*name, "input" | "output" | "attributes");
            self.add(if is_payload { PAYLOAD } else { &own });
        }
    }

    fn add(&mut self, columns: &str) {
        for column in columns.split(", ") {
            if !self.columns.split(", ").any(|known| known == column) {
                if !self.columns.is_empty() {
                    self.columns.push_str(", ");
                }
                self.columns.push_str(column);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::words::{Word, word as word_of};

    #[test]
    fn the_project_is_asked_for_where_rows_do_not_tell() {
        let word = |word: &str| Narrow::Word(word.to_owned());
        let both = Narrow::And(vec![word("a"), word("b")]);
        let without = Box::new(word("c"));
        let asked = |narrow: &Narrow, has_nearly_all| {
            let walk = Walk {
                narrow: Some(narrow.clone()),
                narrow_slow: Some(narrow.clone()),
                ..Walk::new(7, Instant::now())
            };
            let walk = walk.of_project(has_nearly_all);
            assert_eq!(walk.narrow, walk.narrow_slow);
            walk.narrow.unwrap()
        };
        for narrow in [
            word("a"),
            both.clone(),
            Narrow::Or(vec![word("a"), both.clone()]),
            Narrow::Without(Some(Box::new(both)), without.clone()),
        ] {
            assert_eq!(asked(&narrow, true), narrow);
            assert_eq!(asked(&narrow, false), of_project(7, narrow));
        }
        let project = Box::new(word(&word_of(Word::Project(7))));
        let nothing_else = Narrow::Without(Some(project), without.clone());
        for has_nearly_all in [true, false] {
            assert_eq!(
                asked(&Narrow::Without(None, without.clone()), has_nearly_all),
                nothing_else
            );
        }
    }
}
