//! What `serde_json` reads, this reads alike.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::from_text;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Dot,
    Circle(f64),
    Line(i8, u64),
    Square { side: u16 },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Within {
    flag: bool,
    letter: char,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(i64);

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct All {
    text: String,
    number: Option<f64>,
    pair: (i32, String),
    shapes: Vec<Shape>,
    map: BTreeMap<String, Option<Newtype>>,
    unit: (),
    #[serde(flatten)]
    within: Option<Within>,
}

fn shape() -> impl Strategy<Value = Shape> {
    prop_oneof![
        Just(Shape::Dot),
        (-1e9..1e9_f64).prop_map(Shape::Circle),
        any::<(i8, u64)>().prop_map(|(a, b)| Shape::Line(a, b)),
        any::<u16>().prop_map(|side| Shape::Square { side }),
    ]
}

fn all() -> impl Strategy<Value = All> {
    let map = prop::collection::btree_map(any::<String>(), prop::option::of(any::<i64>().prop_map(Newtype)), 0..4);
    let within = prop::option::of(any::<(bool, char)>().prop_map(|(flag, letter)| Within { flag, letter }));
    let first = (
        any::<String>(),
        prop::option::of(-1e300..1e300_f64),
        any::<(i32, String)>(),
    );
    (first, prop::collection::vec(shape(), 0..4), map, within).prop_map(
        |((text, number, pair), shapes, map, within)| All {
            text,
            number,
            pair,
            shapes,
            map,
            unit: (),
            within,
        },
    )
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e300..1e300_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reads_any_value(value in value()) {
        prop_assert_eq!(from_text::<Value>(&value.to_string()), Ok(value.clone()));
        prop_assert_eq!(from_text::<Value>(&format!(" {value:#}\n")), Ok(value));
    }

    #[test]
    fn reads_types(all in all()) {
        let json = serde_json::to_string(&all).unwrap();
        prop_assert_eq!(from_text::<All>(&json), Ok(all));
    }

    #[test]
    fn reads_no_more_than_half_of_it(all in all(), at in 0.0..1.0_f64) {
        let json = serde_json::to_string(&all).unwrap();
        let cut = json.char_indices().nth((json.chars().count() as f64 * at) as usize).unwrap().0;
        prop_assert!(from_text::<All>(&json[..cut]).is_err());
    }

    #[test]
    fn never_panics(text in r#"[\[\]{}:,"\\u0-9a-fe+.\- ntrls]{0,40}"#) {
        let _ = from_text::<All>(&text);
        let _ = from_text::<Value>(&text);
    }
}

#[test]
fn refuses_what_is_of_another_type() {
    for json in [
        "",
        "null",
        "[]",
        "{} {}",
        r#"{"text":1}"#,
        r#"{"number":"1"}"#,
        r#"{"number":1e999}"#,
        r#"{"number":true}"#,
        r#"{"pair":[1]}"#,
        r#"{"pair":[1,"a",2]}"#,
        r#"{"pair":[1.5,"a"]}"#,
        r#"{"pair":[3000000000,"a"]}"#,
        r#"{"shapes":["Star"]}"#,
        r#"{"shapes":["Circle"]}"#,
        r#"{"shapes":[{"Dot":1}]}"#,
        r#"{"shapes":[{"Circle":1,"Dot":2}]}"#,
        r#"{"shapes":[{"Line":[-1,-1]}]}"#,
        r#"{"text":"a" "map":{}}"#,
    ] {
        assert!(from_text::<All>(json).is_err(), "{json}");
        assert!(serde_json::from_str::<All>(json).is_err() || json == "[]", "{json}");
    }
}

#[test]
fn skips_what_it_does_not_know() {
    let json = r#"{"new":[{"a":"]"}],"text":"b","newer":{"b":[1e9]}}"#;
    assert_eq!(from_text::<All>(json).unwrap().text, "b");
}
