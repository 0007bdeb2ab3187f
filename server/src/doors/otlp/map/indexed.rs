//! Attributes with a number in their names (`llm.input_messages.0.message.role`),
//! gathered into the lists that they stand for.

use std::collections::BTreeMap;

use super::out;
use crate::doors::otlp::wire::{AnyValue, KeyValue};

/// A list that some attributes together are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Prompt,
    Completion,
    InputMessages,
    OutputMessages,
    Prompts,
    Choices,
    Documents,
    Reranked,
    Embeddings,
}

const FAMILIES: &[(&str, Family)] = &[
    ("gen_ai.prompt.", Family::Prompt),
    ("gen_ai.completion.", Family::Completion),
    ("llm.input_messages.", Family::InputMessages),
    ("llm.output_messages.", Family::OutputMessages),
    ("llm.prompts.", Family::Prompts),
    ("llm.choices.", Family::Choices),
    ("retrieval.documents.", Family::Documents),
    ("reranker.output_documents.", Family::Reranked),
    ("embedding.embeddings.", Family::Embeddings),
];

/// `OpenInference` names each item of a list after what it is; that says nothing.
const WRAPPERS: &[&str] = &[
    "message",
    "message_content",
    "tool_call",
    "document",
    "embedding",
    "prompt",
    "completion",
];

/// The deepest a name may lead; the rest of a longer one is one step.
const STEPS: usize = 16;

/// What has been gathered.
#[derive(Default)]
pub struct Indexed<'a> {
    families: Vec<(Family, Node<'a>)>,
}

/// A step on the way to a value. Numbers come before names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Step<'a> {
    Place(u32),
    Name(&'a str),
}

#[derive(Default)]
struct Node<'a> {
    value: Option<&'a AnyValue>,
    inner: BTreeMap<Step<'a>, Node<'a>>,
}

impl<'a> Indexed<'a> {
    /// Takes an attribute if it is of a family.
    pub fn gather(indexed: &mut Option<Box<Self>>, attribute: &'a KeyValue) {
        let of = |(prefix, family): &(&str, Family)| Some((attribute.key.strip_prefix(prefix)?, *family));
        let Some((rest, family)) = FAMILIES.iter().find_map(of) else {
            return;
        };
        let (Some(value), true) = (&attribute.value, rest.starts_with(|c: char| c.is_ascii_digit())) else {
            return;
        };
        // A vector is no text, and long.
        if rest.ends_with(".vector") {
            return;
        }
        let families = &mut indexed.get_or_insert_default().families;
        let place = families.iter().position(|(known, _)| *known == family);
        if place.is_none() {
            families.push((family, Node::default()));
        }
        let place = place.unwrap_or(families.len() - 1);
        let Some((_, root)) = families.get_mut(place) else {
            return;
        };
        let mut node = root;
        let mut after_place = false;
        for step in rest.splitn(STEPS, '.') {
            let place = step
                .parse()
                .ok()
                .filter(|_| step.starts_with(|c: char| c.is_ascii_digit()));
            if after_place && WRAPPERS.contains(&step) {
                after_place = false;
                continue;
            }
            after_place = place.is_some();
            node = node
                .inner
                .entry(place.map_or(Step::Name(step), Step::Place))
                .or_default();
        }
        node.value = Some(value);
    }

    /// A family as JSON.
    pub fn json(&self, family: Family) -> Option<String> {
        let (_, node) = self.families.iter().find(|(known, _)| *known == family)?;
        let mut json = Vec::new();
        node.write(&mut json);
        String::from_utf8(json).ok()
    }
}

impl Node<'_> {
    /// Goes as deep as [`STEPS`].
    fn write(&self, json: &mut Vec<u8>) {
        if let Some(value) = self.value.filter(|_| self.inner.is_empty()) {
            return out::value(json, value);
        }
        if self.inner.keys().all(|step| matches!(step, Step::Place(_))) {
            let items: Vec<&Node<'_>> = self.inner.values().collect();
            return out::list(json, &items, |json, item| item.write(json));
        }
        let mut object = out::Object::open(json);
        for (step, node) in &self.inner {
            match step {
                Step::Name(name) => node.write(object.key(name)),
                Step::Place(place) => node.write(object.key(&place.to_string())),
            }
        }
        object.close();
    }
}
