//! Pages are drawn apart from all else: each on one thread, and none of them
//! within reach of another.
//!
//! Leptos keeps the owner of what is being made in a variable of the thread, and
//! leaves it there when a rendering waits. On a runtime where any thread goes on
//! with any rendering, a page then makes things that belong to another one: its
//! title stood on another person's page, or was gone when that page was done. And
//! a signal that one thread reads while another writes it counts as gone, which
//! ends the effect that a page waits for: it never came. Of pages asked for four
//! at a time 3 in 100 failed, and one in a thousand, alone or not, never came.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::LazyLock,
    task::{Context, Poll},
    thread::available_parallelism,
};

use leptos::prelude::Owner;
use tokio_util::task::{AbortOnDropHandle, LocalPoolHandle};

/// A thread for each core. What is spawned on one of them stays there.
static THREADS: LazyLock<LocalPoolHandle> =
    LazyLock::new(|| LocalPoolHandle::new(available_parallelism().map_or(1, usize::from)));

/// Does work apart, or nothing of it any more once nobody waits. None if it
/// panicked.
pub(super) async fn apart<F>(work: impl FnOnce() -> F + Send + 'static) -> Option<F::Output>
where
    F: Future + 'static,
    F::Output: Send + 'static,
{
    let done = THREADS.spawn_pinned(|| async move {
        let work = pin!(work());
        Owned { work, owner: None }.await
    });
    AbortOnDropHandle::new(done).await.ok()
}

/// Work that finds the owner that it left, and leaves the one that it found.
struct Owned<'a, F> {
    work: Pin<&'a mut F>,
    owner: Option<Owner>,
}

impl<F: Future> Future for Owned<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let found = Owner::current();
        become_current(self.owner.take());
        let done = self.work.as_mut().poll(context);
        self.owner = Owner::current();
        become_current(found);
        done
    }
}

fn become_current(owner: Option<Owner>) {
    match owner {
        Some(owner) => owner.set(),
        None => {
            if let Some(owner) = Owner::current() {
                owner.unset();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_waits_finds_its_owner_again() {
        let tasks = (0..64).map(|_| {
            apart(|| async {
                let owner = Owner::new_root(None);
                for _ in 0..20 {
                    tokio::task::yield_now().await;
                    assert!(Owner::current().is_some_and(|current| current == owner));
                }
            })
        });
        let done = futures::future::join_all(tasks).await;
        assert!(done.iter().all(Option::is_some));
        assert!(apart(|| async { Owner::current().is_none() }).await.unwrap());
    }

    #[tokio::test]
    async fn work_that_panics_leaves_others_alone() {
        assert!(apart(|| async { panic!("of the test") }).await.is_none());
        assert_eq!(apart(|| async { 1 }).await, Some(1));
    }
}
