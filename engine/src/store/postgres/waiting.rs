//! What of a day may have what is looked for, the newest first. Filters are asked no
//! further than the search comes: of a common word that is not far.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Instant;

use super::bloom::Question;
use super::filters::Candidate;
use super::recent::{Commit, Commits};
use crate::store::EventKey;

/// So many filters are asked without looking at the clock, or letting others have their turn.
const TURN: usize = if cfg!(test) { 10 } else { 4_096 };

/// So many are asked where an index knows the same: for some 3 ms.
const WITH_INDEX: usize = if cfg!(test) { 1_000 } else { 32_768 };

/// Commits and parts of them, by their last keys.
#[derive(Debug)]
pub(super) struct Waiting {
    /// By their last keys. The filters of the first ones were not asked yet.
    commits: Commits,
    left: usize,
    parts: BinaryHeap<Part>,
    /// What lies elsewhere does not wait: it has no events from one key on, below another.
    within: (EventKey, EventKey),
    question: Question,
    deadline: Instant,
    /// Filters, since the clock was looked at.
    asked: usize,
    is_late: bool,
    /// How many filters may still be asked.
    left_to_ask: usize,
}

#[derive(Debug)]
struct Part(Candidate);

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.last.cmp(&other.0.last)
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}

/// Whether there may be events from one key on, below another, between a first and a last one.
fn meets((from, below): (EventKey, EventKey), (first, last): (EventKey, EventKey)) -> bool {
    last >= from && first < below
}

impl Waiting {
    /// Of commits, by their last keys, to be asked a question, and of parts of others that were asked.
    pub(super) fn new(
        question: Question,
        commits: Commits,
        parts: Vec<Candidate>,
        has_index: bool,
        deadline: Instant,
    ) -> Self {
        Self {
            left_to_ask: if has_index { WITH_INDEX } else { usize::MAX },
            left: commits.len(),
            commits,
            parts: parts.into_iter().map(Part).collect(),
            within: (EventKey(i64::MIN), EventKey(i64::MAX)),
            question,
            deadline,
            asked: 0,
            is_late: false,
        }
    }

    /// What was asked.
    pub(super) const fn question(&self) -> &Question {
        &self.question
    }

    /// Whether no more is asked of what waits, as there is an index.
    pub(super) const fn is_spent(&self) -> bool {
        self.left_to_ask == 0
    }

    /// Leaves out what has no events from one key on, below another.
    pub(super) fn retain(&mut self, from: EventKey, below: EventKey) {
        self.within = (from, below);
        self.parts
            .retain(|Part(part)| meets(self.within, (part.first, part.last)));
        self.skip();
    }

    /// The newest of the commits that wait.
    fn newest(&self) -> Option<&Arc<Commit>> {
        self.commits.get(self.left.checked_sub(1)?)
    }

    /// Passes over commits that lie elsewhere.
    fn skip(&mut self) {
        while let Some(keys) = self.newest().map(|commit| commit.keys()) {
            if meets(self.within, keys) {
                return;
            }
            // Those that follow end earlier still.
            self.left = if keys.1 < self.within.0 { 0 } else { self.left - 1 };
        }
    }

    /// The last key of what comes next: nothing that waits has a greater one.
    pub(super) fn last(&self) -> Option<EventKey> {
        let part = self.parts.peek().map(|Part(part)| part.last);
        self.newest().map(|commit| commit.keys().1).max(part)
    }

