//! When each batch is sent: at its moment, whatever became of those before.
//!
//! A sender that waits for answers sends less to a server that is slow, and
//! so does not notice how slow it is. Here batch n is due n steps after the
//! start, and its latency counts from there.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

/// Batches that are under way at most; further ones wait, and the wait counts.
pub(super) const IN_FLIGHT: usize = 256;

/// Moments at equal distances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Schedule {
    pub(super) started: Instant,
    /// Seconds from one to the next.
    pub(super) step: f64,
    pub(super) count: u64,
}

impl Schedule {
    /// How long after the start batch `n` is due.
    pub(super) fn offset(&self, n: u64) -> Duration {
        Duration::from_secs_f64(n as f64 * self.step)
    }
}

/// What is to be sent, and who wants to know what became of it.
pub(super) trait Work {
    /// What became of a batch.
    type Outcome: Send + 'static;

    /// Sends batch `n`, which is due at that moment; nothing when there are no more.
    fn start(&mut self, n: u64, due: Instant) -> Option<Pin<Box<dyn Future<Output = Self::Outcome> + Send>>>;

    /// Hears what became of a batch, and says whether to go on.
    fn settle(&mut self, outcome: Self::Outcome) -> ControlFlow<()>;
}

/// Sends every batch in its time, and returns when all are answered, or as
/// soon as the work says to break.
///
/// # Errors
/// When sending a batch panicked.
pub(super) async fn pace<W: Work>(schedule: Schedule, in_flight: usize, work: &mut W) -> anyhow::Result<()> {
    let mut under_way = JoinSet::new();
    for n in 0..schedule.count {
        let due = schedule.started + schedule.offset(n);
        loop {
            let full = under_way.len() >= in_flight;
            let outcome = tokio::select! {
                biased;
                Some(outcome) = under_way.join_next() => outcome?,
                () = sleep_until(due), if !full => break,
            };
            if work.settle(outcome).is_break() {
                return Ok(());
            }
        }
        let Some(batch) = work.start(n, due) else {
            break;
        };
        under_way.spawn(batch);
    }
    while let Some(outcome) = under_way.join_next().await {
        if work.settle(outcome?).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches that take as long as they are told, and notes on when they went and came.
    struct Notes {
        takes: fn(u64) -> u64,
        started: Instant,
        sent: Vec<u64>,
        latency: Vec<u64>,
        stop_after: usize,
    }

    impl Notes {
        fn millis(&self) -> u64 {
            u64::try_from(self.started.elapsed().as_millis()).unwrap()
        }
    }

    impl Work for Notes {
        type Outcome = Instant;

        fn start(&mut self, n: u64, due: Instant) -> Option<Pin<Box<dyn Future<Output = Instant> + Send>>> {
            self.sent.push(self.millis());
            let takes = Duration::from_millis((self.takes)(n));
            Some(Box::pin(async move {
                tokio::time::sleep(takes).await;
                due
            }))
        }

        fn settle(&mut self, due: Instant) -> ControlFlow<()> {
            self.latency.push(u64::try_from(due.elapsed().as_millis()).unwrap());
            if self.latency.len() == self.stop_after {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        }
    }

    async fn paced(takes: fn(u64) -> u64, in_flight: usize, count: u64, stop_after: usize) -> Notes {
        let started = Instant::now();
        let mut notes = Notes {
            takes,
            started,
            sent: Vec::new(),
            latency: Vec::new(),
            stop_after,
        };
        let schedule = Schedule {
            started,
            step: 0.1,
            count,
        };
        pace(schedule, in_flight, &mut notes).await.unwrap();
        notes
    }

    fn every_tenth(count: u64) -> Vec<u64> {
        (0..count).map(|n| n * 100).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_server_is_sent_as_much_as_a_quick_one() {
        for takes in [|_| 1, |_| 990, |n| if n == 3 { 5_000 } else { 10 }] {
            let notes = paced(takes, IN_FLIGHT, 20, 99).await;
            assert_eq!(notes.sent, every_tenth(20));
            assert_eq!(notes.latency.len(), 20);
        }
        assert_eq!(paced(|_| 990, IN_FLIGHT, 5, 99).await.latency, [990; 5]);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_room_counts_as_latency() {
        let notes = paced(|_| 300, 1, 4, 99).await;
        assert_eq!(notes.sent, [0, 300, 600, 900]);
        assert_eq!(notes.latency, [300, 500, 700, 900]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_stall_the_rest_is_caught_up_with() {
        let notes = paced(|n| if n == 0 { 1_000 } else { 10 }, 1, 14, 99).await;
        assert_eq!(notes.sent[..3], [0, 1_000, 1_010]);
        assert_eq!(notes.sent[13], 1_300, "back in time");
    }

    #[tokio::test(start_paused = true)]
    async fn ends_when_told() {
        let notes = paced(|_| 10, IN_FLIGHT, 100, 3).await;
        assert_eq!((notes.sent.len(), notes.latency.len()), (3, 3));
        assert!(notes.millis() < 300);
    }
}
