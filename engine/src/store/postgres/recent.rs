//! The filters of words that this server has read, so that a search of today asks
//! most of them without asking Postgres.
//!
//! They can be kept because commits of a project are seen in the order of their
//! arrival, and a filter stays what it is until its day is over: what is missing
//! is what arrived since. There is room for a number of bytes; where there is more,
//! the newest filters of the days that were asked for last are kept, and Postgres
//! asks the others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgConnection;

use super::bloom::Question;
use super::filters::{Candidate, Part};
use super::sql::to_i64;
use crate::store::{EventKey, StoreError};

/// For how long it is taken for true that every commit of a day left a filter, or not.
const FRESH: Duration = Duration::from_secs(1);

/// What a commit takes besides its filters.
const OVERHEAD: usize = 192;

/// Commits that are read at once.
const STEP: usize = if cfg!(test) { 3 } else { 512 };

/// So many times at most where an index knows the same.
const STEPS: usize = if cfg!(test) { 20 } else { 8 };

/// Commits that are taken out of those in the order of their keys, one by one.
const FEW: usize = if cfg!(test) { 2 } else { 64 };

/// A project and a day of its events.
type Place = (i64, i64);

/// What is known of all days.
#[derive(Debug)]
pub(super) struct Recent {
    /// The most bytes.
    most: usize,
    days: Mutex<Days>,
}

#[derive(Debug, Default)]
struct Days {
    by_place: HashMap<Place, (u64, SharedDay)>,
    /// Counts the times that a day was asked for.
    uses: u64,
}

/// What is known of a day, whoever asks.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedDay(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    day: Mutex<Day>,
    /// Held by who brings it up to date: others wait, instead of reading the same.
    turn: tokio::sync::Mutex<()>,
}

impl SharedDay {
    pub(super) fn lock(&self) -> MutexGuard<'_, Day> {
        self.0.day.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The filters of a project's day that are known.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// All commits that arrived then or later are known, until `upto`; and without it, all.
    from: Option<i64>,
    upto: i64,
    /// In the order of arrival.
    commits: VecDeque<Arc<Commit>>,
    /// The same by their last keys, as searches take them, if one did since the oldest went.
    by_key: Option<Commits>,
    bytes: usize,
    whole: Option<(Instant, bool)>,
    /// While there is an index, it is not worth reading what is missing.
    is_given_up: bool,
}

/// By their last keys.
pub(super) type Commits = Arc<Vec<Arc<Commit>>>;

/// What a commit left of its events of a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Commit {
    received_at: i64,
    first: i64,
    last: i64,
    events: i64,
    /// Of all its words.
    filter: Box<[u8]>,
    /// The first keys of its pieces, if they have filters.
    starts: Box<[i64]>,
    /// Those, one after the other.
    pieces: Box<[u8]>,
}

impl Commit {
    fn bytes(&self) -> usize {
        OVERHEAD + self.filter.len() + self.starts.len() * size_of::<i64>() + self.pieces.len()
    }

    /// The first and the last of its keys.
    pub(super) const fn keys(&self) -> (EventKey, EventKey) {
        (EventKey(self.first), EventKey(self.last))
    }

    /// What is said of each piece, in the order of the keys. That of all is asked, too:
    /// what is wrong once is hardly ever wrong twice.
    pub(super) fn says(&self, question: &Question) -> impl Iterator<Item = bool> {
        let may = question.asked(&self.filter);
        let pieces = self.pieces().map(move |filter| may && question.asked(filter));
        pieces.chain(self.starts.is_empty().then_some(may))
    }

    /// The filter of each piece.
    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let size = self.pieces.len() / self.starts.len().max(1);
        self.pieces.chunks(size.max(1))
    }

    /// Adds what of it may have what is looked for, and tells how many filters were asked.
    pub(super) fn candidates(&self, question: &Question, found: &mut Vec<Candidate>) -> usize {
        if !question.asked(&self.filter) {
            return 1;
        }
        let whole = Candidate {
            received_at: self.received_at,
            first: EventKey(self.first),
            last: EventKey(self.last),
            events: self.events,
            part: Part::Known,
        };
        let before = found.len();
        let ends = self.starts.iter().skip(1).map(|next| next - 1).chain([self.last]);
        let pieces = self.starts.iter().zip(ends).zip(self.pieces());
        let pieces = pieces.filter(|(_, filter)| question.asked(filter));
        found.extend(pieces.map(|((first, last), _)| Candidate {
            first: EventKey(*first),
            last: EventKey(last),
            events: self.events / to_i64(self.starts.len()),
            ..whole
        }));
        // All of them, or it has none.
        if found.len() - before == self.starts.len() {
            found.truncate(before);
            found.push(whole);
        }
        1 + self.starts.len()
    }
}