    /// The next part, if there is room for one. Without room, when it is late or all is spent, that which
    /// has events from `top` on, or just below: what waits then has none there, so that a
    /// walk that ends here has come further than where it began.
    pub(super) async fn next(&mut self, top: EventKey, has_room: bool) -> Option<Candidate> {
        let mut parts = Vec::new();
        while let Some(last) = self.last() {
            if last.0.saturating_add(1) < top.0 && (!has_room || self.is_late || self.is_spent()) {
                return None;
            }
            let Some(commit) = self.newest().filter(|commit| commit.keys().1 == last) else {
                return self.parts.pop().map(|Part(part)| part);
            };
            let asked = commit.candidates(&self.question, &mut parts);
            self.asked += asked;
            self.left_to_ask = self.left_to_ask.saturating_sub(asked);
            self.left -= 1;
            self.skip();
            let within = |part: &Candidate| meets(self.within, (part.first, part.last));
            self.parts.extend(parts.drain(..).filter(within).map(Part));
            if self.asked >= TURN {
                self.asked = 0;
                tokio::task::yield_now().await;
                self.is_late = Instant::now() >= self.deadline;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::query::Narrow;

    /// Commits of a hundred events, the first and the last of which are of others; one in
    /// fifty is red. They follow each other but for the last ones, which are of one time.
    fn commits() -> Vec<Arc<Commit>> {
        let commit = |n: i64| {
            let begins = n.min(25) * 100 + (n - 25).max(0);
            let events: Vec<(EventKey, &str)> = (0..100)
                .map(|m| (EventKey(begins + m * 10), if m % 50 == 7 { "red" } else { "blue" }))
                .collect();
            Arc::new(Commit::of(n, &events))
        };
        (0..30).map(commit).collect()
    }

    fn red(deadline: Instant) -> Waiting {
        let question = Question::new(&Narrow::Word("red".to_owned())).unwrap();
        Waiting::new(question, Arc::new(commits()), Vec::new(), false, deadline)
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(60)
    }

    #[tokio::test]
    async fn what_is_newest_comes_first_and_the_rest_is_not_asked() {
        let mut waiting = red(later());
        let mut all = Vec::new();
        for commit in commits() {
            commit.candidates(waiting.question(), &mut all);
        }
        let mut all: Vec<i64> = all.iter().map(|part| part.last.0).collect();
        all.sort_unstable_by_key(|last| std::cmp::Reverse(*last));
        assert!(all.len() >= 60, "{}", all.len());
        let (mut found, mut asked) = (Vec::new(), Vec::new());
        while let Some(next) = waiting.next(EventKey(i64::MAX), true).await {
            assert!(waiting.last().is_none_or(|last| last <= next.last));
            found.push(next.last.0);
            asked.push(30 - waiting.left);
        }
        assert_eq!(found, all);
        assert!(asked[9] < 15 && asked[59] == 30, "{asked:?}");
    }

    #[tokio::test]
    async fn there_is_no_more_than_there_is_room_for_but_for_what_is_above() {
        let mut waiting = red(later());
        let top = EventKey(3_000);
        assert!(waiting.next(EventKey(i64::MAX), false).await.is_none());
        let mut above = 0;
        while let Some(part) = waiting.next(top, false).await {
            assert!(part.last.0 + 1 >= top.0);
            above += usize::from(part.last >= top);
        }
        assert_eq!(above, 5, "the second red one of each of the last");
        let (next, last) = (waiting.next(top, true).await.unwrap().last, waiting.last().unwrap());
        assert!(last <= next && next < top);
        // A page that ends after this part begins the next one with what follows it.
        let just_above = EventKey(last.0 + 1);
        let mut come = 0;
        while waiting.next(just_above, false).await.is_some() {
            come += 1;
        }
        assert!(come < 3 && waiting.last().unwrap().0 + 1 < just_above.0, "{come}");
    }

    #[tokio::test]
    async fn asking_ends_when_it_is_late_but_always_comes_further() {
        let question = Question::new(&Narrow::Word("green".to_owned())).unwrap();
        for has_room in [true, false] {
            let mut waiting = Waiting::new(question.clone(), Arc::new(commits()), Vec::new(), false, Instant::now());
            let (mut top, mut rounds) = (EventKey(i64::MAX), 0);
            while waiting.last().is_some() {
                assert!(waiting.next(top, has_room).await.is_none(), "it has none");
                let bottom = waiting.last().map_or(EventKey(0), |last| EventKey(last.0 + 1));
                assert!(bottom < top || rounds == 0);
                top = bottom;
                rounds += 1;
            }
            assert!(rounds > 10, "{rounds}");
        }
    }

    #[tokio::test]
    async fn where_there_is_an_index_not_all_filters_are_asked() {
        let question = red(later()).question().clone();
        let mut waiting = Waiting::new(question, Arc::new(commits()), Vec::new(), true, later());
        while waiting.next(EventKey(i64::MAX), true).await.is_some() {}
        // Of a commit that has it those of 34 pieces are asked, and its own.
        let asked = 30 - waiting.left;
        assert!(waiting.is_spent(), "after {asked} commits");
        assert_eq!(asked, WITH_INDEX.div_ceil(35));
        assert!(!red(later()).is_spent());
    }

    #[test]
    fn what_lies_elsewhere_does_not_wait() {
        let mut waiting = red(later());
        assert_eq!(waiting.last(), Some(EventKey(2_500 + 4 + 990)));
        waiting.retain(EventKey(1_000), EventKey(1_050));
        let mut ends = Vec::new();
        while let Some(commit) = waiting.newest() {
            let (first, last) = commit.keys();
            ends.push((first.0, last.0));
            waiting.left -= 1;
            waiting.skip();
        }
        let within: Vec<(i64, i64)> = (1..=10).rev().map(|n| (n * 100, n * 100 + 990)).collect();
        assert_eq!(ends, within);
        let mut waiting = red(later());
        waiting.retain(EventKey(5_000), EventKey(6_000));
        assert_eq!(waiting.last(), None);
    }

    #[tokio::test]
    async fn of_what_lies_partly_elsewhere_only_the_rest_comes() {
        let mut waiting = red(later());
        let (from, below) = (EventKey(1_300), EventKey(1_700));
        waiting.retain(from, below);
        let mut found = 0;
        while let Some(part) = waiting.next(below, true).await {
            assert!(part.last >= from && part.first < below, "{part:?}");
            found += 1;
        }
        assert!(found >= 8, "{found}");
    }
}
