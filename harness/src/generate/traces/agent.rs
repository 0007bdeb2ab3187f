//! An agent answers a customer.

use serde_json::{Value, json};

use super::talk::{DOCUMENTS, MODEL_FAILURES, MODELS, Model, TALKS, TOOL_FAILURES, Talk};
use super::trace::TraceMaker;

const SYSTEM: &str =
    "You are the support agent of a shop. Be brief and kind. Use the tools; never invent an order number.";
/// The deepest team of agents.
const DEEPEST: usize = 4;
/// Turns after which an agent hands over, in traces of a given size.
const TURNS: usize = 12;

/// One answer, as a trace of about so many spans.
pub(super) fn answer(mut maker: TraceMaker<'_>, spans: Option<usize>) -> Vec<Value> {
    let talk = pick(&mut maker, TALKS);
    let open = maker.open();
    let root = open.id.clone();
    let mut messages = vec![message("system", SYSTEM), message("user", talk.question)];
    if maker.rng.u8(..) < 150 {
        retrieve(&mut maker, &root, talk.question);
    }
    let failed = match spans {
        None => {
            let failed = work(&mut maker, &root, talk, &mut messages);
            if !failed && maker.rng.u8(..) < 60 {
                sub_agent(&mut maker, &root, talk);
            }
            failed
        }
        Some(spans) => {
            while maker.spans() + 1 < spans {
                team(&mut maker, &root, spans, 1);
            }
            false
        }
    };
    maker.pass(5);
    let status = if failed { "error" } else { "ok" };
    let output = if failed {
        json!(null)
    } else {
        json!({ "answer": talk.answer })
    };
    maker.close(
        open,
        None,
        "agent_action",
        "answer_customer",
        json!({
            "status": status,
            "input": { "question": talk.question },
            "output": output,
            "attributes": { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "support", "agent.version": "4.2.0" },
        }),
    );
    if maker.rng.u8(..) < 100 {
        let helpful = !failed && maker.rng.u8(..) < 220;
        let comment = if helpful {
            "solved at once"
        } else {
            "the customer asked again"
        };
        maker.score(&root, "helpful", &json!(u8::from(helpful)), comment);
    }
    maker.finish()
}

/// Calls, tools, calls, until there is an answer; says whether it failed.
fn work(maker: &mut TraceMaker<'_>, parent: &str, talk: &Talk, messages: &mut Vec<Value>) -> bool {
    let model = pick(maker, MODELS);
    for (tool, arguments, result) in talk.tools {
        let call_id = format!("call_{:012x}", maker.rng.u64(..) >> 16);
        let asked =
            json!([{ "id": call_id, "type": "function", "function": { "name": tool, "arguments": arguments } }]);
        let wish = json!({ "role": "assistant", "content": null, "tool_calls": asked });
        if !chat(maker, parent, model, messages, &wish) {
            return true;
        }
        messages.push(wish);
        let said = use_tool(maker, parent, tool, arguments, result);
        messages.push(json!({ "role": "tool", "tool_call_id": call_id, "content": said }));
    }
    !chat(maker, parent, model, messages, &message("assistant", talk.answer))
}

/// A model call, tried again when it fails; says whether there is an answer.
fn chat(maker: &mut TraceMaker<'_>, parent: &str, model: &Model, messages: &[Value], answer: &Value) -> bool {
    for attempt in 0..3 {
        let open = maker.open();
        let name = format!("chat {}", model.name);
        let parameters = json!({ "gen_ai.operation.name": "chat", "gen_ai.request.temperature": 0.2,
            "gen_ai.request.max_tokens": 1_024, "gen_ai.request.stream": true, "attempt": attempt });
        if maker.rng.u8(..) < 10 {
            let (kind, text) = *pick(maker, MODEL_FAILURES);
            maker.pass(300);
            maker.log(&open.id, "error", &format!("{kind}: {text}"));
            maker.close(
                open,
                Some(parent),
                "llm",
                &name,
                json!({ "status": "error", "provider": model.provider, "model": model.name, "message": text,
                    "input": messages, "attributes": parameters }),
            );
            maker.pass(1_000);
            continue;
        }
        let input: usize = messages.iter().map(|message| message.to_string().len()).sum::<usize>() / 4 + 180;
        let output = answer.to_string().len() / 4 + maker.rng.usize(0..60);
        let first = maker.rng.u32(150..700);
        maker.pass(first);
        let ms = u32::try_from(output).unwrap_or(0) * 1_000 / model.speed;
        maker.pass(ms.max(1));
        let mut attributes = parameters;
        if let Value::Object(attributes) = &mut attributes {
            attributes.insert(
                "gen_ai.response.time_to_first_chunk".to_owned(),
                json!(f64::from(first) / 1_000.0),
            );
            attributes.insert("gen_ai.response.finish_reasons".to_owned(), json!(["stop"]));
        }
        let cached = if messages.len() > 3 { input / 2 } else { 0 };
        maker.close(
            open,
            Some(parent),
            "llm",
            &name,
            json!({ "provider": model.provider, "model": model.name, "input": messages, "output": [answer],
                "tokens": { "input": input, "output": output, "cache_read": cached }, "attributes": attributes }),
        );
        return true;
    }
    false
}

