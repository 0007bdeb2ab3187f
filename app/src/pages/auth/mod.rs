//! Coming in.

mod form;
mod home;

pub(crate) use form::{LoginPage, RegisterPage};
pub(crate) use home::Home;
