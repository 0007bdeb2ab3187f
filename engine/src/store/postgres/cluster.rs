//! A throw-away Postgres, for tests and measurements: in a temporary folder, on
//! a Unix socket there and a port of 127.0.0.1. It ends with the process that started it, however
//! that ends: a shell waits for the other end of its pipe to go.
//!
//! Found on the PATH or where Debian keeps it; `scripts/setup.sh` installs it.

use std::fs;
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long it may take to start, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    port: u16,
    settings: &'static [&'static str],
    databases: AtomicU32,
    /// Closed when this process ends, by whatever cause.
    _alive: ChildStdin,
}

/// Quick, and forgetful when the machine goes down. Ending the processes is no such thing.
#[allow(dead_code, reason = "for tests")]
pub const QUICK: &[&str] = &["fsync=off", "shared_buffers=64MB", "max_connections=300"];
/// As Debian sets it up: every commit is on the disk.
#[allow(dead_code, reason = "for measurements")]
pub const DURABLE: &[&str] = &[];

/// The cluster of this process, started when first asked for.
#[cfg(test)]
#[allow(dead_code, reason = "for tests")]
pub fn shared() -> &'static Cluster {
    static CLUSTER: std::sync::OnceLock<Cluster> = std::sync::OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start(&std::env::temp_dir(), QUICK).expect("Postgres"))
}

impl Cluster {
    /// Makes a cluster in a new folder in `parent`, and starts it.
    ///
    /// # Errors
    /// When Postgres is missing or does not start.
    pub fn start(parent: &Path, settings: &'static [&'static str]) -> io::Result<Self> {
        let bin = binaries()?;
        let folder = parent.join(format!("eventglass-pg-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        if is_root()? {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let initdb = [
            "--username=eventglass",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
            "--locale=C",
        ];
        run(as_user(&bin.join("initdb"))?
            .args(initdb)
            .arg("-D")
            .arg(folder.join("data")))?;

        // Not to end with us on Ctrl-C: it has to clean up.
        let watch = "trap '' INT TERM HUP; read -r _; kill -QUIT \"$(head -n 1 \"$1/data/postmaster.pid\")\"; \
             sleep 0.2; rm -rf \"$1\"";
        #[allow(clippy::zombie_processes, reason = "it outlives us")]
        let mut watcher = Command::new("sh")
            .args(["-c", watch, "sh"])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let alive = watcher.stdin.take().ok_or_else(|| io::Error::other("no pipe"))?;
        let cluster = Self {
            _alive: alive,
            folder,
            bin,
            port: free_port()?,
            settings,
            databases: AtomicU32::new(0),
        };
        cluster.launch()?;
        Ok(cluster)
    }

    /// Starts the server, which is not running, and waits until it answers.
    ///
    /// # Errors
    /// When it does not start; with its log.
    pub fn launch(&self) -> io::Result<()> {
        let log = fs::File::create(self.folder.join("log"))?;
        let mut command = as_user(&self.bin.join("postgres"))?;
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-k")
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()]);
        for setting in ["listen_addresses=127.0.0.1", "log_min_messages=error"]
            .iter()
            .chain(self.settings)
        {
            command.args(["-c", setting]);
        }
        #[allow(clippy::zombie_processes, reason = "the watcher ends it")]
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()?;
        let started = Instant::now();
        while self.execute("postgres", "SELECT 1").is_err() {
            if server.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                return Err(io::Error::other(fs::read_to_string(self.folder.join("log"))?));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Ends the server as a power cut would.
    ///
    /// # Errors
    /// When it was not running.
    #[allow(dead_code, reason = "for tests that cause faults")]
    pub fn crash(&self) -> io::Result<()> {
        let pid = self.server()?;
        run(Command::new("kill").args(["-QUIT", &pid]))?;
        let process = Path::new("/proc").join(pid).join("exe");
        while process.exists() || self.execute("postgres", "SELECT 1").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// The server's process.
    ///
    /// # Errors
    /// When it is not running.
    pub fn server(&self) -> io::Result<String> {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid"))?;
        let pid = file.lines().next().unwrap_or_default();
        Ok(pid.to_owned())
    }

    /// Where its files are.
    #[allow(dead_code, reason = "for measurements")]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// One of its programs, to be run as who owns the files.
    ///
    /// # Errors
    /// When the system does not tell who we are.
    #[allow(dead_code, reason = "for tests of backups")]
    pub fn program(&self, name: &str) -> io::Result<Command> {
        as_user(&self.bin.join(name))
    }

    /// Makes an empty database and gives its URL, by the Unix socket.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new_database(&self) -> io::Result<String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!(
            "postgres://eventglass@localhost/{name}?host={}&port={}",
            self.folder.display(),
            self.port
        ))
    }

    /// The URL of the same database by TCP, which is how most databases are reached.
    #[allow(dead_code, reason = "not for all tests")]
    pub fn over_tcp(&self, url: &str) -> String {
        format!("postgres://eventglass@127.0.0.1:{}/{}", self.port, name_in(url))
    }

    /// Its port of 127.0.0.1.
    #[allow(dead_code, reason = "for tests that stand in between")]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// As [`Self::new_database`].
    #[cfg(test)]
    #[allow(dead_code, reason = "for tests")]
    pub fn database(&self) -> String {
        self.new_database().expect("a database")
    }

    /// Runs statements in a database, by its name or by the URL that was given for it.
    ///
    /// # Errors
    /// When one of them fails.
    pub fn execute(&self, database: &str, statements: &str) -> io::Result<String> {
        let mut psql = Command::new(self.bin.join("psql"))
            .args([
                "-qXAt",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "eventglass",
                "-d",
                name_in(database),
                "-h",
            ])
            .arg(&self.folder)
            .args(["-p", &self.port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(mut input) = psql.stdin.take() {
            // It may be gone before it has read.
            let _ = input.write_all(statements.as_bytes());
        }
        let output = psql.wait_with_output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// The name of the database of a URL, or the name itself.
fn name_in(database: &str) -> &str {
    let path = database.split('?').next().unwrap_or(database);
    path.rsplit('/').next().unwrap_or(path)
}

/// Below the ports that systems give to clients: one of those could be taken
/// while the server is being started again, or connect to itself.
fn free_port() -> io::Result<u16> {
    let first = std::process::id() % 10_000;
    (0..10_000)
        .filter_map(|n| u16::try_from(20_000 + (first + n) % 10_000).ok())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| io::Error::other("no free port"))
}

fn is_root() -> io::Result<bool> {
    let id = Command::new("id").arg("-u").output()?;
    Ok(id.stdout.starts_with(b"0\n"))
}

/// A command as the user that Debian's package made, when we are root: Postgres refuses that.
fn as_user(program: &Path) -> io::Result<Command> {
    let mut command;
    if is_root()? {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
        command.arg(program);
    } else {
        command = Command::new(program);
    }
    command.current_dir("/");
    Ok(command)
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?}: {text}")))
}

fn binaries() -> io::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut of_debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    of_debian.sort();
    // A link in a folder of the PATH leads to where the others are.
    folders.extend(of_debian.into_iter().rev());
    folders
        .into_iter()
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_owned))
        .find(|folder| folder.join("postgres").exists() && folder.join("psql").exists())
        .ok_or_else(|| io::Error::other("Postgres is missing: run scripts/setup.sh --test"))
}
