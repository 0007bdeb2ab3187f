//! Connections for walks. They speak to SQLite through `rusqlite`, on threads
//! that may block: a walk looks at each row where it lies, and stops between
//! two rows when its time is over or nobody waits for it any more.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

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

    /// Lends a connection to work that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &Abandoned) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = |_| StoreError::Inconsistent("the store is closed".to_owned());
        let permit = Arc::clone(&self.room).acquire_owned().await.map_err(closed)?;
        let abandoned = Abandoned::default();
        let guard = OnDrop(abandoned.clone());
        let (path, idle) = (self.path.clone(), Arc::clone(&self.idle));
        let done = tokio::task::spawn_blocking(move || {
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
        });
        let done = done.await.map_err(StoreError::panicked)?;
        drop(guard);
        done
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