impl Day {
    /// The commits that are known, by their last keys, to be asked without holding up
    /// others; and before which moment of arrival they are not known.
    pub(super) fn known(&mut self) -> (Commits, Option<i64>) {
        let by_key = self.by_key.get_or_insert_with(|| {
            let mut commits: Vec<Arc<Commit>> = self.commits.iter().cloned().collect();
            commits.sort_by_key(|commit| commit.last);
            Arc::new(commits)
        });
        (Arc::clone(by_key), self.from)
    }

    /// The last commits that arrived, the newest first.
    pub(super) fn newest(&self, most: usize) -> Vec<Arc<Commit>> {
        self.commits.iter().rev().take(most).cloned().collect()
    }

    /// Whether every event of the day is of a commit that left a filter, as it was lately.
    /// Where Postgres has to be asked anyway, it is asked this, too: what it deleted
    /// since would be missed.
    pub(super) fn whole(&self) -> Option<bool> {
        let (at, whole) = self.whole?;
        (at.elapsed() < FRESH && self.from.is_none()).then_some(whole)
    }

    /// Notes that.
    pub(super) fn set_whole(&mut self, at: Instant, whole: bool) {
        self.whole = Some((at, whole));
    }

    /// Adds commits that were read, the newest first: all after those that were known
    /// then, until `upto`, or only the newest of them.
    fn add(&mut self, read: Vec<Commit>, are_all: bool, upto: i64) {
        let newest = read.first().map_or(upto, |commit| commit.received_at.max(upto));
        if newest <= self.upto {
            // Another search was quicker.
            return;
        }
        self.is_given_up = false;
        if !are_all {
            self.commits.clear();
            self.by_key = None;
            self.bytes = 0;
            self.from = Some(read.last().map_or(i64::MAX, |commit| commit.received_at));
        }
        let known = if are_all { self.upto } else { i64::MIN };
        let new = read.into_iter().rev().filter(|commit| commit.received_at > known);
        let new: Vec<Arc<Commit>> = new.map(Arc::new).collect();
        self.bytes += new.iter().map(|commit| commit.bytes()).sum::<usize>();
        if let Some(by_key) = &mut self.by_key {
            // A copy, while a search goes through them.
            let by_key = Arc::make_mut(by_key);
            let end = by_key.len().saturating_sub(1);
            by_key.extend(new.iter().cloned());
            if !by_key
                .get(end..)
                .unwrap_or_default()
                .is_sorted_by_key(|commit| commit.last)
            {
                by_key.sort_by_key(|commit| commit.last);
            }
        }
        self.commits.extend(new);
        self.upto = newest;
    }

    /// Forgets the oldest commits until there are no more than so many bytes, or so few commits.
    fn shrink(&mut self, most: usize, least: usize) {
        let mut gone = Vec::new();
        while self.bytes > most
            && self.commits.len() > least
            && let Some(oldest) = self.commits.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.from = Some(oldest.received_at + 1);
            gone.push(oldest);
        }
        // Where there is no room, each search that finds new commits has a few of them go.
        if gone.len() > FEW {
            self.by_key = None;
        }
        if let (false, Some(by_key)) = (gone.is_empty(), &mut self.by_key) {
            let by_key = Arc::make_mut(by_key);
            for commit in gone {
                let first = by_key.partition_point(|other| other.last < commit.last);
                let same = by_key.iter().skip(first).position(|other| Arc::ptr_eq(other, &commit));
                if let Some(same) = same {
                    by_key.remove(first + same);
                }
            }
        }
    }
}

