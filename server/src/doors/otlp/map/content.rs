//! What went in and what came out.

use super::fields::Field;
use super::index::{INDEX, Slot};
use super::indexed::{Family, Indexed};
use super::out;
use super::slots::Slots;
use crate::doors::otlp::wire::{AnyValue, SpanEvent, Value};
use crate::doors::text::is_json;

/// Where input or output may be.
#[derive(Clone, Copy)]
pub enum Source {
    /// An attribute.
    Key(&'static str),
    /// Messages in an attribute, and instructions to go before them in another.
    Instructed(&'static str, &'static str),
    /// Attributes with a number in their names, one message each.
    Numbered(Family),
    /// An attribute of a span event.
    Event(&'static str, &'static str),
    /// Span events that are a message each, and the role that each kind has.
    Messages(&'static [(&'static str, &'static str)]),
}

/// Where a span's input may be. Structured messages come before what a
/// convention keeps as opaque text.
pub const INPUT: &[Source] = &[
    Source::Key("langfuse.observation.input"),
    Source::Key("langfuse.trace.input"),
    Source::Instructed("gen_ai.input.messages", "gen_ai.system_instructions"),
    Source::Event("gen_ai.client.inference.operation.details", "gen_ai.input.messages"),
    Source::Numbered(Family::Prompt),
    Source::Numbered(Family::InputMessages),
    Source::Key("genkit:input"),
    Source::Key("ai.prompt.messages"),
    Source::Key("ai.prompt"),
    Source::Key("ai.toolCall.args"),
    Source::Key("ai.values"),
    Source::Key("ai.value"),
    Source::Messages(&[
        ("gen_ai.system.message", "system"),
        ("gen_ai.user.message", "user"),
        ("gen_ai.assistant.message", "assistant"),
        ("gen_ai.tool.message", "tool"),
    ]),
    Source::Event("gen_ai.content.prompt", "gen_ai.prompt"),
    Source::Key("gcp.vertex.agent.llm_request"),
    Source::Key("gcp.vertex.agent.tool_call_args"),
    Source::Key("prompt"),
    Source::Key("all_messages_events"),
    Source::Key("events"),
    Source::Key("request_data"),
    Source::Key("lk.user_input"),
    Source::Key("lk.input_text"),
    Source::Key("lk.function_tool.arguments"),
    Source::Key("lk.chat_ctx"),
    Source::Key("mlflow.spanInputs"),
    Source::Key("traceloop.entity.input"),
    Source::Key("lmnr.span.input"),
    Source::Key("input.value"),
    Source::Key("input"),
    Source::Key("pydantic_ai.all_messages"),
    Source::Key("tool_arguments"),
    Source::Key("gen_ai.prompt"),
    Source::Numbered(Family::Prompts),
    Source::Key("gen_ai.tool.call.arguments"),
    Source::Key("gen_ai.retrieval.query.text"),
    Source::Key("gen_ai.memory.query.text"),
    Source::Key("reranker.query"),
    Source::Numbered(Family::Embeddings),
    Source::Key("mcp.request.argument"),
];

/// Where a span's output may be.
pub const OUTPUT: &[Source] = &[
    Source::Key("langfuse.observation.output"),
    Source::Key("langfuse.trace.output"),
    Source::Key("gen_ai.output.messages"),
    Source::Event("gen_ai.client.inference.operation.details", "gen_ai.output.messages"),
    Source::Numbered(Family::Completion),
    Source::Numbered(Family::OutputMessages),
    Source::Key("genkit:output"),
    Source::Key("ai.response.text"),
    Source::Key("ai.response.toolCalls"),
    Source::Key("ai.response.object"),
    Source::Key("ai.result.text"),
    Source::Key("ai.result.toolCalls"),
    Source::Key("ai.result.object"),
    Source::Key("ai.toolCall.result"),
    Source::Messages(&[("gen_ai.choice", "assistant")]),
    Source::Event("gen_ai.content.completion", "gen_ai.completion"),
    Source::Key("gcp.vertex.agent.llm_response"),
    Source::Key("gcp.vertex.agent.tool_response"),
    Source::Key("response_data"),
    Source::Key("lk.response.text"),
    Source::Key("lk.function_tool.output"),
    Source::Key("mlflow.spanOutputs"),
    Source::Key("traceloop.entity.output"),
    Source::Key("lmnr.span.output"),
    Source::Key("output.value"),
    Source::Key("output"),
    Source::Key("final_result"),
    Source::Key("tool_response"),
    Source::Key("gen_ai.completion"),
    Source::Numbered(Family::Choices),
    Source::Key("gen_ai.tool.call.result"),
    Source::Key("gen_ai.retrieval.documents"),
    Source::Numbered(Family::Documents),
    Source::Numbered(Family::Reranked),
    Source::Key("gen_ai.memory.records"),
    Source::Key("mcp.response.value"),
];

/// A [`Source`] whose attributes have been looked up.
#[derive(Clone, Copy)]
pub enum Found {
    /// See [`Source::Key`].
    Key(Slot),
    /// See [`Source::Instructed`].
    Instructed(Slot, Slot),
    /// The others need none.
    Other(Source),
}

/// The first input and output that are there, as JSON text.
pub fn read(slots: &Slots<'_>, events: &[SpanEvent]) -> (Option<String>, Option<String>) {
    let content = Content { slots, events };
    let plain = |mime| slots.text(mime).is_some_and(|mime| mime.starts_with("text/"));
    let (plain_input, plain_output) = (plain(Field::InputMime), plain(Field::OutputMime));
    (
        INDEX.input().find_map(|source| content.of(source, plain_input)),
        INDEX.output().find_map(|source| content.of(source, plain_output)),
    )
}

struct Content<'a> {
    slots: &'a Slots<'a>,
    events: &'a [SpanEvent],
}

impl Content<'_> {
    fn of(&self, source: Found, plain: bool) -> Option<String> {
        match source {
            Found::Key(slot) => json_of(self.slots.get(slot)?, plain),
            Found::Instructed(messages, instructions) => {
                let messages = json_of(self.slots.get(messages)?, false)?;
                let instructions = self.slots.get(instructions).and_then(|value| json_of(value, false));
                Some(match instructions {
                    Some(instructions) => instructed(&messages, &instructions).unwrap_or(messages),
                    None => messages,
                })
            }
            Found::Other(Source::Numbered(family)) => {
                let indexed: &Indexed<'_> = self.slots.indexed()?;
                indexed.json(family)
            }
            Found::Other(Source::Event(name, key)) => {
                let event = self.events.iter().find(|event| event.name == name)?;
                let found = event.attributes.iter().find(|attribute| attribute.key == key)?;
                json_of(found.value.as_ref()?, false)
            }
            Found::Other(Source::Messages(roles)) => self.messages(roles),
            // Looked up when the program started, so they come as the first two.
            Found::Other(Source::Key(_) | Source::Instructed(..)) => None,
        }
    }

