//! The words that an event is found by.

use crate::ingest::new_event::NewEvent;
use crate::ingest::words;
use crate::text::{Gathered, Parts, index_form};
pub use crate::text::{MAX_TEXT_BYTES, cut};

/// The text that goes into the index: the words of its text, and a word for
/// each field that is filtered by. Ids are not in it: they are found by their
/// own indexes, and a random word costs the index more than a whole sentence.
pub(crate) fn search_text(event: &NewEvent, project_id: i64) -> String {
    let mut text = words::of_event(event, project_id);
    let gathered = Gathered::of(&Parts {
        short: [
            event.service.as_deref(),
            event.endpoint.as_deref(),
            event.method.as_deref(),
            event.user_id.as_deref(),
            event.model.as_deref(),
        ],
        name: event.name.as_deref(),
        message: event.message.as_deref(),
        attributes: event.attributes.as_deref(),
        input: event.input.as_deref(),
        output: event.output.as_deref(),
    });
    index_form(gathered.text(), &mut text);
    text
}
