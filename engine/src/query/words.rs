//! The words of a free-text search.

/// One thing that must be in an event's text. All comparisons ignore case and
/// diacritics, except phrases, which ignore the case of ASCII letters only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// A whole word.
    Word(String),
    /// A word that begins so.
    Prefix(String),
    /// Words in this order, with the same signs between them.
    Phrase(String),
}

/// What stands in a search box: `card "was declined" pay*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// All of these must match.
    pub terms: Vec<Term>,
    /// The whole text, when it is one thing that could be an id.
    pub id: Option<String>,
}

impl Words {
    /// Reads a search box. Every text means something: a quote that is never
    /// closed is closed at the end.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        for (place, part) in text.split('"').enumerate() {
            if place % 2 == 1 {
                terms.extend(
                    Some(part.trim())
                        .filter(|p| has_word(p))
                        .map(|p| Term::Phrase(p.to_owned())),
                );
                continue;
            }
            for word in part.split_whitespace().filter(|word| has_word(word)) {
                terms.push(match word.strip_suffix('*') {
                    Some(prefix) => Term::Prefix(prefix.trim_end_matches('*').to_owned()),
                    None => Term::Word(word.to_owned()),
                });
            }
        }
        let id = text.trim();
        let could_be_id = id.len() >= 6 && id.len() <= 200 && !id.contains(char::is_whitespace) && !id.contains('"');
        Self {
            terms,
            id: could_be_id.then(|| id.to_owned()),
        }
    }

    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

fn has_word(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_a_search_box() {
        assert_eq!(
            Words::parse(r#"card "was declined" pay* - "#).terms,
            [
                Term::Word("card".into()),
                Term::Phrase("was declined".into()),
                Term::Prefix("pay".into())
            ]
        );
        assert_eq!(
            Words::parse("\"never closed").terms,
            [Term::Phrase("never closed".into())]
        );
        assert_eq!(Words::parse(" evt_17_abc ").id.as_deref(), Some("evt_17_abc"));
        assert_eq!(Words::parse("two words").id, None);
        assert!(Words::parse(" - \"\" ** ").is_empty());
    }

    proptest! {
        #[test]
        fn every_text_means_something(text in "\\PC{0,60}") {
            for term in Words::parse(&text).terms {
                let (Term::Word(t) | Term::Prefix(t) | Term::Phrase(t)) = term;
                prop_assert!(t.chars().any(char::is_alphanumeric));
            }
        }
    }
}
