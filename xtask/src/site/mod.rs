//! The site: everything a browser downloads besides the pages themselves.

mod budget;
mod compress;
mod output;
mod style;
mod wasm;

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result};
use serde::Serialize;

use self::output::Output;
use crate::{cargo, paths::Paths, step::step};

/// Where the server finds the files of this build, as URL paths. It reads this
/// as `eventglass_app::assets::SiteAssets`.
#[derive(Serialize)]
struct Manifest {
    js: String,
    wasm: String,
    bundles: BTreeMap<String, Vec<String>>,
    css: String,
    fonts: Vec<String>,
}

/// Builds the site into `target/site`.
pub(crate) fn build(paths: &Paths, release: bool) -> Result<()> {
    let profile = if release { "wasm-release" } else { "dev" };
    let built = step(
        "Compiling the browser's half to wasm",
        "seconds when little changed, 3 min the first time",
        || {
            let files = cargo::build(
                &paths.root,
                &[
                    "--package",
                    "eventglass-frontend",
                    "--target",
                    "wasm32-unknown-unknown",
                    "--profile",
                    profile,
                ],
            )?;
            cargo::find(&files, "eventglass_frontend.wasm")
        },
    )?;
    let cache = cache_folder(&built)?;

    let bound = wasm::bind(paths, &built, &cache.join(profile), release)?;
    let style = style::build(paths, release)?;
    let public = output::public_files(&paths.root.join("style/public"))?;

    let mut site = Output::new(paths, release.then(|| cache.join("compressed")));
    // One folder, whose name changes with anything in it: the files import each
    // other by relative paths, both ways.
    let folder = format!("pkg/{}", output::hash_all(&bound.files));
    for (name, content) in &bound.files {
        site.add(&format!("{folder}/{name}"), content)?;
    }
    let url = |name: &str| format!("/{folder}/{name}");
    let bundles: BTreeMap<_, Vec<_>> = bound
        .bundles
        .iter()
        .map(|(bundle, files)| (bundle.clone(), files.iter().map(|file| url(file)).collect()))
        .collect();
    for font in &style.fonts {
        site.add(font.url.trim_start_matches('/'), &font.content)?;
    }
    let css = site.add_hashed("pkg/eventglass.css", style.css.as_bytes())?;
    for (name, content) in &public {
        site.add(name, content)?;
    }
    let fonts = style
        .fonts
        .iter()
        .filter(|font| font.preload)
        .map(|font| font.url.clone())
        .collect();
    let manifest = serde_json::to_vec_pretty(&Manifest {
        js: url(wasm::JS),
        wasm: url(wasm::MAIN),
        bundles: bundles.clone(),
        css,
        fonts,
    })?;

    site.finish(&manifest)?;
    if release {
        budget::check(site.sizes(), &bundles)?;
    }
    Ok(())
}

/// A folder for our own results beside cargo's, so that a clean checkout with a
/// warm target folder does not optimise and compress the same bytes again.
/// `built` is `<target>/wasm32-unknown-unknown/<profile>/<file>`.
fn cache_folder(built: &Path) -> Result<std::path::PathBuf> {
    let target = built
        .ancestors()
        .nth(3)
        .context("cargo's target folder has an unexpected shape")?;
    Ok(target.join("eventglass-site"))
}
