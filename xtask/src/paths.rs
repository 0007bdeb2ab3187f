//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that the steps share.
pub(crate) struct Paths {
    /// The checkout.
    pub(crate) root: PathBuf,
    /// The finished site. Always inside the checkout, wherever cargo's target
    /// folder is: the server embeds it from there.
    pub(crate) site: PathBuf,
}

impl Paths {
    /// Finds the checkout from the place where this crate was compiled.
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the crate xtask has no parent folder")?
            .to_path_buf();
        Ok(Self {
            site: root.join("target/site"),
            root,
        })
    }

    /// A program that npm installed, e.g. `wasm-opt`.
    pub(crate) fn node_program(&self, name: &str) -> Result<PathBuf> {
        let path = self.root.join("node_modules/.bin").join(name);
        anyhow::ensure!(path.exists(), "{name} is missing: run `make setup` (or `npm ci`) first");
        Ok(path)
    }
}
