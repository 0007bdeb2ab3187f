//! Who sends.

use eventglass_model::Door;

/// The sender of a request, as far as its key and headers tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sender {
    /// Where its events go.
    pub project_id: i64,
    /// The key it sent with.
    pub key_id: i64,
    /// The dialect it speaks.
    pub door: Door,
    /// What its SDK calls itself, `name/version`; may be empty.
    pub sdk: String,
}
