//! Calls of models, in the words of each convention.

use serde_json::{Value, json};

use super::{pairs, parsed, span, span_in, tokens};

#[test]
fn gen_ai_current() {
    let event = span(&json!({
        "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.conversation.id": "c-1", "user.id": "u-1",
        "gen_ai.usage.input_tokens": 120, "gen_ai.usage.output_tokens": 40,
        "gen_ai.usage.cache_read.input_tokens": 100, "gen_ai.usage.reasoning.output_tokens": 8,
        "gen_ai.system_instructions": "[{\"type\":\"text\",\"content\":\"Be brief.\"}]",
        "gen_ai.input.messages": "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Wie spät?\"}]}]",
        "gen_ai.output.messages": [{ "role": "assistant", "parts": [{ "type": "text", "content": "Noon." }] }],
    }));
    assert_eq!(
        (event.kind.as_str(), event.provider.as_deref()),
        ("llm", Some("openai"))
    );
    assert_eq!(event.model.as_deref(), Some("gpt-4o-2024-08-06"));
    assert_eq!(
        (event.session_id.as_deref(), event.user_id.as_deref()),
        (Some("c-1"), Some("u-1"))
    );
    assert_eq!(tokens(&event), Some([120, 40, 100, 0, 8, 0]));
    assert_eq!(
        parsed(event.input.as_ref()),
        json!([
            { "role": "system", "parts": [{ "type": "text", "content": "Be brief." }] },
            { "role": "user", "parts": [{ "type": "text", "content": "Wie spät?" }] },
        ])
    );
    assert_eq!(
        parsed(event.output.as_ref()),
        json!([{ "role": "assistant", "parts": [{ "type": "text", "content": "Noon." }] }])
    );
    assert_eq!((event.cost_nano_usd, event.cost_source), (None, None));
}

#[test]
fn gen_ai_deprecated_messages_in_events() {
    let event = span_in(
        &json!({}),
        &json!({
            "attributes": pairs(&json!({
                "gen_ai.operation.name": "chat", "gen_ai.system": "anthropic", "gen_ai.request.model": "claude-sonnet-4",
                "gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 5, "gen_ai.usage.cost": 0.0015,
            })),
            "events": [
                { "name": "gen_ai.system.message", "attributes": pairs(&json!({ "content": "Be kind." })) },
                { "name": "gen_ai.user.message", "attributes": pairs(&json!({ "content": "[not json" })) },
                { "name": "gen_ai.choice", "attributes": pairs(&json!({
                    "index": 0, "finish_reason": "stop", "message": "{\"content\":\"Hello\",\"role\":\"assistant\"}",
                })) },
            ],
        }),
    );
    assert_eq!(
        (event.kind.as_str(), event.provider.as_deref()),
        ("llm", Some("anthropic"))
    );
    assert_eq!(tokens(&event), Some([10, 5, 0, 0, 0, 0]));
    assert_eq!(event.cost_nano_usd, Some(1_500_000));
    assert_eq!(
        parsed(event.input.as_ref()),
        json!([{ "role": "system", "content": "Be kind." }, { "role": "user", "content": "[not json" }])
    );
    let choice = json!({
        "role": "assistant", "index": 0, "finish_reason": "stop",
        "message": { "content": "Hello", "role": "assistant" },
    });
    assert_eq!(parsed(event.output.as_ref()), json!([choice]));
}

#[test]
fn gen_ai_details_event_and_old_content_events() {
    let event = span_in(
        &json!({}),
        &json!({ "attributes": pairs(&json!({ "gen_ai.request.model": "m" })), "events": [
            { "name": "gen_ai.client.inference.operation.details",
              "attributes": pairs(&json!({ "gen_ai.input.messages": "[1]", "gen_ai.output.messages": "[2]" })) },
        ] }),
    );
    assert_eq!(
        (event.input.as_deref(), event.output.as_deref()),
        (Some("[1]"), Some("[2]"))
    );
    let event = span_in(
        &json!({}),
        &json!({ "events": [
            { "name": "gen_ai.content.prompt", "attributes": pairs(&json!({ "gen_ai.prompt": "{\"q\": 1}" })) },
            { "name": "gen_ai.content.completion", "attributes": pairs(&json!({ "gen_ai.completion": "yes" })) },
        ] }),
    );
    assert_eq!(
        (event.input.as_deref(), event.output.as_deref()),
        (Some("{\"q\": 1}"), Some("\"yes\""))
    );
}

