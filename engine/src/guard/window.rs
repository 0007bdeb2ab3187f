//! A count over the time that just went by, exact to the width of a slot.

/// How many came in each of the last `SLOTS` ticks. What a tick is its owner knows.
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow<const SLOTS: usize> {
    slots: [u32; SLOTS],
    /// The tick that the newest slot is of.
    now: i64,
    sum: u64,
}

impl<const SLOTS: usize> SlidingWindow<SLOTS> {
    #[expect(clippy::cast_possible_wrap, reason = "some dozens")]
    const TICKS: i64 = SLOTS as i64;

    pub(super) const fn new(now: i64) -> Self {
        Self {
            slots: [0; SLOTS],
            now,
            sum: 0,
        }
    }

    /// Forgets what is older than the window. A clock that went back changes nothing.
    pub(super) fn advance(&mut self, now: i64) {
        let passed = now.saturating_sub(self.now);
        if passed <= 0 {
            return;
        }
        if passed >= Self::TICKS {
            *self = Self::new(now);
            return;
        }
        for tick in self.now + 1..=now {
            let slot = self.slot_mut(tick);
            let old = std::mem::take(slot);
            self.sum -= u64::from(old);
        }
        self.now = now;
    }

    /// How many are in the window.
    pub(super) const fn sum(&self) -> u64 {
        self.sum
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

    /// Ticks until at most `most` are left in the window.
    pub(super) fn ticks_until(&self, most: u64) -> u64 {
        let mut left = self.sum;
        for age in (0..Self::TICKS).rev() {
            if left <= most {
                break;
            }
            left -= u64::from(self.slot(self.now - age));
            if left <= most {
                // What is `age` ticks old leaves when it is as old as the window is long.
                return (Self::TICKS - age).unsigned_abs();
            }
        }
        0
    }

    fn slot(&self, tick: i64) -> u32 {
        self.slots.get(Self::index(tick)).copied().unwrap_or_default()
    }

    #[expect(clippy::indexing_slicing, reason = "the index is a remainder of the length")]
    fn slot_mut(&mut self, tick: i64) -> &mut u32 {
        &mut self.slots[Self::index(tick)]
    }

    fn index(tick: i64) -> usize {
        usize::try_from(tick.rem_euclid(Self::TICKS)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn counts_as_a_list_of_arrivals_would(steps in proptest::collection::vec((0i64..90, 0u32..20), 0..60)) {
            let mut window = SlidingWindow::<60>::new(1_000);
            let (mut now, mut arrivals) = (1_000, Vec::new());
            for (wait, count) in steps {
                now += wait;
                window.advance(now);
                window.add(count);
                arrivals.push((now, u64::from(count)));
                let expected: u64 = arrivals.iter().filter(|(at, _)| now - at < 60).map(|(_, n)| n).sum();
                prop_assert_eq!(window.sum(), expected);
                // The wait that is named is enough, and a tick less is not.
                let most = expected / 2;
                let wait = i64::try_from(window.ticks_until(most)).unwrap();
                let left = |at: i64| arrivals.iter().filter(|(t, _)| at - t < 60).map(|(_, n)| n).sum::<u64>();
                prop_assert!(left(now + wait) <= most);
                prop_assert!(wait == 0 || left(now + wait - 1) > most);
            }
        }
    }
}