impl Recent {
    /// For so many bytes of filters.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            days: Mutex::default(),
        }
    }

    /// What is known of a day, brought up to date: with all commits until `last_at`, when the
    /// last of them arrived, or the newest of them that can be read until the deadline.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn day(
        &self,
        connection: &mut PgConnection,
        (project_id, day): Place,
        last_at: i64,
        deadline: Instant,
    ) -> Result<SharedDay, StoreError> {
        let shared = self.take((project_id, day));
        if shared.lock().upto < last_at {
            let _turn = shared.0.turn.lock().await;
            let upto = shared.lock().upto;
            if upto < last_at {
                let (read, are_all) = self
                    .read(connection, (project_id, day), upto, usize::MAX, deadline)
                    .await?;
                shared.lock().add(read, are_all, last_at);
                self.make_room((project_id, day));
            }
        }
        Ok(shared)
    }

    /// The same of a day that has an index of words: only if all its commits are known, or are
    /// soon read by nobody else. So a day of more than there is room for takes none from others.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn whole_day(
        &self,
        connection: &mut PgConnection,
        (project_id, day): Place,
        last_at: i64,
        deadline: Instant,
    ) -> Result<Option<SharedDay>, StoreError> {
        let is_given_up = |day: &SharedDay| {
            let day = day.lock();
            day.is_given_up || day.from.is_some()
        };
        if self.known((project_id, day)).as_ref().is_some_and(is_given_up) {
            return Ok(None);
        }
        let shared = self.take((project_id, day));
        if shared.lock().upto < last_at {
            let Ok(_turn) = shared.0.turn.try_lock() else {
                return Ok(None);
            };
            let upto = shared.lock().upto;
            if upto < last_at {
                let (read, are_all) = self.read(connection, (project_id, day), upto, STEPS, deadline).await?;
                if !are_all {
                    shared.lock().is_given_up = true;
                    return Ok(None);
                }
                shared.lock().add(read, are_all, last_at);
                self.make_room((project_id, day));
            }
        }
        Ok(Some(shared))
    }

    fn known(&self, place: Place) -> Option<SharedDay> {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.by_place.get(&place).map(|(_, day)| day.clone())
    }

    fn take(&self, place: Place) -> SharedDay {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.uses += 1;
        let now = days.uses;
        let (used, day) = days.by_place.entry(place).or_default();
        *used = now;
        day.clone()
    }

    /// Forgets the oldest commits of what was used longest ago, and at last of what is used
    /// now, but for its newest.
    fn make_room(&self, place: Place) {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(u64, Place, SharedDay)> = days
            .by_place
            .iter()
            .map(|(place, (used, day))| (*used, *place, day.clone()))
            .collect();
        let mut bytes: usize = all.iter().map(|(.., day)| OVERHEAD + day.lock().bytes).sum();
        if bytes <= self.most {
            return;
        }
        all.sort_unstable_by_key(|(used, other, _)| (*other == place, *used));
        for (_, other, day) in all {
            let mut day = day.lock();
            let before = day.bytes;
            let excess = bytes.saturating_sub(self.most);
            day.shrink(before.saturating_sub(excess), usize::from(other == place));
            bytes -= before - day.bytes;
            if day.commits.is_empty() && other != place {
                days.by_place.remove(&other);
                bytes -= OVERHEAD;
            }
            if bytes <= self.most {
                return;
            }
        }
    }

    /// The newest commits after a moment, the newest first, and whether those are all: no
    /// more than there is room for, and than can be read in so many steps, until the deadline.
    async fn read(
        &self,
        connection: &mut PgConnection,
        (project_id, day): Place,
        after: i64,
        steps: usize,
        deadline: Instant,
    ) -> Result<(Vec<Commit>, bool), StoreError> {
        type Row = (i64, i64, i64, i64, Vec<u8>, Vec<i64>, Vec<u8>);
        let commit = |(received_at, first, last, events, filter, starts, pieces): Row| Commit {
            received_at,
            first,
            last,
            events,
            filter: filter.into(),
            starts: starts.into(),
            pieces: pieces.into(),
        };
        let (mut read, mut bytes, mut before) = (Vec::new(), 0, i64::MAX);
        let mut step = 0;
        loop {
            step += 1;
            let rows: Vec<Row> = sqlx::query_as(
                "SELECT received_at, first_key, last_key, events, filter, coalesce(starts, '{}'), coalesce(pieces, '') \
                 FROM word_filters WHERE project_id = $1 AND day = $2 AND received_at > $3 AND received_at < $4 \
                 ORDER BY received_at DESC LIMIT $5",
            )
            .bind(project_id)
            .bind(day)
            .bind(after)
            .bind(before)
            .bind(to_i64(STEP))
            .fetch_all(&mut *connection)
            .await?;
            let is_last = rows.len() < STEP;
            for row in rows {
                before = row.0;
                let commit = commit(row);
                bytes += commit.bytes();
                read.push(commit);
            }
            if is_last || step >= steps || bytes >= self.most || Instant::now() >= deadline {
                return Ok((read, is_last));
            }
        }
    }
}

