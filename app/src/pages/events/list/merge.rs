//! Puts events that arrived into a list, each at its place. An event that
//! comes late carries an old time, and belongs among its contemporaries.

use std::{cmp::Ordering, sync::Arc};

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

/// Where an event stands among rows, of which it is one.
pub(super) fn place_in(rows: &[Row], event: &EventSummary) -> usize {
    rows.partition_point(|row| order(&row.event, event).is_lt())
}

/// The events as rows, in order, each once.
pub(super) fn rows_of(events: Vec<EventSummary>, fresh: bool) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(events.len());
    for event in events {
        // They come in order: the search is for the rare one that does not.
        let place = rows.partition_point(|row| order(&row.event, &event).is_lt());
        if rows.get(place).is_none_or(|row| row.event.id != event.id) {
            let event = Arc::new(event);
            rows.insert(place, Row { event, fresh });
        }
    }
    rows
}

/// Those of the rows that are not among others, which are in order.
pub(super) fn missing_from(mut rows: Vec<Row>, others: &[Row]) -> Vec<Row> {
    rows.retain(|row| {
        others
            .binary_search_by(|other| order(&other.event, &row.event))
            .is_err()
    });
    rows
}

/// Two lists that are in order, as one.
pub(super) fn merge(left: Vec<Row>, right: Vec<Row>) -> Vec<Row> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    let mut right = right.into_iter().peekable();
    while let (Some(l), Some(r)) = (left.peek(), right.peek()) {
        let next = match order(&l.event, &r.event) {
            Ordering::Less => left.next(),
            Ordering::Greater => right.next(),
            // The same event: one of them is enough.
            Ordering::Equal => {
                right.next();
                left.next()
            }
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
            fields: Default::default(),
        }
    }

    fn rows(events: &[(&str, i64)]) -> Vec<Row> {
        rows_of(events.iter().map(|(id, time)| event(id, *time)).collect(), false)
    }

    fn ids(rows: &[Row]) -> Vec<&str> {
        rows.iter().map(|row| row.event.id.as_str()).collect()
    }

    #[test]
    fn late_events_find_their_place() {
        let list = rows(&[("d", 40), ("c", 30), ("a", 10)]);
        let came = rows_of(vec![event("b", 20), event("e", 50), event("c", 30)], true);
        let came = missing_from(came, &list);
        assert_eq!(ids(&came), ["e", "b"]);
        assert_eq!(ids(&merge(list, came)), ["e", "d", "c", "b", "a"]);
    }

    #[test]
    fn one_moment_goes_by_id() {
        let came = rows_of(vec![event("b", 10), event("a", 10), event("b", 10)], true);
        assert_eq!(ids(&merge(rows(&[("c", 10), ("a", 10)]), came)), ["c", "b", "a"]);
    }

    #[test]
    fn what_lies_below_the_fetched_rows_waits() {
        let list = rows(&[("c", 30), ("b", 20)]);
        let came = rows(&[("d", 25), ("a", 10)]);
        assert_eq!(ids(&within_reach(came.clone(), list.last())), ["d"]);
        assert_eq!(within_reach(came, None).len(), 2);
    }
}
