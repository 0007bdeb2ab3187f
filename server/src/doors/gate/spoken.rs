//! At which door a key's requests are, where two doors share their routes.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use eventglass_model::Door;

/// The door that each key's last request was at, of the doors that share
/// routes. Which it is stands in the body; what is refused before that is read
/// (most of all for coming too often) is worded and counted as the request
/// before. Holds keys that were right, so no more than there are.
#[derive(Default)]
pub struct Spoken(RwLock<HashMap<i64, Door>>);

impl Spoken {
    /// Of a key, if it has sent anything to such a route since the start.
    pub(super) fn last(&self, key_id: i64) -> Option<Door> {
        let doors = self.0.read().unwrap_or_else(PoisonError::into_inner);
        doors.get(&key_id).copied()
    }

    /// Notes where a request of a key was.
    pub(super) fn note(&self, key_id: i64, door: Door) {
        if self.last(key_id) != Some(door) {
            let mut doors = self.0.write().unwrap_or_else(PoisonError::into_inner);
            doors.insert(key_id, door);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_request_counts() {
        let spoken = Spoken::default();
        assert_eq!(spoken.last(1), None);
        spoken.note(1, Door::WatchLlm);
        spoken.note(2, Door::Native);
        assert_eq!(
            (spoken.last(1), spoken.last(2)),
            (Some(Door::WatchLlm), Some(Door::Native))
        );
        spoken.note(1, Door::Native);
        assert_eq!(spoken.last(1), Some(Door::Native));
    }
}
