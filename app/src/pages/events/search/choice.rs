//! What may be chosen below the box, and what the text is then.

use eventglass_model::{
    ATTRIBUTES, FACET_FIELDS, FacetValue,
    search::{Column, Completion, Expected, FIELDS, Kind, Span, TokenKind, complete, key, tokens, written},
};

/// How many choices there are at most.
const MOST: usize = 10;

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// What it is.
    pub(super) label: String,
    /// What more there is to say: what the field holds, how many events have the value.
    pub(super) hint: String,
    /// What it puts into the text.
    pub(super) insert: String,
    /// Instead of what.
    pub(super) replace: Span,
    /// Whether something belongs behind it: the value of a field.
    pub(super) goes_on: bool,
    /// Whether it is a whole search, looked for at once.
    pub(super) is_whole: bool,
}

/// What is expected at a place in the text.
pub(super) fn at(text: &str, cursor: usize) -> Completion {
    complete(text, cursor)
}

/// The field whose values have to be asked for; of attributes, their names.
pub(super) fn field_to_ask(completion: &Completion) -> Option<&'static str> {
    match completion.expected {
        Expected::Value(column) => {
            let is_closed = matches!(column.info().kind, Kind::Words(_));
            (!is_closed && FACET_FIELDS.contains(&column.name())).then_some(column.name())
        }
        Expected::Term => path_in(&completion.typed).map(|_| ATTRIBUTES),
        Expected::Free => None,
    }
}

/// What was typed of the path of an attribute.
fn path_in(typed: &str) -> Option<&str> {
    typed
        .strip_prefix("attributes.")
        .or_else(|| typed.strip_prefix("attr."))
}

/// The fields and the words of closed sets that may stand there.
pub(super) fn names(completion: &Completion) -> Vec<Choice> {
    let is_term = completion.expected == Expected::Term;
    if is_term && completion.typed.is_empty() {
        return Vec::new();
    }
    let choice = |name: &str| Choice {
        label: name.to_owned(),
        hint: if is_term { hint(name).to_owned() } else { String::new() },
        insert: if is_term { format!("{name}:") } else { name.to_owned() },
        replace: completion.replace,
        goes_on: is_term,
        is_whole: false,
    };
    let names = completion.names();
    let mut choices: Vec<Choice> = names.iter().take(MOST).map(|name| choice(name)).collect();
    // Others call some fields otherwise.
    if is_term {
        let typed = completion.typed.to_ascii_lowercase();
        let other = |aliases: &str| {
            aliases
                .split(' ')
                .any(|alias| !typed.is_empty() && alias.starts_with(&typed))
        };
        for field in FIELDS.iter().filter(|field| other(field.aliases)) {
            if choices.len() < MOST && !names.contains(&field.name) {
                choices.push(choice(field.name));
            }
        }
        if ATTRIBUTES.starts_with(&typed) && choices.len() < MOST {
            let dotted = format!("{ATTRIBUTES}.");
            choices.push(Choice {
                label: dotted.clone(),
                insert: dotted,
                ..choice(ATTRIBUTES)
            });
        }
    }
    choices
}

/// The values of a field that begin with what was typed, then those that hold it;
/// or so the names of attributes.
pub(super) fn values(completion: &Completion, field: &str, found: &[FacetValue]) -> Vec<Choice> {
    let is_name = field == ATTRIBUTES;
    let typed = if is_name {
        path_in(&completion.typed).unwrap_or_default()
    } else {
        completion.typed.trim_start_matches('"')
    };
    let typed = typed.to_lowercase();
    let lower: Vec<(String, &FacetValue)> = found.iter().map(|value| (value.value.to_lowercase(), value)).collect();
    let first = lower.iter().filter(|(text, _)| text.starts_with(&typed));
    let then = lower
        .iter()
        .filter(|(text, _)| !text.starts_with(&typed) && text.contains(&typed));
    let choices = first.chain(then).take(MOST).map(|(_, value)| {
        let path = format!("{ATTRIBUTES}.{}", value.value);
        Choice {
            hint: crate::format::compact(value.count),
            insert: if is_name {
                key(&path)
            } else {
                written(field, &value.value)
            },
            label: if is_name { path } else { value.value.clone() },
            replace: completion.replace,
            goes_on: is_name,
            is_whole: false,
        }
    });
    choices.collect()
}

/// The text without the condition whose value, or whose field, is being typed.
pub(super) fn without_term(text: &str, completion: &Completion) -> String {
    let value = completion.replace;
    if completion.expected == Expected::Term {
        let head = text.get(..value.start).unwrap_or_default().trim_end_matches('-');
        let tail = text.get(value.end..).unwrap_or_default().trim_start();
        return format!("{} {tail}", head.trim_end()).trim().to_owned();
    }
    let head = text.get(..value.start).unwrap_or_default();
    let before = tokens(head);
    let key = before.iter().rposition(|token| token.kind == TokenKind::Key);
    let sign = key
        .and_then(|key| before.get(key.checked_sub(1)?))
        .filter(|sign| matches!(sign.span.of(head), "-" | "NOT"));
    let start = sign
        .or_else(|| before.get(key?))
        .map_or(value.start, |token| token.span.start);
    let head = text.get(..start).unwrap_or_default().trim_end();
    let tail = text.get(value.end..).unwrap_or_default().trim_start();
    format!("{head} {tail}").trim().to_owned()
}

