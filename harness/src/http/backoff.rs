//! How long to wait before asking again.

use std::time::Duration;

use fastrand::Rng;
use http::{HeaderMap, header::RETRY_AFTER};

/// Longest wait that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(10);
const FIRST: Duration = Duration::from_millis(200);

/// Waits that double from 0.2 s to 10 s, each cut by a random half at most, so
/// that clients which failed together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    next: Duration,
    rng: Rng,
}

impl Backoff {
    /// Starts anew; the generator decides the jitter.
    #[must_use]
    pub const fn new(rng: Rng) -> Self {
        Self { next: FIRST, rng }
    }

    /// The next wait: what the server asked for (60 s at most) and a little
    /// more, or else the next of our own.
    pub fn wait(&mut self, asked: Option<Duration>) -> Duration {
        let own = self.next.mul_f64(self.rng.f64().mul_add(0.5, 0.5));
        self.next = (self.next * 2).min(LONGEST);
        match asked {
            Some(asked) => asked.min(LONGEST_ASKED) + own.min(Duration::from_secs(1)),
            None => own,
        }
    }
}

/// The server's `Retry-After` in seconds; its other form, a date, is not understood.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_a_limit() {
        let mut backoff = Backoff::new(Rng::with_seed(1));
        let mut full = FIRST;
        for _ in 0..12 {
            let wait = backoff.wait(None);
            assert!(wait <= full && wait * 2 >= full, "{wait:?} of {full:?}");
            full = (full * 2).min(LONGEST);
        }
        assert_eq!(full, LONGEST);
    }

    #[test]
    fn honours_what_the_server_asks() {
        let mut backoff = Backoff::new(Rng::with_seed(1));
        let wait = backoff.wait(Some(Duration::from_secs(3)));
        assert!(wait >= Duration::from_secs(3) && wait < Duration::from_secs(4));
        assert!(backoff.wait(Some(Duration::from_secs(86_400))) < Duration::from_secs(62));
    }

    #[test]
    fn reads_the_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(RETRY_AFTER, " 7 ".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(7)));
        headers.insert(RETRY_AFTER, "Wed, 21 Oct 2026 07:28:00 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers), None);
    }
}
