//! What can go wrong with a request.

use eventglass_model::{FieldError, Loc, Problem};
use serde::{Deserialize, Serialize};

use crate::json::from_text;

/// What a call of the API gives.
pub type ApiResult<T> = Result<T, ApiError>;

/// Why a request gave no answer that a page can use. Pages rendered by the
/// server hand it to the browser, hence the serialisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiError {
    /// The server said no, and why.
    Refused(Box<Problem>),
    /// No answer came: offline, server down, or too slow.
    Unreachable,
    /// An answer came that this client cannot read, with its status.
    Unreadable(u16),
}

impl ApiError {
    /// What an answer with a status of failure says.
    pub(crate) fn of(status: u16, body: &str) -> Self {
        match from_text::<Problem>(body) {
            Ok(problem) => Self::Refused(Box::new(problem)),
            Err(_) => Self::Unreadable(status),
        }
    }

    /// HTTP status, when there was an answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(problem) => Some(problem.status),
            Self::Unreachable => None,
            Self::Unreadable(status) => Some(*status),
        }
    }

    /// The problem's code, a word for programs.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Refused(problem) => &problem.code,
            Self::Unreachable => "unreachable",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Whether one has to log in first.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        self.status() == Some(401)
    }

    /// A sentence for people.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Refused(problem) if problem.detail.is_empty() => problem.title.clone(),
            Self::Refused(problem) => problem.detail.clone(),
            Self::Unreachable => "The server does not answer.".to_owned(),
            Self::Unreadable(status) => format!("The server gave an answer ({status}) that this page cannot read."),
        }
    }

    /// What is wrong with one field of the body, if anything.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        let Self::Refused(problem) = self else { return None };
        let about = |error: &&FieldError| matches!(error.loc.last(), Some(Loc::Key(key)) if key == name);
        problem.errors.iter().find(about).map(|error| error.msg.clone())
    }
}

#[cfg(test)]
mod tests {
    use eventglass_model::loc;

    use super::*;

    #[test]
    fn finds_the_field_at_fault() {
        let mut problem = Problem::new(422, "Unprocessable", "validation", "two faults");
        problem.errors = vec![
            FieldError::new(loc!["body", "email"], "no shape"),
            FieldError::new(loc!["body", "password"], "short"),
        ];
        let error = ApiError::Refused(Box::new(problem));
        assert_eq!(error.field("password").as_deref(), Some("short"));
        assert_eq!(error.field("name"), None);
        assert_eq!(ApiError::Unreachable.field("name"), None);
    }
}