    /// Span events as a list of messages: each the event's attributes and a role.
    fn messages(&self, roles: &[(&str, &str)]) -> Option<String> {
        let mut json = Vec::new();
        for event in self.events {
            let Some((_, role)) = roles.iter().find(|(name, _)| *name == event.name) else {
                continue;
            };
            json.push(if json.is_empty() { b'[' } else { b',' });
            let mut message = out::Object::open(&mut json);
            if !event.attributes.iter().any(|attribute| attribute.key == "role") {
                message.text("role", role);
            }
            for attribute in &event.attributes {
                let json = attribute.value.as_ref().and_then(|value| json_of(value, false));
                message.raw(&attribute.key, json.as_deref().unwrap_or("null"));
            }
            message.close();
        }
        if json.is_empty() {
            return None;
        }
        json.push(b']');
        String::from_utf8(json).ok()
    }
}

/// `[{"role": "system", "parts": instructions}, ...messages]`; `None` when it is no list.
fn instructed(messages: &str, instructions: &str) -> Option<String> {
    let rest = messages.trim_start().strip_prefix('[')?;
    let comma = if rest.trim_start().starts_with(']') { "" } else { "," };
    Some(format!(
        "[{{\"role\":\"system\",\"parts\":{instructions}}}{comma}{rest}"
    ))
}

/// A value as JSON: text that is JSON stands as it is, unless it is said to be
/// plain. What is empty is not there.
fn json_of(value: &AnyValue, plain: bool) -> Option<String> {
    match value.value.as_ref()? {
        Value::String(text) if text.is_empty() => None,
        Value::Array(array) if array.values.is_empty() => None,
        Value::List(list) if list.values.is_empty() => None,
        Value::String(text) => {
            if !plain && text.trim_start().starts_with(['{', '[']) && is_json(text) {
                return Some(text.trim().to_owned());
            }
            let mut json = Vec::with_capacity(text.len() + 16);
            out::text(&mut json, text);
            String::from_utf8(json).ok()
        }
        _ => {
            let mut json = Vec::new();
            out::value(&mut json, value);
            String::from_utf8(json).ok()
        }
    }
}
