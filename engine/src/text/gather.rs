//! Which text of an event is searched.

use std::ops::Range;

use super::strings::{add_strings, add_strings_of};

/// How much of an event's text is searched, in bytes. The rest is kept, not searched.
pub const MAX_TEXT_BYTES: usize = 16 * 1024;

/// Stands between two texts, so that no phrase reaches over.
const BETWEEN: char = '\u{1f}';

/// The attributes in which people search, beside what is a field of the event:
/// what went wrong, what was asked of a database, what was looked for and bought.
const SEARCHED: &[&str] = &[
    "body",
    "category",
    "db.query.text",
    "db.statement",
    "element_id",
    "error.message",
    "error_code",
    "error_message",
    "error_type",
    "exception.message",
    "exception.stacktrace",
    "exception.type",
    "gen_ai.agent.name",
    "gen_ai.tool.name",
    "langfuse.trace.name",
    "order_id",
    "payment_method",
    "product_id",
    "search_query",
    "stack",
    "stacktrace",
];

/// Where the text of an event comes from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Parts<'a> {
    /// Service, endpoint, method, user, model.
    pub(crate) short: [Option<&'a str>; 5],
    /// Title or operation.
    pub(crate) name: Option<&'a str>,
    /// Human text.
    pub(crate) message: Option<&'a str>,
    /// JSON; the strings below some keys count.
    pub(crate) attributes: Option<&'a str>,
    /// JSON; all strings count.
    pub(crate) input: Option<&'a str>,
    /// JSON; all strings count.
    pub(crate) output: Option<&'a str>,
}

/// A part of the text that can be searched alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Scope {
    All,
    Name,
    Message,
    Input,
    Output,
}

/// The text of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gathered {
    text: String,
    /// Where name, message, attributes, input and output begin.
    starts: [usize; 5],
}

impl Gathered {
    /// Gathers it, at most [`MAX_TEXT_BYTES`] of it. What is short comes first,
    /// so that nothing can push it out.
    pub(crate) fn of(parts: &Parts<'_>) -> Self {
        let mut all = Self::default();
        for text in parts.short.into_iter().flatten() {
            add(&mut all.text, text);
        }
        let [name, message, attributes, input, output] = &mut all.starts;
        *name = all.text.len();
        add(&mut all.text, parts.name.unwrap_or_default());
        *message = all.text.len();
        add(&mut all.text, parts.message.unwrap_or_default());
        *attributes = all.text.len();
        if let Some(json) = parts.attributes {
            add_strings_of(json, SEARCHED, &mut |text| add(&mut all.text, text));
        }
        *input = all.text.len();
        if let Some(json) = parts.input {
            add_strings(json, &mut |text| add(&mut all.text, text));
        }
        *output = all.text.len();
        if let Some(json) = parts.output {
            add_strings(json, &mut |text| add(&mut all.text, text));
        }
        all
    }

    /// All of it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A part of it.
    pub(crate) fn scope(&self, scope: Scope) -> &str {
        let [name, message, attributes, input, output] = self.starts;
        let range: Range<usize> = match scope {
            Scope::All => 0..self.text.len(),
            Scope::Name => name..message,
            Scope::Message => message..attributes,
            Scope::Input => input..output,
            Scope::Output => output..self.text.len(),
        };
        self.text.get(range).unwrap_or_default()
    }
}

fn add(all: &mut String, text: &str) {
    let room = MAX_TEXT_BYTES.saturating_sub(all.len() + 1);
    if room > 0 && !text.is_empty() {
        all.push(BETWEEN);
        all.push_str(cut(text, room));
    }
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

    #[test]
    fn parts_are_told_apart() {
        let gathered = Gathered::of(&Parts {
            short: [Some("pay"), None, None, Some("ada"), None],
            name: Some("Charge"),
            message: Some("declined"),
            attributes: Some(r#"{"a":"no","error":{"error_message":"broke"},"stack":["x",{"y":"z"}]}"#),
            input: Some(r#"{"role":"user"}"#),
            output: Some(r#""fine""#),
        });
        assert_eq!(
            gathered.text().split(BETWEEN).skip(1).collect::<Vec<_>>(),
            ["pay", "ada", "Charge", "declined", "broke", "x", "z", "user", "fine"]
        );
        for (scope, text) in [
            (Scope::Name, "\u{1f}Charge"),
            (Scope::Message, "\u{1f}declined"),
            (Scope::Input, "\u{1f}user"),
            (Scope::Output, "\u{1f}fine"),
        ] {
            assert_eq!(gathered.scope(scope), text);
        }
    }

    #[test]
    fn there_is_a_limit() {
        let long = serde_json::to_string(&vec!["ä".repeat(1_000); 100]).unwrap();
        let parts = Parts {
            name: Some("name"),
            message: Some(&long),
            input: Some(&long),
            ..Parts::default()
        };
        let gathered = Gathered::of(&parts);
        assert!((MAX_TEXT_BYTES - 2..=MAX_TEXT_BYTES).contains(&gathered.text().len()));
        assert_eq!(gathered.scope(Scope::Input), "");
    }
}
