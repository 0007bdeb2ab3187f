//! From text to [`Expr`].
//!
//! ```text
//! query   = or
//! or      = and { "OR" and }
//! and     = { [ "AND" ] unary }
//! unary   = { "NOT" | "-" } ( "(" or ")" | key ":" values | phrase | word )
//! key     = name { "." ( name | phrase ) }
//! values  = "(" or ")" | value            here the words of `or` are values
//! ```
//! What has neither letter nor number (`-`, `=>`, `**`) is left out, so that
//! text which is pasted in searches for its words.

use std::borrow::Cow;

use super::{Column, Expr, Field, Match, Root, SearchError, Span, Test, Token, TokenKind, fields};

/// The most tests of a query, so that it can be compared with many events.
const MAX_TESTS: usize = 100;
/// The deepest parentheses.
const MAX_DEPTH: usize = 20;

type Parsed<T> = Result<T, SearchError>;

/// Reads a query once, from left to right.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// The byte that is read next.
    at: usize,
    tokens: Vec<Token>,
    /// The field whose values are read; of `has:`, whose values are fields, the text.
    field: Option<Field>,
    /// Where its key begins.
    key_start: usize,
    depth: usize,
    tests: usize,
}

impl<'a> Parser<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            tokens: Vec::new(),
            field: None,
            key_start: 0,
            depth: 0,
            tests: 0,
        }
    }

    pub(super) fn into_tokens(self) -> Vec<Token> {
        self.tokens
    }

    pub(super) fn query(&mut self) -> Parsed<Expr> {
        let expr = self.or(true)?;
        if self.peek() == Some(')') {
            return Err(SearchError::new(
                "this `)` closes nothing; put text in quotes",
                self.at,
                self.at + 1,
            ));
        }
        Ok(expr)
    }

    fn or(&mut self, may_be_empty: bool) -> Parsed<Expr> {
        let mut any = vec![self.and()?];
        while self.keyword("OR") {
            any.push(self.and()?);
        }
        let empty = |expr: &Expr| expr.is_all();
        if any.iter().any(empty) && (any.len() > 1 || !may_be_empty) {
            return Err(self.missing("something to search for is missing here"));
        }
        Ok(one_or(any, Expr::Or))
    }

    fn and(&mut self) -> Parsed<Expr> {
        let mut all = Vec::new();
        loop {
            self.skip_space();
            if self.at == self.text.len() || self.peek() == Some(')') || self.sees_keyword("OR") {
                break;
            }
            let explicit = self.keyword("AND");
            if explicit && all.is_empty() {
                return Err(self.missing("something to search for is missing before `AND`"));
            }
            let before = self.at;
            let found = self.unary()?;
            if explicit && found.is_none() {
                return Err(self.missing("something to search for is missing after `AND`"));
            }
            if found.is_some() && !explicit && !all.is_empty() && self.needs_operator() {
                return Err(SearchError::new(
                    "a field has one value: write `OR` between values",
                    before,
                    self.at,
                ));
            }
            all.extend(found);
        }
        Ok(one_or(all, Expr::And))
    }

    /// Whether the values that are read are of a field that has only one.
    fn needs_operator(&self) -> bool {
        match self.field {
            Some(Field::Column(column)) => column.info().kind != fields::Kind::Text,
            Some(Field::Text) => true,
            _ => false,
        }
    }

    /// `None` for what is left out.
    fn unary(&mut self) -> Parsed<Option<Expr>> {
        self.skip_space();
        let dash = self.peek() == Some('-') && self.peek_after('-').is_some_and(|c| !c.is_whitespace() && c != '-');
        // In `tokens:(-5)` and `time:(-3h)` the dash belongs to the value.
        let dash = dash && (self.field.is_none() || !self.peek_after('-').is_some_and(|c| c.is_ascii_digit()));
        let not = if dash {
            self.push(TokenKind::Operator, self.at, self.at + 1);
            self.at += 1;
            true
        } else {
            self.keyword("NOT")
        };
        if !not {
            return self.primary();
        }
        self.depth += 1;
        let found = self.checked_depth().and_then(|()| self.unary())?;
        self.depth -= 1;
        match found {
            None if dash => Ok(None),
            None => Err(self.missing("something to search for is missing after `NOT`")),
            Some(expr) => Ok(Some(Expr::Not(Box::new(expr)))),
        }
    }

    fn primary(&mut self) -> Parsed<Option<Expr>> {
        self.skip_space();
        match self.peek() {
            None => Ok(None),
            Some('(') => self.group().map(Some),
            Some('"') if self.field.is_none() => Ok(self.phrase()),
            Some(_) if self.field.is_none() => match self.key()? {
                Some(field) => self.values(field).map(Some),
                None => Ok(self.word()),
            },
            Some(_) => {
                let start = self.at;
                self.value(start).map(Some)
            }
        }
    }

    fn group(&mut self) -> Parsed<Expr> {
        let open = self.at;
        self.push(TokenKind::Paren, open, open + 1);
        self.at += 1;
        self.depth += 1;
        self.checked_depth()?;
        let expr = self.or(false)?;
        if self.peek() != Some(')') {
            return Err(SearchError::new(
                "this `(` is never closed; put text in quotes",
                open,
                open + 1,
            ));
        }
        self.push(TokenKind::Paren, self.at, self.at + 1);
        self.at += 1;
        self.depth -= 1;
        Ok(expr)
    }

    fn checked_depth(&self) -> Parsed<()> {
        if self.depth > MAX_DEPTH {
            return Err(SearchError::new("too many parentheses", self.at, self.at));
        }
        Ok(())
    }

    /// `name:` when a value follows. Other things with a colon are text:
    /// `https://…`, `localhost:8080`, `12:30`, `std::io`, `TypeError: …`.
    fn key(&mut self) -> Parsed<Option<Field>> {
        let rest = self.rest();
        let length = key_length(rest);
        let Some(value) = rest.get(length..).and_then(|rest| rest.strip_prefix(':')) else {
            return Ok(None);
        };
        let name = unquoted(rest.get(..length).unwrap_or_default());
        let name = name.as_ref();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') || value.starts_with([':', '/']) && !known(name) {
            return Ok(None);
        }
        let (start, end) = (self.at, self.at + length);
        let path = |root: Root, prefix: usize| name.get(prefix..).map(|path| Field::Path(root, path.to_owned()));
        let lower = name.to_ascii_lowercase();
        let field = if let Some(column) = Column::named(name) {
            Some(Field::Column(column))
        } else if lower == "has" {
            Some(Field::Text)
        } else if lower.starts_with("attributes.") {
            path(Root::Attributes, 11)
        } else if lower.starts_with("attr.") {
            path(Root::Attributes, 5)
        } else if lower.starts_with("input.") {
            path(Root::Input, 6)
        } else if lower.starts_with("output.") {
            path(Root::Output, 7)
        } else if name.contains('.') {
            path(Root::Attributes, 0)
        } else {
            None
        };
        let no_value = value.is_empty() || value.starts_with(|c: char| c.is_whitespace() || c == ')');
        match field {
            Some(Field::Path(_, path)) if path.is_empty() => {
                Err(SearchError::new("an attribute's name is missing here", end, end))
            }
            Some(_) if no_value && !value.is_empty() => Ok(None),
            Some(field) => {
                self.key_start = start;
                self.at = end + 1;
                let column = match field {
                    Field::Column(column) => Some(column),
                    Field::Text | Field::Path(..) => None,
                };
                self.tokens.push(Token {
                    span: Span { start, end: end + 1 },
                    kind: TokenKind::Key,
                    column,
                });
                Ok(Some(field))
            }
            // A port, a line, a time, or a name that somebody is still typing.
            None if no_value || value.starts_with(|c: char| c.is_ascii_digit()) => Ok(None),
            None => {
                let mut message = format!("there is no field `{name}`");
                if let Some(nearest) = fields::nearest(name) {
                    message.push_str("; did you mean `");
                    message.push_str(nearest);
                    message.push_str("`?");
                } else {
                    message.push_str("; write `attributes.");
                    message.push_str(name);
                    message.push_str(":` for an attribute, or put text in quotes");
                }
                Err(SearchError::new(message, start, end))
            }
        }
    }

    fn values(&mut self, field: Field) -> Parsed<Expr> {
        let key_start = self.key_start;
        self.field = Some(field);
        let found = match self.peek() {
            Some('(') => self.group(),
            _ => self.value(key_start),
        };
        self.field = None;
        found
    }

    /// What follows `has:`, or one of several.
    fn has(&mut self, start: usize) -> Parsed<Expr> {
        let at = self.at;
        let rest = self.rest();
        // A key in quotes may have spaces; what else stands there is read to its end, to be named.
        let name = match key_length(rest) {
            length if rest.get(..length).is_some_and(|name| name.contains('"')) => {
                self.at += length;
                unquoted(rest.get(..length).unwrap_or_default())
            }
            _ => Cow::Borrowed(self.bare()),
        };
        let name = name.as_ref();
        let field = match Column::named(name) {
            Some(column) => Field::Column(column),
            None if name == "attributes" => Field::Path(Root::Attributes, String::new()),
            None => {
                let (root, path) = match name.split_once('.') {
                    Some(("attributes" | "attr", path)) => (Root::Attributes, path),
                    Some(("input", path)) => (Root::Input, path),
                    Some(("output", path)) => (Root::Output, path),
                    Some(_) => (Root::Attributes, name),
                    None => (Root::Attributes, ""),
                };
                if path.is_empty() {
                    return Err(SearchError::new(
                        "expected a field here, such as `trace_id` or `attributes.plan`",
                        at,
                        self.at,
                    ));
                }
                Field::Path(root, path.to_owned())
            }
        };
        self.push(TokenKind::Value, at, self.at);
        self.test(field, Match::Present, start)
    }

    fn value(&mut self, start: usize) -> Parsed<Expr> {
        let Some(field) = self.field.clone() else {
            return Err(self.missing("a field is missing here"));
        };
        if field == Field::Text {
            return self.has(start);
        }
        let (field, matches) = self.match_of(field)?;
        self.test(field, matches, start)
    }

    pub(super) fn test(&mut self, field: Field, matches: Match, start: usize) -> Parsed<Expr> {
        let span = Span { start, end: self.at };
        self.tests += 1;
        if self.tests > MAX_TESTS {
            return Err(SearchError::new("too many conditions", start, self.at));
        }
        Ok(Expr::Test(Test { field, matches, span }))
    }

    fn phrase(&mut self) -> Option<Expr> {
        let start = self.at;
        let text = self.quoted();
        if !has_word(&text) {
            return None;
        }
        self.push(TokenKind::Phrase, start, self.at);
        self.test(Field::Text, Match::Phrase(text), start).ok()
    }

    fn word(&mut self) -> Option<Expr> {
        let start = self.at;
        let word = self.bare();
        if word.is_empty() {
            // A character that can begin nothing.
            self.at += self.peek().map_or(0, char::len_utf8);
        }
        if !has_word(word) {
            return None;
        }
        let matches = word_match(word);
        self.push(TokenKind::Word, start, self.at);
        self.test(Field::Text, matches, start).ok()
    }

    /// A text in quotes, which is never empty of its opening quote. `\"` is a
    /// quote within; one that is never closed is closed at the end.
    pub(super) fn quoted(&mut self) -> String {
        let (text, length) = phrase_at(self.rest());
        self.at += length;
        text
    }

    /// Up to white space, a quote, or a `)` whose `(` is not in it.
    pub(super) fn bare(&mut self) -> &'a str {
        let rest = self.rest();
        let mut open = 0_usize;
        let ends = |c: char| {
            match c {
                '(' => open += 1,
                ')' if open == 0 => return true,
                ')' => open -= 1,
                _ => {}
            }
            c.is_whitespace() || c == '"'
        };
        let end = rest.find(ends).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    pub(super) fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        let column = match self.field {
            Some(Field::Column(column)) => Some(column),
            _ => None,
        };
        self.tokens.push(Token {
            span: Span { start, end },
            kind,
            column,
        });
    }

    pub(super) const fn position(&self) -> usize {
        self.at
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    pub(super) fn missing(&self, message: &str) -> SearchError {
        SearchError::new(message, self.at, self.at)
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn peek_after(&self, first: char) -> Option<char> {
        self.rest().strip_prefix(first)?.chars().next()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn sees_keyword(&self, word: &str) -> bool {
        let after = self.rest().strip_prefix(word).map(|rest| rest.chars().next());
        after.is_some_and(|next| next.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"')))
    }

    fn keyword(&mut self, word: &str) -> bool {
        self.skip_space();
        let seen = self.sees_keyword(word);
        if seen {
            self.push(TokenKind::Operator, self.at, self.at + word.len());
            self.at += word.len();
        }
        seen
    }
}

/// The text in quotes that a text begins with, and its length in bytes, quotes included.
fn phrase_at(text: &str) -> (String, usize) {
    let mut said = String::new();
    let mut escaped = false;
    let mut rest = text.chars();
    rest.next();
    while let Some(c) = rest.next() {
        match c {
            '"' if !escaped => break,
            '\\' if !escaped && rest.as_str().starts_with(['"', '\\']) => escaped = true,
            _ => {
                escaped = false;
                said.push(c);
            }
        }
    }
    (said, text.len() - rest.as_str().len())
}

/// How many bytes of a text could be a key: letters, digits and some signs,
/// and behind a dot also what is in quotes.
fn key_length(text: &str) -> usize {
    let is_key_char = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | '@' | '$');
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        at += rest.find(|c| !is_key_char(c)).unwrap_or(rest.len());
        let (head, rest) = text.split_at_checked(at).unwrap_or((text, ""));
        if !head.ends_with('.') || !rest.starts_with('"') {
            return at;
        }
        at += phrase_at(rest).1;
    }
}

/// A key without the quotes around its pieces.
fn unquoted(key: &str) -> Cow<'_, str> {
    let Some((head, _)) = key.split_once('"') else {
        return Cow::Borrowed(key);
    };
    let mut name = head.to_owned();
    let mut rest = key.get(head.len()..).unwrap_or_default();
    while !rest.is_empty() {
        let (said, length) = if rest.starts_with('"') {
            phrase_at(rest)
        } else {
            let end = rest.find('"').unwrap_or(rest.len());
            (rest.get(..end).unwrap_or_default().to_owned(), end)
        };
        name.push_str(&said);
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(name)
}

fn known(name: &str) -> bool {
    name.eq_ignore_ascii_case("has") || name.contains('.') || Column::named(name).is_some()
}

fn one_or(mut parts: Vec<Expr>, many: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => Expr::And(Vec::new()),
    }
}

pub(super) fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A free word, or one with `*` in it.
pub(super) fn word_match(word: &str) -> Match {
    if word.contains('*') {
        return Match::Glob(word.to_owned());
    }
    Match::Word(word.to_owned())
}
