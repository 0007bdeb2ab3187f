//! From rustc's wasm to what a browser can load.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use wasm_bindgen_cli_support::Bindgen;

use super::output::hash;
use crate::{
    paths::Paths,
    step::{say, step},
};

/// What rustc's wasm32 target may emit. wasm-opt refuses what it is not told of.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Raise it when the steps below change, so that older results are not reused.
const RECIPE: &str = "3";

/// The wasm and the JavaScript that loads it.
pub(super) struct Bound {
    pub(super) wasm: Vec<u8>,
    js: String,
    pub(super) snippets: Snippets,
}

/// JavaScript that crates brought along with `inline_js` or `module`. The main
/// module imports it by relative path.
pub(super) struct Snippets {
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

impl Snippets {
    /// A name for their folder that changes when any of them does.
    pub(super) fn folder_name(&self) -> String {
        let mut everything = Vec::new();
        for (name, content) in &self.files {
            everything.extend_from_slice(name.as_bytes());
            everything.extend_from_slice(content);
        }
        format!("snippets.{}", hash(&everything))
    }
}

impl Bound {
    /// The main module, which imports its snippets from that folder.
    pub(super) fn js_with_snippets_in(&self, folder: &str) -> String {
        self.js
            .replace("'./snippets/", &format!("'./{folder}/"))
            .replace("\"./snippets/", &format!("\"./{folder}/"))
    }
}

/// Binds and, for a release, shrinks. Reuses the last result in `cache` if the
/// same bytes were bound before.
pub(super) fn bind(paths: &Paths, built: &Path, cache: &Path, release: bool) -> Result<Bound> {
    let input = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    let key = format!("{RECIPE} {release} {} {}", hash(&input), FEATURES.join(" "));
    let key_file = cache.join("key");
    if fs::read_to_string(&key_file).is_ok_and(|last| last == key) {
        say("The wasm has not changed: its last binding is reused");
        return load(cache);
    }

    if cache.exists() {
        fs::remove_dir_all(cache)?;
    }
    step("Binding wasm to JavaScript", "a few seconds", || {
        generate(&input, cache, release)
    })?;
    if release {
        step("Shrinking the wasm with wasm-opt", "1 to 2 min", || {
            optimise(paths, &wasm_file(cache))
        })?;
    }
    fs::write(&key_file, key)?;
    load(cache)
}

/// wasm-bindgen as a library: its version is the one in Cargo.lock, which must
/// equal that of the crate compiled into the wasm.
fn generate(input: &[u8], out: &Path, release: bool) -> Result<()> {
    Bindgen::new()
        .input_bytes("eventglass", input.to_vec())
        .web(true)?
        .typescript(false)
        // The page says where the wasm is: its name holds a hash.
        .omit_default_module_path(true)
        .keep_debug(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(out)
}

fn optimise(paths: &Paths, file: &Path) -> Result<()> {
    let small = file.with_extension("small.wasm");
    let status = Command::new(paths.node_program("wasm-opt")?)
        .args(FEATURES)
        .args(["-Oz", "--converge", "--strip-debug", "--strip-producers"])
        .arg(file)
        .arg("--output")
        .arg(&small)
        .status()
        .context("cannot run wasm-opt")?;
    ensure!(status.success(), "wasm-opt failed");
    fs::rename(&small, file)?;
    Ok(())
}

fn wasm_file(folder: &Path) -> PathBuf {
    folder.join("eventglass_bg.wasm")
}

fn load(folder: &Path) -> Result<Bound> {
    let mut files = BTreeMap::new();
    let snippets = folder.join("snippets");
    if snippets.exists() {
        super::output::read_folder(&snippets, "", &mut files)?;
    }
    Ok(Bound {
        wasm: fs::read(wasm_file(folder))?,
        js: fs::read_to_string(folder.join("eventglass.js"))?,
        snippets: Snippets { files },
    })
}
