//! The size that a visit may cost. A build over budget fails, so that the
//! pages stay quick by decision and not by luck.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::step::{human_size, say};

/// All wasm and JavaScript of a first visit, whichever bundle its page is in,
/// as brotli.
const FIRST_PAGE: usize = 400 * 1024;

/// What a bundle adds, at most, for a visitor who has the main wasm: about a
/// tenth of a second on a telephone's 10 Mbit/s.
const BUNDLE: usize = 225 * 1024;

/// One compressed file of the site.
pub(super) struct Size {
    pub(super) path: String,
    pub(super) raw: usize,
    pub(super) brotli: usize,
}

/// Prints the figures and fails over budget. `bundles`: the URL paths of the
/// further files of each bundle.
pub(super) fn check(sizes: &[Size], bundles: &BTreeMap<String, Vec<String>>) -> Result<()> {
    for size in sizes.iter().filter(|size| size.path.starts_with("pkg/")) {
        say(&format!(
            "  {:>9} brotli, {:>9} raw  {}",
            human_size(size.brotli),
            human_size(size.raw),
            size.path
        ));
    }
    let on_demand: BTreeSet<&str> = bundles.values().flatten().map(|file| plain(file)).collect();
    let main = sum(sizes, |path| is_code(path) && !on_demand.contains(path));
    spend("main", main, 0)?;
    for (name, files) in bundles {
        let files: BTreeSet<&str> = files.iter().map(|file| plain(file)).collect();
        spend(name, main, sum(sizes, |path| files.contains(path)))?;
    }
    Ok(())
}

/// Says what the first page of a bundle costs, or that it costs too much.
fn spend(name: &str, main: usize, bundle: usize) -> Result<()> {
    ensure!(
        bundle <= BUNDLE,
        "the bundle {name} is {} of brotli, over the budget of {}",
        human_size(bundle),
        human_size(BUNDLE)
    );
    ensure!(
        main + bundle <= FIRST_PAGE,
        "wasm and JavaScript of a first visit to {name} are {} of brotli, over the budget of {}",
        human_size(main + bundle),
        human_size(FIRST_PAGE)
    );
    say(&format!(
        "  {:>9} of {} for a first visit to {name}, {} of {} for it alone",
        human_size(main + bundle),
        human_size(FIRST_PAGE),
        human_size(bundle),
        human_size(BUNDLE)
    ));
    Ok(())
}

fn sum(sizes: &[Size], counts: impl Fn(&str) -> bool) -> usize {
    sizes
        .iter()
        .filter(|size| counts(&size.path))
        .map(|size| size.brotli)
        .sum()
}

fn is_code(path: &str) -> bool {
    path.ends_with(".js") || path.ends_with(".wasm")
}

/// A URL path as the site's files are named.
fn plain(url: &str) -> &str {
    url.trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(main: usize, events: usize, shared: usize) -> Vec<Size> {
        let size = |path: &str, brotli: usize| Size {
            path: path.to_owned(),
            raw: brotli * 4,
            brotli,
        };
        vec![
            size("pkg/1/main.wasm", main),
            size("pkg/1/main.js", 10),
            size("pkg/1/events.wasm", events),
            size("pkg/1/chunk.wasm", shared),
            size("pkg/a.css", FIRST_PAGE),
        ]
    }

    fn bundles() -> BTreeMap<String, Vec<String>> {
        let files = |names: &[&str]| names.iter().map(|name| format!("/pkg/1/{name}.wasm")).collect();
        BTreeMap::from([
            ("events".to_owned(), files(&["chunk", "events"])),
            ("settings".to_owned(), files(&["chunk"])),
        ])
    }

    #[test]
    fn each_first_visit_has_the_main_wasm_and_its_own_bundle() {
        let room = FIRST_PAGE - 10 - 30;
        assert!(check(&sizes(room, 10, 20), &bundles()).is_ok());
        assert!(check(&sizes(room + 1, 10, 20), &bundles()).is_err());
        assert!(check(&sizes(room + 11, 0, 20), &bundles()).is_err());
    }

    #[test]
    fn a_bundle_has_a_budget_of_its_own() {
        assert!(check(&sizes(0, BUNDLE - 20, 20), &bundles()).is_ok());
        assert!(check(&sizes(0, BUNDLE - 19, 20), &bundles()).is_err());
    }
}
