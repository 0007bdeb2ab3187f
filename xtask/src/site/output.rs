//! Writes the site's folder: names, compressed twins, nothing stale.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::{budget::Size, compress::Compressor};
use crate::paths::Paths;

/// The site in the making.
pub(super) struct Output {
    root: PathBuf,
    compressor: Option<Compressor>,
    /// Every file that belongs to the site, by its path inside it.
    written: BTreeSet<String>,
    sizes: Vec<Size>,
}

impl Output {
    /// `compressed`: where compressed files are remembered; none for a build
    /// that is not compressed.
    pub(super) fn new(paths: &Paths, compressed: Option<PathBuf>) -> Self {
        Self {
            root: paths.site.clone(),
            compressor: compressed.map(Compressor::new),
            written: BTreeSet::new(),
            sizes: Vec::new(),
        }
    }

    /// Adds a file under a name that holds its hash and gives its URL path.
    pub(super) fn add_hashed(&mut self, path: &str, content: &[u8]) -> Result<String> {
        let (stem, extension) = path.rsplit_once('.').context("a site file without an extension")?;
        let hashed = format!("{stem}.{}.{extension}", hash(content));
        self.add(&hashed, content)?;
        Ok(format!("/{hashed}"))
    }

    /// Adds a file, and in a release its brotli and gzip twins.
    pub(super) fn add(&mut self, path: &str, content: &[u8]) -> Result<()> {
        self.write(path, content)?;
        let Some(compressor) = &mut self.compressor else {
            return Ok(());
        };
        if !is_compressible(path) {
            return Ok(());
        }
        let pair = compressor.compress(content)?;
        self.write(&format!("{path}.br"), &pair.brotli)?;
        self.write(&format!("{path}.gz"), &pair.gzip)?;
        self.sizes.push(Size {
            path: path.to_owned(),
            raw: content.len(),
            brotli: pair.brotli.len(),
        });
        Ok(())
    }

    /// Writes the manifest, last, so that whoever watches it finds all files in
    /// their places, and removes what earlier builds left.
    pub(super) fn finish(&mut self, manifest: &[u8]) -> Result<()> {
        self.write("manifest.json", manifest)?;
        let mut present = BTreeMap::new();
        list_folder(&self.root, "", &mut present)?;
        for (name, path) in present {
            if !self.written.contains(&name) {
                fs::remove_file(path)?;
            }
        }
        if let Some(compressor) = &self.compressor {
            compressor.forget_unused()?;
        }
        Ok(())
    }

    /// The compressed files with their sizes.
    pub(super) fn sizes(&self) -> &[Size] {
        &self.sizes
    }

    /// Leaves a file with the same content alone, so that its time stamp does
    /// not make cargo compile the server again.
    fn write(&mut self, path: &str, content: &[u8]) -> Result<()> {
        let target = self.root.join(path);
        self.written.insert(path.to_owned());
        if fs::read(&target).is_ok_and(|present| present == content) {
            return Ok(());
        }
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&target, content).with_context(|| format!("cannot write {}", target.display()))
    }
}

/// Fonts are compressed already.
fn is_compressible(path: &str) -> bool {
    [".js", ".wasm", ".css", ".svg", ".txt", ".json"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// The first 16 hexadecimal digits of SHA-256: enough to tell builds apart.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The same for some files together, with their names.
pub(super) fn hash_all(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut everything = Vec::new();
    for (name, content) in files {
        everything.extend_from_slice(name.as_bytes());
        everything.extend_from_slice(&content.len().to_le_bytes());
        everything.extend_from_slice(content);
    }
    hash(&everything)
}

/// What is served at the site's root as it is: favicon, robots.txt.
pub(super) fn public_files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if folder.exists() {
        read_folder(folder, "", &mut files)?;
    }
    Ok(files)
}

/// Reads all files below a folder; names are relative and use `/`.
pub(super) fn read_folder(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut listed = BTreeMap::new();
    list_folder(folder, prefix, &mut listed)?;
    for (name, path) in listed {
        into.insert(name, fs::read(path)?);
    }
    Ok(())
}

fn list_folder(folder: &Path, prefix: &str, into: &mut BTreeMap<String, PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_folder(&entry.path(), &format!("{name}/"), into)?;
        } else {
            into.insert(name, entry.path());
        }
    }
    Ok(())
}
