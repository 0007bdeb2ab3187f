//! Starts the program as a child and makes sure that it ends.

use std::fs::OpenOptions;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use http::Method;

use crate::http::{BaseUrl, Client};

/// How long a server may take to be ready.
const START: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);
/// How much of a failed server's log is shown, in lines.
const TAIL: usize = 20;

/// A running `eventglass serve` on a free port of 127.0.0.1. It is killed
/// when this is dropped, whatever the reason.
#[derive(Debug)]
pub struct ServerProcess {
    child: Child,
    url: BaseUrl,
}

impl ServerProcess {
    /// Starts `program serve` on the folder `data` and waits until it is
    /// ready. What it prints is added to the file `log`; it inherits the
    /// environment, so its settings can be varied from outside, except those
    /// that a client needs.
    ///
    /// # Errors
    /// When it cannot be started, ends, or is not ready within 30 s; with the end of its log.
    pub async fn start(program: &Path, data: &Path, log: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, data, log, &[]).await
    }

    /// As [`Self::start`], with settings by their names in the environment.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_with(
        program: &Path,
        data: &Path,
        log: &Path,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let port = free_port().context("no free port on 127.0.0.1")?;
        let out = OpenOptions::new().create(true).append(true).open(log)?;
        let child = Command::new(program)
            .arg("serve")
            .args(["--addr", &format!("127.0.0.1:{port}")])
            .arg("--data")
            .arg(data)
            // Not to pick up an eventglass.toml from the folder we happen to be in.
            .current_dir(log.parent().unwrap_or_else(|| Path::new(".")))
            .env("EVENTGLASS_OPEN_REGISTRATION", "true")
            .env("EVENTGLASS_METRICS_TOKEN", "")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let url = format!("http://127.0.0.1:{port}").parse()?;
        // From here on the guard ends the child, whatever happens.
        let mut server = Self { child, url };
        match server.wait_until_ready().await {
            Ok(()) => Ok(server),
            Err(error) => Err(error.context(tail(log))),
        }
    }

    async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let client = Client::new(false, Duration::from_secs(2))?;
        let ready = self.url.at("/readyz")?;
        let started = Instant::now();
        while started.elapsed() < START {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended by itself: {status}");
            }
            let answer = client.send(Method::GET, ready.clone(), &[], "").await;
            if answer.is_ok_and(|answer| answer.is_success()) {
                return Ok(());
            }
            tokio::time::sleep(POLL).await;
        }
        bail!("the server is not ready after {START:?}")
    }

    /// Where it listens.
    #[must_use]
    pub const fn url(&self) -> &BaseUrl {
        &self.url
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would: SIGKILL, no last words. Waits until it is gone.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        // Both fail only when it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Another program could take it in between; nothing here would.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.get(lines.len().saturating_sub(TAIL)..).unwrap_or_default();
    format!("the end of its log:\n{}", end.join("\n"))
}

/// The program that is running now.
///
/// # Errors
/// When the system does not tell.
pub(crate) fn this_program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("cannot tell which program this is")
}
