//! The part of a payload that people search.

use eventglass_engine::ingest::text;

/// The strings of a JSON text, which are what people search in it.
pub(super) fn human_text(json: &str) -> String {
    fn walk(value: &serde_json::Value, out: &mut String) {
        match value {
            serde_json::Value::String(text) => {
                out.push_str(text::cut(text, text::MAX_TEXT_BYTES.saturating_sub(out.len())));
                out.push(' ');
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, out)),
            serde_json::Value::Object(map) => map.values().for_each(|item| walk(item, out)),
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }
    let mut out = String::new();
    if let Ok(value) = serde_json::from_str(json) {
        walk(&value, &mut out);
    }
    out
}
