//! A small HTTP client for tools: keep-alive, HTTPS without C libraries,
//! a time limit on every request and no surprises (no redirects, no proxies,
//! no cookies).

mod backoff;
mod base_url;
mod client;

pub use backoff::{Backoff, retry_after};
pub use base_url::BaseUrl;
pub use client::{Answer, Client, HttpError, MAX_ANSWER};
