//! Looking at a bounded number of a project's newest events: what the older
//! systems' lists and statistics are made of.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use eventglass_model::{Event, Status, Timestamp};

use super::take;
use crate::store::row::{self, Columns};
use crate::store::{EventKey, Store, StoreError, Visit, Walk};

/// How long they may take.
const BUDGET: Duration = Duration::from_secs(10);

/// What some events add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// How many there are.
    pub events: i64,
    /// Those whose status is an error or a timeout.
    pub errors: i64,
    /// Those whose cost is known.
    pub priced: i64,
    /// What those cost, in US dollars.
    pub cost_usd: f64,
    /// Those whose duration is known.
    pub timed: i64,
    /// What those took together, in milliseconds.
    pub duration_ms: f64,
    /// The shortest of those.
    pub shortest_ms: Option<f64>,
    /// The longest of those.
    pub longest_ms: Option<f64>,
    /// Whether there may be older ones that were not looked at.
    pub partial: bool,
}

/// Which whole events to give, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scan {
    /// Somewhere in kind, name, message, input, output or attributes, in any
    /// case of ASCII letters.
    pub contains: Option<String>,
    /// Only events of a trace.
    pub traced: bool,
    /// How many.
    pub limit: usize,
    /// After so many.
    pub offset: usize,
    /// Of `contains` and `traced`: look at so many of the newest.
    pub most: usize,
}

/// The events that a [`Scan`] found.
#[derive(Clone, Debug, Default)]
pub struct Scanned {
    /// Those that were asked for.
    pub events: Vec<Event>,
    /// How many match.
    pub matching: i64,
    /// Whether there may be older ones that were not looked at.
    pub partial: bool,
}

/// What the newest `most` events of a span of time add up to.
///
/// # Errors
/// Those of the store.
pub async fn totals(
    store: &dyn Store,
    project_id: i64,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    most: usize,
) -> Result<Totals, StoreError> {
    let mut walk = Walk {
        from: from.map(EventKey::from_time),
        below: to.map(EventKey::before_time),
        expected: most,
        ..Walk::new(project_id, Instant::now() + BUDGET)
    };
    walk.read(&["time", "status", "cost_nano_usd", "duration_us"]);
    let adding = Arc::new(Mutex::new(Adding {
        from,
        to,
        most,
        totals: Totals::default(),
    }));
    let walked = store.walk(walk, Arc::clone(&adding) as _).await?;
    let mut totals = take(adding)?.totals;
    totals.partial |= walked.out_of_time;
    // Money has six decimals; a sum of fractions has more.
    totals.cost_usd = (totals.cost_usd * 1e6).round() / 1e6;
    Ok(totals)
}

struct Adding {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    most: usize,
    totals: Totals,
}

impl Visit for Adding {
    #[expect(
        clippy::cast_precision_loss,
        reason = "sums for people; a client may claim what overflows an integer"
    )]
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        let time = Timestamp::from_micros(row.int("time")?);
        if self.from.is_some_and(|from| time < from) || self.to.is_some_and(|to| time >= to) {
            return Ok(ControlFlow::Continue(()));
        }
        let totals = &mut self.totals;
        totals.events += 1;
        let status = Status::from_code(row.int("status")?);
        totals.errors += i64::from(matches!(status, Some(Status::Error | Status::Timeout)));
        if let Some(nano) = row.maybe_int("cost_nano_usd")? {
            totals.priced += 1;
            totals.cost_usd += nano as f64 / 1e9;
        }
        if let Some(micros) = row.maybe_int("duration_us")? {
            let millis = micros as f64 / 1_000.0;
            totals.timed += 1;
            totals.duration_ms += millis;
            totals.shortest_ms = Some(totals.shortest_ms.map_or(millis, |shortest| shortest.min(millis)));
            totals.longest_ms = Some(totals.longest_ms.map_or(millis, |longest| longest.max(millis)));
        }
        totals.partial = usize::try_from(totals.events).is_ok_and(|events| events >= self.most);
        Ok(if totals.partial {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    }
}

/// Whole events.
///
/// # Errors
/// Those of the store.
pub async fn scan(store: &dyn Store, project_id: i64, scan: &Scan) -> Result<Scanned, StoreError> {
    let is_narrowed = scan.traced || scan.contains.is_some();
    let mut walk = Walk::new(project_id, Instant::now() + BUDGET);
    row::WHOLE.clone_into(&mut walk.columns);
    walk.expected = if is_narrowed {
        scan.most
    } else {
        scan.offset + scan.limit
    };
    let scanning = Arc::new(Mutex::new(Scanning {
        contains: scan.contains.as_ref().map(|text| text.to_ascii_lowercase()),
        traced: scan.traced,
        skip: scan.offset,
        limit: scan.limit,
        left: if is_narrowed { Some(scan.most) } else { None },
        found: Scanned::default(),
    }));
    let walked = store.walk(walk, Arc::clone(&scanning) as _).await?;
    let mut found = take(scanning)?.found;
    found.partial |= walked.out_of_time;
    if !is_narrowed {
        let project = store.project_by_id(project_id).await?;
        found.matching = project.map_or(0, |project| project.event_count);
    }
    Ok(found)
}

struct Scanning {
    /// In lower case.
    contains: Option<String>,
    traced: bool,
    skip: usize,
    limit: usize,
    /// How many more events may be looked at; none: until the page is full.
    left: Option<usize>,
    found: Scanned,
}

impl Visit for Scanning {
    fn visit(&mut self, _: EventKey, row: &dyn Columns) -> Result<ControlFlow<()>, StoreError> {
        match &mut self.left {
            Some(0) => {
                self.found.partial = true;
                return Ok(ControlFlow::Break(()));
            }
            Some(left) => *left -= 1,
            None if self.found.events.len() >= self.limit => return Ok(ControlFlow::Break(())),
            None => {}
        }
        if self.matches(row)? {
            self.found.matching += 1;
            if self.skip > 0 {
                self.skip -= 1;
            } else if self.found.events.len() < self.limit {
                self.found.events.push(row::event(&row)?);
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

impl Scanning {
    fn matches(&self, row: &dyn Columns) -> Result<bool, StoreError> {
        if self.traced && row.maybe_text("trace_id")?.is_none() {
            return Ok(false);
        }
        let Some(wanted) = &self.contains else { return Ok(true) };
        let says = |text: Option<String>| text.is_some_and(|text| text.to_ascii_lowercase().contains(wanted));
        for column in ["kind", "name", "message"] {
            if says(row.maybe_text(column)?) {
                return Ok(true);
            }
        }
        let payload = row::payload(&row)?;
        Ok(says(payload.input) || says(payload.output) || says(payload.attributes))
    }
}
