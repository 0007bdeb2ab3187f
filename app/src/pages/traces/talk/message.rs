//! Reads what went into a model and came out of it as a conversation, in
//! whatever form the client wrote it: OpenAI's messages, choices and
//! responses, Anthropic's content blocks, Gemini's parts, OpenTelemetry's
//! parts, LangChain's messages; else nothing, and it is shown as JSON.

use crate::{
    components::Record,
    json::{from_text, items, members},
};

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Speaker {
    /// Instructions.
    System,
    /// Whoever asks.
    User,
    /// The model.
    Assistant,
    /// A tool.
    Tool,
}

impl Speaker {
    fn of(role: &str) -> Self {
        match role {
            "system" | "developer" => Self::System,
            "assistant" | "ai" | "model" | "AIMessage" => Self::Assistant,
            "tool" | "function" => Self::Tool,
            _ => Self::User,
        }
    }

    /// For people.
    pub(in super::super) const fn word(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::User => "User",
            Self::Assistant => "Assistant",
            Self::Tool => "Tool",
        }
    }
}

/// A part of what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Piece {
    /// Text.
    Text(String),
    /// What the model thought before it spoke.
    Thought(String),
    /// The model calls a tool: its name, and the arguments as JSON.
    Call(String, String),
    /// A tool answers: its name or the call's id, and what it gave, as text or JSON.
    Result(String, String),
    /// Something that is no text: what it is.
    Media(String),
    /// Anything else, as JSON.
    Json(String),
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Message {
    /// By whom.
    pub(in super::super) speaker: Speaker,
    /// What.
    pub(in super::super) pieces: Vec<Piece>,
}

/// More messages than this nobody reads as a conversation.
const MOST: usize = 2_000;

/// What was said, if it is a conversation; `speaker` said what has no role.
pub(in super::super) fn conversation(json: &str, speaker: Speaker) -> Vec<Message> {
    let mut messages = Vec::new();
    read(json.trim(), speaker, &mut messages, 0);
    messages.retain(|message| !message.pieces.is_empty());
    messages
}

/// Keys of an object under which its messages may be, in the order of trust.
const LISTS: &[&str] = &[
    "messages",
    "contents",
    "input",
    "output",
    "choices",
    "candidates",
    "generations",
];

fn read(json: &str, speaker: Speaker, messages: &mut Vec<Message>, depth: usize) {
    if depth > 6 || messages.len() >= MOST {
        return;
    }
    match json.as_bytes().first() {
        Some(b'"') => {
            let text = text_of(json);
            // Some clients write JSON into a string.
            let inner = text.trim();
            if inner.starts_with("[{") || inner.starts_with("{\"messages\"") || inner.starts_with("{\"role\"") {
                let before = messages.len();
                read(inner, speaker, messages, depth + 1);
                if messages.len() > before {
                    return;
                }
            }
            messages.push(Message {
                speaker,
                pieces: vec![Piece::Text(text)],
            });
        }
        Some(b'[') => {
            for item in items(json) {
                read(item, speaker, messages, depth + 1);
            }
        }
        Some(b'{') => {
            if let Some(object) = Record::read(json) {
                read_object(&object, speaker, messages, depth);
            }
        }
        _ => {}
    }
}

