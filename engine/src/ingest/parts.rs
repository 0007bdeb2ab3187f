//! Events that come in parts: a create and its updates, in any order, in one
//! request or many. All parts are kept; the event is what they fold to.

use std::sync::Arc;

use eventglass_model::Timestamp;

use crate::cost::Book;
use crate::ingest::hash::{IdHash, id_hash};
use crate::ingest::{NewEvent, PendingEvent};

/// Makes an event of its parts, which are in order. It must give the same
/// event for the same parts, and the id that all of them carry.
pub type Fold = fn(parts: &[String]) -> NewEvent;

/// A part of an event.
#[derive(Clone, Debug)]
pub struct NewPart {
    /// The part's own id, by which a repeat of it is known.
    pub part_id: String,
    /// Parts of a lower rank come first: a create before its updates.
    pub rank: u8,
    /// Parts of one rank are in the order of their times.
    pub time: Timestamp,
    /// JSON, as the client wrote it.
    pub json: String,
    /// What it would be alone. Its `event_id` says which event it is of.
    pub event: NewEvent,
    /// Makes the event of all parts.
    pub fold: Fold,
}

/// A part that only waits to be written.
#[derive(Clone, Debug)]
pub struct PendingPart {
    /// Whose it is.
    pub project_id: i64,
    /// Of the event.
    pub(crate) event_hash: IdHash,
    /// Of the part.
    pub(crate) part_hash: IdHash,
    /// What the event of all parts is priced by.
    pub(crate) book: Arc<Book>,
    /// The part.
    pub part: NewPart,
}

impl PendingPart {
    /// The event that parts of it make together, these being all of them.
    pub(crate) fn fold(&self, parts: &[String]) -> PendingEvent {
        let mut event = (self.part.fold)(parts);
        self.book.price(&mut event);
        event.prepare(self.project_id, false)
    }
}

/// Whether parts, as they are stored, are of an event that came whole, by another
/// door: what they say is not kept.
pub(crate) fn of_another_door(parts: &[String]) -> bool {
    parts.iter().any(String::is_empty)
}

impl NewPart {
    pub(crate) fn prepare(self, project_id: i64, book: Arc<Book>) -> PendingPart {
        PendingPart {
            project_id,
            event_hash: id_hash(project_id, &self.event.event_id),
            part_hash: id_hash(project_id, &self.part_id),
            book,
            part: self,
        }
    }
}
