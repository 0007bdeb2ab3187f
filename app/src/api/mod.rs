//! The typed client of the public API. Pages use it alike while the server
//! renders them and in the browser: what the UI can do, `curl` can do.

mod auth;
mod error;
mod events;
mod keys;
mod projects;
mod send;
pub mod transport;

pub use auth::{log_in, log_out, me, register};
pub use error::{ApiError, ApiResult};
pub use events::{events, facets, one_event};
pub use keys::{create_key, keys, revoke_key};
pub use projects::{create_project, project, projects, projects_first_page};
