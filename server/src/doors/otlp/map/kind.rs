//! What a span is, by the words of each convention.

use super::fields::Field;
use super::index::INDEX;
use super::slots::Slots;
use super::text::text_of;

/// The words of a convention, and the kinds they are here.
pub type Words = &'static [(&'static str, &'static str)];

/// Each attribute that says what a span is, and its words; the first that is
/// there with a word that is known counts.
pub const KINDS: &[(&str, Words)] = &[
    (
        "langfuse.observation.type",
        &[
            ("generation", "llm"),
            ("embedding", "embedding"),
            ("retriever", "retrieval"),
            ("tool", "tool_call"),
            ("agent", "agent_action"),
            ("span", "span"),
            // A moment, as in Langfuse's own ingestion API.
            ("event", "log"),
            ("chain", "span"),
            ("evaluator", "span"),
            ("guardrail", "span"),
        ],
    ),
    (
        "openinference.span.kind",
        &[
            ("LLM", "llm"),
            ("EMBEDDING", "embedding"),
            ("RETRIEVER", "retrieval"),
            ("RERANKER", "retrieval"),
            ("TOOL", "tool_call"),
            ("AGENT", "agent_action"),
            ("CHAIN", "span"),
            ("GUARDRAIL", "span"),
            ("EVALUATOR", "span"),
            ("PROMPT", "span"),
        ],
    ),
    (
        "gen_ai.operation.name",
        &[
            ("chat", "llm"),
            ("completion", "llm"),
            ("text_completion", "llm"),
            ("generate_content", "llm"),
            ("generate", "llm"),
            ("embeddings", "embedding"),
            ("embedding", "embedding"),
            ("retrieval", "retrieval"),
            ("search_memory", "retrieval"),
            ("execute_tool", "tool_call"),
            ("create_agent", "agent_action"),
            ("invoke_agent", "agent_action"),
            ("invoke_workflow", "agent_action"),
            ("plan", "agent_action"),
        ],
    ),
    (
        "genkit:metadata:subtype",
        &[
            ("model", "llm"),
            ("embedder", "embedding"),
            ("retriever", "retrieval"),
            ("reranker", "retrieval"),
            ("tool", "tool_call"),
            ("agent", "agent_action"),
            ("flow", "span"),
        ],
    ),
    ("ai.operationId", VERCEL),
    ("operation.name", VERCEL),
    (
        "llm.request.type",
        &[
            ("chat", "llm"),
            ("completion", "llm"),
            ("embedding", "embedding"),
            ("rerank", "retrieval"),
        ],
    ),
    (
        "traceloop.span.kind",
        &[
            ("workflow", "span"),
            ("task", "span"),
            ("agent", "agent_action"),
            ("tool", "tool_call"),
        ],
    ),
    (
        "mlflow.spanType",
        &[
            ("LLM", "llm"),
            ("CHAT_MODEL", "llm"),
            ("EMBEDDING", "embedding"),
            ("RETRIEVER", "retrieval"),
            ("RERANKER", "retrieval"),
            ("TOOL", "tool_call"),
            ("AGENT", "agent_action"),
            ("CHAIN", "span"),
            ("PARSER", "span"),
            ("WORKFLOW", "span"),
        ],
    ),
    (
        "lmnr.span.type",
        &[("LLM", "llm"), ("TOOL", "tool_call"), ("EVALUATOR", "span")],
    ),
    ("mcp.method.name", &[("tools/call", "tool_call")]),
];

/// The outer spans repeat the usage of the inner ones, so they are no model calls.
const VERCEL: Words = &[
    ("ai.generateText.doGenerate", "llm"),
    ("ai.streamText.doStream", "llm"),
    ("ai.generateObject.doGenerate", "llm"),
    ("ai.streamObject.doStream", "llm"),
    ("ai.embed.doEmbed", "embedding"),
    ("ai.embedMany.doEmbed", "embedding"),
    ("ai.toolCall", "tool_call"),
    ("ai.generateText", "span"),
    ("ai.streamText", "span"),
    ("ai.generateObject", "span"),
    ("ai.streamObject", "span"),
    ("ai.embed", "span"),
    ("ai.embedMany", "span"),
];

/// What a span is.
pub fn of(slots: &Slots<'_>) -> &'static str {
    let said = INDEX.kinds().find_map(|(slot, words)| {
        let text = text_of(slots.get(slot)?)?;
        // MLflow puts its word in quotes; Vercel's SDK adds the function's id.
        let word = text.trim_matches('"').split_whitespace().next()?;
        let known = words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
        known.map(|(_, kind)| *kind)
    });
    said.unwrap_or_else(|| {
        let has = |field| slots.first(field).is_some();
        if has(Field::Tool) {
            "tool_call"
        } else if has(Field::Model) || has(Field::InputTokens) || has(Field::OutputTokens) {
            "llm"
        } else {
            "span"
        }
    })
}
