//! Words, and what stands for words in scripts that do not separate them.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::fold::fold_foreign;

/// The most bytes of a word. A longer one is found by its beginning; Postgres
/// takes no more than 2,046.
pub(crate) const WORD_BYTES: usize = 255;

/// Begins the words of the index that stand for a field and its value. It is
/// for private use, the tokenizer takes it for a letter, and folding takes it
/// out of what people write.
pub(crate) const MARK: char = '\u{e000}';

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// A word between things that are none.
    Word(&'a str),
    /// A run of a script that is written without spaces.
    Run(&'a str),
}

/// The pieces of a folded text.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c| kind(c) != CharKind::Other)?;
        let from = rest.get(start..)?;
        let first = from.chars().next().map(kind)?;
        let end = from
            .find(|c| {
                let kind = kind(c);
                kind != first && !(first == CharKind::Run && is_mark_of_run(c))
            })
            .unwrap_or(from.len());
        let (piece, after) = from.split_at_checked(end)?;
        rest = after;
        Some(if first == CharKind::Run {
            Piece::Run(piece)
        } else {
            Piece::Word(piece)
        })
    })
}

/// The letters of a run, without its vowel signs and tones: pairs of these stand in the index.
pub(crate) fn letters(run: &str) -> impl Iterator<Item = char> {
    run.chars().filter(|c| kind(*c) == CharKind::Run)
}

/// What the index is given for a text: its words, and of each run its pairs of
/// letters and its last letter, so that every run which contains a text has all
/// pairs of it, and every run which contains a letter has a word that begins with it.
pub(crate) fn index_form(text: &str, out: &mut String) {
    if text.is_ascii() {
        // The tokenizer folds and cuts this as we do.
        out.push_str(text);
        return;
    }
    for piece in pieces(&fold_foreign(text)) {
        out.push(' ');
        match piece {
            Piece::Word(word) => out.push_str(word),
            Piece::Run(run) => {
                let mut last = None;
                for letter in letters(run) {
                    if let Some(before) = last.replace(letter) {
                        out.extend([before, letter, ' ']);
                    }
                }
                out.extend(last);
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum CharKind {
    Other,
    Word,
    Run,
}

fn kind(c: char) -> CharKind {
    // Most are ASCII, for which there is no need to look into tables.
    if c.is_ascii() {
        return if c.is_ascii_alphanumeric() {
            CharKind::Word
        } else {
            CharKind::Other
        };
    }
    // Nor for what most of the other words of the index begin with.
    if c == MARK {
        return CharKind::Word;
    }
    // What SQLite's tokenizer `unicode61` keeps: letters, numbers, and the marks that it folds away.
    let is_token = matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    ) || ('\u{300}'..='\u{36f}').contains(&c);
    match (is_token, is_unspaced(c)) {
        (false, _) => CharKind::Other,
        (true, false) => CharKind::Word,
        (true, true) => CharKind::Run,
    }
}

/// Whether a character that is no letter goes on with a run: Thai tones and the like.
fn is_mark_of_run(c: char) -> bool {
    is_unspaced(c) && c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Thai, Lao, Burmese, Khmer; Hangul, whose words carry their particles; kana and Han.
const fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3130}'..='\u{318f}' | '\u{31f0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a text ends, or another begins, in the middle of a word between these two.
pub(crate) fn joined(before: Option<char>, after: Option<char>) -> bool {
    before.is_some_and(|c| kind(c) == CharKind::Word) && after.is_some_and(|c| kind(c) == CharKind::Word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_letters_and_numbers() {
        let found: Vec<Piece<'_>> = pieces("get /api/v1: 50% off_er, v2支払いok!").collect();
        let words = ["get", "api", "v1", "50", "off", "er", "v2"].map(Piece::Word);
        assert_eq!(found.get(..7), Some(&words[..]));
        assert_eq!(found.get(7..), Some(&[Piece::Run("支払い"), Piece::Word("ok")][..]));
    }

    #[test]
    fn runs_become_pairs() {
        let form = |text| {
            let mut out = String::new();
            index_form(text, &mut out);
            out
        };
        assert_eq!(form("Plain TEXT"), "Plain TEXT");
        assert_eq!(form("Ünit 支払い完了 x"), " unit 支払 払い い完 完了 了 x");
        assert_eq!(form("了"), " 了");
        // The tones are between the letters, not in the index.
        assert_eq!(form("ที่นี่"), " ทน น");
    }
}