fn read_object(object: &Record, speaker: Speaker, messages: &mut Vec<Message>, depth: usize) {
    // LangChain writes a message as a constructor, LlamaIndex in a `message`.
    if let Some(inner) = object.raw("kwargs").or_else(|| object.raw("message"))
        && inner.starts_with('{')
        && object.raw("role").is_none()
    {
        let speaker = if object.raw("message").is_some() {
            Speaker::Assistant
        } else {
            speaker
        };
        return read(inner, speaker, messages, depth + 1);
    }
    let kind = object.text("type").unwrap_or_default();
    let role = object.text("role");
    let is_message = role.is_some()
        || matches!(kind.as_str(), "human" | "ai" | "system" | "tool" | "message")
        || is_piece(&kind)
        || object.raw("parts").is_some();
    if is_message {
        let speaker = match (role.as_deref(), kind.as_str()) {
            (Some(role), _) => Speaker::of(role),
            (None, "function_call_output" | "tool_result" | "tool_call_response") => Speaker::Tool,
            (None, "message" | "") => speaker,
            (None, kind @ ("human" | "ai" | "system" | "tool")) => Speaker::of(kind),
            (None, _) => Speaker::Assistant,
        };
        messages.push(Message {
            speaker,
            pieces: pieces(object, &kind, speaker),
        });
        return;
    }
    // Instructions that stand beside the messages.
    for key in ["system", "instructions", "system_instruction", "systemInstruction"] {
        if let Some(text) = object.raw(key)
            && LISTS.iter().any(|list| object.raw(list).is_some())
        {
            messages.push(Message {
                speaker: Speaker::System,
                pieces: content(text),
            });
        }
    }
    for key in LISTS {
        if let Some(list) = object.raw(key) {
            let speaker = if matches!(*key, "choices" | "candidates" | "output" | "generations") {
                Speaker::Assistant
            } else {
                speaker
            };
            let before = messages.len();
            read(list, speaker, messages, depth + 1);
            if messages.len() > before {
                return;
            }
        }
    }
    // A completion: one text under one of a few names.
    if let Some(inner) = object.raw("content").filter(|inner| inner.starts_with(['{', '"', '['])) {
        let pieces = content(inner);
        messages.push(Message { speaker, pieces });
        return;
    }
    for key in [
        "text",
        "completion",
        "response",
        "prompt",
        "answer",
        "question",
        "query",
    ] {
        if let Some(text) = object.raw(key).filter(|text| text.starts_with('"')) {
            messages.push(Message {
                speaker,
                pieces: vec![Piece::Text(text_of(text))],
            });
            return;
        }
    }
}

/// Whether an object of this `type` is a part of a message.
fn is_piece(kind: &str) -> bool {
    matches!(
        kind,
        "text"
            | "tool_use"
            | "tool_result"
            | "tool_call"
            | "tool_call_response"
            | "function_call"
            | "function_call_output"
            | "reasoning"
            | "thinking"
            | "input_text"
            | "output_text"
    )
}

/// What is in a message.
fn pieces(message: &Record, kind: &str, speaker: Speaker) -> Vec<Piece> {
    let mut pieces = Vec::new();
    if is_piece(kind) {
        pieces.push(piece(message, kind));
        return pieces;
    }
    for key in ["reasoning_content", "reasoning", "thinking"] {
        if let Some(text) = message.raw(key).filter(|text| text.starts_with('"')) {
            pieces.push(Piece::Thought(text_of(text)));
        }
    }
    let said = message.raw("content").or_else(|| message.raw("parts"));
    if let Some(said) = said {
        if speaker == Speaker::Tool && said.starts_with('"') {
            let name = message.text("name").or_else(|| message.text("tool_call_id"));
            pieces.push(Piece::Result(name.unwrap_or_default(), text_of(said)));
        } else {
            pieces.extend(content(said));
        }
    }
    let refusal = message.text("refusal").filter(|text| !text.is_empty());
    pieces.extend(refusal.map(Piece::Text));
    for call in message.list("tool_calls") {
        pieces.push(call_of(&call));
    }
    pieces.extend(message.within("function_call").map(|call| call_of(&call)));
    pieces
}

