//! Connections for walks. They speak to SQLite through `rusqlite`: a walk looks
//! at each row where it lies, and stops between two rows when its time is over
//! or nobody waits for it any more.
//!
//! Each has a thread to itself, which ends with it. So it can be given a lower
//! priority ([`give_way`]): the system does not let one take that back.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::{Semaphore, oneshot};

use crate::store::StoreError;

/// A few connections that read.
pub(super) struct Readers {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    room: Arc<Semaphore>,
}

/// Tells a thread that nobody waits for it any more.
#[derive(Clone, Default)]
pub(super) struct Abandoned(Arc<AtomicBool>);

impl Abandoned {
    /// Whether that is so.
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Sets [`Abandoned`] when it is dropped.
struct OnDrop(Abandoned);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

impl Readers {
    /// So many connections. They are opened now, and have read: what is stored
    /// can then be read even while the file is not where it was.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(super) fn open(path: &Path, most: usize) -> Result<Self, StoreError> {
        let connections: Vec<Connection> = (0..most).map(|_| open(path)).collect::<Result<_, _>>()?;
        Ok(Self {
            path: path.to_owned(),
            idle: Arc::new(Mutex::new(connections)),
            room: Arc::new(Semaphore::new(most)),
        })
    }

    /// Lends a connection to work, on a thread of its own.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &Abandoned) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = |_| StoreError::Inconsistent("the store is closed".to_owned());
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(closed)?;
        let abandoned = Abandoned::default();
        let guard = OnDrop(abandoned.clone());
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let walk = move || {
            let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut connection = match connection {
                Some(connection) => connection,
                None => open(&path)?,
            };
            let done = work(&mut connection, &abandoned)?;
            // After an error it is closed, and with it whatever it was in the middle of.
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            drop(permit);
            Ok(done)
        };
        let (tell, told) = oneshot::channel();
        std::thread::Builder::new()
            .name("walk".to_owned())
            .spawn(move || {
                // Nobody may wait for it any more.
                let _ = tell.send(walk());
            })
            .map_err(|error| StoreError::Inconsistent(format!("no thread for a walk: {error}")))?;
        let done = told.await;
        drop(guard);
        done.map_err(|_| StoreError::Inconsistent("a walk panicked".to_owned()))?
    }

    /// Waits for work that is under way, and closes.
    pub(super) async fn close(&self, most: usize) {
        let all = u32::try_from(most).unwrap_or(u32::MAX);
        let permits = self.room.acquire_many(all).await;
        self.room.close();
        drop(permits);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// From now on this thread takes only a small part of a core that others want,
/// those who acknowledge events above all. For good.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    // Without it, the work is done all the same.
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "a walk keeps its priority");
    }
}

/// Elsewhere the priority is that of the whole process.
#[cfg(not(target_os = "linux"))]
pub(super) fn give_way() {}

fn open(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(super::BUSY)?;
    for (name, value) in [("temp_store", "memory"), ("cache_size", super::READER_CACHE)] {
        connection.pragma_update(None, name, value)?;
    }
    connection.set_prepared_statement_cache_capacity(32);
    connection.query_row("SELECT count(*) FROM heartbeat", [], |_| Ok(()))?;
    Ok(connection)
}
