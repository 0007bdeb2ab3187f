//! Copies of a database that is in use.
//!
//! SQLite's backup API reads pages of one moment, which a read transaction
//! holds fast: commits go on beside it, and are not in the copy. The log cannot
//! be started over meanwhile, and grows by what is committed. `VACUUM INTO`
//! would do the same, but builds every tree anew, which takes longer and is
//! felt by commits: docs/decisions/0016 has the figures.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::upgrade::BEFORE;
use crate::store::StoreError;

/// Pages copied between two reports (16 MiB of them).
const STEP_PAGES: i32 = 4_096;
/// How long to wait for a file that another program holds.
const BUSY: Duration = Duration::from_secs(5);

/// What a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Events.
    pub events: u64,
    /// Its size.
    pub bytes: u64,
}

/// Told how many bytes of how many are copied.
pub type Progress<'a> = dyn FnMut(u64, u64) + 'a;

/// Copies a database, which may be in use, to `target`, which appears when it
/// is whole, on the disk and checked. Everything that was committed before this
/// began is in it. Blocks.
///
/// # Errors
/// When `target` is there and is not to be replaced, and when the copy is not
/// sound; then nothing is left behind.
pub fn backup(source: &Path, target: &Path, replace: bool, progress: &mut Progress<'_>) -> Result<Copied, StoreError> {
    refuse_to_overwrite(target, replace)?;
    let partial = Partial::beside(target)?;
    copy(source, &partial.0, progress)?;
    let copied = check(&partial.0)?;
    partial.publish(target, replace)?;
    Ok(copied)
}

/// Puts a backup in the place of a database that is not in use, in the schema
/// in which it was made. Blocks.
///
/// # Errors
/// When `target` is there and is not to be replaced or is in use, and when the
/// backup is not sound; then `target` is as it was.
pub fn restore(backup: &Path, target: &Path, replace: bool, progress: &mut Progress<'_>) -> Result<Copied, StoreError> {
    refuse_to_overwrite(target, replace)?;
    let partial = Partial::beside(target)?;
    copy(backup, &partial.0, progress)?;
    let copied = check(&partial.0)?;
    if target.exists() {
        put_away(target)?;
    } else {
        // Of a database that is gone: they would be taken for the new one's.
        for end in ["-wal", "-shm"] {
            let _ = fs::remove_file(with_end(target, end));
        }
    }
    partial.publish(target, true)?;
    Ok(copied)
}

fn refuse_to_overwrite(target: &Path, replace: bool) -> Result<(), StoreError> {
    if target.exists() && !replace {
        return Err(StoreError::Conflict("the name of that file"));
    }
    Ok(())
}

fn copy(source: &Path, target: &Path, progress: &mut Progress<'_>) -> Result<(), StoreError> {
    let from = Connection::open_with_flags(
        source,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    from.busy_timeout(BUSY)?;
    let moment = from.unchecked_transaction()?;
    let page_bytes: u32 = moment.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    // The first read is what the moment is.
    moment.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;

    let mut to = Connection::open(target)?;
    to.execute_batch("PRAGMA synchronous = OFF")?;
    let backup = Backup::new(&moment, &mut to)?;
    loop {
        let step = backup.step(STEP_PAGES)?;
        let state = backup.progress();
        let pages = |count: i32| u64::try_from(count).unwrap_or(0) * u64::from(page_bytes);
        progress(pages(state.pagecount - state.remaining), pages(state.pagecount));
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    drop(backup);
    // One file, without a log beside it.
    to.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    to.close().map_err(|(_, error)| error)?;
    File::open(target)?.sync_all()?;
    Ok(())
}

/// Whether a copy is sound: by SQLite's own check, and by the projects' counts.
fn check(path: &Path) -> Result<Copied, StoreError> {
    let copy = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Inconsistent(format!("the copy is not sound: {verdict}")));
    }
    let count = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, i64>(0));
    let mut events = count("SELECT count(*) FROM events WHERE project_id > 0")?;
    if count(&format!("SELECT count(*) FROM sqlite_master WHERE name = '{BEFORE}'"))? > 0 {
        events += count(&format!("SELECT count(*) FROM {BEFORE} WHERE project_id > 0"))?;
    }
    let counted = count("SELECT coalesce(sum(event_count), 0) FROM projects")?;
    if events != counted {
        let reason = format!("the copy holds {events} events, and its projects count {counted}");
        return Err(StoreError::Inconsistent(reason));
    }
    Ok(Copied {
        events: u64::try_from(events).unwrap_or(0),
        bytes: fs::metadata(path)?.len(),
    })
}