#[cfg(test)]
impl Commit {
    /// As if these events had been committed, which have these words.
    pub(super) fn of(received_at: i64, events: &[(EventKey, &str)]) -> Self {
        let mut words = super::bloom::Words::default();
        for (key, text) in events {
            words.add(*key, &super::words::words(text));
        }
        let made = words.filters();
        let (starts, pieces) = made
            .pieces
            .map(|pieces| (pieces.starts, pieces.filters))
            .unwrap_or_default();
        Self {
            received_at,
            first: made.first,
            last: made.last,
            events: made.events,
            filter: made.filter.into(),
            starts: starts.into(),
            pieces: pieces.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::partitions::day_of;
    use super::super::today::Today;
    use super::*;
    use crate::query::Narrow;

    /// A commit of two events of one word.
    fn commit(received_at: i64, word: &str) -> Commit {
        let events = [0, 50].map(|n| (EventKey(received_at * 100 + n), word));
        Commit::of(received_at, &events)
    }

    fn ask(day: &mut Day, word: &str) -> Vec<i64> {
        let question = Question::new(&Narrow::Word(word.to_owned())).unwrap();
        let mut found = Vec::new();
        for commit in day.known().0.iter() {
            commit.candidates(&question, &mut found);
        }
        found.iter().map(|candidate| candidate.received_at).collect()
    }

    #[tokio::test]
    async fn a_day_with_an_index_is_known_as_a_whole_or_not_at_all() {
        let today = Today::new().await;
        let commits = STEP * STEPS + 1;
        for n in 0..i64::try_from(commits).unwrap() {
            today.commit(n..n + 1, |_| "red").await;
        }
        let place = (today.project, day_of(EventKey::from_time(today.now)));
        let mut connection = today.store.readers.acquire().await.unwrap();
        let last_at: i64 = sqlx::query_scalar("SELECT last_at FROM event_days")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let later = Instant::now() + Duration::from_secs(60);
        let recent = Recent::new(1 << 20);
        for _ in 0..2 {
            let known = recent.whole_day(&mut connection, place, last_at, later).await.unwrap();
            assert!(known.is_none(), "it is much to read");
        }
        assert_eq!(recent.known(place).unwrap().lock().commits.len(), 0);
        // It had no index for a while.
        recent.day(&mut connection, place, last_at, later).await.unwrap();
        let known = recent.whole_day(&mut connection, place, last_at, later).await.unwrap();
        assert_eq!(known.unwrap().lock().commits.len(), commits);
        let narrow = Recent::new(2_000);
        narrow.day(&mut connection, place, last_at, later).await.unwrap();
        let known = narrow.whole_day(&mut connection, place, last_at, later).await.unwrap();
        assert!(known.is_none(), "there is no room for all");
    }

    #[test]
    fn commits_are_added_once_and_in_order() {
        let mut day = Day::default();
        day.add(vec![commit(3, "red"), commit(1, "red")], true, 3);
        assert_eq!((ask(&mut day, "red"), day.from), (vec![1, 3], None));
        // Two searches read what came since, and one is late with less.
        day.add(vec![commit(7, "blue"), commit(5, "red")], true, 7);
        day.add(vec![commit(5, "red")], true, 5);
        assert_eq!((ask(&mut day, "red"), ask(&mut day, "blue")), (vec![1, 3, 5], vec![7]));
        // Read from before what is known by now.
        day.add(vec![commit(8, "red"), commit(7, "blue"), commit(5, "red")], true, 8);
        assert_eq!(
            (ask(&mut day, "red"), ask(&mut day, "blue")),
            (vec![1, 3, 5, 8], vec![7])
        );
        assert_eq!(day.bytes, 5 * commit(1, "red").bytes());
    }

    #[test]
    fn after_a_gap_only_what_follows_it_is_known() {
        let mut day = Day::default();
        day.add(vec![commit(1, "red")], true, 1);
        day.add(vec![commit(9, "red"), commit(8, "red")], false, 9);
        assert_eq!((ask(&mut day, "red"), day.from, day.upto), (vec![8, 9], Some(8), 9));
        day.add(vec![commit(11, "red")], true, 11);
        assert_eq!((ask(&mut day, "red"), day.from), (vec![8, 9, 11], Some(8)));
        day.add(Vec::new(), false, 12);
        assert_eq!((ask(&mut day, "red"), day.from), (Vec::new(), Some(i64::MAX)));
    }

    #[test]
    fn searches_take_them_by_their_keys() {
        let late = |received_at, key| Commit::of(received_at, &[(EventKey(key), "red")]);
        let mut day = Day::default();
        day.add(vec![late(3, 10), late(2, 30), late(1, 20)], true, 3);
        let (before, _) = day.known();
        assert_eq!(ask(&mut day, "red"), [3, 1, 2]);
        day.add(vec![late(5, 40), late(4, 15)], true, 5);
        assert_eq!(ask(&mut day, "red"), [3, 4, 1, 2, 5]);
        assert_eq!(before.len(), 3, "what is gone through stays as it was");
        let newest: Vec<i64> = day.newest(2).iter().map(|commit| commit.received_at).collect();
        assert_eq!(newest, [5, 4]);
        let size = late(1, 20).bytes();
        day.shrink(3 * size, 0);
        assert_eq!((ask(&mut day, "red"), day.from), (vec![3, 4, 5], Some(3)));
        day.add(vec![late(6, 5)], true, 6);
        assert_eq!(ask(&mut day, "red"), [6, 3, 4, 5]);
        day.shrink(size, 0);
        assert_eq!((ask(&mut day, "red"), day.from), (vec![6], Some(6)), "many at once");
    }

    fn see(day: &SharedDay) -> (Vec<i64>, Option<i64>) {
        let mut day = day.lock();
        (ask(&mut day, "red"), day.from)
    }

    fn fill(recent: &Recent, place: Place, times: [i64; 2]) -> SharedDay {
        let day = recent.take(place);
        let [first, last] = times;
        day.lock()
            .add(vec![commit(last, "red"), commit(first, "red")], true, last);
        recent.make_room(place);
        day
    }

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let size = commit(1, "red").bytes();
        let recent = Recent::new(3 * size + 2 * OVERHEAD);
        let of_one = fill(&recent, (1, 7), [1, 2]);
        assert_eq!(ask(&mut of_one.lock(), "red"), [1, 2]);
        let both = fill(&recent, (2, 7), [3, 4]);
        assert_eq!(ask(&mut both.lock(), "red"), [3, 4], "what is used now stays");
        let other = recent.take((1, 7));
        assert_eq!(see(&other), (vec![2], Some(2)));
        // It is used later now, so the first goes first.
        let other = fill(&recent, (1, 7), [5, 6]);
        assert_eq!(see(&other), (vec![2, 5, 6], Some(2)));
        assert!(ask(&mut recent.take((2, 7)).lock(), "red").is_empty(), "and is gone");
        let most = fill(&recent, (1, 7), [8, 9]);
        assert_eq!(see(&most), (vec![6, 8, 9], Some(6)));
    }

    #[test]
    fn a_full_day_makes_room_for_a_little_more_and_no_more_than_that() {
        let size = commit(1, "red").bytes();
        let recent = Recent::new(10 * size + 2 * OVERHEAD);
        for n in 0..10 {
            fill(&recent, (1, 7), [20 * n + 1, 20 * n + 2]);
        }
        let before = ask(&mut recent.take((1, 7)).lock(), "red").len();
        assert_eq!(before, 10);
        for n in 0..3 {
            // A day of its own, or a project, of which a few events come now and then.
            let day = recent.take((1, 8));
            day.lock().add(vec![commit(1_000 + n, "red")], true, 1_000 + n);
            recent.make_room((1, 8));
        }
        let full = recent.take((1, 7));
        assert_eq!(ask(&mut full.lock(), "red").len(), 7);
        assert_eq!(full.lock().upto, 182, "it has not to be read again");
        let none = Recent::new(0);
        assert_eq!(
            ask(&mut fill(&none, (1, 7), [1, 2]).lock(), "red"),
            [2],
            "the newest is kept"
        );
    }
}
