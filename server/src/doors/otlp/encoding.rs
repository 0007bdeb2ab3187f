//! The two encodings of OTLP over HTTP.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prost::Message;
use prost::bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::doors::gate::Refusal;

/// How a request is written, and so its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Binary protobuf.
    Protobuf,
    /// OTLP's JSON.
    Json,
}

impl Encoding {
    /// What a request says it is.
    ///
    /// # Errors
    /// 415 for anything else, or nothing.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = value.unwrap_or("").split(';').next().unwrap_or("").trim();
        let is = |name: &str| essence.eq_ignore_ascii_case(name);
        if is("application/x-protobuf") || is("application/protobuf") {
            Ok(Self::Protobuf)
        } else if is("application/json") {
            Ok(Self::Json)
        } else {
            Err(Refusal::MediaType(
                "Content-Type: application/x-protobuf or application/json".to_owned(),
            ))
        }
    }

    /// Reads one message.
    ///
    /// # Errors
    /// A sentence that says what is wrong, and of JSON where.
    pub(super) fn decode<T>(self, bytes: Bytes) -> Result<T, String>
    where
        T: Message + Default + DeserializeOwned,
    {
        match self {
            Self::Protobuf => T::decode(bytes).map_err(|error| error.to_string()),
            Self::Json => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
        }
    }

    /// An answer in this encoding.
    pub(super) fn answer(self, status: StatusCode, message: &impl Message, json: &serde_json::Value) -> Response {
        let (content_type, body) = match self {
            Self::Protobuf => ("application/x-protobuf", message.encode_to_vec()),
            Self::Json => ("application/json", json.to_string().into_bytes()),
        };
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))];
        (status, headers, body).into_response()
    }
}
