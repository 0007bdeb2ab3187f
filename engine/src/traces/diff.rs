//! Two prompts, word by word.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use eventglass_model::{Event, PromptDiff, TextChange, TextPiece, ValueDiff};
use serde_json::Value;
use serde_json::value::RawValue;
use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices_deadline};

/// Characters of a text that are compared.
const MOST_CHARS: usize = 200_000;
/// Words of a text that are compared as words; of a longer one, its lines are.
const MOST_WORDS: usize = 20_000;
/// After this long, what is left is compared less well.
const DEADLINE: Duration = Duration::from_millis(500);
/// Attributes that are parameters of a call, by the beginning of their names.
const PARAMETERS: &[&str] = &[
    "gen_ai.request.",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.prompt.name",
    "llm.invocation_parameters",
    "llm.tools.",
    "llm.request.functions.",
    "langfuse.observation.model.parameters",
    "langfuse.observation.prompt.",
    "ai.settings.",
    "ai.prompt.tools",
    "modelParameters",
    "promptName",
    "promptVersion",
    "temperature",
    "top_p",
    "top_k",
    "max_tokens",
    "tools",
    "tool_choice",
    "response_format",
    "seed",
    "stop",
];

/// Compares two model calls.
#[must_use]
pub fn prompt_diff(a: &Event, b: &Event) -> PromptDiff {
    let (input, coarse_in) = texts(a.input.as_deref(), b.input.as_deref());
    let (output, coarse_out) = texts(a.output.as_deref(), b.output.as_deref());
    let (mut of_a, mut of_b) = (parameters(a), parameters(b));
    let mut names: Vec<String> = of_a.keys().chain(of_b.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    let differing = names.into_iter().filter_map(|name| {
        let (a, b) = (of_a.remove(&name), of_b.remove(&name));
        let same = a.as_ref().map(|json| json.get()) == b.as_ref().map(|json| json.get());
        (!same).then_some(ValueDiff { name, a, b })
    });
    PromptDiff {
        parameters: differing.collect(),
        input,
        output,
        coarse: coarse_in || coarse_out,
    }
}

fn parameters(event: &Event) -> BTreeMap<String, Box<RawValue>> {
    let attributes = event.attributes.as_ref();
    let all: BTreeMap<String, Box<RawValue>> = attributes
        .and_then(|json| serde_json::from_str(json.get()).ok())
        .unwrap_or_default();
    let is_parameter = |name: &str| PARAMETERS.iter().any(|known| name.starts_with(known));
    let mut kept: BTreeMap<_, _> = all.into_iter().filter(|(name, _)| is_parameter(name)).collect();
    for (name, value) in [("model", &event.model), ("provider", &event.provider)] {
        if let Some(value) = value
            .as_ref()
            .and_then(|value| serde_json::value::to_raw_value(value).ok())
        {
            kept.insert(name.to_owned(), value);
        }
    }
    kept
}

/// The pieces of two payloads, and whether they are coarse.
fn texts(a: Option<&RawValue>, b: Option<&RawValue>) -> (Vec<TextPiece>, bool) {
    let (a, cut_a) = readable(a);
    let (b, cut_b) = readable(b);
    let deadline = Instant::now() + DEADLINE;
    let (words_a, words_b) = (words(&a), words(&b));
    let by_lines = words_a.len().max(words_b.len()) > MOST_WORDS;
    let pieces = if by_lines {
        diff(
            &a.split_inclusive('\n').collect::<Vec<_>>(),
            &b.split_inclusive('\n').collect::<Vec<_>>(),
            deadline,
        )
    } else {
        diff(&words_a, &words_b, deadline)
    };
    (pieces, cut_a || cut_b || by_lines)
}

fn diff(a: &[&str], b: &[&str], deadline: Instant) -> Vec<TextPiece> {
    let mut pieces: Vec<TextPiece> = Vec::new();
    let ops: Vec<DiffOp> = capture_diff_slices_deadline(Algorithm::Myers, a, b, Some(deadline));
    for change in ops.iter().flat_map(|op| op.iter_changes(a, b)) {
        let kind = match change.tag() {
            ChangeTag::Equal => TextChange::Same,
            ChangeTag::Delete => TextChange::Removed,
            ChangeTag::Insert => TextChange::Added,
        };
        match pieces.last_mut().filter(|last| last.change == kind) {
            Some(last) => last.text.push_str(change.value()),
            None => pieces.push(TextPiece {
                change: kind,
                text: change.value().to_owned(),
            }),
        }
    }
    pieces
}

/// Words, and what is between them.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut kind = None;
    for (at, c) in text.char_indices() {
        let is_word = c.is_alphanumeric() || c == '_';
        // Of signs, each by itself; of spaces and letters, all in a row.
        let now = if is_word {
            0
        } else if c.is_whitespace() {
            1
        } else {
            2
        };
        if kind.is_some_and(|kind| kind != now || kind == 2) {
            words.extend(text.get(start..at));
            start = at;
        }
        kind = Some(now);
    }
    words.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    words
}

