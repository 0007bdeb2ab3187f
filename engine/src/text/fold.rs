//! Text without what a search overlooks.

use std::borrow::Cow;

use unicode_normalization::char::decompose_canonical;

/// In lower case, without the marks of Latin, Greek and Cyrillic letters, with
/// single spaces. This is what SQLite's tokenizer `unicode61` with
/// `remove_diacritics 2` makes of letters, and a little more.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        // Words that stand for fields begin with the mark: nobody can write one.
        if c.is_whitespace() || c == super::words::MARK {
            if !std::mem::replace(&mut space, true) {
                folded.push(' ');
            }
            continue;
        }
        space = false;
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            for lower in c.to_lowercase() {
                fold_char(lower, &mut folded);
            }
        }
    }
    folded
}

fn fold_char(c: char, folded: &mut String) {
    let (mut bare, mut marks) = ([None; 4], 0);
    let mut parts = bare.iter_mut();
    decompose_canonical(c, |part| {
        if ('\u{300}'..='\u{36f}').contains(&part) {
            marks += 1;
        } else if let Some(place) = parts.next() {
            *place = Some(part);
        }
    });
    if marks > 0 {
        folded.extend(bare.into_iter().flatten());
    } else {
        // Decomposed for other marks, such as Japanese voicing: these count.
        folded.push(c);
    }
}

/// As [`fold`], borrowing what is folded already but for the case of ASCII.
pub(super) fn fold_foreign(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(fold(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_marks_and_spaces() {
        assert_eq!(
            fold("Café  CRÈME\n İstanbul ΆΛΦΑ 支払いが z\u{301} \u{e000}s1"),
            "cafe creme istanbul αλφα 支払いが z s1"
        );
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
