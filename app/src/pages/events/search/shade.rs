//! The colours of the language, drawn behind the text of the box.

use eventglass_model::search::{TokenKind, tokens};

use crate::view::{IntoPart, Part, el};

/// The text in pieces with the classes of what they are.
pub(super) fn shades(text: &str) -> Part {
    let mut parts = Vec::new();
    let mut at = 0;
    for token in tokens(text) {
        let between = text.get(at..token.span.start).unwrap_or_default();
        if !between.is_empty() {
            parts.push(between.to_owned().part());
        }
        parts.push(el(
            "span",
            class(token.kind),
            vec![token.span.of(text).to_owned().part()],
        ));
        at = token.span.end;
    }
    let rest = text.get(at..).unwrap_or_default();
    if !rest.is_empty() {
        parts.push(rest.to_owned().part());
    }
    el("span", "", parts)
}

const fn class(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Word => "q-word",
        TokenKind::Phrase => "q-phrase",
        TokenKind::Key => "q-key",
        TokenKind::Value => "q-value",
        TokenKind::Operator => "q-operator",
        TokenKind::Paren => "q-paren",
        TokenKind::Wrong => "q-wrong",
    }
}
