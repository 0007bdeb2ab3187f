//! The value of a field.

use super::parser::{Parser, has_word, word_match};
use super::units::number;
use super::{Column, Field, Kind, Match, Range, SearchError, TokenKind};
use crate::{CostSource, Severity, Status, TimeRange};

/// What may stand before a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Compare {
    Is,
    More { or_equal: bool },
    Less { or_equal: bool },
}

impl Parser<'_> {
    /// Reads one value. `status:500` and the like are about the status code.
    pub(super) fn match_of(&mut self, field: Field) -> Result<(Field, Match), SearchError> {
        let compare = self.compare();
        let start = self.position();
        let quoted = self.peek() == Some('"');
        let text = if quoted { self.quoted() } else { self.bare().to_owned() };
        let end = self.position();
        if text.is_empty() && !quoted {
            return Err(self.missing("a value is missing here"));
        }
        let wrong = |message: String| SearchError::new(message, start, end);
        self.push(TokenKind::Value, start, end);
        let field = match field {
            Field::Column(Column::Status) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                Field::Column(Column::StatusCode)
            }
            other => other,
        };
        if text == "*" && !quoted && compare == Compare::Is {
            return Ok((field, Match::Present));
        }
        let kind = match &field {
            Field::Column(column) => column.info().kind,
            Field::Text => Kind::Text,
            Field::Path(..) => return path_match(text, quoted, compare).map(|m| (field, m)).map_err(wrong),
        };
        let matches = match kind {
            Kind::Keyword | Kind::Text if compare != Compare::Is => {
                Err("this field is text: it has no greater and smaller".to_owned())
            }
            Kind::Keyword if quoted || !text.contains('*') => Ok(Match::Exact(text)),
            Kind::Keyword => Ok(Match::Glob(text)),
            Kind::Text if !has_word(&text) => Err("a value needs a letter or a number".to_owned()),
            Kind::Text if quoted => Ok(Match::Phrase(text)),
            Kind::Text => Ok(word_match(&text)),
            Kind::Time => time_match(&text, compare),
            Kind::Words(words) => words_match(&field, &text, words, compare),
            Kind::Number | Kind::Duration | Kind::Money => number_match(&text, kind, compare),
        };
        matches.map(|m| (field, m)).map_err(wrong)
    }

    fn compare(&mut self) -> Compare {
        let rest = self.rest();
        let (compare, bytes) = if rest.starts_with(">=") {
            (Compare::More { or_equal: true }, 2)
        } else if rest.starts_with("<=") {
            (Compare::Less { or_equal: true }, 2)
        } else if rest.starts_with('>') {
            (Compare::More { or_equal: false }, 1)
        } else if rest.starts_with('<') {
            (Compare::Less { or_equal: false }, 1)
        } else if rest.starts_with('=') {
            (Compare::Is, 1)
        } else {
            return Compare::Is;
        };
        let start = self.position();
        self.push(TokenKind::Operator, start, start + bytes);
        self.advance(bytes);
        compare
    }
}

/// Numbers that compare so with one number.
fn compared(value: f64, compare: Compare) -> Range {
    let mut range = Range::between(value, value);
    match compare {
        Compare::Is => {}
        Compare::More { or_equal } => (range.high, range.with_low) = (f64::INFINITY, or_equal),
        Compare::Less { or_equal } => (range.low, range.with_high) = (f64::NEG_INFINITY, or_equal),
    }
    range
}

fn number_match(text: &str, kind: Kind, compare: Compare) -> Result<Match, String> {
    let expected = || {
        match kind {
            Kind::Duration => "expected a duration such as 200ms, 1.5s or 100..300",
            Kind::Money => "expected dollars such as 0.01 or 0.01..1",
            _ => "expected a number such as 500, 1.5k or 400..499",
        }
        .to_owned()
    };
    if let Some((low, high)) = text.split_once("..") {
        let bound = |text: &str, open: f64| {
            if text.is_empty() {
                return Some(open);
            }
            number(text, kind)
        };
        let (Some(low), Some(high), Compare::Is) = (bound(low, f64::NEG_INFINITY), bound(high, f64::INFINITY), compare)
        else {
            return Err(expected());
        };
        return Ok(Match::Number(Range::between(low, high)));
    }
    // `5xx`: a class of status codes.
    if let (Some(class), Kind::Number, Compare::Is) = (text.to_ascii_lowercase().strip_suffix("xx"), kind, compare)
        && let Some(class) = number(class, kind)
    {
        return Ok(Match::Number(Range::between(class * 100.0, class * 100.0 + 99.0)));
    }
    let value = number(text, kind).ok_or_else(expected)?;
    Ok(Match::Number(compared(value, compare)))
}

fn time_match(text: &str, compare: Compare) -> Result<Match, String> {
    if compare == Compare::Is {
        return TimeRange::parse(text).map(Match::Time).map_err(str::to_owned);
    }
    // A day or a minute is a span: what is after it comes after its end.
    let span = TimeRange::parse_moment(text).map_err(str::to_owned)?;
    let all = TimeRange::default();
    Ok(Match::Time(match compare {
        Compare::More { or_equal: true } => TimeRange { from: span.from, ..all },
        Compare::More { or_equal: false } => TimeRange { from: span.to, ..all },
        Compare::Less { or_equal: true } => TimeRange { to: span.to, ..all },
        Compare::Less { or_equal: false } | Compare::Is => TimeRange { to: span.from, ..all },
    }))
}

fn words_match(field: &Field, text: &str, words: &[&str], compare: Compare) -> Result<Match, String> {
    let code = match field {
        Field::Column(Column::Severity) => Severity::parse(text).ok().map(Severity::code),
        Field::Column(Column::Status) => Status::parse(text).ok().map(Status::code),
        _ => CostSource::parse(text).ok().map(CostSource::code),
    };
    let code = code.ok_or_else(|| format!("expected one of: {}", words.join(", ")))?;
    #[expect(clippy::cast_precision_loss, reason = "codes are small")]
    Ok(Match::Number(compared(code as f64, compare)))
}

/// What stands in JSON may be text or a number.
fn path_match(text: String, quoted: bool, compare: Compare) -> Result<Match, String> {
    if quoted && compare == Compare::Is {
        return Ok(Match::Exact(text));
    }
    if compare != Compare::Is || text.contains("..") {
        let range = number_match(&text, Kind::Number, compare);
        return if compare == Compare::Is {
            range.or(Ok(Match::Exact(text)))
        } else {
            range
        };
    }
    Ok(if text.contains('*') {
        Match::Glob(text)
    } else {
        Match::Exact(text)
    })
}