/// A payload as people read it: a conversation as its messages, anything else as it is.
fn readable(json: Option<&RawValue>) -> (String, bool) {
    let Some(json) = json else {
        return (String::new(), false);
    };
    let value: Value = serde_json::from_str(json.get()).unwrap_or_default();
    let mut text = match &value {
        Value::String(text) => text.clone(),
        Value::Array(messages) if messages.iter().all(|message| message.get("role").is_some()) => {
            messages.iter().map(message).collect()
        }
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    };
    let cut = text.char_indices().nth(MOST_CHARS).map(|(at, _)| at);
    if let Some(at) = cut {
        text.truncate(at);
    }
    (text, cut.is_some())
}

fn message(message: &Value) -> String {
    let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
    let content = match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        _ => {
            let mut rest = message.clone();
            if let Value::Object(rest) = &mut rest {
                rest.remove("role");
                rest.retain(|_, value| !value.is_null());
            }
            serde_json::to_string_pretty(&rest).unwrap_or_default()
        }
    };
    format!("{role}: {content}\n\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn told(pieces: &[TextPiece]) -> String {
        let mark = |piece: &TextPiece| match piece.change {
            TextChange::Same => piece.text.clone(),
            TextChange::Added => format!("[+{}]", piece.text),
            TextChange::Removed => format!("[-{}]", piece.text),
        };
        pieces.iter().map(mark).collect()
    }

    #[test]
    fn words_that_differ_are_told() {
        let a = raw(r#"[{"role":"user","content":"Where is my parcel?"}]"#);
        let b = raw(r#"[{"role":"user","content":"Where is my order?"}]"#);
        let (pieces, coarse) = texts(Some(&a), Some(&b));
        assert_eq!(
            (told(&pieces).as_str(), coarse),
            ("user: Where is my [-parcel][+order]?\n\n", false)
        );
        assert_eq!(told(&texts(None, Some(&raw("\"x\""))).0), "[+x]");
    }

    #[test]
    fn long_texts_are_bounded() {
        let long = |word: &str| raw(&serde_json::to_string(&format!("{word} ").repeat(150_000)).unwrap());
        let started = Instant::now();
        let (_, coarse) = texts(Some(&long("a")), Some(&long("bb")));
        assert!(coarse && started.elapsed() < Duration::from_secs(10));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(a in "[a-c é\\n{}]{0,40}", b in "[a-c é\\n{}]{0,40}") {
            prop_assert_eq!(words(&a).concat(), a.as_str());
            let pieces = diff(&words(&a), &words(&b), Instant::now() + DEADLINE);
            let side = |not: TextChange| pieces.iter().filter(|p| p.change != not).map(|p| p.text.as_str()).collect::<String>();
            prop_assert_eq!(side(TextChange::Added), a);
            prop_assert_eq!(side(TextChange::Removed), b);
        }
    }
}
