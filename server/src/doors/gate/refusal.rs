//! Why a whole request was refused, before any dialect words it.

use axum::http::StatusCode;
use eventglass_engine::guard::{Limited, QuotaReached};
use eventglass_engine::ingest::IngestError;
use eventglass_engine::store::StoreError;
use eventglass_model::{Door, FieldError, loc};

use crate::http::error::AWAY;
use crate::http::extract::ENCODINGS;

/// Why a whole request was refused. Nothing of it is stored.
#[derive(Debug)]
pub(in crate::doors) enum Refusal {
    /// No key was sent: 401.
    KeyMissing,
    /// It is no key of any project: 401.
    KeyWrong,
    /// The key is not of the project that the request names: 403.
    WrongProject,
    /// The body is over the limit of so many bytes: 413.
    TooLarge(usize),
    /// The body broke off or does not decompress: 400.
    Unreadable(String),
    /// The body came too slowly: 408.
    TooSlow,
    /// The body is of a type that the door does not read: 415.
    MediaType(String),
    /// The body is compressed in a way that is not read: 415.
    Encoding,
    /// The route does not take the method: 405.
    Method,
    /// The body would take more than so many bytes of memory to read: 413.
    TooIntricate(usize),
    /// The body is not what the door expects: 400.
    Malformed(String),
    /// Fields of the request itself are wrong: 422.
    Invalid(Vec<FieldError>),
    /// More events than a request may carry: 422.
    TooManyEvents(String),
    /// Too many in a minute: 429.
    Limited(Limited),
    /// Too many in a month: 429.
    Quota(QuotaReached),
    /// No room for more at the moment: 503.
    Busy,
    /// The request was not answered in time: 503.
    OutOfTime,
    /// The store cannot be written: 503.
    Unavailable(String),
    /// The database is away or busy, for a read: 503.
    Away(String),
    /// The same `Idempotency-Key` came with another body: 422.
    OtherBody,
    /// There is no such thing: 404.
    NotFound(&'static str),
    /// Our fault: 500.
    Internal(String),
}

impl Refusal {
    /// HTTP status.
    pub(in crate::doors) const fn status(&self) -> StatusCode {
        match self {
            Self::KeyMissing | Self::KeyWrong => StatusCode::UNAUTHORIZED,
            Self::WrongProject => StatusCode::FORBIDDEN,
            Self::TooLarge(_) | Self::TooIntricate(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::MediaType(_) | Self::Encoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid(_) | Self::TooManyEvents(_) | Self::OtherBody => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Limited(_) | Self::Quota(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::OutOfTime | Self::Unavailable(_) | Self::Away(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word for programs.
    pub(in crate::doors) const fn code(&self) -> &'static str {
        match self {
            Self::KeyMissing => "api_key_required",
            Self::KeyWrong => "invalid_api_key",
            Self::WrongProject => "wrong_project",
            Self::TooLarge(_) => "body_too_large",
            Self::Unreadable(_) => "body_unreadable",
            Self::TooSlow => "body_too_slow",
            Self::MediaType(_) => "media_type",
            Self::Encoding => "body_encoding",
            Self::Method => "method_not_allowed",
            Self::TooIntricate(_) => "body_too_intricate",
            Self::Malformed(_) => "invalid_json",
            Self::Invalid(_) => "invalid",
            Self::TooManyEvents(_) => "too_many_events",
            Self::Limited(_) => "rate_limited",
            Self::Quota(_) => "quota_reached",
            Self::Busy => "busy",
            Self::OutOfTime => "out_of_time",
            Self::Unavailable(_) | Self::Away(_) => "unavailable",
            Self::OtherBody => "idempotency_key_reused",
            Self::NotFound(_) => "not_found",
            Self::Internal(_) => "internal",
        }
    }

    /// A sentence for people.
    pub(in crate::doors) fn sentence(&self) -> String {
        match self {
            Self::KeyMissing => "API key required".to_owned(),
            Self::KeyWrong => "Invalid API key".to_owned(),
            Self::WrongProject => "Project ID mismatch".to_owned(),
            Self::TooLarge(limit) => format!("the body must have at most {limit} bytes (decompressed)"),
            Self::Unreadable(why) => format!("the body could not be read: {why}"),
            Self::TooSlow => "the body came too slowly".to_owned(),
            Self::MediaType(expected) => format!("this route takes {expected}"),
            Self::Encoding => format!("a body may be compressed with one of: {ENCODINGS}"),
            Self::Method => "this route does not take that method".to_owned(),
            Self::TooIntricate(bytes) => {
                format!("the body holds too many values: to read it would take more than {bytes} bytes")
            }
            Self::Malformed(what) | Self::TooManyEvents(what) => what.clone(),
            Self::Invalid(errors) => errors
                .first()
                .map_or_else(|| "invalid request".to_owned(), |error| error.msg.clone()),
            Self::Limited(limited) => limited.to_string(),
            Self::Quota(quota) => quota.to_string(),
            Self::Busy => "the server has no room for more at the moment; try again".to_owned(),
            Self::OutOfTime => "the request took too long; try again".to_owned(),
            Self::Unavailable(_) => "the events could not be stored; try again".to_owned(),
            Self::Away(_) => AWAY.to_owned(),
            Self::OtherBody => "this Idempotency-Key came before with another body".to_owned(),
            Self::NotFound(what) => format!("there is no such {what}"),
            Self::Internal(_) => "the server failed; its log says why".to_owned(),
        }
    }

    /// Seconds until it makes sense to try again.
    pub(in crate::doors) const fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Limited(limited) => Some(limited.retry_after),
            Self::Quota(quota) => Some(quota.retry_after),
            Self::Busy | Self::OutOfTime | Self::Away(_) => Some(1),
            Self::Unavailable(_) => Some(2),
            _ => None,
        }
    }

    /// What is wrong with the request, where it was refused for what it is: not
    /// for who sent it, nor for when, nor for how much came before it.
    pub(super) fn of_what_was_sent(&self) -> Option<Vec<FieldError>> {
        match self {
            Self::Invalid(errors) => Some(errors.clone()),
            Self::TooLarge(_)
            | Self::Unreadable(_)
            | Self::MediaType(_)
            | Self::Encoding
            | Self::TooIntricate(_)
            | Self::Malformed(_)
            | Self::TooManyEvents(_) => Some(vec![FieldError::new(loc!["body"], self.sentence())]),
            Self::KeyMissing
            | Self::KeyWrong
            | Self::WrongProject
            | Self::TooSlow
            | Self::Method
            | Self::OutOfTime
            | Self::Limited(_)
            | Self::Quota(_)
            | Self::Busy
            | Self::Unavailable(_)
            | Self::Away(_)
            | Self::OtherBody
            | Self::NotFound(_)
            | Self::Internal(_) => None,
        }
    }

    /// More events than the `most` that a request may carry. How many there are
    /// is not told: nobody has counted them to the end.
    pub(in crate::doors) fn too_many(most: usize) -> Self {
        Self::TooManyEvents(format!("a request may carry at most {most} events"))
    }

    /// The store failed on the way of events.
    pub(super) fn unavailable(error: &StoreError) -> Self {
        Self::Unavailable(error.to_string())
    }

    /// Logs what an operator should know of.
    pub(in crate::doors) fn log(&self, door: Door) {
        match self {
            Self::Internal(cause) => tracing::error!(%door, %cause, "request failed"),
            Self::Unavailable(cause) => tracing::warn!(%door, %cause, "refused: the store cannot be written"),
            Self::Away(cause) => tracing::warn!(%door, %cause, "the database is away or busy"),
            Self::Busy => tracing::warn!(%door, "refused: no room for more"),
            Self::OutOfTime => tracing::warn!(%door, "a request took too long"),
            _ => {}
        }
    }
}

impl From<IngestError> for Refusal {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::TooManyEvents { most, .. } => Self::too_many(most),
            IngestError::Limited(limited) => Self::Limited(limited),
            IngestError::Quota(quota) => Self::Quota(quota),
            IngestError::Busy => Self::Busy,
            IngestError::Halted(_) | IngestError::Closed | IngestError::Store(_) => {
                Self::Unavailable(error.to_string())
            }
        }
    }
}

impl From<Limited> for Refusal {
    fn from(limited: Limited) -> Self {
        Self::Limited(limited)
    }
}

impl From<StoreError> for Refusal {
    /// Of a read. What stands between an event and the store is [`Refusal::Unavailable`],
    /// whatever the cause: a sender is to keep its events and try again.
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            Self::Away(error.to_string())
        } else {
            Self::Internal(error.to_string())
        }
    }
}
