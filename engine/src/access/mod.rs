//! Who may do what: passwords, sessions, projects and keys.

mod accounts;
mod attempts;
mod keys;
mod password;
mod projects;
pub(crate) mod secret;
mod views;

pub use accounts::{AccountError, Accounts, User};
pub use attempts::Attempts;
pub use keys::KeyRing;
pub use projects::{Access, AccessError, Role, Workspace};
pub use views::{ViewError, Views};
