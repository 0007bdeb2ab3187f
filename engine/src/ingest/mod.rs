//! The pipeline behind every door: check, prepare, queue, commit, answer.

mod hash;
mod limits;
mod new_event;
mod pipeline;
pub mod text;

pub(crate) use hash::{field_token, id_hash};
pub use limits::Limits;
pub(crate) use new_event::severity_token;
pub use new_event::{NewEvent, PendingEvent};
pub use pipeline::{Ingest, IngestError, Refused};
