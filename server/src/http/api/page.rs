//! `limit` and `cursor` of lists that are ordered by an integer id, or by a text.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use eventglass_model::{FieldError, loc};

use crate::http::error::ApiError;
use crate::http::extract::Pairs;

/// Items of a page when `limit` is not given.
const DEFAULT: usize = 100;
/// The most items of a page.
const MOST: usize = 500;

/// A page of a list.
pub struct IdPage {
    /// The id at which the page before ended.
    pub cursor: Option<i64>,
    /// How many.
    pub limit: usize,
}

impl IdPage {
    /// Reads the query string, which may hold nothing else.
    ///
    /// # Errors
    /// 422 that names what is wrong or unknown.
    pub fn read(pairs: Pairs) -> Result<Self, ApiError> {
        let (cursor, limit) = read(pairs)?;
        let cursor = cursor.map(|text| i64::from_str_radix(&text, 16));
        Ok(Self {
            cursor: cursor.transpose().map_err(|_| bad_cursor())?,
            limit,
        })
    }

    /// Cuts a list that was read with `limit + 1` and says where the next page begins.
    pub fn cut<T>(&self, items: &mut Vec<T>, id: impl Fn(&T) -> i64) -> Option<String> {
        if items.len() <= self.limit {
            return None;
        }
        items.truncate(self.limit);
        items.last().map(|item| format!("{:x}", id(item)))
    }
}

/// A page of a list that is ordered by a text.
pub struct TextPage {
    /// The text at which the page before ended.
    pub cursor: Option<String>,
    /// How many.
    pub limit: usize,
}

impl TextPage {
    /// As [`IdPage::read`].
    ///
    /// # Errors
    /// 422 that names what is wrong or unknown.
    pub fn read(pairs: Pairs) -> Result<Self, ApiError> {
        let (cursor, limit) = read(pairs)?;
        let text = |token: String| String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok();
        let cursor = cursor.map(|token| text(token).ok_or_else(bad_cursor));
        Ok(Self {
            cursor: cursor.transpose()?,
            limit,
        })
    }

    /// A text as a cursor.
    #[must_use]
    pub fn token(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }
}

/// `cursor` and `limit`, and nothing else.
fn read(mut pairs: Pairs) -> Result<(Option<String>, usize), ApiError> {
    let cursor = pairs.take("cursor");
    let limit = pairs
        .take("limit")
        .map(|text| text.parse().ok().filter(|n| (1..=MOST).contains(n)));
    pairs.nothing_else()?;
    match limit {
        None => Ok((cursor, DEFAULT)),
        Some(Some(limit)) => Ok((cursor, limit)),
        Some(None) => {
            let msg = format!("must be a number from 1 to {MOST}");
            Err(ApiError::invalid(vec![FieldError::new(loc!["query", "limit"], msg)]))
        }
    }
}

fn bad_cursor() -> ApiError {
    let msg = "cursor is not one that this server gave";
    ApiError::invalid(vec![FieldError::new(loc!["query", "cursor"], msg)])
}
