//! A count over the last minute, exact to the second.

/// Seconds of a window.
pub(super) const SECONDS: i64 = 60;
const SLOTS: usize = 60;

/// How many came in each of the last sixty seconds.
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow {
    slots: [u32; SLOTS],
    /// The second that the newest slot is of.
    now: i64,
    sum: u64,
}

impl SlidingWindow {
    pub(super) const fn new(now: i64) -> Self {
        Self {
            slots: [0; SLOTS],
            now,
            sum: 0,
        }
    }

    /// Forgets what is older than a minute. A clock that went back changes nothing.
    pub(super) fn advance(&mut self, now: i64) {
        let passed = now.saturating_sub(self.now);
        if passed <= 0 {
            return;
        }
        if passed >= SECONDS {
            *self = Self::new(now);
            return;
        }
        for second in self.now + 1..=now {
            let slot = self.slot_mut(second);
            let old = std::mem::take(slot);
            self.sum -= u64::from(old);
        }
        self.now = now;
    }

    /// How many came within the last minute.
    pub(super) const fn sum(&self) -> u64 {
        self.sum
    }

    /// How many came within this second.
    pub(super) fn this_second(&self) -> u32 {
        self.slot(self.now)
    }

    pub(super) fn add(&mut self, count: u32) {
        let slot = self.slot_mut(self.now);
        let before = *slot;
        *slot = slot.saturating_add(count);
        self.sum += u64::from(*slot - before);
    }

    pub(super) fn remove(&mut self, count: u32) {
        let slot = self.slot_mut(self.now);
        let taken = count.min(*slot);
        *slot -= taken;
        self.sum -= u64::from(taken);
    }

    /// Seconds until at most `most` are left in the window.
    pub(super) fn seconds_until(&self, most: u64) -> u64 {
        let mut left = self.sum;
        for age in (0..SECONDS).rev() {
            if left <= most {
                break;
            }
            left -= u64::from(self.slot(self.now - age));
            if left <= most {
                // What is `age` seconds old leaves the window when it is sixty.
                return (SECONDS - age).unsigned_abs();
            }
        }
        0
    }

    fn slot(&self, second: i64) -> u32 {
        self.slots.get(index(second)).copied().unwrap_or_default()
    }

    #[expect(clippy::indexing_slicing, reason = "the index is a remainder of the length")]
    fn slot_mut(&mut self, second: i64) -> &mut u32 {
        &mut self.slots[index(second)]
    }
}

fn index(second: i64) -> usize {
    usize::try_from(second.rem_euclid(SECONDS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_as_a_list_of_arrivals_would(steps in proptest::collection::vec((0i64..90, 0u32..20), 0..60)) {
            let mut window = SlidingWindow::new(1_000);
            let (mut now, mut arrivals) = (1_000, Vec::new());
            for (wait, count) in steps {
                now += wait;
                window.advance(now);
                window.add(count);
                arrivals.push((now, u64::from(count)));
                let expected: u64 = arrivals.iter().filter(|(at, _)| now - at < SECONDS).map(|(_, n)| n).sum();
                prop_assert_eq!(window.sum(), expected);
                // The wait that is named is enough, and a second less is not.
                let most = expected / 2;
                let wait = i64::try_from(window.seconds_until(most)).unwrap();
                let left = |at: i64| arrivals.iter().filter(|(t, _)| at - t < SECONDS).map(|(_, n)| n).sum::<u64>();
                prop_assert!(left(now + wait) <= most);
                prop_assert!(wait == 0 || left(now + wait - 1) > most);
            }
        }
    }
}
