//! What words and patterns mean, above any one database.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// The columns in which a phrase may stand.
pub(crate) const PHRASE_COLUMNS: [&str; 9] = [
    "name",
    "message",
    "service",
    "endpoint",
    "user_id",
    "model",
    "attributes",
    "input",
    "output",
];

/// The words of a text, cut where SQLite's tokenizer `unicode61` cuts.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_token_char(c)).filter(|piece| !piece.is_empty())
}

/// Whether that tokenizer keeps a character: letters, numbers, and the marks
/// that it folds away.
fn is_token_char(c: char) -> bool {
    // Most are ASCII, for which there is no need to look into tables.
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    matches!(
        c.general_category_group(),
        GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number
    ) || ('\u{300}'..='\u{36f}').contains(&c)
}

/// A LIKE pattern (escape: backslash) for texts that contain this one.
pub(crate) fn contains_pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_themselves() {
        assert_eq!(contains_pattern("50%_\\"), "%50\\%\\_\\\\%");
    }

    #[test]
    fn words_are_letters_and_numbers() {
        let words: Vec<&str> = pieces("GET /api/v1: 50% off_er, 支払い!").collect();
        assert_eq!(words, ["GET", "api", "v1", "50", "off", "er", "支払い"]);
    }
}
