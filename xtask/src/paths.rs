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
    /// Finds the checkout by what cargo says when it runs this; two checkouts
    /// may share a target folder, and so one compiled xtask.
    pub(crate) fn find() -> Result<Self> {
        let crate_root = std::env::var_os("CARGO_MANIFEST_DIR").context("run this as `cargo xtask`")?;
        let root = Path::new(&crate_root)
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
