//! Puts events that arrived into a list, each at its place. An event that
//! comes late carries an old time, and belongs among its contemporaries.

use std::{cmp::Ordering, collections::HashSet, sync::Arc};

use eventglass_model::EventSummary;

/// A row of the list.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    /// What it shows.
    pub(super) event: Arc<EventSummary>,
    /// Whether it came after the list was there.
    pub(super) fresh: bool,
}

/// The order of the list: newest first, and among those of one moment, the one stored last.
fn order(a: &EventSummary, b: &EventSummary) -> Ordering {
    (b.time, &b.id).cmp(&(a.time, &a.id))
}

/// The events as rows, in order and without those that are in `known` already.
pub(super) fn unknown<'a>(
    events: Vec<EventSummary>,
    known: impl IntoIterator<Item = &'a Row>,
    fresh: bool,
) -> Vec<Row> {
    let known: HashSet<&str> = known.into_iter().map(|row| row.event.id.as_str()).collect();
    let mut rows: Vec<Row> = events
        .into_iter()
        .filter(|event| !known.contains(event.id.as_str()))
        .map(|event| Row {
            event: Arc::new(event),
            fresh,
        })
        .collect();
    rows.sort_by(|a, b| order(&a.event, &b.event));
    rows.dedup_by(|a, b| a.event.id == b.event.id);
    rows
}

/// Two lists that are in order, as one.
pub(super) fn merge(left: Vec<Row>, right: Vec<Row>) -> Vec<Row> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        let next = if order(&l.event, &r.event).is_le() {
            left.next()
        } else {
            right.next()
        };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Leaves out what is older than the last row that is shown: there are older
/// events that were not fetched yet, and it comes with those.
pub(super) fn within_reach(mut rows: Vec<Row>, last: Option<&Row>) -> Vec<Row> {
    if let Some(last) = last {
        rows.retain(|row| order(&row.event, &last.event).is_lt());
    }
    rows
}

#[cfg(test)]
pub(super) mod tests {
    use eventglass_model::{Severity, Status, Timestamp};

    use super::*;

    pub(in super::super) fn event(id: &str, micros: i64) -> EventSummary {
        EventSummary {
            id: id.to_owned(),
            event_id: id.to_owned(),
            time: Timestamp::from_micros(micros),
            received_at: Timestamp::from_micros(micros),
            kind: "log".to_owned(),
            name: None,
            message: None,
            severity: Severity::Info,
            status: Status::Unset,
            service: None,
            endpoint: None,
            method: None,
            environment: None,
            status_code: None,
            duration_ms: None,
            trace_id: None,
            user_id: None,
            model: None,
        }
    }

    fn rows(events: &[(&str, i64)]) -> Vec<Row> {
        unknown(events.iter().map(|(id, time)| event(id, *time)).collect(), [], false)
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.event.id.as_str()).collect()
    }

    #[test]
    fn late_events_find_their_place() {
        let list = rows(&[("d", 40), ("c", 30), ("a", 10)]);
        let came = unknown(vec![event("b", 20), event("e", 50), event("c", 30)], &list, true);
        assert_eq!(ids(&came), ["e", "b"]);
        assert_eq!(ids(&merge(list, came)), ["e", "d", "c", "b", "a"]);
    }

    #[test]
    fn one_moment_goes_by_id() {
        let came = unknown(vec![event("b", 10), event("a", 10), event("b", 10)], [], true);
        assert_eq!(ids(&merge(rows(&[("c", 10)]), came)), ["c", "b", "a"]);
    }

    #[test]
    fn what_lies_below_the_fetched_rows_waits() {
        let list = rows(&[("c", 30), ("b", 20)]);
        let came = rows(&[("d", 25), ("a", 10)]);
        assert_eq!(ids(&within_reach(came.clone(), list.last())), ["d"]);
        assert_eq!(within_reach(came, None).len(), 2);
    }
}
