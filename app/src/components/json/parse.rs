//! Reads JSON into a tree that keeps what readers of payloads look for and
//! `serde_json::Value` loses: the order of keys, keys that come twice, and
//! numbers as they were written (`1.0`, `1e400`, ids of 20 digits).

use crate::json::Scanner;

/// Deeper than this, JSON is shown as text: nesting costs stack.
const MAX_DEPTH: usize = 32;

/// A value of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// A string, decoded.
    Text(String),
    /// A number, as written.
    Number(String),
    /// `true`, `false` or `null`; or what lies too deep, as written.
    Word(String),
    /// An array.
    List(Vec<Node>),
    /// An object: its keys, decoded, in their order.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// How many lines it takes when all of it is unfolded.
    pub(super) fn lines(&self) -> usize {
        match self {
            Self::Text(_) | Self::Number(_) | Self::Word(_) => 1,
            Self::List(items) => 2 + items.iter().map(Self::lines).sum::<usize>(),
            Self::Map(entries) => 2 + entries.iter().map(|(_, value)| value.lines()).sum::<usize>(),
        }
    }
}

/// Reads a whole text; `None` when it is not JSON.
pub(super) fn parse(text: &str) -> Option<Node> {
    let mut scanner = Scanner::new(text);
    let node = value(&mut scanner, 0)?;
    scanner.is_at_end().then_some(node)
}

fn value(scanner: &mut Scanner<'_>, depth: usize) -> Option<Node> {
    scanner.space();
    match scanner.peek()? {
        b'"' => scanner.string().map(|text| Node::Text(text.into_owned())),
        b'{' | b'[' if depth == MAX_DEPTH => Some(Node::Word(scanner.skip_value()?.to_owned())),
        b'{' => map(scanner, depth),
        b'[' => list(scanner, depth),
        b'-' | b'0'..=b'9' => Some(Node::Number(scanner.bare()?.to_owned())),
        _ => Some(Node::Word(scanner.bare()?.to_owned())),
    }
}

fn map(scanner: &mut Scanner<'_>, depth: usize) -> Option<Node> {
    scanner.take(b'{')?;
    let mut entries = Vec::new();
    if scanner.take(b'}').is_some() {
        return Some(Node::Map(entries));
    }
    loop {
        scanner.space();
        let key = scanner.string()?.into_owned();
        scanner.take(b':')?;
        entries.push((key, value(scanner, depth + 1)?));
        if scanner.take(b',').is_none() {
            scanner.take(b'}')?;
            return Some(Node::Map(entries));
        }
    }
}

fn list(scanner: &mut Scanner<'_>, depth: usize) -> Option<Node> {
    scanner.take(b'[')?;
    let mut items = Vec::new();
    if scanner.take(b']').is_some() {
        return Some(Node::List(items));
    }
    loop {
        items.push(value(scanner, depth + 1)?);
        if scanner.take(b',').is_none() {
            scanner.take(b']')?;
            return Some(Node::List(items));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Node {
        Node::Number(text.to_owned())
    }

    #[test]
    fn keeps_order_doubles_and_numbers() {
        let node = parse(r#" {"b": 1.0, "a": [1e400, -12345678901234567890], "b": null, "é\n": "\u00e9"} "#);
        assert_eq!(
            node,
            Some(Node::Map(vec![
                ("b".into(), number("1.0")),
                (
                    "a".into(),
                    Node::List(vec![number("1e400"), number("-12345678901234567890")])
                ),
                ("b".into(), Node::Word("null".into())),
                ("é\n".into(), Node::Text("é".into())),
            ]))
        );
        assert_eq!(parse("{}"), Some(Node::Map(vec![])));
        assert_eq!(parse("[ ]"), Some(Node::List(vec![])));
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in ["", "{", "[1,]", "{\"a\"}", "nul", "\"a", "\"\\", "1 2", "{a:1}", "]"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn deep_json_ends_in_text() {
        let text = format!("{}\"]\"{}", "[".repeat(100_000), "]".repeat(100_000));
        let mut node = &parse(&text).unwrap();
        let mut depth = 0;
        while let Node::List(items) = node {
            node = &items[0];
            depth += 1;
        }
        assert_eq!(depth, MAX_DEPTH);
        assert!(matches!(node, Node::Word(rest) if rest.starts_with("[[") && rest.ends_with("]]")));
    }
}
