//! The pipeline behind every door: check, prepare, queue, commit, answer.

mod acks;
mod breaker;
mod group;
mod hash;
mod limits;
mod new_event;
mod parts;
mod pipeline;
mod recorder;
mod sender;
pub mod text;
mod upkeep;
pub(crate) mod words;

pub use acks::Receipt;
pub(crate) use hash::{IdHash, id_hash};
pub use limits::Limits;
pub use new_event::{NewEvent, PendingEvent};
pub(crate) use parts::of_another_door;
pub use parts::{Fold, NewPart, PendingPart};
pub use pipeline::{Ingest, IngestError, Queue, Refused, Submitted};
pub use recorder::Recorder;
pub use sender::Sender;
pub(crate) use text::search_text;
