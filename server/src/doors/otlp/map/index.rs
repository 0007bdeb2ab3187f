//! One lookup for all the tables: every attribute name that any of them
//! mentions has a number, and the tables are kept as such numbers.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::content::{Found, INPUT, OUTPUT, Source};
use super::fields::{FIELDS, Field};
use super::kind::{KINDS, Words};

/// The number of an attribute name.
pub type Slot = u16;

/// More than there are names; a test holds it to that.
pub const SLOTS: usize = 320;

/// See the module.
pub static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

/// See [`INDEX`].
pub struct Index {
    slots: HashMap<&'static str, Slot>,
    fields: Vec<Vec<Slot>>,
    kinds: Vec<(Slot, Words)>,
    input: Vec<Found>,
    output: Vec<Found>,
}

impl Index {
    fn new() -> Self {
        let mut slots = HashMap::new();
        let mut slot = |name: &'static str| {
            let next = Slot::try_from(slots.len()).unwrap_or(Slot::MAX);
            *slots.entry(name).or_insert(next)
        };
        let fields = FIELDS
            .iter()
            .map(|(_, names)| names.iter().map(|name| slot(name)).collect())
            .collect();
        let kinds = KINDS.iter().map(|(name, words)| (slot(name), *words)).collect();
        let mut find = |source: &Source| match *source {
            Source::Key(name) => Found::Key(slot(name)),
            Source::Instructed(messages, instructions) => Found::Instructed(slot(messages), slot(instructions)),
            other => Found::Other(other),
        };
        let input = INPUT.iter().map(&mut find).collect();
        let output = OUTPUT.iter().map(&mut find).collect();
        Self {
            slots,
            fields,
            kinds,
            input,
            output,
        }
    }

    /// The number of a name that a table mentions.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        self.slots.get(name).copied()
    }

    /// The names that may fill a field, in order.
    pub fn field(&self, field: Field) -> &[Slot] {
        self.fields.get(field as usize).map_or(&[], Vec::as_slice)
    }

    /// The names that say what a span is, in order.
    pub fn kinds(&self) -> impl Iterator<Item = (Slot, Words)> {
        self.kinds.iter().copied()
    }

    /// Where input may be, in order.
    pub fn input(&self) -> impl Iterator<Item = Found> {
        self.input.iter().copied()
    }

    /// Where output may be, in order.
    pub fn output(&self) -> impl Iterator<Item = Found> {
        self.output.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_place() {
        assert!(INDEX.slots.len() < SLOTS, "{} names", INDEX.slots.len());
        for (place, (field, _)) in FIELDS.iter().enumerate() {
            assert_eq!(*field as usize, place, "{field:?} is out of order");
        }
        assert_eq!(FIELDS.len(), Field::EventName as usize + 1);
    }

    #[test]
    fn the_documentation_names_every_one() {
        let documentation = include_str!("../../../../../docs/otlp.md");
        let named = |name: &&str| documentation.contains(&format!("`{name}`"));
        let forgotten: Vec<&str> = INDEX.slots.keys().copied().filter(|name| !named(name)).collect();
        assert!(forgotten.is_empty(), "{forgotten:?}");
    }
}
