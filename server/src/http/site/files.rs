//! Answers with a file: the best encoding that both sides have, and as little
//! as the browser's cache allows.

use std::fmt::Write as _;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::Find;

/// A file of the site.
#[derive(Clone)]
pub(super) struct File {
    pub(super) content: Bytes,
    /// SHA-256 of the content.
    pub(super) hash: [u8; 32],
}

/// How long a browser may keep a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caching {
    /// The name changes with the content.
    ForGood,
    /// The name stays: ask each time whether the content did too.
    Ask,
}

impl Caching {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::ForGood => "public, max-age=31536000, immutable",
            Self::Ask => "public, no-cache",
        })
    }
}

/// The file's answer, or none if there is no such file. The compressed twins
/// are no files of their own.
pub(super) fn respond(find: &Find, path: &str, headers: &HeaderMap, caching: Caching) -> Option<Response> {
    if path.ends_with(".br") || path.ends_with(".gz") {
        return None;
    }
    let plain = find(path)?;
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let twin = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .filter(|(encoding, _)| accepts(accepted, encoding))
        .find_map(|(encoding, ending)| Some((encoding, find(&format!("{path}{ending}"))?)));

    let encoding = twin.as_ref().map(|(encoding, _)| *encoding);
    let tag = entity_tag(&plain.hash, encoding);
    let mut answer = if is_known(headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = twin.map_or(plain.content, |(_, file)| file.content);
        Response::new(Body::from(body))
    };

    let out = answer.headers_mut();
    out.insert(header::CACHE_CONTROL, caching.header());
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if answer.status() == StatusCode::OK {
        let out = answer.headers_mut();
        out.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(path)));
        if let Some(encoding) = encoding {
            out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    Some(answer)
}

/// Whether `Accept-Encoding` lists this encoding and does not refuse it.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let name = pieces.next().unwrap_or_default();
        let refused = pieces.any(|piece| {
            let weight = piece.strip_prefix("q=").or_else(|| piece.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
        });
        name.eq_ignore_ascii_case(encoding) && !refused
    })
}

/// Each encoding is a representation of its own, with its own tag.
fn entity_tag(hash: &[u8; 32], encoding: Option<&str>) -> String {
    let mut tag = String::from("\"");
    for byte in hash.iter().take(8) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    if let Some(encoding) = encoding {
        tag.push('-');
        tag.push_str(encoding);
    }
    tag.push('"');
    tag
}

/// Whether the browser says that it has this very representation.
pub(in crate::http) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let tag = tag.trim_start_matches("W/");
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .map(|known| known.trim().trim_start_matches("W/"))
                .any(|known| known == tag || known == "*")
        })
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "css" => "text/css; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
