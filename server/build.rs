//! Makes sure that there is a site to embed, if only an empty one, and that a
//! release build notices a new one.

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let site = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../target/site");
    let manifest = site.join("manifest.json");
    if !manifest.exists() {
        fs::create_dir_all(&site)?;
        fs::write(&manifest, "")?;
    }
    // Other builds read the site from the disk while they run.
    if env::var("PROFILE")? == "release" {
        println!("cargo::rerun-if-changed={}", manifest.display());
        if fs::metadata(&manifest)?.len() == 0 {
            println!("cargo::warning=the site is not built, so this binary has no pages: run `cargo xtask release`");
        }
    }
    Ok(())
}
