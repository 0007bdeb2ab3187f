//! Several values in one field: with commas between them, and in quotes where
//! a value has such a thing in it.

/// The values, as one writes them.
pub(super) fn write(values: &[String]) -> String {
    let one = |value: &String| {
        let is_plain = !value.is_empty() && value.trim() == value && !value.contains([',', '"']);
        if is_plain {
            value.clone()
        } else {
            format!("\"{}\"", value.replace('"', "\"\""))
        }
    };
    values.iter().map(one).collect::<Vec<String>>().join(", ")
}

/// The values that were written.
pub(super) fn read(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut value = String::new();
    let (mut is_quoted, mut was_quoted) = (false, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // Two of them within quotes are one that is meant.
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => value.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if value.trim().is_empty() => {
                (is_quoted, was_quoted) = (true, true);
                value.clear();
            }
            ',' if !is_quoted => finish(&mut values, &mut value, &mut was_quoted),
            // Between the end of quotes and the next comma there is nothing to read.
            letter if is_quoted || !was_quoted => value.push(letter),
            _ => {}
        }
    }
    finish(&mut values, &mut value, &mut was_quoted);
    values
}

fn finish(values: &mut Vec<String>, value: &mut String, was_quoted: &mut bool) {
    let whole = std::mem::take(value);
    if std::mem::take(was_quoted) {
        values.push(whole);
    } else if !whole.trim().is_empty() {
        values.push(whole.trim().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn are_written_as_one_would() {
        let values = ["pay*", "a, b", "say \"x\""].map(str::to_owned);
        assert_eq!(write(&values), "pay*, \"a, b\", \"say \"\"x\"\"\"");
        assert_eq!(read(" pay*,cart ,, \"a, b\" "), ["pay*", "cart", "a, b"]);
        assert!(read(" , ").is_empty());
    }

    proptest! {
        #[test]
        fn are_read_as_they_were_written(values in prop::collection::vec("[ab,\" é]{0,6}", 0..5)) {
            prop_assert_eq!(read(&write(&values)), values);
        }
    }
}
