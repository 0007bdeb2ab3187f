//! The attributes of one item, looked up once.

use std::borrow::Cow;

use super::fields::Field;
use super::index::{INDEX, SLOTS, Slot};
use super::indexed::Indexed;
use super::text::{int_of, text_of};
use crate::doors::otlp::wire::{AnyValue, KeyValue};

/// Which attribute stands where. Of a name that stands twice, the last counts.
pub struct Slots<'a> {
    attributes: &'a [KeyValue],
    /// 1 + the place in `attributes`; 0 is nowhere.
    places: [u16; SLOTS],
    indexed: Option<Box<Indexed<'a>>>,
    /// The resource's, which are looked at after the item's own.
    outer: Option<&'a Slots<'a>>,
}

impl<'a> Slots<'a> {
    /// Looks every attribute up. Those after the 65,535th are kept, not understood.
    pub fn new(attributes: &'a [KeyValue], outer: Option<&'a Slots<'a>>) -> Self {
        let mut places = [0; SLOTS];
        let mut indexed = None;
        for (place, attribute) in (1..=u16::MAX).zip(attributes) {
            let slot = INDEX.slot(&attribute.key).map(usize::from);
            match slot.and_then(|slot| places.get_mut(slot)) {
                Some(at) => *at = place,
                None => Indexed::gather(&mut indexed, attribute),
            }
        }
        Self {
            attributes,
            places,
            indexed,
            outer,
        }
    }

    /// The item's own value, if it has one.
    pub fn get(&self, slot: Slot) -> Option<&'a AnyValue> {
        let place = usize::from(*self.places.get(usize::from(slot))?).checked_sub(1)?;
        self.attributes.get(place)?.value.as_ref()
    }

    /// Attributes with a number in their names.
    pub fn indexed(&self) -> Option<&Indexed<'a>> {
        self.indexed.as_deref()
    }

    /// The first value of a field for which `read` has an answer.
    pub fn find<T>(&self, field: Field, read: impl Fn(&'a AnyValue) -> Option<T>) -> Option<T> {
        let of = |slots: &Slots<'a>| INDEX.field(field).iter().find_map(|slot| read(slots.get(*slot)?));
        of(self).or_else(|| of(self.outer?))
    }

    /// The first value of a field that is there.
    pub fn first(&self, field: Field) -> Option<&'a AnyValue> {
        self.find(field, |value| value.value.is_some().then_some(value))
    }

    /// A field as text that is not empty.
    pub fn text(&self, field: Field) -> Option<Cow<'a, str>> {
        self.find(field, text_of)
    }

    /// A field as a whole number.
    pub fn int(&self, field: Field) -> Option<i64> {
        self.find(field, int_of)
    }
}
