//! The steps that `cargo build` alone cannot do: compile the browser's half,
//! bind it, style it, name its files by their content, and put all of it into
//! one binary. Why a program of our own: `docs/decisions/0002-building.md`.

mod cargo;
mod dev;
mod paths;
mod release;
mod site;
mod step;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::paths::Paths;

/// Builds the site and the release binary.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the site into target/site: wasm, JavaScript, style, fonts.
    Site {
        /// Small and precompressed, and held to the size budget.
        #[arg(long)]
        release: bool,
    },
    /// Build the site, then the release binary that carries it.
    Release,
    /// Serve, and build, restart and reload the page whenever a source changes.
    Dev {
        /// Arguments for `eventglass serve`.
        #[arg(last = true)]
        serve: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            step::say(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let paths = Paths::find()?;
    match Arguments::parse().task {
        Task::Site { release } => site::build(&paths, release),
        Task::Release => release::build(&paths),
        Task::Dev { serve } => dev::run(&paths, &serve),
    }
}
