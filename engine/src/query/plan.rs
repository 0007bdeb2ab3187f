//! How a search is carried out: what the index is asked, and by what its
//! answers are judged.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use eventglass_model::Timestamp;
use eventglass_model::search::{Column, Expr, Field, Match, Test};

use super::narrow::{Certainty, Narrow, narrow, slow};
use super::search::{test, within};
use super::{EventSearch, Filter};
use crate::store::row::Columns;
use crate::store::{EventKey, Store, StoreError, Visit, Walk};

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// What the words of the index are asked.
    narrow: Option<Narrow>,
    /// The same, of events that have words for how long they took.
    narrow_slow: Option<Narrow>,
    /// What the answers are judged by.
    pub(crate) filter: Arc<Filter>,
    /// Whether the keys that the index finds can be counted without looking at
    /// their events. Bounds of time are met but for the second of each.
    pub(crate) is_counted: bool,
    /// The only event that can match.
    only: Option<EventKey>,
    /// From this moment on.
    pub(crate) from: Option<Timestamp>,
    /// Before this moment.
    pub(crate) to: Option<Timestamp>,
}

impl Plan {
    /// Makes the plan, for which a store may have to be asked whose id it is.
    pub(crate) async fn new(
        store: &dyn Store,
        project_id: i64,
        search: &EventSearch,
        deadline: Instant,
    ) -> Result<Self, StoreError> {
        let mut parts = search.filters.clone();
        let mut only = None;
        match &search.id {
            Some(id) => {
                only = store.locate(project_id, id).await?;
                if only.is_none() {
                    let trace = test(Column::TraceId, Match::Exact(id.clone()));
                    let is_trace = exists(store, project_id, trace.clone(), search.now, deadline).await?;
                    parts.push(if is_trace { trace } else { search.text.clone() });
                }
            }
            None => parts.push(search.text.clone()),
        }
        let mut plan = Self::of(parts, search);
        if let Some(id) = plan.named_id() {
            // No event has the key -1.
            only = Some(store.locate(project_id, &id).await?.unwrap_or(EventKey(-1)));
        }
        plan.only = only;
        plan.is_counted &= only.is_none();
        Ok(plan)
    }

    fn of(parts: Vec<Expr>, search: &EventSearch) -> Self {
        let mut all = Vec::new();
        parts.into_iter().for_each(|part| flatten(part, &mut all));
        // What arrives is walked through in another order, without the index.
        let by_arrival = search.arrived_after.is_some();
        let (mut from, mut to) = (search.from, search.to);
        let (mut asked, mut without, mut judged, mut is_counted) = (Vec::new(), Vec::new(), Vec::new(), true);
        let mut asked_slow = Vec::new();
        for part in all {
            if let Some(range) = time_of(&part) {
                let resolve = |bound: Option<eventglass_model::TimeBound>| bound.map(|bound| bound.resolve(search.now));
                from = from.max(resolve(range.from));
                to = match (to, resolve(range.to)) {
                    (Some(a), Some(b)) => Some(a.min(b)),
                    (a, b) => a.or(b),
                };
                continue;
            }
            let excluded = match &part {
                Expr::Not(inner) => narrow(inner).filter(|(_, sure)| *sure == Certainty::Must),
                _ => None,
            };
            if let Some((excluded, _)) = excluded {
                without.push(excluded);
                if by_arrival {
                    judged.push(part);
                }
                continue;
            }
            let sure = narrow(&part).map(|(narrow, sure)| {
                asked.push(narrow);
                sure
            });
            is_counted &= sure >= Some(Certainty::Is);
            asked_slow.extend(slow(&part));
            if sure != Some(Certainty::Must) || by_arrival {
                judged.push(part);
            }
        }
        if from.is_some() || to.is_some() {
            judged.push(within(from, to));
        }
        let narrow_slow = (!asked_slow.is_empty()).then(|| [asked.clone(), asked_slow].concat());
        Self {
            narrow_slow: narrow_slow.and_then(|asked| ask(asked, without.clone())),
            narrow: ask(asked, without),
            filter: Arc::new(Filter::new(&Expr::And(judged), search.now)),
            is_counted,
            only: None,
            from,
            to,
        }
    }

    /// The id that every match must have.
    fn named_id(&self) -> Option<String> {
        self.filter.named_id()
    }

    /// The walk that it needs, for these columns.
    pub(crate) fn walk(&self, project_id: i64, columns: &str, deadline: Instant) -> Walk {
        let mut walk = Walk {
            narrow: self.narrow.clone(),
            narrow_slow: self.narrow_slow.clone(),
            numbers: self.filter.numbers(),
            only: self.only,
            from: self.from.map(EventKey::from_time),
            below: self.to.map(EventKey::before_time),
            columns: columns.to_owned(),
            ..Walk::new(project_id, deadline)
        };
        walk.read(self.filter.columns());
        walk
    }

    /// The walk for counting keys, among those that answer another question too.
    pub(crate) fn counting(&self, project_id: i64, also: Option<Narrow>, deadline: Instant) -> Walk {
        let narrow = match (self.narrow.clone(), also) {
            (Some(Narrow::Without(asked, without)), Some(also)) => {
                let asked = Narrow::And(asked.map(|asked| *asked).into_iter().chain([also]).collect());
                Some(Narrow::Without(Some(Box::new(asked)), without))
            }
            (Some(narrow), Some(also)) => Some(Narrow::And(vec![narrow, also])),
            (narrow, also) => narrow.or(also),
        };
        Walk {
            narrow,
            from: self.from.map(EventKey::from_time),
            below: self.to.map(EventKey::from_time),
            ..Walk::new(project_id, deadline)
        }
    }
}

fn ask(mut asked: Vec<Narrow>, mut without: Vec<Narrow>) -> Option<Narrow> {
    let asked = if asked.len() > 1 {
        Some(Narrow::And(asked))
    } else {
        asked.pop()
    };
    let without = if without.len() > 1 {
        Some(Narrow::Or(without))
    } else {
        without.pop()
    };
    match without {
        Some(without) => Some(Narrow::Without(asked.map(Box::new), Box::new(without))),
        None => asked,
    }
}

fn flatten(part: Expr, all: &mut Vec<Expr>) {
    match part {
        Expr::And(parts) => parts.into_iter().for_each(|part| flatten(part, all)),
        other => all.push(other),
    }
}

fn time_of(part: &Expr) -> Option<eventglass_model::TimeRange> {
    match part {
        Expr::Test(Test {
            field: Field::Column(Column::Time),
            matches: Match::Time(range),
            ..
        }) => Some(*range),
        _ => None,
    }
}

/// Whether any event matches.
async fn exists(
    store: &dyn Store,
    project_id: i64,
    part: Expr,
    now: Timestamp,
    deadline: Instant,
) -> Result<bool, StoreError> {
    struct First(Arc<Filter>, bool);
    impl Visit for First {
        fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
            self.1 = self.0.matches(row)?;
            Ok(if self.1 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            })
        }
    }
    let search = EventSearch {
        text: part,
        ..EventSearch::all(now)
    };
    let plan = Plan::of(vec![search.text.clone()], &search);
    let first = Arc::new(Mutex::new(First(Arc::clone(&plan.filter), false)));
    store
        .walk(plan.walk(project_id, "", deadline), Arc::clone(&first) as _)
        .await?;
    Ok(super::take(first)?.1)
}
