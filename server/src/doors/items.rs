//! Splits a list into its items, and tells what one would be in memory,
//! before anything is made of it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What an object takes at least in a tree: a node of a map has room for eleven entries.
const OBJECT_BYTES: usize = 640;
/// What any other value takes in a tree, in a list that has doubled to hold it.
const VALUE_BYTES: usize = 64;

/// Why a text was not split.
#[derive(Debug)]
pub enum Unsplit {
    /// There are more items than were asked for.
    TooMany,
    /// It is no JSON list.
    NoList(serde_json::Error),
}

/// The items of a JSON list as they were written. It looks no further than at the
/// one after the last that it may have: a list of millions costs no more than one of `most`.
///
/// # Errors
/// When there are more, or the text is no JSON list.
pub fn items(json: &str, most: usize) -> Result<Vec<&RawValue>, Unsplit> {
    let mut over = false;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let seed = Bounded { most, over: &mut over };
    let list = seed
        .deserialize(&mut deserializer)
        .and_then(|list| deserializer.end().map(|()| list));
    match list {
        Ok(list) => Ok(list),
        Err(_) if over => Err(Unsplit::TooMany),
        Err(error) => Err(Unsplit::NoList(error)),
    }
}

/// The first item of a JSON list, whatever comes after it.
pub fn first(json: &str) -> Option<&RawValue> {
    let mut found = None;
    let seed = First(&mut found);
    // It ends with an error where there is more, and then it has what it wants.
    let _ = seed.deserialize(&mut serde_json::Deserializer::from_str(json));
    found
}

struct First<'f, 'de>(&'f mut Option<&'de RawValue>);

impl<'de> DeserializeSeed<'de> for First<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for First<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        *self.0 = list.next_element()?;
        Ok(())
    }
}

struct Bounded<'n> {
    most: usize,
    over: &'n mut bool,
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Vec<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            if items.len() == self.most {
                *self.over = true;
                return Err(A::Error::custom("too many items"));
            }
            items.push(item);
        }
        Ok(items)
    }
}

/// About how many bytes a text would take as a tree of values: `{}` is two
/// bytes here and hundreds there.
pub fn tree(json: &str) -> usize {
    weight(json, OBJECT_BYTES, VALUE_BYTES)
}

/// As [`tree`], where an object and any other value take so many bytes.
pub fn weight(json: &str, object_bytes: usize, value_bytes: usize) -> usize {
    let (mut weight, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in json.bytes() {
        if in_text {
            in_text = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
            continue;
        }
        weight += match byte {
            b'"' => {
                in_text = true;
                0
            }
            b'{' => object_bytes,
            b'[' | b',' => value_bytes,
            _ => 0,
        };
    }
    weight.saturating_add(json.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_list_is_split_as_it_is_written() {
        let list = items(r#" [1, {"a" : [2]}, "x,]"] "#, 3).unwrap();
        let texts: Vec<&str> = list.iter().map(|item| item.get()).collect();
        assert_eq!(texts, ["1", r#"{"a" : [2]}"#, r#""x,]""#]);
        assert!(items("[]", 0).unwrap().is_empty());
    }

    #[test]
    fn the_first_is_told_whatever_follows() {
        let text = |json| first(json).map(RawValue::get);
        assert_eq!(text(r#"[{"a":1}, 2, 3"#), Some(r#"{"a":1}"#));
        assert_eq!(
            (text("[7]"), text("[]"), text("{}"), text("[!")),
            (Some("7"), None, None, None)
        );
    }

    #[test]
    fn looks_no_further_than_it_must() {
        // What comes after is no JSON at all, and is not looked at.
        assert!(matches!(items("[1,2,3 nonsense", 2), Err(Unsplit::TooMany)));
        assert!(matches!(items("[1,2]", 2), Ok(list) if list.len() == 2));
        for bad in ["", "[1,2", "{}", "7", "null", "[1] 2"] {
            assert!(matches!(items(bad, 2), Err(Unsplit::NoList(_))), "{bad}");
        }
    }

    #[test]
    fn what_is_said_weighs_little_and_what_is_nested_weighs_much() {
        let text = format!("\"{}\"", r#"{[,\\\","#.repeat(1_000));
        assert_eq!(tree(&text), text.len());
        assert!(tree(&"{},".repeat(1_000)) >= 640_000);
        assert_eq!(tree(r#"{"a\\":[1,2]}"#), 640 + 2 * 64 + 13);
    }

    /// Bytes on the heap, about as the allocator gives them.
    fn measured(value: &Value) -> usize {
        match value {
            Value::Array(list) => list.capacity() * size_of::<Value>() + list.iter().map(measured).sum::<usize>(),
            Value::Object(map) => map
                .iter()
                .map(|(name, value)| size_of::<(String, Value)>() + name.len() + measured(value))
                .sum(),
            Value::String(text) => text.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        }
    }

    proptest! {
        #[test]
        fn no_tree_is_larger_than_it_weighs(lists in proptest::collection::vec(0_usize..40, 0..20)) {
            let list = |n: &usize| format!("[{}]", vec!["{\"a\":null}"; *n].join(","));
            let json = format!("[{}]", lists.iter().map(list).collect::<Vec<_>>().join(","));
            let value: Value = serde_json::from_str(&json).unwrap();
            prop_assert!(measured(&value) <= tree(&json) + 4 * size_of::<Value>() * (1 + lists.len()));
        }
    }
}