/// What was said: a text, or a list of parts.
fn content(json: &str) -> Vec<Piece> {
    match json.as_bytes().first() {
        Some(b'"') => {
            let text = text_of(json);
            if text.is_empty() {
                Vec::new()
            } else {
                vec![Piece::Text(text)]
            }
        }
        Some(b'[') => items(json).iter().flat_map(|item| content(item)).collect(),
        Some(b'{') => match Record::read(json) {
            Some(object) => {
                if let Some(parts) = object.raw("parts") {
                    return content(parts);
                }
                let kind = object.text("type").unwrap_or_default();
                vec![piece(&object, &kind)]
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// One part.
fn piece(part: &Record, kind: &str) -> Piece {
    let text = |keys: &[&str]| keys.iter().find_map(|key| part.raw(key)).map(plain);
    match kind {
        "thinking" | "reasoning" | "redacted_thinking" => {
            return Piece::Thought(text(&["thinking", "text", "content", "summary"]).unwrap_or_default());
        }
        "tool_use" | "tool_call" | "function_call" | "server_tool_use" => return call_of(part),
        "tool_result" | "tool_call_response" | "function_call_output" => {
            let name = ["name", "tool_use_id", "call_id", "id"]
                .iter()
                .find_map(|key| part.text(key));
            let result = text(&["content", "response", "result", "output"]);
            return Piece::Result(name.unwrap_or_default(), result.unwrap_or_default());
        }
        _ => {}
    }
    if let Some(call) = part.within("functionCall").or_else(|| part.within("function_call")) {
        return call_of(&call);
    }
    if let Some(result) = part
        .within("functionResponse")
        .or_else(|| part.within("function_response"))
    {
        let given = result.raw("response").map(plain).unwrap_or_default();
        return Piece::Result(result.text("name").unwrap_or_default(), given);
    }
    let media = kind.contains("image") || kind.contains("audio") || kind.contains("file") || kind == "document";
    if media || part.raw("inlineData").is_some() || part.raw("inline_data").is_some() {
        return Piece::Media(if kind.is_empty() {
            "file".to_owned()
        } else {
            kind.to_owned()
        });
    }
    match text(&["text", "content"]) {
        Some(text) => Piece::Text(text),
        None => Piece::Json(json_of(part)),
    }
}

/// The call of a tool, in any of its forms.
fn call_of(call: &Record) -> Piece {
    let inner = call.within("function");
    let call = inner.as_ref().unwrap_or(call);
    let arguments = ["arguments", "input", "args"].iter().find_map(|key| call.raw(key));
    Piece::Call(
        call.text("name").unwrap_or_default(),
        arguments.map(plain).unwrap_or_else(|| "{}".to_owned()),
    )
}

/// A string decoded; a list of texts, one after the other; all else as it was written.
fn plain(json: &str) -> String {
    if json.starts_with('[') {
        let texts: Vec<String> = content(json)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        if !texts.is_empty() {
            return texts.join("\n");
        }
    }
    text_of(json)
}

fn text_of(json: &str) -> String {
    if json.starts_with('"') {
        from_text(json).unwrap_or_else(|_| json.to_owned())
    } else {
        json.to_owned()
    }
}

fn json_of(object: &Record) -> String {
    let mut json = String::from("{");
    for key in object.keys() {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&serde_json::to_string(key).unwrap_or_default());
        json.push(':');
        json.push_str(object.raw(key).unwrap_or("null"));
    }
    json.push('}');
    json
}

/// Endings of the names of attributes that say how a model was asked.
const PARAMETERS: &[&str] = &[
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "max_completion_tokens",
    "frequency_penalty",
    "presence_penalty",
    "seed",
    "stop",
    "stop_sequences",
    "reasoning_effort",
    "response_format",
    "tool_choice",
];
/// Attributes that hold all parameters as an object.
const PARAMETER_OBJECTS: &[&str] = &[
    "model_parameters",
    "modelParameters",
    "langfuse.observation.model.parameters",
    "llm.invocation_parameters",
    "invocation_parameters",
    "parameters",
];

/// How a model was asked: names and values, of attributes of any convention.
pub(in super::super) fn parameters(attributes: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for (key, value) in members(attributes).unwrap_or_default() {
        let name = key.rsplit('.').next().unwrap_or_default();
        if PARAMETER_OBJECTS.contains(&key.as_str()) {
            let inner = text_of(&value);
            for (name, value) in members(&inner).unwrap_or_default() {
                push(&mut found, name, &value);
            }
        } else if PARAMETERS.contains(&name) {
            push(&mut found, name.to_owned(), &value);
        }
    }
    found
}

fn push(found: &mut Vec<(String, String)>, name: String, value: &str) {
    if value != "null" && !found.iter().any(|(known, _)| *known == name) {
        found.push((name, text_of(value)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    fn said(json: &str, speaker: Speaker) -> Vec<(Speaker, Vec<Piece>)> {
        let messages = conversation(json, speaker);
        messages
            .into_iter()
            .map(|message| (message.speaker, message.pieces))
            .collect()
    }

    #[test]
    fn openai_in_and_out() {
        let input = r#"{"model":"gpt-4o","messages":[{"role":"system","content":"Be kind."},
            {"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"x"}}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":1}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"3 found"}]}"#;
        assert_eq!(
            said(input, Speaker::User),
            [
                (Speaker::System, vec![text("Be kind.")]),
                (Speaker::User, vec![text("Hi"), Piece::Media("image_url".into())]),
                (Speaker::Assistant, vec![Piece::Call("find".into(), "{\"q\":1}".into())]),
                (Speaker::Tool, vec![Piece::Result("c1".into(), "3 found".into())]),
            ]
        );
        let output = r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Done"}}]}"#;
        assert_eq!(
            said(output, Speaker::Assistant),
            [(Speaker::Assistant, vec![text("Done")])]
        );
    }

    #[test]
    fn openai_responses() {
        let output = r#"{"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
            {"type":"function_call","name":"f","arguments":"{}","call_id":"1"},
            {"type":"function_call_output","call_id":"1","output":"4"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"four"}]}]}"#;
        assert_eq!(
            said(output, Speaker::Assistant),
            [
                (Speaker::Assistant, vec![Piece::Thought("hm".into())]),
                (Speaker::Assistant, vec![Piece::Call("f".into(), "{}".into())]),
                (Speaker::Tool, vec![Piece::Result("1".into(), "4".into())]),
                (Speaker::Assistant, vec![text("four")]),
            ]
        );
        assert_eq!(
            said(r#"{"instructions":"I","input":"Q"}"#, Speaker::User),
            [(Speaker::System, vec![text("I")]), (Speaker::User, vec![text("Q")])]
        );
    }

    #[test]
    fn anthropic_gemini_and_opentelemetry() {
        let anthropic = r#"{"system":"S","messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t"},
            {"type":"tool_use","id":"1","name":"w","input":{"a":1}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"sun"}]}]}]}"#;
        assert_eq!(
            said(anthropic, Speaker::User),
            [
                (Speaker::System, vec![text("S")]),
                (
                    Speaker::Assistant,
                    vec![Piece::Thought("t".into()), Piece::Call("w".into(), "{\"a\":1}".into())]
                ),
                (Speaker::User, vec![Piece::Result("1".into(), "sun".into())]),
            ]
        );
        let gemini = r#"{"candidates":[{"content":{"role":"model","parts":[{"text":"a"},{"functionCall":{"name":"g","args":{}}}]}}]}"#;
        assert_eq!(
            said(gemini, Speaker::Assistant),
            [(
                Speaker::Assistant,
                vec![text("a"), Piece::Call("g".into(), "{}".into())]
            )]
        );
        let otel = r#"[{"role":"user","parts":[{"type":"text","content":"Hi"}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"7","result":{"n":1}}]}]"#;
        assert_eq!(
            said(otel, Speaker::User),
            [
                (Speaker::User, vec![text("Hi")]),
                (Speaker::Tool, vec![Piece::Result("7".into(), "{\"n\":1}".into())]),
            ]
        );
    }

    #[test]
    fn langchain_and_plain_text() {
        let lists = r#"[[{"type":"human","content":"a"},{"lc":1,"kwargs":{"type":"ai","content":"b"}}]]"#;
        assert_eq!(
            said(lists, Speaker::User),
            [(Speaker::User, vec![text("a")]), (Speaker::Assistant, vec![text("b")])]
        );
        assert_eq!(
            said("\"hello\"", Speaker::Assistant),
            [(Speaker::Assistant, vec![text("hello")])]
        );
        assert_eq!(
            said(r#""[{\"role\":\"user\",\"content\":\"x\"}]""#, Speaker::User),
            [(Speaker::User, vec![text("x")])]
        );
    }

    #[test]
    fn what_is_no_conversation_is_none() {
        for json in [
            "",
            "1",
            "null",
            "{}",
            "[]",
            "[1,2]",
            r#"{"rows":[{"id":1}]}"#,
            "{\"a\":",
            "[{\"role\":",
        ] {
            assert_eq!(conversation(json, Speaker::User), [], "{json}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let json = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(conversation(&json, Speaker::User), []);
    }

    #[test]
    fn finds_parameters_of_any_convention() {
        let attributes = r#"{"gen_ai.request.temperature":0.2,"gen_ai.request.max_tokens":100,"other":1,
            "llm.invocation_parameters":"{\"temperature\":0.9,\"top_p\":1}"}"#;
        assert_eq!(
            parameters(attributes),
            [("temperature", "0.2"), ("max_tokens", "100"), ("top_p", "1")].map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }
}
