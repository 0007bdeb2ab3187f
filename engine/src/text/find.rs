//! Whether a text says something.

use super::fold;
use super::words::{Piece, WORD_BYTES, joined, pieces};

/// Something to look for in folded texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Needle {
    /// All of these words and runs, anywhere; the last may be the beginning of a word.
    Words {
        /// Folded.
        parts: Vec<Part>,
    },
    /// This, from the edge of a word to the edge of a word.
    Phrase(String),
    /// Pieces that follow each other within what has no space in it.
    Glob {
        /// Folded, none empty.
        parts: Vec<String>,
        /// Whether the first one begins a word.
        from_edge: bool,
        /// Whether the last one ends a word.
        to_edge: bool,
    },
}

/// A part of [`Needle::Words`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// The word or the run.
    pub(crate) text: String,
    /// Whether it is a run of a script without spaces.
    pub(crate) is_run: bool,
    /// Whether a word may go on after it.
    pub(crate) is_prefix: bool,
}

impl Needle {
    /// All words of a text.
    pub(crate) fn words(text: &str) -> Self {
        Self::Words {
            parts: parts(&fold(text)),
        }
    }

    /// A text as it stands.
    pub(crate) fn phrase(text: &str) -> Self {
        Self::Phrase(fold(text.trim()))
    }

    /// A text with `*`. `serv*` and `payment-serv*` are words and the beginning of one.
    pub(crate) fn glob(pattern: &str) -> Self {
        let folded = fold(pattern);
        let inner = folded.trim_end_matches('*');
        if !inner.contains('*') && inner.len() < folded.len() {
            let mut parts = parts(inner);
            let open = inner.chars().next_back();
            if let Some(last) = parts
                .last_mut()
                .filter(|last| !last.is_run && last.text.chars().next_back() == open)
            {
                last.is_prefix = true;
            }
            return Self::Words { parts };
        }
        Self::Glob {
            parts: folded
                .split('*')
                .filter(|part| !part.is_empty())
                .map(str::to_owned)
                .collect(),
            from_edge: !folded.starts_with('*'),
            to_edge: !folded.ends_with('*'),
        }
    }

    /// Whether a folded text says it.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Words { parts } => parts.iter().all(|part| {
                if part.is_run {
                    return text.contains(&part.text);
                }
                let open = part.is_prefix || part.text.len() + 4 > WORD_BYTES;
                occurrences(text, &part.text).any(|at| begins(text, at) && (open || ends(text, at + part.text.len())))
            }),
            Self::Phrase(phrase) => {
                occurrences(text, phrase).any(|at| begins(text, at) && ends(text, at + phrase.len()))
            }
            Self::Glob {
                parts,
                from_edge,
                to_edge,
            } => {
                let Some((first, rest)) = parts.split_first() else {
                    return true;
                };
                occurrences(text, first)
                    .filter(|at| !from_edge || begins(text, *at))
                    .any(|at| goes_on(text, at + first.len(), rest, *to_edge))
            }
        }
    }
}

fn parts(folded: &str) -> Vec<Part> {
    let part = |text: &str, is_run| Part {
        text: super::cut(text, if is_run { usize::MAX } else { WORD_BYTES }).to_owned(),
        is_run,
        is_prefix: false,
    };
    pieces(folded)
        .map(|piece| match piece {
            Piece::Word(word) => part(word, false),
            Piece::Run(run) => part(run, true),
        })
        .collect()
}

/// Whether the parts follow from a place on, without a space between.
fn goes_on(text: &str, from: usize, parts: &[String], to_edge: bool) -> bool {
    let Some((first, rest)) = parts.split_first() else {
        return !to_edge || ends(text, from);
    };
    let here = text.get(from..).unwrap_or_default();
    let here = here
        .get(..here.find([' ', '\u{1f}']).unwrap_or(here.len()))
        .unwrap_or_default();
    let mut places = occurrences(here, first);
    if rest.is_empty() {
        return places.any(|at| !to_edge || ends(text, from + at + first.len()));
    }
    // The first place leaves the most room for what follows.
    places
        .next()
        .is_some_and(|at| goes_on(text, from + at + first.len(), rest, to_edge))
}

/// Where a text occurs, overlapping ones too.
fn occurrences<'t>(text: &'t str, needle: &'t str) -> impl Iterator<Item = usize> + 't {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + text.get(from..)?.find(needle)?;
        from = at + text.get(at..)?.chars().next().map_or(1, char::len_utf8);
        Some(at)
    })
}

/// Whether what begins here is not in the middle of a word.
fn begins(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at_checked(at).unwrap_or_default();
    !joined(before.chars().next_back(), after.chars().next())
}

/// Whether what ends here does not end in the middle of a word.
fn ends(text: &str, at: usize) -> bool {
    begins(text, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said() {
        let text = fold("The Card-Payment was declined: 支払いが失敗しました v2.1, Claude");
        let yes = [
            Needle::words("card"),
            Needle::words("PAYMENT card"),
            Needle::words("declined:"),
            Needle::words("支払い"),
            Needle::words("失"),
            Needle::words("v2"),
            Needle::glob("pay*"),
            Needle::glob("card-pay*"),
            Needle::glob("*lau*"),
            Needle::glob("*ment"),
            Needle::glob("c*ment"),
            Needle::glob("支払*"),
            Needle::glob("decl*ed:"),
            Needle::phrase("was  Declined"),
            Needle::phrase("declined:"),
            Needle::phrase("払いが"),
            Needle::phrase("v2.1"),
        ];
        for needle in yes {
            assert!(needle.is_in(&text), "{needle:?}");
        }
        let no = [
            Needle::words("car"),
            Needle::words("支払失"),
            Needle::glob("lau*"),
            Needle::glob("*pay"),
            Needle::glob("card*declined"),
            Needle::phrase("as declined"),
            Needle::phrase("was decline"),
            Needle::phrase("v2.1.0"),
        ];
        for needle in no {
            assert!(!needle.is_in(&text), "{needle:?}");
        }
    }

    #[test]
    fn long_words_are_found_by_their_beginning() {
        let long = "a".repeat(300);
        assert!(Needle::words(&long).is_in(&fold(&format!("x {long}bc"))));
        assert!(!Needle::words(&"a".repeat(200)).is_in("x"));
    }
}
