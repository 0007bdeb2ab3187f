//! Words of the index that stand for a field and its value. Nobody can write
//! one into a text: they begin with a character that is taken out of texts.

use eventglass_model::{Severity, is_error};

use crate::ingest::hash::short_hash;
use crate::ingest::new_event::NewEvent;
use crate::text::MARK;

/// What a word stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Word<'a> {
    /// The project. Every event has it.
    Project(i64),
    Severity(Severity),
    Kind(&'a str),
    Service(&'a str),
    Environment(&'a str),
    Trace(&'a str),
    Session(&'a str),
    /// A status code of 400 to 499 (4), or of 500 and above (5).
    StatusClass(u8),
    /// It took this class of time ([`slow_class`]).
    Slow(u8),
    /// It counts as an error.
    Failed,
}

/// The last class of [`slow_class`]: nine hours and more.
const SLOWEST: u8 = 15;

/// The class of a duration in microseconds: each takes twice as long as the one
/// before, the first from one second on. What is quicker has no class: most
/// events are, and few ask for those.
#[must_use]
pub(crate) fn slow_class(duration_us: i64) -> Option<u8> {
    let seconds = (duration_us / 1_000_000).checked_ilog2()?;
    Some(u8::try_from(seconds).map_or(SLOWEST, |class| class.min(SLOWEST)))
}

/// The word for it.
#[must_use]
pub(crate) fn word(word: Word<'_>) -> String {
    let mut text = String::from(MARK);
    push(word, &mut text);
    text
}

fn push(word: Word<'_>, out: &mut String) {
    let (field, value) = match word {
        Word::Project(id) => {
            out.push('p');
            out.push_str(&id.to_string());
            return;
        }
        Word::Severity(severity) => {
            out.push('l');
            out.push_str(severity.as_str());
            return;
        }
        Word::StatusClass(class) => {
            out.push('c');
            out.push(char::from(b'0' + class));
            return;
        }
        Word::Slow(class) => {
            out.push('d');
            out.push(char::from(b'a' + class));
            return;
        }
        Word::Failed => {
            out.push('x');
            return;
        }
        Word::Kind(value) => ('k', value),
        Word::Service(value) => ('s', value),
        Word::Environment(value) => ('e', value),
        Word::Trace(value) => ('t', value),
        Word::Session(value) => ('i', value),
    };
    out.push(field);
    out.push_str(&short_hash(value));
}

/// The words of an event's fields.
#[must_use]
pub(crate) fn of_event(event: &NewEvent, project_id: i64) -> String {
    let class = match event.status_code {
        Some(400..=499) => Some(Word::StatusClass(4)),
        Some(500..) => Some(Word::StatusClass(5)),
        _ => None,
    };
    let words = [
        Some(Word::Project(project_id)),
        Some(Word::Severity(event.severity)),
        Some(Word::Kind(&event.kind)),
        event.service.as_deref().map(Word::Service),
        event.environment.as_deref().map(Word::Environment),
        event.trace_id.as_deref().map(Word::Trace),
        event.session_id.as_deref().map(Word::Session),
        class,
        event.duration_us.and_then(slow_class).map(Word::Slow),
        is_error(event.severity, event.status).then_some(Word::Failed),
    ];
    let mut text = String::with_capacity(160);
    for word in words.into_iter().flatten() {
        text.push(MARK);
        push(word, &mut text);
        text.push(' ');
    }
    text
}
