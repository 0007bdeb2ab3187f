//! The loop of `make dev`: build, serve, watch; at a change build again, start
//! the server again if it changed, and let the page load itself again.

mod server;
mod watch;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, Result};

use self::{server::Server, watch::Sources};
use crate::{
    cargo,
    paths::Paths,
    site,
    step::{say, step},
};

/// How often the sources are looked at. A few hundred `stat` calls, so cheap
/// that a dependency on the system's notifications would not pay.
const PAUSE: Duration = Duration::from_millis(300);

/// Runs until it is interrupted.
pub(crate) fn run(paths: &Paths, serve: &[String]) -> Result<()> {
    let stopping = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stopping);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed)).context("cannot listen for Ctrl-C")?;

    let mut server = Server::new(paths, serve);
    let mut sources = Sources::new(&paths.root);
    while !stopping.load(Ordering::Relaxed) {
        if sources.changed() {
            match build(paths).and_then(|binary| server.run(&binary)) {
                Ok(()) => say("Watching the sources; Ctrl-C ends it"),
                // Half-written code is the normal state of affairs here.
                Err(error) => say(&format!("{error:#}")),
            }
        }
        server.report_exit();
        sleep(PAUSE);
    }
    server.stop();
    Ok(())
}

/// The server first: the page reloads when the site changes, and must then
/// find a server that renders what the new wasm expects.
fn build(paths: &Paths) -> Result<std::path::PathBuf> {
    let files = step(
        "Compiling the server",
        "seconds when little changed, 4 min the first time",
        || cargo::build(&paths.root, &["--package", "eventglass-server", "--bin", "eventglass"]),
    )?;
    site::build(paths, false)?;
    cargo::find(&files, &format!("eventglass{}", std::env::consts::EXE_SUFFIX))
}
