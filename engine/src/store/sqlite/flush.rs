//! Puts the log on disk beside the writer, instead of inside its commits.
//!
//! A commit at `synchronous=FULL` waits for the disk with the writer's lock in its
//! hand. Here it writes to the log and lets go; whoever is to be told waits
//! for one `fdatasync` that began after the commit, and what was committed by then
//! shares it. The log is written in order, so that what is on disk is
//! always a beginning of it: a power cut takes from the end, and nothing of
//! what was acknowledged.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

/// Who waits for the disk.
type Waiting = oneshot::Sender<Result<(), String>>;

/// Flushes the log when it is asked to.
pub(super) struct Flusher {
    requests: mpsc::UnboundedSender<Waiting>,
    /// Why the disk refused, once it has.
    failed: Arc<OnceLock<String>>,
}

impl Flusher {
    /// Of the database at `path`, which is open.
    ///
    /// # Errors
    /// When there is no log, or it cannot be opened.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        // The file is the same one as long as a connection is open.
        let file = File::options().read(true).write(true).open(log)?;
        Ok(Self::new(move || file.sync_data()))
    }

    fn new(sync: impl Fn() -> io::Result<()> + Send + Sync + 'static) -> Self {
        let (requests, waiting) = mpsc::unbounded_channel();
        let failed = Arc::new(OnceLock::new());
        tokio::spawn(run(waiting, Arc::new(sync), Arc::clone(&failed)));
        Self { requests, failed }
    }

    /// Asks for what is committed now to be put on disk, and tells when it is.
    pub(super) fn flush(&self) -> BoxFuture<'static, Result<(), StoreError>> {
        let (reply, answer) = oneshot::channel();
        // Nobody there to take it is nobody there to answer.
        let _ = self.requests.send(reply);
        async {
            match answer.await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(why)) => Err(refused(&why)),
                Err(_) => Err(refused("its task ended")),
            }
        }
        .boxed()
    }

    /// Whether the disk still takes everything. Once it has refused, what it has
    /// of the log is not known, and a later success says nothing about that:
    /// nothing more is taken until the file is opened anew, which reads what there is.
    ///
    /// # Errors
    /// With the reason.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.failed.get().map_or(Ok(()), |why| Err(refused(why)))
    }
}

fn refused(why: &str) -> StoreError {
    StoreError::File(io::Error::other(format!(
        "the log could not be put on disk ({why}): nothing is taken until the server is restarted"
    )))
}

async fn run(
    mut waiting: mpsc::UnboundedReceiver<Waiting>,
    sync: Arc<impl Fn() -> io::Result<()> + Send + Sync + 'static>,
    failed: Arc<OnceLock<String>>,
) {
    let mut group: Vec<Waiting> = Vec::new();
    while waiting.recv_many(&mut group, usize::MAX).await > 0 {
        let result = match failed.get() {
            Some(why) => Err(why.clone()),
            None => {
                let sync = Arc::clone(&sync);
                let done = tokio::task::spawn_blocking(move || sync()).await;
                done.map_or_else(|e| Err(e.to_string()), |done| done.map_err(|e| e.to_string()))
            }
        };
        if let Err(why) = &result {
            let why = failed.get_or_init(|| why.clone());
            tracing::error!(why, "the log could not be put on disk");
        }
        for reply in group.drain(..) {
            // Who no longer waits does not hear of it.
            let _ = reply.send(result.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[tokio::test]
    async fn what_waits_shares_the_next_flush() {
        let (begin, begun) = sync_channel::<()>(0);
        let begun = std::sync::Mutex::new(begun);
        let times = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&times);
        let flusher = Flusher::new(move || {
            count.fetch_add(1, Ordering::SeqCst);
            begun.lock().unwrap().recv().map_err(io::Error::other)
        });
        let first = flusher.flush();
        while times.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // The first is under way: it began before these were committed.
        let mut later: Vec<_> = (0..5).map(|_| flusher.flush()).collect();
        tokio::task::spawn_blocking(move || {
            begin.send(()).unwrap();
            begin.send(()).unwrap();
        });
        first.await.unwrap();
        for flushed in later.drain(..) {
            flushed.await.unwrap();
        }
        assert_eq!(times.load(Ordering::SeqCst), 2);
        flusher.check().unwrap();
    }

    #[tokio::test]
    async fn a_disk_that_refused_is_not_believed_again() {
        let times = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&times);
        let flusher = Flusher::new(move || match count.fetch_add(1, Ordering::SeqCst) {
            1 => Err(io::Error::other("bad sector")),
            _ => Ok(()),
        });
        flusher.flush().await.unwrap();
        for _ in 0..3 {
            let error = flusher.flush().await.unwrap_err().to_string();
            assert!(error.contains("bad sector"), "{error}");
        }
        assert!(flusher.check().unwrap_err().to_string().contains("restarted"));
        assert_eq!(times.load(Ordering::SeqCst), 2, "it is not tried again");
    }
}
