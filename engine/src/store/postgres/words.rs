//! The words of a text, as SQLite's tokenizer `unicode61` with
//! `remove_diacritics 2` would cut and fold them, so that both stores find the same.

use std::collections::BTreeSet;

use eventglass_model::Severity;
use unicode_normalization::char::decompose_canonical;

use crate::ingest::{field_token, severity_token};
use crate::query::{EventSearch, Only, Term};
use crate::store::pattern::pieces;

/// The most bytes of a word. A longer one is found by its beginning; Postgres
/// takes no more than 2,046.
pub(crate) const WORD_BYTES: usize = 255;

/// Every word of a text once, in order.
pub(super) fn words(text: &str) -> BTreeSet<String> {
    pieces(text).map(fold).filter(|word| !word.is_empty()).collect()
}

/// In lower case, without the marks of Latin, Greek and Cyrillic letters.
fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
    } else {
        for c in word.chars().flat_map(char::to_lowercase) {
            fold_char(c, &mut folded);
        }
    }
    let end = (0..=WORD_BYTES.min(folded.len()))
        .rev()
        .find(|&end| folded.is_char_boundary(end));
    folded.truncate(end.unwrap_or(0));
    folded
}

fn fold_char(c: char, folded: &mut String) {
    let (mut bare, mut marks) = (String::new(), 0);
    decompose_canonical(c, |part| {
        if ('\u{300}'..='\u{36f}').contains(&part) {
            marks += 1;
        } else {
            bare.push(part);
        }
    });
    if marks > 0 {
        folded.push_str(&bare);
    } else {
        // Decomposed for other marks, such as Japanese voicing: these count.
        folded.push(c);
    }
}

/// What the words of an event are asked, as a `tsquery`; `None` when they have no say.
pub(super) fn query(project_id: i64, search: &EventSearch) -> Option<String> {
    let mut all = Vec::new();
    for term in &search.words.terms {
        let (Term::Word(text) | Term::Prefix(text) | Term::Phrase(text)) = term;
        all.extend(
            pieces(text)
                .map(fold)
                .filter(|word| !word.is_empty())
                .map(|word| format!("'{word}'")),
        );
        if let (Term::Prefix(_), Some(last)) = (term, all.last_mut()) {
            last.push_str(":*");
        }
    }
    if let Some(Only::Trace(trace_id)) = &search.only {
        all.push(field_token("t", trace_id));
    }
    let tokens =
        |field: &str, values: &[String]| values.iter().map(|value| field_token(field, value)).collect::<Vec<_>>();
    all.extend(any_of(
        &search.severity.iter().copied().map(severity_token).collect::<Vec<_>>(),
    ));
    for (field, values) in [("k", &search.kind), ("s", &search.service), ("e", &search.environment)] {
        all.extend(any_of(&tokens(field, values)));
    }
    of_project(project_id, all)
}

/// As [`query`], for two filters of PulseStream's.
pub(super) fn pulse_query(project_id: i64, kind: Option<&str>, severity: Option<Severity>) -> Option<String> {
    let mut all = Vec::new();
    all.extend(kind.map(|kind| field_token("k", kind)));
    all.extend(severity.map(severity_token));
    of_project(project_id, all)
}

fn of_project(project_id: i64, mut all: Vec<String>) -> Option<String> {
    if all.is_empty() {
        return None;
    }
    all.push(field_token("p", &project_id.to_string()));
    Some(all.join(" & "))
}

fn any_of(tokens: &[String]) -> Option<String> {
    (!tokens.is_empty()).then(|| format!("({})", tokens.join(" | ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Words;

    #[test]
    fn folds_as_the_other_store_does() {
        let folded: Vec<String> = words("Café CRÈME İstanbul ΆΛΦΑ 支払いが payment-service 50% z\u{301}")
            .into_iter()
            .collect();
        assert_eq!(
            folded,
            [
                "50",
                "cafe",
                "creme",
                "istanbul",
                "payment",
                "service",
                "z",
                "αλφα",
                "支払いが"
            ]
        );
        assert_eq!(words(&"ü".repeat(300)).first().map(String::len), Some(255));
    }

    #[test]
    fn asks_for_single_words_only() {
        let search = |q: &str| EventSearch {
            words: Words::parse(q),
            ..EventSearch::default()
        };
        let asked = |q: &str| query(7, &search(q)).map(|text| text.replace(&field_token("p", "7"), "P"));
        assert_eq!(asked("Payment-serv*").as_deref(), Some("'payment' & 'serv':* & P"));
        assert_eq!(asked("\"card was\" AND").as_deref(), Some("'card' & 'was' & 'and' & P"));
        assert_eq!(asked(""), None);
    }
}
