//! The document of the API, and whether the server keeps to it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, TestApp};
use crate::contract;

/// Every operation: path, method, itself.
fn operations(document: &Value) -> Vec<(&str, Method, &Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((path.as_str(), method.to_uppercase().parse().unwrap(), operation));
        }
    }
    all
}

/// A path with something in each of its places.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{project}" => "shop",
        part if part.starts_with('{') => "1",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn document(caller: &Caller) -> Value {
    contract::of(&caller.router()).await.document.clone()
}

async fn ask(caller: &Caller, method: &Method, path: &str) -> Answer {
    caller
        .with("content-type", "application/json")
        .send(method.clone(), path, if *method == Method::GET { "" } else { "{}" })
        .await
}

/// Whether the answer finds fault with a parameter.
fn blames(answer: &Answer, name: &str) -> bool {
    let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let errors = json["errors"].as_array().or(json["detail"].as_array());
    errors.is_some_and(|errors| errors.iter().any(|error| error["loc"] == json!(["query", name])))
}

#[tokio::test]
async fn the_document_is_public_and_kept_by_caches() {
    let app = TestApp::new().await;
    let anyone = app.anonymous();
    let answer = anyone.get("/api/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, no-cache");
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let document = answer.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for known in [
        tag.clone(),
        tag.trim_start_matches("W/").to_owned(),
        format!("\"x\", {tag}"),
    ] {
        let again = anyone.with("if-none-match", &known).get("/api/openapi.json").await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{known}");
    }
    anyone
        .with("if-none-match", "\"x\"")
        .get("/api/openapi.json")
        .await
        .expect(200);
    let small = anyone.with("accept-encoding", "br").get("/api/openapi.json").await;
    assert_eq!(small.header("content-encoding"), "br");
}

#[tokio::test]
async fn browsers_get_answers_and_pages_compressed() {
    let app = TestApp::new().await;
    for (accept, encoding) in [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
    ] {
        for path in ["/api/openapi.json", "/login"] {
            let answer = app.anonymous().with("accept-encoding", accept).get(path).await;
            assert_eq!(answer.header("content-encoding"), encoding, "{path}");
        }
    }
}

#[tokio::test]
async fn every_route_of_the_document_is_there() {
    let app = TestApp::new().await;
    let (ada, _, _) = app.project("shop").await;
    for (path, method, operation) in operations(&document(&ada).await) {
        if operation["operationId"] == "log_out" {
            continue;
        }
        let answer = ask(&ada, &method, &filled(path)).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!(
            answer.status != 405 && !text.contains("no such route") && !text.contains("<!DOCTYPE"),
            "{method} {path}: {} {text}",
            answer.status
        );
    }
}

#[tokio::test]
async fn what_needs_a_session_or_a_key_says_so() {
    let app = TestApp::new().await;
    app.project("shop").await;
    let anyone = app.anonymous();
    let document = document(&anyone).await;
    for (path, method, operation) in operations(&document) {
        let needs = operation.get("security").unwrap_or(&document["security"]);
        let public = needs.as_array().unwrap().contains(&json!({}));
        let answer = ask(&anyone, &method, &filled(path)).await;
        // CartNudge's word for a missing key is 422.
        let refused = answer.status == 401 || String::from_utf8_lossy(&answer.body).contains("x-api-key");
        assert_eq!(refused, !public, "{method} {path}: {}", answer.status);
    }
}

