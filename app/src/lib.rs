//! The user interface: what the server renders and the browser takes over.
//!
//! The pages know the public API through [`api`] and nothing else of the
//! server. What the server gives to a rendering (its files, a way into the
//! API, a way to set the status) is in [`assets`] and [`api::transport`].

pub mod api;
mod app;
pub mod assets;
mod browser;
mod bundles;
mod components;
mod format;
mod hydration;
mod json;
mod layout;
mod live;
pub mod login;
mod order;
mod pages;
mod session;
#[cfg(feature = "ssr")]
mod shell;
mod status;
mod view;
mod window;

pub use app::*;
pub use bundles::{Bundle, load_this_page};
#[cfg(feature = "ssr")]
pub use shell::shell;
