//! A project's settings.

mod keys;
mod new_key;
mod revoke;

pub(crate) use keys::KeysPage;
