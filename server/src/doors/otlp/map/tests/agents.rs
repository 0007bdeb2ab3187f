//! Agents, tools and what pydantic-ai, Logfire, MLflow, Laminar, Genkit and
//! Google's ADK make of them.

use serde_json::json;

use super::{parsed, span, tokens};

#[test]
fn an_agents_usage_is_the_sum_of_its_calls() {
    let agent = span(&json!({
        "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "shopper", "model_name": "gpt-4o",
        "gen_ai.usage.input_tokens": 500, "gen_ai.usage.output_tokens": 90, "gen_ai.usage.cost": 1.5,
        "logfire.msg": "shopper run", "logfire.level_num": 13,
        "all_messages_events": "[{\"event.name\":\"gen_ai.user.message\",\"content\":\"hi\"}]",
        "final_result": "bought",
    }));
    assert_eq!(
        (agent.kind.as_str(), tokens(&agent), agent.cost_nano_usd),
        ("agent_action", None, None)
    );
    assert_eq!(
        (agent.message.as_deref(), agent.severity.as_str()),
        (Some("shopper run"), "warning")
    );
    assert_eq!(parsed(agent.input.as_ref())[0]["content"], "hi");
    assert_eq!(agent.output.as_deref(), Some("\"bought\""));
    assert_eq!(
        parsed(agent.attributes.as_ref())["gen_ai.usage.input_tokens"],
        500,
        "kept, not counted"
    );
}

#[test]
fn pydantic_ai() {
    let model = span(&json!({
        "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 5,
        "gen_ai.usage.details.cache_read_tokens": 4, "gen_ai.usage.details.reasoning_tokens": 1,
        "events": "[{\"event.name\":\"gen_ai.user.message\",\"content\":\"hi\"}]",
    }));
    assert_eq!(
        (model.kind.as_str(), tokens(&model)),
        ("llm", Some([20, 5, 4, 0, 1, 0]))
    );
    assert_eq!(parsed(model.input.as_ref())[0]["content"], "hi");
    let tool = span(&json!({
        "gen_ai.tool.name": "clock", "tool_arguments": "{\"zone\":\"UTC\"}", "tool_response": "noon",
    }));
    assert_eq!(
        (tool.kind.as_str(), tool.input.as_deref()),
        ("tool_call", Some("{\"zone\":\"UTC\"}"))
    );
    assert_eq!(tool.output.as_deref(), Some("\"noon\""));
    let run = span(&json!({ "agent_name": "a", "pydantic_ai.all_messages": "[{\"role\":\"user\"}]" }));
    assert_eq!(parsed(run.input.as_ref()), json!([{ "role": "user" }]));
}

#[test]
fn mlflow() {
    let event = span(&json!({
        "mlflow.spanType": "\"CHAT_MODEL\"", "mlflow.spanInputs": "{\"messages\": []}", "mlflow.spanOutputs": "\"hi\"",
        "mlflow.chat.tokenUsage": "{\"input_tokens\": 12, \"output_tokens\": 4, \"total_tokens\": 16}",
    }));
    assert_eq!(
        (event.kind.as_str(), tokens(&event)),
        ("llm", Some([12, 4, 0, 0, 0, 16]))
    );
    assert_eq!(event.input.as_deref(), Some("{\"messages\": []}"));
    assert_eq!(span(&json!({ "mlflow.spanType": "RETRIEVER" })).kind, "retrieval");
}

#[test]
fn others() {
    let laminar = span(&json!({
        "lmnr.span.type": "LLM", "lmnr.association.properties.session_id": "s", "gen_ai.usage.input_cost": 0.001,
        "gen_ai.usage.output_cost": 0.002, "lmnr.span.input": "in", "lmnr.span.output": "out",
    }));
    assert_eq!((laminar.kind.as_str(), laminar.cost_nano_usd), ("llm", Some(3_000_000)));
    assert_eq!(
        (laminar.session_id.as_deref(), laminar.input.as_deref()),
        (Some("s"), Some("\"in\""))
    );
    let genkit = span(&json!({ "genkit:metadata:subtype": "model", "genkit:input": "{}", "genkit:output": "[]" }));
    assert_eq!((genkit.kind.as_str(), genkit.input.as_deref()), ("llm", Some("{}")));
    let adk = span(&json!({
        "gen_ai.system": "gcp.vertex.agent", "gen_ai.operation.name": "execute_tool",
        "gcp.vertex.agent.tool_call_args": "{\"a\":1}", "gcp.vertex.agent.tool_response": "{\"b\":2}",
    }));
    assert_eq!(
        (adk.kind.as_str(), adk.input.as_deref()),
        ("tool_call", Some("{\"a\":1}"))
    );
    assert_eq!(adk.output.as_deref(), Some("{\"b\":2}"));
    let workflow = span(&json!({
        "traceloop.span.kind": "workflow", "traceloop.entity.input": "{\"inputs\":{}}", "gen_ai.usage.input_tokens": 7,
    }));
    assert_eq!((workflow.kind.as_str(), tokens(&workflow)), ("span", None));
    let mcp = span(&json!({ "mcp.method.name": "tools/call", "mcp.request.argument": "{}" }));
    assert_eq!(
        (mcp.kind.as_str(), mcp.endpoint.as_deref()),
        ("tool_call", Some("tools/call"))
    );
}
