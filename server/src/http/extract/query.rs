//! The query string.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use eventglass_model::{FieldError, decode_pairs, loc};

use crate::http::error::ApiError;

/// The pairs of the query string, as they stand.
pub struct Pairs(pub Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Pairs {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(decode_pairs(parts.uri.query().unwrap_or_default())))
    }
}

impl Pairs {
    /// Takes the last value of a name out of the pairs.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        self.0.retain_mut(|(key, value)| {
            let hit = key == name;
            if hit {
                found = Some(std::mem::take(value));
            }
            !hit
        });
        found
    }

    /// Takes a yes or no out of the pairs; no when it is not there.
    ///
    /// # Errors
    /// 422 for another word.
    pub fn flag(&mut self, name: &'static str) -> Result<bool, ApiError> {
        match self.take(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => {
                let error = FieldError::new(loc!["query", name], "must be `true` or `false`");
                Err(ApiError::invalid(vec![error]))
            }
        }
    }

    /// Refuses what has not been taken.
    ///
    /// # Errors
    /// 422 that names each.
    pub fn nothing_else(self) -> Result<(), ApiError> {
        let error = |(name, _): (String, String)| FieldError::new(loc!["query", name.as_str()], "unknown parameter");
        let errors: Vec<FieldError> = self.0.into_iter().map(error).collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(ApiError::invalid(errors))
        }
    }
}

/// A handler that takes no query parameters.
pub struct NoQuery;

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Pairs(decode_pairs(parts.uri.query().unwrap_or_default()))
            .nothing_else()
            .map(|()| Self)
    }
}
