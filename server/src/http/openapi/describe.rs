//! What follows from where a handler is: who may ask, and how errors look.

use axum::routing::MethodRouter;
use eventglass_model::Problem;
use utoipa::ToSchema;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, Response, ResponseBuilder, SecurityRequirement};

use super::ApiRouter;
use super::parts::{KEY_SCHEMES, PROBLEM, status_text};
use crate::state::AppState;

/// How a door speaks, besides the shape of its errors.
pub(crate) struct Speech {
    /// What it is called.
    pub(crate) tag: &'static str,
    /// The types of the bodies of its errors.
    pub(crate) media: &'static [&'static str],
    /// Statuses of a request to send events that was refused whole, besides
    /// those that every door has.
    pub(crate) refusals: &'static [u16],
    /// Whether people ask, with their sessions.
    pub(crate) sessions: bool,
}

/// Statuses of a request that a door refused, in any dialect.
const OF_EVERY_DOOR: &[u16] = &[400, 401, 408, 413, 415, 429, 500, 503];

/// Puts routes under a heading.
pub(crate) fn area(tag: &str, mut router: ApiRouter) -> ApiRouter {
    for item in router.get_openapi_mut().paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            operation.tags = Some(vec![tag.to_owned()]);
        }
    }
    router
}

/// Completes the routes for people: errors are problems, and those that the
/// extractors make are told of every route that has them.
pub(crate) fn people(mut router: ApiRouter) -> ApiRouter {
    let error = register::<Problem>(&mut router);
    for (path, item) in &mut router.get_openapi_mut().paths.paths {
        for (method, operation) in operations(item) {
            let public = operation.security.is_some();
            let mut statuses = vec![422, 500, 503];
            if !public {
                statuses.push(401);
            }
            if !public && (method != "get" || path.contains("{project}")) {
                statuses.push(403);
            }
            if path.contains('{') {
                statuses.push(404);
            }
            if operation.request_body.is_some() {
                statuses.extend([400, 413, 415]);
            }
            fill(operation, &error, PROBLEM, &statuses);
        }
    }
    router
}

/// Completes the routes of a door, whose errors are `E`.
pub(crate) fn door<E: ToSchema>(speech: &Speech, router: ApiRouter) -> ApiRouter {
    let mut router = area(speech.tag, router);
    let error = register::<E>(&mut router);
    for (path, item) in &mut router.get_openapi_mut().paths.paths {
        for (_, operation) in operations(item) {
            let public = operation
                .security
                .as_ref()
                .is_some_and(|needs| needs.contains(&SecurityRequirement::default()));
            if operation.security.is_none() {
                let key = |name: &&str| SecurityRequirement::new(*name, [""; 0]);
                operation.security = Some(KEY_SCHEMES.iter().map(key).collect());
            }
            let mut statuses = vec![500, 503];
            if operation.request_body.is_some() {
                statuses.extend(OF_EVERY_DOOR);
                statuses.extend(speech.refusals);
                idempotent(operation);
            } else if !public {
                statuses.push(401);
            }
            if path.contains('{') && operation.request_body.is_none() {
                statuses.push(404);
            }
            if path.contains("{project}") || speech.sessions {
                statuses.push(403);
            }
            fill(operation, &error, speech.media, &statuses);
        }
    }
    router
}

/// Adds the errors of another door that shares these routes, where nothing of
/// their type is told of yet.
pub(crate) fn shared<E: ToSchema>(media: &str, mut router: ApiRouter) -> ApiRouter {
    let error = register::<E>(&mut router);
    for item in router.get_openapi_mut().paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            for (status, response) in &mut operation.responses.responses {
                let RefOr::T(response) = response else { continue };
                if status.as_str() >= "400" && !response.content.contains_key(media) {
                    let content = ContentBuilder::new()
                        .schema(Some(Ref::from_schema_name(&error)))
                        .build();
                    response.content.insert(media.to_owned(), content.into());
                }
            }
        }
    }
    router
}

/// Every operation of a path, with its method.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    all.into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Another path to what `of` leads to. Its operations are called as those of
/// `of`, with `ending`.
pub(crate) fn also(router: ApiRouter, of: &str, path: &str, ending: &str, route: MethodRouter<AppState>) -> ApiRouter {
    let mut router = router.route(path, route);
    let paths = &mut router.get_openapi_mut().paths.paths;
    if let Some(mut item) = paths.get(of).cloned() {
        for (_, operation) in operations(&mut item) {
            operation.operation_id = operation.operation_id.as_ref().map(|name| format!("{name}_{ending}"));
        }
        paths.insert(path.to_owned(), item);
    }
    router
}

/// Adds a schema, and those that it is made of; gives its name.
fn register<T: ToSchema>(router: &mut ApiRouter) -> String {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let components = router.get_openapi_mut().components.get_or_insert_default();
    components.schemas.extend(schemas);
    T::name().into_owned()
}

/// Adds errors that are not told of yet, and gives those that are their shape.
fn fill(operation: &mut Operation, error: &str, media: &[&str], statuses: &[u16]) {
    let responses = &mut operation.responses.responses;
    for status in statuses {
        let fresh = || RefOr::T(ResponseBuilder::new().description(status_text(*status)).build());
        responses.entry(status.to_string()).or_insert_with(fresh);
    }
    for (status, response) in responses {
        let RefOr::T(response) = response else { continue };
        if status.as_str() < "400" {
            continue;
        }
        if response.content.is_empty() {
            for media in media {
                let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(error))).build();
                response.content.insert((*media).to_owned(), content.into());
            }
        }
        retry_after(status, response);
    }
}

fn retry_after(status: &str, response: &mut Response) {
    if status == "429" || status == "503" {
        let seconds = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .build();
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds until it makes sense to try again"));
        response.headers.insert("Retry-After".to_owned(), header.build().into());
    }
}

/// Requests that carry events may be repeated.
fn idempotent(operation: &mut Operation) {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).build();
    let header = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A word of your own, 1 to 255 bytes: the same request sent again with it gets the same answer, and \
             stores nothing twice",
        ))
        .schema(Some(text))
        .build();
    operation.parameters.get_or_insert_default().push(header.into());
}
