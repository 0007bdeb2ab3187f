//! The document says what the router serves, and holds together.

use std::collections::{BTreeMap, BTreeSet};

use eventglass_model::{EventQuery, GroupQuery, MetricsQuery, TraceQuery};
use serde_json::Value;
use utoipa::IntoParams;
use utoipa::openapi::path::ParameterIn;

use super::{document, params};
use crate::http::described_routes;

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

fn document() -> Value {
    document::of(described_routes().into_openapi())
}

/// `GET /api/auth/me` and so on, with the operation.
fn operations(document: &Value) -> BTreeMap<(String, String), &Value> {
    let mut all = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.insert((path.clone(), method.to_uppercase()), operation);
        }
    }
    all
}

/// What axum's router holds, from what it prints of itself: there is no other
/// way to ask it.
fn served() -> BTreeSet<(String, String)> {
    let printed = format!("{:?}", axum::Router::from(described_routes()));
    let (routes, rest) = printed.split_once(", node: Node { paths: {").unwrap();
    let (paths, _) = rest.split_once("} }").unwrap();
    let by_id = |text: &str| -> BTreeMap<String, String> {
        let entries = text.split("RouteId(").skip(1);
        let entries = entries.map(|entry| entry.split_once("): ").unwrap());
        entries.map(|(id, what)| (id.to_owned(), what.to_owned())).collect()
    };
    let paths = by_id(paths);
    let mut served = BTreeSet::new();
    for (id, endpoint) in by_id(routes) {
        let path = paths[&id].split('"').nth(1).unwrap().replace("{*", "{");
        assert!(endpoint.starts_with("MethodRouter("), "{path} takes any method");
        for method in METHODS {
            let (_, handler) = endpoint.split_once(&format!("{method}: ")).unwrap();
            if !handler.starts_with("None") {
                served.insert((path.clone(), method.to_uppercase()));
            }
        }
    }
    served
}

#[test]
fn what_is_served_is_described_and_what_is_described_is_served() {
    let document = document();
    let described: BTreeSet<_> = operations(&document).into_keys().collect();
    let served = served();
    assert!(served.len() > 100, "{served:?}");
    let only = |a: &BTreeSet<_>, b: &BTreeSet<_>| a.difference(b).cloned().collect::<Vec<(String, String)>>();
    assert_eq!(only(&served, &described), [], "served, and not described");
    assert_eq!(only(&described, &served), [], "described, and not served");
}

#[test]
fn operations_have_a_name_a_summary_a_heading_and_an_answer() {
    let document = document();
    let headings: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut names = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name), "{place:?}: {name} is there twice");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!((5..=120).contains(&summary.len()), "{place:?}: {summary:?}");
        let tags = operation["tags"].as_array().unwrap();
        assert!(
            tags.len() == 1 && headings.contains(tags[0].as_str().unwrap()),
            "{place:?}: {tags:?}"
        );
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let parts: Vec<&str> = document::placeholders(&place.0).collect();
        let described: Vec<&str> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(parts, described, "{place:?}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            assert!(
                !response["description"].as_str().unwrap_or_default().is_empty(),
                "{place:?} {status}"
            );
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_schema_is_one() {
    fn walk(value: &Value, document: &Value, used: &mut BTreeSet<String>) {
        if let Some(Value::String(target)) = value.get("$ref") {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
            used.insert(target.rsplit('/').next().unwrap().to_owned());
        }
        match value {
            Value::Array(list) => list.iter().for_each(|value| walk(value, document, used)),
            Value::Object(map) => map.values().for_each(|value| walk(value, document, used)),
            _ => {}
        }
    }
    let document = document();
    let mut used = BTreeSet::new();
    walk(&document, &document, &mut used);
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(used.contains(name), "{name} is not used");
        if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
            panic!("{name}: {error}");
        }
    }
}

#[test]
fn parameters_are_those_that_are_read() {
    fn names<T: IntoParams>() -> Vec<String> {
        let all = T::into_params(|| Some(ParameterIn::Query));
        all.into_iter().map(|parameter| parameter.name).collect()
    }
    let sorted = |names: &mut dyn Iterator<Item = String>| names.collect::<BTreeSet<String>>();
    let known = |names: &[&str]| sorted(&mut names.iter().map(|name| (*name).to_owned()));
    assert_eq!(
        sorted(
            &mut names::<params::Search>()
                .into_iter()
                .chain(names::<params::EventPaging>())
        ),
        known(EventQuery::NAMES)
    );
    assert_eq!(
        sorted(&mut names::<params::TraceSearch>().into_iter()),
        known(TraceQuery::NAMES)
    );
    assert_eq!(
        sorted(&mut names::<params::Measuring>().into_iter()),
        known(MetricsQuery::NAMES)
    );
    let groups = names::<params::Groups>().into_iter().chain(["user".to_owned()]);
    assert_eq!(sorted(&mut { groups }), known(GroupQuery::NAMES));
}

#[test]
fn the_routes() {
    let document = document();
    let lines: Vec<String> = operations(&document)
        .into_iter()
        .map(|((path, method), operation)| {
            let private = if operation["x-internal"] == true {
                " (internal)"
            } else {
                ""
            };
            format!(
                "{method} {path} {}{private}",
                operation["operationId"].as_str().unwrap()
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}
