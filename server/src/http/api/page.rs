//! `limit` and `cursor` of lists that are ordered by an integer id.

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
    pub fn read(mut pairs: Pairs) -> Result<Self, ApiError> {
        let bad = |name: &str, msg: String| ApiError::invalid(vec![FieldError::new(loc!["query", name], msg)]);
        let cursor = pairs.take("cursor").map(|text| i64::from_str_radix(&text, 16));
        let limit = pairs
            .take("limit")
            .map(|text| text.parse().ok().filter(|n| (1..=MOST).contains(n)));
        pairs.nothing_else()?;
        let cursor = cursor
            .transpose()
            .map_err(|_| bad("cursor", "cursor is not one that this server gave".into()))?;
        let limit = match limit {
            None => DEFAULT,
            Some(Some(limit)) => limit,
            Some(None) => return Err(bad("limit", format!("must be a number from 1 to {MOST}"))),
        };
        Ok(Self { cursor, limit })
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
