//! Sends a request and reads its answer.

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    error::{ApiError, ApiResult},
    fetched::read,
    transport::{ApiRequest, ApiResponse},
};

/// `GET` of a path with its query, as text.
pub(crate) fn get_text(path: String) -> impl Future<Output = ApiResult<String>> + Send {
    let answer = send("GET", path, None);
    async move { Ok(answer.await?.body) }
}

/// `GET` of a path with its query.
pub(super) fn get<T: DeserializeOwned>(path: String) -> impl Future<Output = ApiResult<T>> + Send {
    let answer = send("GET", path, None);
    async move { read(&answer.await?.body) }
}

/// `POST` of a body, answered by a body.
pub(super) fn post<T: DeserializeOwned, B: Serialize>(
    path: String,
    body: &B,
) -> impl Future<Output = ApiResult<T>> + Send + use<T, B> {
    with_body("POST", path, body)
}

/// `PUT` of a body, answered by a body.
pub(super) fn put<T: DeserializeOwned, B: Serialize>(
    path: String,
    body: &B,
) -> impl Future<Output = ApiResult<T>> + Send + use<T, B> {
    with_body("PUT", path, body)
}

fn with_body<T: DeserializeOwned, B: Serialize>(
    method: &'static str,
    path: String,
    body: &B,
) -> impl Future<Output = ApiResult<T>> + Send + use<T, B> {
    // The bodies are plain structs: nothing in them can fail to serialise.
    let answer = send(method, path, Some(serde_json::to_string(body).unwrap_or_default()));
    async move { read(&answer.await?.body) }
}

/// A request with a body, answered by text.
pub(super) fn for_text(
    method: &'static str,
    path: String,
    body: String,
) -> impl Future<Output = ApiResult<String>> + Send {
    let answer = send(method, path, Some(body));
    async move { Ok(answer.await?.body) }
}

/// A request whose answer has no body, or none of interest.
pub(super) fn command(
    method: &'static str,
    path: String,
    body: Option<String>,
) -> impl Future<Output = ApiResult<()>> + Send {
    let answer = send(method, path, body);
    async move { answer.await.map(|_| ()) }
}

/// Not generic, so that the browser downloads it once and not once per type.
fn send(
    method: &'static str,
    path: String,
    body: Option<String>,
) -> impl Future<Output = ApiResult<ApiResponse>> + Send {
    let answer = deliver(ApiRequest { method, path, body });
    async move {
        let response = answer.await.ok_or(ApiError::Unreachable)?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        Err(ApiError::of(response.status, &response.body))
    }
}

/// In process, as the visitor whose page is being rendered.
#[cfg(feature = "ssr")]
fn deliver(request: ApiRequest) -> impl Future<Output = Option<ApiResponse>> + Send {
    // Taken now and not inside the future: the context belongs to the caller.
    let transport = leptos::prelude::use_context::<super::transport::InProcess>();
    async move { Some((transport?.0)(request).await) }
}

/// Over the network, with the session's cookie.
#[cfg(not(feature = "ssr"))]
fn deliver(request: ApiRequest) -> impl Future<Output = Option<ApiResponse>> + Send {
    // The browser has one thread, which never sends anything anywhere.
    send_wrapper::SendWrapper::new(async move { fetch(&request).await.ok() })
}

/// Longer than any answer the server allows itself.
#[cfg(not(feature = "ssr"))]
const TIMEOUT_MS: u32 = 60_000;

#[cfg(not(feature = "ssr"))]
async fn fetch(request: &ApiRequest) -> Result<ApiResponse, wasm_bindgen::JsValue> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    let headers = web_sys::Headers::new()?;
    headers.set("accept", "application/json")?;
    let init = web_sys::RequestInit::new();
    init.set_method(request.method);
    init.set_signal(Some(&web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS)));
    if let Some(body) = &request.body {
        headers.set("content-type", "application/json")?;
        init.set_body(&body.into());
    }
    init.set_headers(&headers);
    let response = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(&request.path, &init)).await?;
    let response: web_sys::Response = response.dyn_into()?;
    let body = JsFuture::from(response.text()?).await?;
    Ok(ApiResponse {
        status: response.status(),
        body: body.as_string().unwrap_or_default(),
    })
}
