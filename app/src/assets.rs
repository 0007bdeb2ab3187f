//! What the server hands to the pages it renders: where the site's files are,
//! and a way to say how the answer went.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Bundle;

/// The site's files as URL paths. Their names carry a hash of their content,
/// so a browser may keep them for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SiteAssets {
    /// The module that loads the wasm and exports `hydrate`.
    pub js: String,
    /// The main wasm, which has what every page needs.
    pub wasm: String,
    /// The further wasm files of each bundle, by its name.
    #[serde(default)]
    pub bundles: BTreeMap<String, Vec<String>>,
    /// The style sheet.
    pub css: String,
    /// The fonts every page needs, to be preloaded.
    pub fonts: Vec<String>,
}

impl SiteAssets {
    /// Every wasm file that the page at a path loads.
    #[must_use]
    pub fn wasm_of(&self, path: &str) -> Vec<String> {
        let bundle = Bundle::of(path).and_then(|bundle| self.bundles.get(bundle.name()));
        let mut files = vec![self.wasm.clone()];
        files.extend(bundle.into_iter().flatten().cloned());
        files
    }
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
