//! Takes an object apart without reading what is in it.

use super::parse::Reader;

/// The members of a JSON object: each key, decoded, with its value as it was
/// written. `None` when the text is not an object.
pub(crate) fn members(text: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader::new(text);
    let mut members = Vec::new();
    reader.take(b'{')?;
    if reader.take(b'}').is_some() {
        return Some(members);
    }
    loop {
        reader.space();
        let key = reader.string()?;
        reader.take(b':')?;
        members.push((key, reader.skip_value()?.to_owned()));
        if reader.take(b',').is_none() {
            reader.take(b'}')?;
            return Some(members);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