#[tokio::test]
async fn parameters_and_their_bounds_are_true() {
    let app = TestApp::new().await;
    let (ada, _, sdk) = app.project("shop").await;
    let document = document(&ada).await;
    for (path, method, operation) in operations(&document) {
        let door = path.starts_with("/api/v1/ingestion");
        if !path.starts_with("/api/")
            || (!door && !path.contains("/projects/{project}/"))
            || path.contains("/api/projects")
        {
            continue;
        }
        let caller = if door { &sdk } else { &ada };
        let path = filled(path);
        if !door {
            let parameters = operation["parameters"].as_array().unwrap().iter();
            let needed = parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
            let needed: String = needed
                .map(|parameter| format!("&{}=1", parameter["name"].as_str().unwrap()))
                .collect();
            let answer = ask(caller, &method, &format!("{path}?nonsense=1{needed}")).await;
            assert!(
                blames(&answer, "nonsense"),
                "{method} {path}: unknown parameters are taken"
            );
        }
        for parameter in operation["parameters"].as_array().unwrap() {
            if parameter["in"] != "query" || method != Method::GET {
                continue;
            }
            let name = parameter["name"].as_str().unwrap();
            let schema = &parameter["schema"];
            let bound = |key: &str| schema[key].as_f64();
            let legal = parameter.get("example").or(schema.get("default")).cloned();
            let legal = legal.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            let good = legal
                .into_iter()
                .chain(bound("minimum").map(|n| n.to_string()))
                .chain(bound("maximum").map(|n| n.to_string()));
            for value in good {
                let answer = ask(caller, &method, &format!("{path}?{name}={}", encoded(&value))).await;
                assert!(!blames(&answer, name), "{method} {path}: {name}={value} is refused");
            }
            let step = |n: f64, by: f64| (n + by).to_string();
            let bad = bound("minimum").map(|n| step(n, -1.0)).into_iter();
            let bad = bad.chain(bound("maximum").map(|n| step(n, 1.0)));
            let bad = bad.chain(schema["maxLength"].as_u64().map(|n| "x".repeat(n as usize + 1)));
            let items = |n: u64| vec!["1"; n as usize + 1].join(",");
            for value in bad.chain(schema["maxItems"].as_u64().map(items)) {
                let answer = ask(caller, &method, &format!("{path}?{name}={}", encoded(&value))).await;
                assert!(blames(&answer, name), "{method} {path}: {name}={value} is taken");
            }
        }
    }
}

fn encoded(text: &str) -> String {
    text.replace(' ', "%20").replace('+', "%2B")
}

/// The examples of a schema, or of what it may be.
fn examples<'a>(document: &'a Value, schema: &'a Value) -> Vec<(&'a Value, &'a Value)> {
    if let Some(target) = schema["$ref"].as_str() {
        return examples(document, document.pointer(target.trim_start_matches('#')).unwrap());
    }
    let own = schema["examples"].as_array().into_iter().flatten();
    let mut all: Vec<_> = own.map(|example| (schema, example)).collect();
    for list in ["oneOf", "anyOf"] {
        for schema in schema[list].as_array().into_iter().flatten() {
            all.extend(examples(document, schema));
        }
    }
    all
}

/// How many events were taken of a request, whatever the door.
fn taken(answer: &Answer) -> bool {
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let refused = [
        "\"rejected\":1",
        "\"success\":false",
        "rejectedSpans",
        "rejectedLogRecords",
        "\"status\":400",
    ];
    answer.status.is_success() && !refused.iter().any(|word| text.contains(word))
}

#[tokio::test]
async fn the_examples_of_the_doors_are_taken_and_what_they_must_have_they_must() {
    let app = TestApp::new().await;
    let (_, project, sdk) = app.project("shop").await;
    let document = document(&sdk).await;
    let mut seen = 0;
    for (path, method, operation) in operations(&document) {
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if operation.get("security").is_none() || method != Method::POST {
            continue;
        }
        let path = path.replace("{project}", &project["id"].to_string());
        for (schema, example) in examples(&document, schema) {
            seen += 1;
            let answer = sdk.post(&path, example).await;
            let text = String::from_utf8_lossy(&answer.body);
            assert!(taken(&answer), "{path}: {} {text}", answer.status);
            contract::of(&sdk.router())
                .await
                .validate(&format!("{path} {schema}"), schema, example, &path);
            for name in schema["required"].as_array().into_iter().flatten() {
                let mut less = example.clone();
                less.as_object_mut().unwrap().remove(name.as_str().unwrap());
                let answer = sdk.post(&path, &less).await;
                assert!(!taken(&answer), "{path}: {name} can be left out");
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}
