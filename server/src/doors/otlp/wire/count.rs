//! Counts the items of a request in JSON without making anything of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Signal;
use super::survey::Stop;

/// One step from a request down to its items.
struct Step {
    /// What the field is called.
    names: &'static [&'static str],
    /// Whether it holds a list, or one object.
    list: bool,
}

const fn list(names: &'static [&'static str]) -> Step {
    Step { names, list: true }
}

static ITEMS: [Step; 3] = [
    list(&["resourceSpans", "resource_spans", "resourceLogs", "resource_logs"]),
    list(&["scopeSpans", "scope_spans", "scopeLogs", "scope_logs"]),
    list(&["spans", "logRecords", "log_records"]),
];

static DATA_POINTS: [Step; 5] = [
    list(&["resourceMetrics", "resource_metrics"]),
    list(&["scopeMetrics", "scope_metrics"]),
    list(&["metrics"]),
    Step {
        names: &[
            "gauge",
            "sum",
            "histogram",
            "exponentialHistogram",
            "exponential_histogram",
            "summary",
        ],
        list: false,
    },
    list(&["dataPoints", "data_points"]),
];

/// How many items a request holds.
///
/// # Errors
/// When there are more than `most`, or it is no such request.
pub fn count(json: &str, signal: Signal, most: usize) -> Result<usize, Stop> {
    let mut counter = Counter {
        items: 0,
        most,
        over: false,
    };
    let way: &[Step] = match signal {
        Signal::Traces | Signal::Logs => &ITEMS,
        Signal::Metrics => &DATA_POINTS,
    };
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let object = Object {
        way,
        counter: &mut counter,
    };
    let counted = object.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    match counted {
        Ok(()) => Ok(counter.items),
        Err(_) if counter.over => Err(Stop::Items),
        Err(error) => Err(Stop::Malformed(error.to_string())),
    }
}

struct Counter {
    items: usize,
    most: usize,
    over: bool,
}

/// An object with the rest of the way below it. `null` is one without fields.
struct Object<'c> {
    way: &'static [Step],
    counter: &'c mut Counter,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let counter = &mut *self.counter;
            match self.way.split_first() {
                Some((step, way)) if step.names.contains(&name.as_ref()) => {
                    if step.list {
                        map.next_value_seed(List { way, counter })?;
                    } else {
                        map.next_value_seed(Object { way, counter })?;
                    }
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A list with the rest of the way below its elements, or of items. `null` is an empty one.
struct List<'c> {
    way: &'static [Step],
    counter: &'c mut Counter,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { way, counter } = self;
        if way.is_empty() {
            while list.next_element::<IgnoredAny>()?.is_some() {
                counter.items += 1;
                if counter.items > counter.most {
                    counter.over = true;
                    return Err(A::Error::custom("too many items"));
                }
            }
            return Ok(());
        }
        while list
            .next_element_seed(Object {
                way,
                counter: &mut *counter,
            })?
            .is_some()
        {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_points_of_all_kinds_are_counted() {
        let json = r#"{"resourceMetrics": [null, {"scope_metrics": [{"metrics": [
            {"gauge": {"dataPoints": [{}, {"asInt": "1"}]}, "sum": null, "name": "a"},
            {"exponentialHistogram": {"data_points": [1]}}, {"summary": {"dataPoints": null}}
        ]}]}], "resourceSpans": 7}"#;
        assert_eq!(count(json, Signal::Metrics, usize::MAX), Ok(3));
        assert_eq!(count("{}", Signal::Metrics, 0), Ok(0));
        for bad in [
            "",
            "{",
            "7",
            "[]",
            r#"{"resourceMetrics": 7}"#,
            r#"{"resourceMetrics": {}}"#,
            "{} 1",
        ] {
            assert!(
                matches!(count(bad, Signal::Metrics, usize::MAX), Err(Stop::Malformed(_))),
                "{bad}"
            );
        }
    }

    #[test]
    fn looks_no_further_than_it_must() {
        // What comes after is no JSON at all, and is not looked at.
        let json = r#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [1, 2, 3, nonsense"#;
        assert_eq!(count(json, Signal::Logs, 2), Err(Stop::Items));
    }
}
