//! Calls the same cargo that runs us, and learns from it where its results are.

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// One line of cargo's `--message-format=json`; what we do not need is left out.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// Runs `cargo build` with these arguments and gives the paths of every file
/// that it made or found fresh. Asking cargo is the only way to know them: the
/// target folder may be set by the environment or by a configuration file.
pub(crate) fn build(root: &Path, arguments: &[&str]) -> Result<Vec<PathBuf>> {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut child = Command::new(program)
        .current_dir(root)
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;

    let mut files = Vec::new();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let message: Message = serde_json::from_str(&line?).context("cargo said something unexpected")?;
            files.extend(message.filenames);
        }
    }
    ensure!(child.wait()?.success(), "cargo build {} failed", arguments.join(" "));
    Ok(files)
}

/// Picks a file by its name out of what `build` gave.
pub(crate) fn find(files: &[PathBuf], name: &str) -> Result<PathBuf> {
    files
        .iter()
        .find(|path| path.file_name().is_some_and(|file| file == name))
        .cloned()
        .with_context(|| format!("cargo built no {name}"))
}
