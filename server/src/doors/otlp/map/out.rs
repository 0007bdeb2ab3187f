//! Writes JSON straight into bytes, without a tree of values in between.

use std::io::Write as _;

use crate::doors::otlp::wire::{AnyValue, KeyValue, Value, base64, non_finite};

/// A string in quotes.
pub fn text(out: &mut Vec<u8>, text: &str) {
    // Nothing can fail: it is a string, and it goes to memory.
    let _ = serde_json::to_writer(out, text);
}

/// A whole number.
pub fn number(out: &mut Vec<u8>, number: impl std::fmt::Display) {
    let _ = write!(out, "{number}");
}

/// A value, typed as it came: 64-bit integers exact, bytes as base64, floats
/// that JSON does not know as `"NaN"`, `"Infinity"`, `"-Infinity"`.
pub fn value(out: &mut Vec<u8>, any: &AnyValue) {
    match &any.value {
        None => out.extend_from_slice(b"null"),
        Some(Value::String(string)) => text(out, string),
        Some(Value::Bool(truth)) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        Some(Value::Int(int)) => number(out, int),
        Some(Value::Double(double)) if double.is_finite() => {
            let _ = serde_json::to_writer(out, double);
        }
        Some(Value::Double(double)) => text(out, non_finite(*double)),
        Some(Value::Bytes(bytes)) => text(out, &base64(bytes)),
        Some(Value::Array(array)) => list(out, &array.values, value),
        Some(Value::List(list)) => attributes(out, &list.values),
    }
}

/// A list of anything.
pub fn list<T>(out: &mut Vec<u8>, items: &[T], mut item: impl FnMut(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (n, one) in items.iter().enumerate() {
        if n > 0 {
            out.push(b',');
        }
        item(out, one);
    }
    out.push(b']');
}

/// Attributes as an object.
pub fn attributes(out: &mut Vec<u8>, attributes: &[KeyValue]) {
    let mut object = Object::open(out);
    for attribute in attributes {
        object.attribute(attribute);
    }
    object.close();
}

/// An object that is being written.
pub struct Object<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Begins one.
    pub fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, empty: true }
    }

    /// Ends it.
    pub fn close(self) {
        self.out.push(b'}');
    }

    /// Writes a name; the value is to follow.
    pub fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        text(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// A name and JSON.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.key(name).extend_from_slice(json.as_bytes());
    }

    /// Members that are written already.
    pub fn members(&mut self, members: &[u8]) {
        if members.is_empty() {
            return;
        }
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
        self.out.extend_from_slice(members);
    }

    /// A name and a text.
    pub fn text(&mut self, name: &str, value: &str) {
        text(self.key(name), value);
    }

    /// A name and a text, unless it is empty.
    pub fn some_text(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// A name and a number, unless it is 0.
    pub fn some_number(&mut self, name: &str, value: u64) {
        if value > 0 {
            number(self.key(name), value);
        }
    }

    /// An attribute.
    pub fn attribute(&mut self, attribute: &KeyValue) {
        let out = self.key(&attribute.key);
        match &attribute.value {
            Some(any) => value(out, any),
            None => out.extend_from_slice(b"null"),
        }
    }

    /// Attributes under a name, unless there are none.
    pub fn some_attributes(&mut self, name: &str, list: &[KeyValue]) {
        if !list.is_empty() {
            attributes(self.key(name), list);
        }
    }
}
