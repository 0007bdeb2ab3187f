//! Events in the order in which they are written.

use crate::ingest::PendingEvent;
use crate::store::EventKey;

/// Events with their keys, in the order of those: an index that is walked
/// backwards and forwards is written in pieces.
pub(crate) fn in_order<'a>(events: Vec<&'a PendingEvent>, arrivals: &mut u64) -> Vec<(EventKey, &'a PendingEvent)> {
    let key = |event: &PendingEvent| {
        *arrivals += 1;
        EventKey::new(event.event.time, *arrivals)
    };
    let keys: Vec<EventKey> = events.iter().copied().map(key).collect();
    let mut rows: Vec<_> = keys.into_iter().zip(events).collect();
    rows.sort_by_key(|(key, _)| *key);
    rows
}
