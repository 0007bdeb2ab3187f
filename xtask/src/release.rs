//! The one binary.

use std::fs;

use anyhow::Result;

use crate::{cargo, paths::Paths, site, step};

/// Builds the site in its release form, then the binary that embeds it.
pub(crate) fn build(paths: &Paths) -> Result<()> {
    site::build(paths, true)?;
    let files = step::step(
        "Compiling the release binary",
        "seconds when little changed, 4 to 8 min the first time",
        || {
            cargo::build(
                &paths.root,
                &["--release", "--package", "eventglass-server", "--bin", "eventglass"],
            )
        },
    )?;
    let binary = cargo::find(&files, &format!("eventglass{}", std::env::consts::EXE_SUFFIX))?;
    let size = usize::try_from(fs::metadata(&binary)?.len())?;
    step::say(&format!("The release binary is {}", step::human_size(size)));
    step::print_path(&binary);
    Ok(())
}
