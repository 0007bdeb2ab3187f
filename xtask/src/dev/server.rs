//! The server that is being worked on.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread::sleep,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, Result};

use crate::{paths::Paths, step::say};

/// How long a server may take to finish what it has accepted.
const GRACE: Duration = Duration::from_secs(5);

/// The running server, if it runs.
pub(super) struct Server {
    root: PathBuf,
    arguments: Vec<String>,
    running: Option<(Child, SystemTime)>,
}

impl Server {
    pub(super) fn new(paths: &Paths, arguments: &[String]) -> Self {
        Self {
            root: paths.root.clone(),
            arguments: arguments.to_vec(),
            running: None,
        }
    }

    /// Starts this binary, or starts it again if it is newer than what runs.
    pub(super) fn run(&mut self, binary: &Path) -> Result<()> {
        let built = fs::metadata(binary)?.modified()?;
        if self.running.as_ref().is_some_and(|(_, running)| *running == built) {
            return Ok(());
        }
        self.stop();
        let child = Command::new(binary)
            .current_dir(&self.root)
            .arg("serve")
            .args(&self.arguments)
            // Pages load a script that reloads them; see server/src/http/site/reload.rs.
            .env("XTASK_DEV", "1")
            .spawn()
            .with_context(|| format!("cannot run {}", binary.display()))?;
        self.running = Some((child, built));
        Ok(())
    }

    /// Says so when the server ended by itself; the next change starts it again.
    pub(super) fn report_exit(&mut self) {
        if let Some((child, _)) = &mut self.running
            && let Ok(Some(status)) = child.try_wait()
        {
            say(&format!("The server ended: {status}"));
            self.running = None;
        }
    }

    /// Asks it to end, and ends it if it does not.
    pub(super) fn stop(&mut self) {
        let Some((mut child, _)) = self.running.take() else {
            return;
        };
        let asked = Command::new("kill").arg(child.id().to_string()).status();
        let deadline = Instant::now() + GRACE;
        while asked.is_ok() && Instant::now() < deadline {
            if matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            sleep(Duration::from_millis(20));
        }
        // It may have ended meanwhile; either way it is gone afterwards.
        let _ = child.kill();
        let _ = child.wait();
    }
}