/// Searches of before that hold what was typed.
pub(super) fn before(searches: Vec<String>, text: &str) -> Vec<Choice> {
    let typed = text.trim().to_lowercase();
    let fitting = searches
        .into_iter()
        .filter(|search| search.to_lowercase().contains(&typed) && search.trim() != text.trim());
    let choices = fitting.take(MOST).map(|search| Choice {
        label: search.clone(),
        hint: "searched before".to_owned(),
        insert: search,
        replace: Span {
            start: 0,
            end: text.len(),
        },
        goes_on: false,
        is_whole: true,
    });
    choices.collect()
}

impl Choice {
    /// The text with it, and where the cursor is then.
    pub(super) fn put_into(&self, text: &str) -> (String, usize) {
        let head = text.get(..self.replace.start).unwrap_or_default();
        let tail = text.get(self.replace.end..).unwrap_or_default();
        let tail = if self.goes_on {
            tail.strip_prefix(':').unwrap_or(tail)
        } else {
            tail
        };
        let spaced = !self.goes_on && !tail.starts_with([' ', ')']);
        let space = if spaced { " " } else { "" };
        let mut out = format!("{head}{}", self.insert);
        out.push_str(space);
        let cursor = out.len();
        out.push_str(tail);
        (out, cursor)
    }
}

/// What a field holds.
fn hint(name: &str) -> &'static str {
    let Some(column) = Column::named(name) else {
        return if name == ATTRIBUTES {
            "what else was sent"
        } else {
            "there at all"
        };
    };
    match column.info().kind {
        Kind::Keyword => "value, or begin*",
        Kind::Text => "words",
        Kind::Number => "number, >=500, 400..499",
        Kind::Duration => ">200ms, 1s..5s",
        Kind::Money => ">0.01",
        Kind::Time => "last 3h, 2026-11-21",
        Kind::Words(_) => "one of a few words",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, count: i64) -> FacetValue {
        FacetValue {
            value: text.to_owned(),
            count,
        }
    }

    #[test]
    fn completes_names() {
        let text = "card ser";
        let found = names(&at(text, text.len()));
        assert_eq!(
            found.first().map(|c| c.put_into(text)),
            Some(("card service:".into(), 13))
        );
        // `latency` is another name of it.
        let found = names(&at("laten", 5));
        assert_eq!(found.first().map(|c| c.insert.as_str()), Some("duration_ms:"));
        assert!(names(&at("card ", 5)).is_empty());
    }

    #[test]
    fn completes_values() {
        let text = "service:pa -kind:llm";
        let completion = at(text, 10);
        assert_eq!(field_to_ask(&completion), Some("service"));
        let found = values(
            &completion,
            "service",
            &[value("a pay", 9), value("pay \"x\"", 2), value("auth", 1)],
        );
        let labels: Vec<&str> = found.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(labels, ["pay \"x\"", "a pay"]);
        assert_eq!(found[0].put_into(text).0, r#"service:"pay \"x\"" -kind:llm"#);
        let completion = at("severity:>=wa", 13);
        assert_eq!(field_to_ask(&completion), None);
        assert_eq!(names(&completion)[0].put_into("severity:>=wa").0, "severity:>=warning ");
    }

    #[test]
    fn completes_names_of_attributes() {
        let found = names(&at("attr", 4));
        assert_eq!(found.last().map(|c| c.put_into("attr").0), Some("attributes.".into()));
        let text = "card attributes.ca";
        let completion = at(text, text.len());
        assert_eq!(field_to_ask(&completion), Some(ATTRIBUTES));
        let found = values(
            &completion,
            ATTRIBUTES,
            &[value("plan", 9), value("my cart", 3), value("cart.total", 2)],
        );
        let labels: Vec<&str> = found.iter().map(|c| c.label.as_str()).collect();
        assert_eq!(labels, ["attributes.cart.total", "attributes.my cart"]);
        assert_eq!(found[0].put_into(text).0, "card attributes.cart.total:");
        assert_eq!(found[1].put_into(text).0, "card attributes.\"my cart\":");
    }

    #[test]
    fn leaves_out_what_is_typed() {
        for (text, rest) in [
            ("card -service:pa| b", "card b"),
            ("service:|", ""),
            ("card -attributes.pl| b", "card b"),
            ("a service:(x OR y| b", "a b"),
        ] {
            let cursor = text.find('|').unwrap();
            let text = text.replace('|', "");
            assert_eq!(without_term(&text, &at(&text, cursor)), rest, "{text}");
        }
    }

    #[test]
    fn offers_what_was_looked_for_before() {
        let found = before(vec!["card".into(), "Card declined".into(), "pay".into()], "card");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].put_into("card").0.trim_end(), "Card declined");
    }
}
