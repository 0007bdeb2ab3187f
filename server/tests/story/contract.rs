//! Holds every answer of every story against the API's document: a story that
//! gets something which the document does not say fails.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use http_body_util::BodyExt;
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tower::ServiceExt;

use crate::app::Answer;

/// Headings of the doors, which take more than they describe.
const DOORS: &[&str] = &[
    "Native",
    "OpenTelemetry",
    "Langfuse",
    "PulseStream",
    "EvalForge",
    "CartNudge",
    "WatchLLM",
];

/// The document, and what was made of it.
pub struct Contract {
    pub document: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

static CONTRACT: OnceCell<Contract> = OnceCell::const_new();

/// The document that this router serves; it is the same for all.
pub async fn of(router: &Router) -> &'static Contract {
    let fetch = || async {
        let request = Request::get("/api/openapi.json").body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Contract {
            document: serde_json::from_slice(&body).unwrap(),
            validators: Mutex::default(),
        }
    };
    CONTRACT.get_or_init(fetch).await
}

impl Contract {
    /// The operation of a request, and its path in the document.
    fn operation(&self, method: &Method, path: &str) -> Option<(&str, &Value)> {
        let paths = self.document["paths"].as_object().unwrap();
        let mut found: Vec<&String> = paths.keys().filter(|template| matches(template, path)).collect();
        // `/traces/compare` before `/traces/{trace}`.
        found.sort_by_key(|template| template.matches('{').count());
        let template = found.first()?;
        let operation = paths[*template].get(method.as_str().to_ascii_lowercase());
        Some((template.as_str(), operation.unwrap_or(&Value::Null)))
    }

    /// Checks an answer.
    pub fn answered(&self, method: &Method, uri: &str, answer: &Answer) {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let status = answer.status.as_u16();
        let what = format!("{method} {uri} -> {status}");
        let Some((template, operation)) = self.operation(method, path) else {
            assert!(
                !path.starts_with("/api/") || status == 404,
                "{what}: this path is not in the document"
            );
            return;
        };
        if operation.is_null() {
            assert!(
                status == 405 || [Method::HEAD, Method::OPTIONS].contains(method),
                "{what}: this method is not in the document"
            );
            return;
        }
        let response = &operation["responses"][status.to_string()];
        assert!(!response.is_null(), "{what}: this status is not in the document");
        if answer.status.is_success() && !is_door(operation) {
            for (name, _) in eventglass_model::decode_pairs(query) {
                let described = operation["parameters"].as_array().unwrap().iter();
                let mut described = described.filter(|parameter| parameter["in"] == "query");
                assert!(
                    described.any(|parameter| parameter["name"] == name.as_str()),
                    "{what}: {name} is not in the document"
                );
            }
        }
        if answer.body.is_empty() || !answer.header("content-encoding").is_empty() {
            return;
        }
        let media = answer
            .header("content-type")
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        let content = &response["content"][media];
        assert!(!content.is_null(), "{what}: {media:?} is not in the document");
        if media.ends_with("json") && !media.ends_with("ndjson") {
            let key = format!("{method} {template} {status} {media}");
            let json = match serde_json::from_slice(&answer.body) {
                Ok(json) => json,
                // A story that is about that, and reads it by other means.
                Err(error) if error.to_string().starts_with("recursion limit") => return,
                Err(error) => panic!("{what}: {error}"),
            };
            self.validate(&key, &content["schema"], &json, &what);
        }
    }

    /// Checks a body that was taken.
    pub fn sent(&self, method: &Method, uri: &str, body: &Value, answer: &Answer) {
        let path = uri.split('?').next().unwrap_or_default();
        let Some((template, operation)) = self.operation(method, path) else {
            return;
        };
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        if answer.status.is_success() && !is_door(operation) && !schema.is_null() {
            let key = format!("{method} {template} body");
            self.validate(&key, schema, body, &format!("{method} {uri}, which took a body"));
        }
    }

    /// Checks a value against a schema of the document.
    pub fn validate(&self, key: &str, schema: &Value, value: &Value, what: &str) {
        let known = self.validators.lock().unwrap().get(key).cloned();
        let validator = known.unwrap_or_else(|| {
            let whole = json!({ "components": self.document["components"], "allOf": [schema] });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            let validator = Arc::new(options.build(&whole).unwrap());
            self.validators
                .lock()
                .unwrap()
                .insert(key.to_owned(), Arc::clone(&validator));
            validator
        });
        let errors: Vec<String> = validator
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}\nin {value:#}");
    }
}

fn is_door(operation: &Value) -> bool {
    DOORS.iter().any(|door| operation["tags"][0] == *door)
}

/// The last part of a template may take slashes, too.
fn matches(template: &str, path: &str) -> bool {
    let parts: Vec<&str> = template.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    let slashes = ["{model}", "{name}"].iter().any(|last| template.ends_with(last));
    if given.len() < parts.len() || (given.len() > parts.len() && !slashes) {
        return false;
    }
    parts
        .iter()
        .zip(&given)
        .all(|(part, given)| part == given || (part.starts_with('{') && !given.is_empty()))
}
