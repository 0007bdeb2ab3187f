//! A throw-away Postgres for tests: in a temporary folder, on a Unix socket
//! alone, without fsync. It ends with the process that started it, however
//! that ends: a shell waits for the other end of its pipe to go.
//!
//! Found on the PATH or where Debian keeps it; `scripts/setup.sh` installs it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running cluster.
pub struct Cluster {
    folder: PathBuf,
    bin: PathBuf,
    databases: AtomicU32,
    /// Closed when this process ends, by whatever cause.
    _alive: ChildStdin,
}

/// The cluster of this process, started when first asked for.
pub fn shared() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

impl Cluster {
    fn start() -> Self {
        let bin = binaries();
        let folder = std::env::temp_dir().join(format!("eventglass-pg-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let initdb = [
            "--username=eventglass",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
            "--locale=C",
        ];
        run(as_user(&bin.join("initdb"))
            .args(initdb)
            .arg("-D")
            .arg(folder.join("data")));

        // Not to end with us on Ctrl-C: it has to clean up.
        let watch = "trap '' INT TERM HUP; read -r _; kill -QUIT \"$(head -n 1 \"$1/data/postmaster.pid\")\"; \
             sleep 0.2; rm -rf \"$1\"";
        #[expect(clippy::zombie_processes, reason = "it outlives us")]
        let mut watcher = Command::new("sh")
            .args(["-c", watch, "sh"])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self {
            _alive: watcher.stdin.take().unwrap(),
            folder,
            bin,
            databases: AtomicU32::new(0),
        };
        cluster.launch();
        cluster
    }

    fn launch(&self) {
        let log = fs::File::create(self.folder.join("log")).unwrap();
        let settings = [
            "listen_addresses=",
            "fsync=off",
            "max_connections=300",
            "shared_buffers=64MB",
            "log_min_messages=error",
        ];
        let mut command = as_user(&self.bin.join("postgres"));
        command
            .arg("-D")
            .arg(self.folder.join("data"))
            .arg("-k")
            .arg(&self.folder);
        for setting in settings {
            command.args(["-c", setting]);
        }
        #[expect(clippy::zombie_processes, reason = "the watcher ends it")]
        let mut server: Child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        let started = Instant::now();
        while !self.answers() {
            if server.try_wait().unwrap().is_some() || started.elapsed() > Duration::from_secs(30) {
                panic!("Postgres: {}", fs::read_to_string(self.folder.join("log")).unwrap());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn answers(&self) -> bool {
        self.psql("SELECT 1", "postgres")
    }

    fn psql(&self, statement: &str, database: &str) -> bool {
        let mut psql = Command::new(self.bin.join("psql"))
            .args(["-qX", "-v", "ON_ERROR_STOP=1", "-U", "eventglass", "-d", database, "-h"])
            .arg(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // It may be gone before it has read.
        let _ = psql.stdin.take().unwrap().write_all(statement.as_bytes());
        psql.wait().unwrap().success()
    }

    /// Makes an empty database and gives its URL.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        assert!(
            self.psql(&format!("CREATE DATABASE {name}"), "postgres"),
            "cannot make {name}"
        );
        format!("postgres://eventglass@localhost/{name}?host={}", self.folder.display())
    }

    /// Cuts all connections, whatever they are doing.
    #[allow(dead_code, reason = "for the tests that cause faults")]
    pub fn cut_connections(&self) {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = 'eventglass' AND pid <> pg_backend_pid()";
        assert!(self.psql(cut, "postgres"), "cannot cut connections");
    }

    /// Holds all projects of a database as a server would that hangs in mid-commit.
    #[allow(dead_code, reason = "for the tests that cause faults")]
    pub fn hold_projects(&self, url: &str, seconds: u32) {
        let database = url.split("localhost/").nth(1).and_then(|rest| rest.split('?').next());
        let hold = format!("BEGIN; SELECT 1 FROM projects FOR UPDATE; SELECT pg_sleep({seconds}); COMMIT");
        assert!(self.psql(&hold, database.unwrap_or_default()), "cannot hold projects");
    }

    /// Ends the server as a power cut would, and starts it again after a while.
    #[allow(dead_code, reason = "for the tests that cause faults")]
    pub fn crash_and_restart(&self, after: Duration) {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let pid = file.lines().next().unwrap().to_owned();
        run(Command::new("kill").args(["-QUIT", &pid]));
        while Path::new("/proc").join(&pid).join("exe").exists() || self.answers() {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(after);
        self.launch();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.starts_with(b"0\n")
}

/// A command as the user that Debian's package made, when we are root: Postgres refuses that.
fn as_user(program: &Path) -> Command {
    let mut command;
    if is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
        command.arg(program);
    } else {
        command = Command::new(program);
    }
    command.current_dir("/");
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
}

fn binaries() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut of_debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    of_debian.sort();
    // A link in a folder of the PATH leads to where the others are.
    folders.extend(of_debian.into_iter().rev());
    let found = folders
        .into_iter()
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_owned))
        .find(|folder| folder.join("postgres").exists() && folder.join("psql").exists());
    found.expect("Postgres is missing: run scripts/setup.sh --test")
}