#[test]
fn open_inference() {
    let event = span(&json!({
        "openinference.span.kind": "LLM", "llm.model_name": "gpt-4o", "llm.provider": "azure", "session.id": "s",
        "input.value": "{\"messages\":[]}", "input.mime_type": "application/json",
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.contents.0.message_content.type": "text",
        "llm.input_messages.1.message.contents.0.message_content.text": "hi",
        "llm.input_messages.0.message.role": "system",
        "llm.input_messages.0.message.content": "be brief",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.tool_calls.0.tool_call.id": "t1",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "clock",
        "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{}",
        "llm.token_count.prompt": 50, "llm.token_count.completion": 7, "llm.token_count.total": 57,
        "llm.token_count.prompt_details.cache_read": 30, "llm.token_count.completion_details.reasoning": 3,
        "llm.cost.total": 0.00042,
    }));
    assert_eq!((event.kind.as_str(), event.model.as_deref()), ("llm", Some("gpt-4o")));
    assert_eq!(tokens(&event), Some([50, 7, 30, 0, 3, 57]));
    assert_eq!(event.cost_nano_usd, Some(420_000));
    assert_eq!(
        parsed(event.input.as_ref()),
        json!([
            { "role": "system", "content": "be brief" },
            { "role": "user", "contents": [{ "type": "text", "text": "hi" }] },
        ])
    );
    let call = json!({ "id": "t1", "function": { "name": "clock", "arguments": "{}" } });
    assert_eq!(
        parsed(event.output.as_ref()),
        json!([{ "role": "assistant", "tool_calls": [call] }])
    );
    let retriever = span(&json!({
        "openinference.span.kind": "RETRIEVER", "input.value": "[lamps]", "input.mime_type": "text/plain",
        "retrieval.documents.0.document.content": "A lamp.", "retrieval.documents.0.document.score": 0.9,
    }));
    assert_eq!(
        (retriever.kind.as_str(), retriever.input.as_deref()),
        ("retrieval", Some("\"[lamps]\""))
    );
    assert_eq!(
        parsed(retriever.output.as_ref()),
        json!([{ "content": "A lamp.", "score": 0.9 }])
    );
    for (word, kind) in [
        ("EMBEDDING", "embedding"),
        ("RERANKER", "retrieval"),
        ("TOOL", "tool_call"),
        ("AGENT", "agent_action"),
        ("CHAIN", "span"),
        ("UNKNOWN", "span"),
    ] {
        assert_eq!(span(&json!({ "openinference.span.kind": word })).kind, kind, "{word}");
    }
}

#[test]
fn traceloop() {
    let event = span(&json!({
        "llm.request.type": "chat", "gen_ai.system": "Anthropic", "gen_ai.request.model": "claude-3-5-sonnet",
        "traceloop.association.properties.user_id": "u", "traceloop.association.properties.session_id": "s",
        "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "hi",
        "gen_ai.prompt.10.role": "user", "gen_ai.prompt.10.content": "last",
        "gen_ai.prompt.2.role": "assistant", "gen_ai.prompt.2.tool_calls.0.name": "clock",
        "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "hello",
        "gen_ai.completion.0.finish_reason": "end_turn",
        "gen_ai.usage.prompt_tokens": 12, "gen_ai.usage.completion_tokens": 3, "llm.usage.total_tokens": 15,
        "gen_ai.usage.cache_read_input_tokens": 200, "gen_ai.usage.cache_creation_input_tokens": 7,
    }));
    assert_eq!(
        (event.kind.as_str(), event.provider.as_deref()),
        ("llm", Some("Anthropic"))
    );
    assert_eq!(
        (event.user_id.as_deref(), event.session_id.as_deref()),
        (Some("u"), Some("s"))
    );
    assert_eq!(
        tokens(&event),
        Some([219, 3, 200, 7, 0, 15]),
        "more was cached than went in"
    );
    assert_eq!(
        parsed(event.input.as_ref()),
        json!([
            { "role": "user", "content": "hi" },
            { "role": "assistant", "tool_calls": [{ "name": "clock" }] },
            { "role": "user", "content": "last" },
        ])
    );
    let completion = json!({ "role": "assistant", "content": "hello", "finish_reason": "end_turn" });
    assert_eq!(parsed(event.output.as_ref()), json!([completion]));
}

#[test]
fn vercel_counts_the_inner_span_only() {
    let usage = json!({
        "ai.model.id": "gpt-4o-mini", "ai.model.provider": "openai.chat",
        "ai.usage.inputTokens": 30, "ai.usage.outputTokens": 4, "ai.usage.totalTokens": 34,
        "ai.usage.cachedInputTokens": 20, "ai.usage.reasoningTokens": 2,
        "ai.telemetry.metadata.userId": "u", "ai.telemetry.metadata.sessionId": "s",
    });
    let with = |more: Value| {
        let mut all = usage.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        span(&all)
    };
    let outer = with(json!({
        "operation.name": "ai.generateText chat", "ai.operationId": "ai.generateText",
        "ai.prompt": "{\"prompt\":\"hi\"}", "ai.response.text": "hello",
    }));
    assert_eq!((outer.kind.as_str(), &outer.tokens), ("span", &None));
    let inner = with(json!({
        "operation.name": "ai.generateText.doGenerate chat", "gen_ai.response.model": "gpt-4o-mini-2024",
        "ai.prompt.messages": "[{\"role\":\"user\"}]", "ai.response.text": "",
        "ai.response.toolCalls": "[{\"toolName\":\"clock\"}]",
    }));
    assert_eq!(
        (inner.kind.as_str(), inner.model.as_deref()),
        ("llm", Some("gpt-4o-mini-2024"))
    );
    assert_eq!(
        (inner.user_id.as_deref(), inner.session_id.as_deref()),
        (Some("u"), Some("s"))
    );
    assert_eq!(tokens(&inner), Some([30, 4, 20, 0, 2, 34]));
    assert_eq!(inner.input.as_deref(), Some("[{\"role\":\"user\"}]"));
    assert_eq!(inner.output.as_deref(), Some("[{\"toolName\":\"clock\"}]"));
    let tool = span(&json!({
        "ai.operationId": "ai.toolCall", "ai.toolCall.name": "clock", "ai.toolCall.args": "{}",
        "ai.toolCall.result": "\"noon\"",
    }));
    assert_eq!((tool.kind.as_str(), tool.input.as_deref()), ("tool_call", Some("{}")));
    assert_eq!(tool.output.as_deref(), Some("\"\\\"noon\\\"\""));
    let embed = span(&json!({ "ai.operationId": "ai.embed.doEmbed", "ai.usage.tokens": 9, "ai.values": ["\"a\""] }));
    assert_eq!(
        (embed.kind.as_str(), tokens(&embed)),
        ("embedding", Some([9, 0, 0, 0, 0, 0]))
    );
}

