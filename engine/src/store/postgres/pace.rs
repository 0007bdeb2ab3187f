//! How fast a search may go. Nothing tells Postgres whose work comes first, and
//! what keeps its cores busy keeps commits waiting: so searches that take long
//! go one after the other, batch by batch.

use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A search that has taken so long takes turns with others.
const LONG: Duration = Duration::from_millis(50);

/// The turns of all searches of a server.
pub(super) struct Turns(Semaphore);

impl Default for Turns {
    /// Half of the cores are for others.
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, usize::from);
        Self(Semaphore::new((cores / 2).max(1)))
    }
}

/// Of one search: how many events it reads next, and whether it is its turn.
pub(super) struct Pace<'s> {
    pub(super) batch: usize,
    most: usize,
    since: Instant,
    turns: &'s Turns,
    turn: Option<SemaphorePermit<'s>>,
}

impl<'s> Pace<'s> {
    /// Begins with a batch of so many events, and goes up to `most`.
    pub(super) fn new(turns: &'s Turns, batch: usize, most: usize) -> Self {
        Self {
            batch,
            most,
            since: Instant::now(),
            turns,
            turn: None,
        }
    }

    /// Lets others have their turn, and waits for its own.
    pub(super) async fn next(&mut self) {
        self.batch = self.batch.saturating_mul(4).min(self.most);
        self.turn = None;
        if self.since.elapsed() >= LONG {
            self.turn = self.turns.0.acquire().await.ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn long_searches_take_turns_and_short_ones_do_not() {
        let turns = Turns(Semaphore::new(1));
        let (mut one, mut other, mut short) = (
            Pace::new(&turns, 10, 100),
            Pace::new(&turns, 10, 100),
            Pace::new(&turns, 10, 100),
        );
        one.since -= LONG;
        other.since -= LONG;
        one.next().await;
        short.next().await;
        assert_eq!((one.batch, short.batch), (40, 40));
        let waits = tokio::time::timeout(Duration::from_millis(20), other.next()).await;
        assert!(waits.is_err(), "it is not its turn");
        one.next().await;
        assert_eq!(one.batch, 100);
        drop(one);
        other.next().await;
        assert_eq!(other.batch, 100);
    }
}
