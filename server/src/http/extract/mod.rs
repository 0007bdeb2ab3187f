//! What handlers ask for. The extractors here are a security boundary: a
//! handler gets a user, a project or a key's project only from them.

mod body;
mod client;
mod encoding;
mod json;
mod key;
mod project;
mod query;
mod session;

pub use body::RawBody;
pub use client::ClientAddr;
pub use encoding::{ENCODINGS, is_encoded};
pub use json::JsonBody;
pub use key::{KeyError, holder_of_key};
pub use project::Member;
pub use query::{NoQuery, Pairs};
pub use session::{Caller, SESSION_COOKIE, is_same_origin, session_token};
