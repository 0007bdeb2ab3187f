//! The words that an event is found by.

use crate::ingest::new_event::{NewEvent, PendingEvent};

/// How much of an event's text is searched, in bytes. The rest is kept, not indexed.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;

/// The text that goes into the index: human text, and a word for each field
/// that is filtered by. Ids are not in it: they are found by their own indexes,
/// and a random word costs the index more than a whole sentence.
pub(crate) fn search_text(event: &NewEvent, project_id: i64) -> String {
    let mut text = PendingEvent::field_tokens(event, project_id);
    let human = [
        event.name.as_deref(),
        event.message.as_deref(),
        event.service.as_deref(),
        event.endpoint.as_deref(),
        event.method.as_deref(),
        event.user_id.as_deref(),
        event.model.as_deref(),
        Some(event.extra_text.as_str()),
    ];
    for part in human.into_iter().flatten() {
        let room = MAX_TEXT_BYTES.saturating_sub(text.len() + 1);
        text.push(' ');
        text.push_str(cut(part, room));
    }
    text
}

/// The longest beginning of a text that fits into so many bytes.
#[must_use]
pub fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_characters() {
        assert_eq!(cut("añb", 2), "a");
        assert_eq!(cut("añb", 3), "añ");
        assert_eq!(cut("añb", 9), "añb");
    }
}
