//! The site's files. A release binary carries them inside; other builds read
//! them from `target/site`, so that a page can change without compiling the
//! server.

use axum::body::Bytes;
use eventglass_app::assets::SiteAssets;
use rust_embed::Embed;

use super::{Find, files::File};

/// Tells where the files of this build are.
pub(super) const MANIFEST: &str = "manifest.json";

#[derive(Embed)]
#[folder = "../target/site"]
struct Files;

/// The file at this path.
pub(super) fn find(path: &str) -> Option<File> {
    let file = Files::get(path)?;
    Some(File {
        hash: file.metadata.sha256_hash(),
        content: match file.data {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
        },
    })
}

/// The names of the files that a page loads; none if the site was not built.
pub(super) fn assets(find: &Find) -> Option<SiteAssets> {
    serde_json::from_slice(&find(MANIFEST)?.content).ok()
}
