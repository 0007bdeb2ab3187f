//! Where large bodies are worked on. Reading one takes a while; on a worker
//! that serves connections everybody else there would wait, the probe of a
//! load balancer, too.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::OnceLock;
use std::thread::available_parallelism;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::refusal::Refusal;

/// A body of more bytes than these, decompressed, is large.
pub(in crate::doors) const LARGE: usize = 256 << 10;

/// Threads of their own, as many as there are cores: so many large bodies are
/// taken apart at once, and no more, which bounds what that takes in memory.
/// While a request waits, for a commit, say, its thread has the next.
///
/// There is one for the process, as it is never shut down: whoever waits for
/// work here waits as a connection does, and ends with it.
static ASIDE: OnceLock<Option<Runtime>> = OnceLock::new();

/// Does the work on a body of so many bytes: here, or aside when that is
/// much. When nobody waits for it any more it is given up, as it would be here.
///
/// # Errors
/// As the work.
pub(in crate::doors) async fn run<T, Work>(bytes: usize, work: Work) -> Result<T, Refusal>
where
    T: Send + 'static,
    Work: Future<Output = Result<T, Refusal>> + Send + 'static,
{
    if bytes <= LARGE {
        return work.await;
    }
    let Some(aside) = ASIDE.get_or_init(start) else {
        return work.await;
    };
    let mut task = Task(aside.spawn(work));
    match (&mut task.0).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(cause) => resume_unwind(cause),
            Err(error) => Err(Refusal::Internal(error.to_string())),
        },
    }
}

fn start() -> Option<Runtime> {
    let threads = available_parallelism().map_or(1, NonZero::get);
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name("aside")
        .enable_all()
        .build()
        .inspect_err(|error| tracing::warn!(%error, "no threads for large bodies: they are read among the others"))
        .ok()
}

/// A task that ends with whoever waits for it.
struct Task<T>(JoinHandle<T>);

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn large_bodies_are_worked_on_elsewhere() {
        let here = thread::current().id();
        let thread = async || Ok(thread::current().id());
        assert_eq!(run(LARGE, thread()).await.unwrap(), here);
        assert_ne!(run(LARGE + 1, thread()).await.unwrap(), here);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_given_up() {
        let held = Arc::new(());
        let witness = Arc::clone(&held);
        let work = run(LARGE + 1, async move {
            std::future::pending::<()>().await;
            drop(witness);
            Ok(())
        });
        assert!(tokio::time::timeout(Duration::from_millis(50), work).await.is_err());
        for _ in 0..200 {
            if Arc::strong_count(&held) == 1 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the work goes on");
    }

    #[tokio::test]
    async fn a_panic_is_the_callers() {
        async fn faulty() -> Result<(), Refusal> {
            panic!("as if by a fault of ours");
        }
        let work = tokio::spawn(run(LARGE + 1, faulty()));
        assert!(work.await.unwrap_err().is_panic());
    }
}
