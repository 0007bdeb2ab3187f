//! What the server hands to the pages it renders: where the site's files are,
//! and a way to say how the answer went.

use serde::Deserialize;

/// The site's files as URL paths. Their names carry a hash of their content,
/// so a browser may keep them for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SiteAssets {
    /// The module that loads the wasm and exports `hydrate`.
    pub js: String,
    /// The wasm itself.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The fonts every page needs, to be preloaded.
    pub fonts: Vec<String>,
}

#[cfg(feature = "ssr")]
mod server {
    use std::sync::Arc;

    /// Sets the HTTP status of the page being rendered. In the context of every
    /// rendering; absent in the browser, where a page has no status any more.
    #[derive(Clone)]
    pub struct PageStatus(pub Arc<dyn Fn(u16) + Send + Sync>);

    impl PageStatus {
        /// The page answers with this status; nonsense is ignored.
        pub fn set(&self, status: u16) {
            (self.0)(status);
        }
    }
}

#[cfg(feature = "ssr")]
pub use server::PageStatus;
