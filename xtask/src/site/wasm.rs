//! From rustc's wasm to what a browser can load.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
};

use anyhow::{Context, Result, anyhow, ensure};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support as wasm_split;

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

/// What is made of the input. The names stay: the folder they are in gets a
/// name that holds their hash.
pub(super) const JS: &str = "eventglass.js";
pub(super) const MAIN: &str = "eventglass_bg.wasm";
const LOADER: &str = "bundles.js";

/// Raise it when the steps below change, so that older results are not reused.
const RECIPE: &str = "4";

/// The wasm files and the JavaScript that loads them, by their paths relative to
/// each other.
pub(super) struct Bound {
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The further wasm files of each bundle, by its name.
    pub(super) bundles: BTreeMap<String, Vec<String>>,
}

/// Splits, binds and, for a release, shrinks. Reuses the last result in `cache`
/// if the same bytes were bound before.
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
    let site = cache.join("site");
    let main = cache.join("main.wasm");
    let bundles = step("Splitting the wasm into bundles", "a few seconds", || {
        split(&input, &site, &main)
    })?;
    step("Binding wasm to JavaScript", "a few seconds", || {
        generate(&main, &site, release)
    })?;
    if release {
        step("Shrinking the wasm with wasm-opt", "1 to 2 min", || {
            optimise(paths, &site)
        })?;
    }
    fs::write(cache.join(BUNDLES), serde_json::to_vec(&bundles)?)?;
    fs::write(&key_file, key)?;
    load(cache)
}

/// Where a finished binding remembers which bundle has which files.
const BUNDLES: &str = "bundles.json";

/// Moves what only the bundles need out of the main wasm, and writes the
/// JavaScript that fetches it.
fn split(input: &[u8], site: &Path, main: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let mut options = wasm_split::Options::new(input);
    let link = format!("./{LOADER}");
    let module = format!("./{JS}");
    options.output_dir = site;
    options.main_out_path = main;
    options.link_name = &link;
    options.main_module = &module;
    let done = wasm_split::transform(options).map_err(|error| anyhow!("cannot split the wasm: {error:#}"))?;
    let files = |names: Vec<String>| names.into_iter().map(|name| format!("{name}.wasm")).collect();
    Ok(done
        .prefetch_map
        .into_iter()
        .map(|(bundle, names)| (bundle, files(names)))
        .collect())
}

/// wasm-bindgen as a library: its version is the one in Cargo.lock, which must
/// equal that of the crate compiled into the wasm.
fn generate(main: &Path, out: &Path, release: bool) -> Result<()> {
    Bindgen::new()
        .input_bytes("eventglass", fs::read(main)?)
        .web(true)?
        .typescript(false)
        // The page says where the wasm is: its path holds a hash.
        .omit_default_module_path(true)
        // The bundles reach into the main wasm by the linker's names.
        .keep_lld_exports(true)
        .demangle(false)
        .keep_debug(false)
        .remove_name_section(release)
        .remove_producers_section(release)
        .generate(out)
}

/// As many files at once as there are cores, the largest first.
fn optimise(paths: &Paths, site: &Path) -> Result<()> {
    let mut files = Vec::new();
    for entry in fs::read_dir(site)? {
        let entry = entry?;
        let file = entry.path();
        if file.extension().is_some_and(|extension| extension == "wasm") {
            files.push((entry.metadata()?.len(), file));
        }
    }
    files.sort();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut running: VecDeque<(PathBuf, Child)> = VecDeque::new();
    while let Some((_, file)) = files.pop() {
        if running.len() == cores
            && let Some(first) = running.pop_front()
        {
            finish(first)?;
        }
        let child = Command::new(paths.node_program("wasm-opt")?)
            .args(FEATURES)
            .args(["-Oz", "--converge", "--strip-debug", "--strip-producers"])
            .arg(&file)
            .arg("--output")
            .arg(file.with_extension("small"))
            .spawn()
            .context("cannot run wasm-opt")?;
        running.push_back((file, child));
    }
    running.into_iter().try_for_each(finish)
}

fn finish((file, mut child): (PathBuf, Child)) -> Result<()> {
    ensure!(child.wait()?.success(), "wasm-opt failed on {}", file.display());
    fs::rename(file.with_extension("small"), &file)?;
    Ok(())
}

fn load(cache: &Path) -> Result<Bound> {
    let mut files = BTreeMap::new();
    super::output::read_folder(&cache.join("site"), "", &mut files)?;
    let bundles = serde_json::from_slice(&fs::read(cache.join(BUNDLES))?)?;
    Ok(Bound { files, bundles })
}