/// A tool, tried again once; gives what it said.
fn use_tool(maker: &mut TraceMaker<'_>, parent: &str, tool: &str, arguments: &str, result: &str) -> String {
    let mut said = String::new();
    for _ in 0..2 {
        let open = maker.open();
        let failure = (maker.rng.u8(..) < 20).then(|| *pick(maker, TOOL_FAILURES));
        let request = maker.open();
        maker.pass(if failure.is_some() { 1_800 } else { 120 });
        let service = std::mem::replace(&mut maker.service, "order-service");
        let status = if failure.is_some() { "error" } else { "ok" };
        let code = if failure.is_some() { 502 } else { 200 };
        let inner =
            json!({ "status": status, "status_code": code, "method": "POST", "endpoint": format!("/internal/{tool}") });
        let inner_name = format!("POST /internal/{tool}");
        maker.close(request, Some(&open.id), "api_call", &inner_name, inner);
        maker.service = service;
        let arguments: Value = serde_json::from_str(arguments).unwrap_or_default();
        let attributes = json!({ "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool });
        if let Some((kind, text)) = failure {
            maker.log(&open.id, "error", &format!("{kind}: {text}"));
            said = format!("error: {text}");
            maker.close(
                open,
                Some(parent),
                "tool_call",
                tool,
                json!({ "status": "error", "message": text, "input": arguments, "attributes": attributes }),
            );
            continue;
        }
        maker.log(&open.id, "info", &format!("{tool} answered"));
        let output: Value = serde_json::from_str(result).unwrap_or_default();
        maker.close(
            open,
            Some(parent),
            "tool_call",
            tool,
            json!({ "input": arguments, "output": output, "attributes": attributes }),
        );
        return result.to_owned();
    }
    said
}

/// Looks something up: an embedding, and a search among vectors.
fn retrieve(maker: &mut TraceMaker<'_>, parent: &str, question: &str) {
    let open = maker.open();
    let embed = maker.open();
    maker.pass(60);
    let tokens = question.len() / 4 + 1;
    maker.close(
        embed,
        Some(&open.id),
        "embedding",
        "embeddings text-embedding-3-small",
        json!({ "provider": "openai", "model": "text-embedding-3-small", "input": question,
            "tokens": { "input": tokens, "output": 0 } }),
    );
    maker.pass(25);
    let count = maker.rng.usize(1..=DOCUMENTS.len());
    let documents: Vec<Value> = DOCUMENTS
        .iter()
        .take(count)
        .enumerate()
        .map(|(n, text)| json!({ "id": format!("kb-{n}"), "score": 0.93 - 0.08 * n as f64, "content": text }))
        .collect();
    maker.close(
        open,
        Some(parent),
        "retrieval",
        "search_knowledge_base",
        json!({ "input": { "query": question, "top_k": count }, "output": documents }),
    );
}

/// Another agent checks the answer.
fn sub_agent(maker: &mut TraceMaker<'_>, parent: &str, talk: &Talk) {
    let open = maker.open();
    let mut messages = vec![
        message(
            "system",
            "You check answers of the support agent for mistakes and tone.",
        ),
        message("user", talk.answer),
    ];
    let id = open.id.clone();
    let model = pick(maker, MODELS);
    let failed = !chat(
        maker,
        &id,
        model,
        &messages,
        &message("assistant", "The answer is right and kind."),
    );
    messages.clear();
    maker.close(
        open,
        Some(parent),
        "agent_action",
        "review_answer",
        json!({ "status": if failed { "error" } else { "ok" }, "input": { "answer": talk.answer },
            "attributes": { "gen_ai.agent.name": "reviewer" } }),
    );
}

/// Agents that hand work to other agents, until there are enough spans.
fn team(maker: &mut TraceMaker<'_>, parent: &str, spans: usize, depth: usize) {
    let open = maker.open();
    let id = open.id.clone();
    for _ in 0..maker.rng.usize(2..TURNS) {
        if maker.spans() + depth >= spans {
            break;
        }
        let talk = pick(maker, TALKS);
        if depth < DEEPEST && maker.rng.u8(..) < 100 {
            team(maker, &id, spans, depth + 1);
        } else if maker.rng.u8(..) < 60 {
            retrieve(maker, &id, talk.question);
        } else {
            // Of a long trace each call has a short prompt of its own.
            let mut messages = vec![message("system", SYSTEM), message("user", talk.question)];
            work(maker, &id, talk, &mut messages);
        }
    }
    maker.pass(3);
    let name = ["plan", "research", "execute", "verify"]
        .get(depth % 4)
        .copied()
        .unwrap_or("plan");
    maker.close(
        open,
        Some(parent),
        "agent_action",
        name,
        json!({ "attributes": { "depth": depth } }),
    );
}

fn message(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

fn pick<T>(maker: &mut TraceMaker<'_>, list: &'static [T]) -> &'static T {
    let n = maker.rng.usize(0..list.len().max(1));
    // The lists are not empty.
    list.get(n).unwrap_or_else(|| unreachable!("an empty list"))
}
