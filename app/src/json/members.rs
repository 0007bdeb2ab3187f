//! Takes an object or a list apart without reading what is in it.

use super::Scanner;

/// The members of a JSON object: each key, decoded, with its value as it was
/// written. `None` when the text is not an object.
pub(crate) fn members(text: &str) -> Option<Vec<(String, String)>> {
    let mut scanner = Scanner::new(text);
    let mut members = Vec::new();
    scanner.take(b'{')?;
    if scanner.take(b'}').is_some() {
        return Some(members);
    }
    loop {
        scanner.space();
        let key = scanner.string()?.into_owned();
        scanner.take(b':')?;
        members.push((key, scanner.skip_value()?.to_owned()));
        if scanner.take(b',').is_none() {
            scanner.take(b'}')?;
            return Some(members);
        }
    }
}

/// The items of a JSON array, each as it was written; none when the text is
/// not an array.
pub(crate) fn items(text: &str) -> Vec<&str> {
    list(text).unwrap_or_default()
}

fn list(text: &str) -> Option<Vec<&str>> {
    let mut scanner = Scanner::new(text);
    let mut items = Vec::new();
    scanner.take(b'[')?;
    if scanner.take(b']').is_some() {
        return Some(items);
    }
    loop {
        items.push(scanner.skip_value()?);
        if scanner.take(b',').is_none() {
            scanner.take(b']')?;
            return Some(items);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_lists_apart() {
        assert_eq!(
            items(r#" [1, "a]", {"b":[2]}, [ ] ] "#),
            ["1", "\"a]\"", r#"{"b":[2]}"#, "[ ]"]
        );
        for text in ["", "[]", "{}", "[1", "[1,]", "[nul]"] {
            assert!(items(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn takes_apart() {
        let members = members(r#" {"a": 1.50, "b\n":{"c":[1, "}"]} ,"d":"x\"y", "e":null}"#).unwrap();
        let expected = [
            ("a", "1.50"),
            ("b\n", r#"{"c":[1, "}"]}"#),
            ("d", r#""x\"y""#),
            ("e", "null"),
        ];
        assert_eq!(members, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    #[test]
    fn refuses_what_is_no_object() {
        for text in ["", "[]", "{\"a\"}", "{\"a\":1", "{\"a\":nul}"] {
            assert_eq!(members(text), None, "{text}");
        }
    }
}