/// Makes sure that nobody uses a database, and moves its log into it.
fn put_away(path: &Path) -> Result<(), StoreError> {
    let alone = || {
        let database = Connection::open(path)?;
        database.busy_timeout(Duration::from_millis(500))?;
        // Leaving the log's mode takes a lock that no other connection shares.
        database.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0))
    };
    match alone() {
        Ok(mode) if mode == "delete" => Ok(()),
        // No database, or a damaged one, which is what a restore is for.
        Err(rusqlite::Error::SqliteFailure(error, _))
            if matches!(
                error.code,
                rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt
            ) =>
        {
            Ok(())
        }
        _ => Err(StoreError::InUse),
    }
}

/// A file that is not whole yet. It goes when this does.
struct Partial(PathBuf);

impl Partial {
    /// Beside the file that it is to become, so that it can be renamed to it;
    /// for its owner alone, as it holds hashes of secrets.
    fn beside(target: &Path) -> io::Result<Self> {
        let path = with_end(target, &format!(".partial-{}", std::process::id()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path)?;
        Ok(Self(path))
    }

    fn publish(self, target: &Path, replace: bool) -> Result<(), StoreError> {
        refuse_to_overwrite(target, replace)?;
        fs::rename(&self.0, target)?;
        // The rename is on the disk when the folder is.
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for end in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(with_end(&self.0, end));
        }
    }
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sqlite::SqliteStore;

    /// A database without events.
    async fn database(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        drop(SqliteStore::open(&path).await.unwrap());
        path
    }

    #[tokio::test]
    async fn nothing_is_overwritten_unless_told() {
        let folder = tempfile::tempdir().unwrap();
        let source = database(folder.path(), "a.db").await;
        let target = folder.path().join("backup.db");
        fs::write(&target, "precious").unwrap();
        let refused = backup(&source, &target, false, &mut |_, _| {}).unwrap_err();
        assert!(matches!(refused, StoreError::Conflict(_)));
        assert_eq!(fs::read(&target).unwrap(), b"precious");
        let copied = backup(&source, &target, true, &mut |_, _| {}).unwrap();
        assert_eq!((copied.events, copied.bytes), (0, fs::metadata(&target).unwrap().len()));
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().flatten().collect();
        assert!(
            !left
                .iter()
                .any(|file| file.file_name().to_string_lossy().contains("partial"))
        );
    }

    #[tokio::test]
    async fn damage_is_noticed_and_what_was_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let source = database(folder.path(), "a.db").await;
        let (good, bad) = (folder.path().join("good.db"), folder.path().join("bad.db"));
        backup(&source, &good, false, &mut |_, _| {}).unwrap();
        let mut bytes = fs::read(&good).unwrap();
        let end = bytes.len() - 20_000;
        bytes[end..end + 8_000].fill(0xAA);
        fs::write(&bad, bytes).unwrap();
        let target = database(folder.path(), "b.db").await;
        let before = fs::read(&target).unwrap();
        restore(&bad, &target, true, &mut |_, _| {}).unwrap_err();
        assert_eq!(fs::read(&target).unwrap(), before);
        // Counts that no longer add up.
        let tampered = Connection::open(&good).unwrap();
        tampered
            .execute(
                "INSERT INTO projects (slug, name, created_at, event_count) VALUES ('p', 'p', 0, 7)",
                [],
            )
            .unwrap();
        drop(tampered);
        let refused = restore(&good, &target, true, &mut |_, _| {}).unwrap_err();
        assert!(refused.to_string().contains("count 7"), "{refused}");
    }

    #[tokio::test]
    async fn a_database_in_use_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let source = database(folder.path(), "a.db").await;
        let good = folder.path().join("good.db");
        backup(&source, &good, false, &mut |_, _| {}).unwrap();
        let target = folder.path().join("b.db");
        let store = SqliteStore::open(&target).await.unwrap();
        let refused = restore(&good, &target, true, &mut |_, _| {}).unwrap_err();
        assert!(matches!(refused, StoreError::InUse), "{refused}");
        crate::store::Store::close(&store).await;
        drop(store);
        restore(&good, &target, true, &mut |_, _| {}).unwrap();
        restore(&good, &folder.path().join("new.db"), false, &mut |_, _| {}).unwrap();
    }
}
