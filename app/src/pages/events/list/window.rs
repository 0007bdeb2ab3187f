//! Which rows are in the document: those in sight and some around them, so
//! that a list of any length costs what a screen of it costs.

use leptos::prelude::*;

use super::rows::EventList;
use crate::view::memo;

/// How many rows are there at first, and so without scripts.
const AT_FIRST: usize = super::rows::PAGE_SIZE;
/// How many rows beyond what is in sight are kept ready.
const AROUND: usize = 50;
/// The window moves by so many rows at a time.
const STEP: usize = 10;

/// Which rows are in the document.
#[derive(Clone, Copy)]
pub(super) struct Window {
    /// From this one on, and up to that one.
    range: RwSignal<(usize, usize)>,
    /// How high each is, in pixels.
    pub(super) height: RwSignal<usize>,
    /// How many there are in all.
    all: Memo<usize>,
}

impl Window {
    pub(super) fn new(list: EventList) -> Self {
        Self {
            range: RwSignal::new((0, AT_FIRST)),
            height: RwSignal::new(28),
            all: memo(move |_| list.rows.read().len()),
        }
    }

    /// From this row on, and up to that one.
    pub(super) fn range(self) -> (usize, usize) {
        let (from, to) = self.range.get();
        let all = self.all.get();
        (from.min(all), to.min(all))
    }

    /// How high the rows are that are left out above, in pixels.
    pub(super) fn above(self) -> usize {
        self.range().0 * self.height.get()
    }

    /// How high the rows are that are left out below, in pixels.
    pub(super) fn below(self) -> usize {
        (self.all.get() - self.range().1) * self.height.get()
    }

    /// Moves it to what is in sight, in pixels: how far one has scrolled, how
    /// much is in sight, how high a row is.
    pub(super) fn move_to(self, top: usize, sight: usize, height: usize) {
        if height == 0 {
            return;
        }
        if self.height.get_untracked() != height {
            self.height.set(height);
        }
        let range = window(top / height, sight.div_ceil(height));
        if self.range.get_untracked() != range {
            self.range.set(range);
        }
    }
}

/// The rows to keep ready when so many are in sight from one on.
fn window(first: usize, count: usize) -> (usize, usize) {
    let from = first.saturating_sub(AROUND) / STEP * STEP;
    let to = (first + count + AROUND).div_ceil(STEP) * STEP;
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_sight_is_ready() {
        for first in 0..200 {
            let (from, to) = window(first, 30);
            assert!(from <= first && to >= first + 30 && to - from <= 30 + 2 * AROUND + 2 * STEP);
        }
        assert_eq!(window(0, 30), window(5, 25));
    }
}