#[test]
fn langfuse() {
    let event = span(&json!({
        "langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-4o",
        "gen_ai.response.model": "other", "langfuse.user.id": "u", "user.id": "no", "langfuse.session.id": "s",
        "langfuse.environment": "staging", "langfuse.release": "r1", "langfuse.version": "v1",
        "langfuse.observation.level": "WARNING", "langfuse.observation.status_message": "slow",
        "langfuse.observation.input": "[{\"role\":\"user\",\"content\":\"hi\"}]", "langfuse.trace.input": "\"no\"",
        "langfuse.observation.output": "plain text",
        "langfuse.observation.usage_details": "{\"input\":8,\"input_cached_tokens\":2,\"output\":5,\"total\":15}",
        "langfuse.observation.cost_details": "{\"input\":0.00002,\"output\":0.00005}",
    }));
    assert_eq!((event.kind.as_str(), event.model.as_deref()), ("llm", Some("gpt-4o")));
    assert_eq!(
        (event.user_id.as_deref(), event.session_id.as_deref()),
        (Some("u"), Some("s"))
    );
    assert_eq!(
        (event.environment.as_deref(), event.version.as_deref()),
        (Some("staging"), Some("r1"))
    );
    assert_eq!(
        (event.severity.as_str(), event.message.as_deref()),
        ("warning", Some("slow"))
    );
    assert_eq!(tokens(&event), Some([10, 5, 2, 0, 0, 15]));
    assert_eq!(event.cost_nano_usd, Some(70_000));
    assert_eq!(event.input.as_deref(), Some("[{\"role\":\"user\",\"content\":\"hi\"}]"));
    assert_eq!(event.output.as_deref(), Some("\"plain text\""));
    let failed = span(&json!({ "langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR" }));
    assert_eq!(
        (failed.kind.as_str(), failed.severity.as_str(), failed.status.as_str()),
        ("tool_call", "error", "error")
    );
    for (word, kind) in [
        ("embedding", "embedding"),
        ("retriever", "retrieval"),
        ("agent", "agent_action"),
        ("chain", "span"),
        ("event", "log"),
    ] {
        assert_eq!(span(&json!({ "langfuse.observation.type": word })).kind, kind, "{word}");
    }
}

#[test]
fn a_call_that_failed_names_its_model_among_its_parameters() {
    // As openinference-instrumentation-openai 0.1.66 sends it.
    let parameters = json!({ "model": "gpt-\"x\"", "temperature": 0.5 }).to_string();
    let failed = json!({ "openinference.span.kind": "LLM", "llm.invocation_parameters": parameters });
    assert_eq!(span(&failed).model.as_deref(), Some("gpt-\"x\""));
    for parameters in ["{\"model\":\"\"}", "{}", "not JSON", "{\"model\":7}"] {
        let span = span(&json!({ "llm.invocation_parameters": parameters }));
        assert_eq!((span.model, span.kind.as_str()), (None, "span"), "{parameters}");
    }
    let both = json!({ "llm.invocation_parameters": parameters, "llm.model_name": "gpt-4o-mini-2024-07-18" });
    assert_eq!(span(&both).model.as_deref(), Some("gpt-4o-mini-2024-07-18"));
}

#[test]
fn a_kind_may_have_to_be_guessed() {
    assert_eq!(span(&json!({ "model": "m" })).kind, "llm");
    assert_eq!(span(&json!({ "gen_ai.usage.input_tokens": 3 })).kind, "llm");
    assert_eq!(
        span(&json!({ "gen_ai.tool.name": "clock", "model": "m" })).kind,
        "tool_call"
    );
    assert_eq!(span(&json!({ "gen_ai.operation.name": "levitate" })).kind, "span");
    assert_eq!(
        span(&json!({ "gen_ai.operation.name": "levitate", "lmnr.span.type": "LLM" })).kind,
        "llm"
    );
}
