//! The filters of words that this server has read, so that a search of today asks
//! most of them without asking Postgres.
//!
//! They can be kept because commits of a project are seen in the order of their
//! arrival, and a filter stays what it is until its day is over: what is missing
//! is what arrived since. There is room for a number of bytes; of a day that
//! has more, the newest are kept, and Postgres asks the others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgConnection;

use super::bloom::Question;
use super::filters::{Candidate, Part};
use crate::store::{EventKey, StoreError};

/// For how long it is taken for true that every commit of a day left a filter, or not.
const FRESH: Duration = Duration::from_secs(1);

/// What a filter takes besides its bytes.
const OVERHEAD: usize = 128;

/// The most filters that are read at once.
const ROWS: i64 = 100_000;

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
pub(super) struct SharedDay(Arc<Mutex<Day>>);

impl SharedDay {
    pub(super) fn lock(&self) -> MutexGuard<'_, Day> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The filters of a project's day that are known.
#[derive(Debug, Default)]
pub(super) struct Day {
    /// All commits that arrived then or later, until `upto`; of the others, the
    /// least known.
    from: Option<i64>,
    upto: i64,
    /// In the order of arrival.
    commits: VecDeque<Commit>,
    bytes: usize,
    whole: Option<(Instant, bool)>,
}

/// What a commit left of its events of a day.
#[derive(Debug, PartialEq, Eq)]
struct Commit {
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

    /// What is said of each piece, in the order of the keys. That of all is asked, too:
    /// what is wrong once is hardly ever wrong twice.
    fn says(&self, question: &Question) -> impl Iterator<Item = bool> {
        let may = question.asked(&self.filter);
        let size = (self.pieces.len() / self.starts.len().max(1)).max(1);
        let pieces = self.pieces.chunks(size);
        let pieces = pieces.map(move |filter| may && question.asked(filter));
        pieces.chain(self.starts.is_empty().then_some(may))
    }

    fn candidates(&self, question: &Question, found: &mut Vec<Candidate>) {
        if !question.asked(&self.filter) {
            return;
        }
        let whole = Candidate {
            received_at: self.received_at,
            first: EventKey(self.first),
            last: EventKey(self.last),
            events: self.events,
            part: Part::Whole,
        };
        let before = found.len();
        let ends = self.starts.iter().skip(1).map(|next| next - 1).chain([self.last]);
        let pieces = self.starts.iter().zip(ends).zip(self.says(question));
        found.extend(pieces.filter(|(_, yes)| *yes).map(|((first, last), _)| Candidate {
            first: EventKey(*first),
            last: EventKey(last),
            events: self.events / i64::try_from(self.starts.len()).unwrap_or(1),
            part: Part::Piece { of: self.events },
            ..whole
        }));
        // All of them, or it has none.
        if found.len() - before == self.starts.len() {
            found.truncate(before);
            found.push(whole);
        }
    }
}

impl Day {
    /// Commits that arrived before this are not known.
    pub(super) const fn from(&self) -> Option<i64> {
        self.from
    }

    /// What of the commits may have what is looked for.
    pub(super) fn candidates(&self, question: &Question) -> Vec<Candidate> {
        let mut found = Vec::new();
        for commit in &self.commits {
            commit.candidates(question, &mut found);
        }
        found
    }

    /// What each of the newest filters says.
    pub(super) fn newest(&self, question: &Question) -> impl Iterator<Item = bool> {
        self.commits.iter().rev().flat_map(|commit| commit.says(question))
    }

    /// How many events lie in a window of keys, if those of each commit are spread
    /// evenly. `None` when not all commits are known.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    pub(super) fn events_between(&self, (bottom, top): (EventKey, EventKey)) -> Option<f64> {
        let within = |commit: &&Commit| commit.last >= bottom.0 && commit.first < top.0;
        let part = |commit: &Commit| {
            let width = commit.last.min(top.0 - 1) - commit.first.max(bottom.0) + 1;
            commit.events as f64 * width as f64 / (commit.last - commit.first + 1) as f64
        };
        let all = || self.commits.iter().filter(within).map(part).sum();
        self.from.is_none().then(all)
    }

    /// Whether every event of the day is of a commit that left a filter, as it was lately.
    pub(super) fn whole(&self) -> Option<bool> {
        let (at, whole) = self.whole?;
        (at.elapsed() < FRESH).then_some(whole)
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
        if !are_all {
            self.commits.clear();
            self.bytes = 0;
            self.from = Some(read.last().map_or(i64::MAX, |commit| commit.received_at));
        }
        let known = if are_all { self.upto } else { i64::MIN };
        for commit in read.into_iter().rev().filter(|commit| commit.received_at > known) {
            self.bytes += commit.bytes();
            self.commits.push_back(commit);
        }
        self.upto = newest;
    }

    /// Forgets the oldest commits, until there are no more than so many bytes.
    fn shrink(&mut self, most: usize) {
        while self.bytes > most
            && let Some(oldest) = self.commits.pop_front()
        {
            self.bytes -= oldest.bytes();
            self.from = Some(oldest.received_at + 1);
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
    /// last of them arrived.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub(super) async fn day(
        &self,
        connection: &mut PgConnection,
        (project_id, day): Place,
        last_at: i64,
    ) -> Result<SharedDay, StoreError> {
        let shared = self.take((project_id, day));
        let upto = shared.lock().upto;
        if upto < last_at {
            let (read, are_all) = self.read(connection, (project_id, day), upto).await?;
            shared.lock().add(read, are_all, last_at);
            self.make_room((project_id, day));
        }
        Ok(shared)
    }

    fn take(&self, place: Place) -> SharedDay {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.uses += 1;
        let now = days.uses;
        let (used, day) = days.by_place.entry(place).or_default();
        *used = now;
        day.clone()
    }

    /// Forgets what was used longest ago, and the oldest of what is used now.
    fn make_room(&self, place: Place) {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others: Vec<(u64, Place, usize)> = days
            .by_place
            .iter()
            .filter(|(other, _)| **other != place)
            .map(|(other, (used, day))| (*used, *other, OVERHEAD + day.lock().bytes))
            .collect();
        others.sort_unstable_by_key(|(used, ..)| std::cmp::Reverse(*used));
        let mut room = self.most;
        if let Some((_, day)) = days.by_place.get(&place) {
            let mut day = day.lock();
            day.shrink(room);
            room = room.saturating_sub(OVERHEAD + day.bytes);
        }
        for (_, other, bytes) in others {
            match room.checked_sub(bytes) {
                Some(rest) => room = rest,
                None => {
                    days.by_place.remove(&other);
                }
            }
        }
    }

    /// The newest commits after a moment, the newest first, and whether those are all.
    async fn read(
        &self,
        connection: &mut PgConnection,
        (project_id, day): Place,
        after: i64,
    ) -> Result<(Vec<Commit>, bool), StoreError> {
        type Row = (i64, i64, i64, i64, Vec<u8>, Vec<i64>, Vec<u8>, i64);
        // The size of a column is known without reading it.
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT f.received_at, f.first_key, f.last_key, f.events, f.filter, \
             coalesce(f.starts, '{}'), coalesce(f.pieces, ''), \
             (SELECT min(o.received_at) FROM word_filters o WHERE o.project_id = $1 AND o.day = $2 AND o.received_at > $3) \
             FROM (SELECT f.*, sum(f.bytes) OVER (ORDER BY f.received_at DESC) AS size \
             FROM (SELECT *, octet_length(filter) + coalesce(octet_length(pieces), 0) AS bytes FROM word_filters WHERE project_id = $1 AND day = $2 AND received_at > $3 \
             ORDER BY received_at DESC LIMIT $4) f) f \
             WHERE f.size - f.bytes < $5 ORDER BY f.received_at DESC",
        )
        .bind(project_id)
        .bind(day)
        .bind(after)
        .bind(ROWS)
        .bind(i64::try_from(self.most).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
        let oldest = rows.last().map(|row| row.0);
        let are_all = match rows.first() {
            Some(row) => Some(row.7) == oldest,
            // Where there is any room, the newest is read.
            None => self.most > 0,
        };
        let commit = |(received_at, first, last, events, filter, starts, pieces, _): Row| Commit {
            received_at,
            first,
            last,
            events,
            filter: filter.into(),
            starts: starts.into(),
            pieces: pieces.into(),
        };
        Ok((rows.into_iter().map(commit).collect(), are_all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Narrow;

    /// A commit of two events of one word.
    fn commit(received_at: i64, word: &str) -> Commit {
        let mut words = super::super::bloom::Words::default();
        for n in 0..2 {
            words.add(EventKey(received_at * 100 + n * 50), word);
        }
        let made = words.filters();
        Commit {
            received_at,
            first: made.first,
            last: made.last,
            events: made.events,
            filter: made.filter.into(),
            starts: Box::default(),
            pieces: Box::default(),
        }
    }

    fn ask(day: &Day, word: &str) -> Vec<i64> {
        let question = Question::new(&Narrow::Word(word.to_owned())).unwrap();
        let found = day.candidates(&question);
        found.iter().map(|candidate| candidate.received_at).collect()
    }

    #[test]
    fn commits_are_added_once_and_in_order() {
        let mut day = Day::default();
        day.add(vec![commit(3, "red"), commit(1, "red")], true, 3);
        assert_eq!((ask(&day, "red"), day.from()), (vec![1, 3], None));
        // Two searches read what came since, and one is late with less.
        day.add(vec![commit(7, "blue"), commit(5, "red")], true, 7);
        day.add(vec![commit(5, "red")], true, 5);
        assert_eq!((ask(&day, "red"), ask(&day, "blue")), (vec![1, 3, 5], vec![7]));
        // Read from before what is known by now.
        day.add(vec![commit(8, "red"), commit(7, "blue"), commit(5, "red")], true, 8);
        assert_eq!((ask(&day, "red"), ask(&day, "blue")), (vec![1, 3, 5, 8], vec![7]));
        assert_eq!(day.bytes, 5 * commit(1, "red").bytes());
    }

    #[test]
    fn after_a_gap_only_what_follows_it_is_known() {
        let mut day = Day::default();
        day.add(vec![commit(1, "red")], true, 1);
        day.add(vec![commit(9, "red"), commit(8, "red")], false, 9);
        assert_eq!((ask(&day, "red"), day.from(), day.upto), (vec![8, 9], Some(8), 9));
        assert_eq!(day.events_between((EventKey(0), EventKey(10_000))), None);
        day.add(vec![commit(11, "red")], true, 11);
        assert_eq!((ask(&day, "red"), day.from()), (vec![8, 9, 11], Some(8)));
        day.add(Vec::new(), false, 12);
        assert_eq!((ask(&day, "red"), day.from()), (Vec::new(), Some(i64::MAX)));
    }

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let size = commit(1, "red").bytes();
        let recent = Recent::new(3 * size + size / 2);
        let fill = |place: Place, times: [i64; 2]| {
            let day = recent.take(place);
            let [first, last] = times;
            day.lock()
                .add(vec![commit(last, "red"), commit(first, "red")], true, last);
            recent.make_room(place);
            day
        };
        let of_one = fill((1, 7), [1, 2]);
        let both = fill((2, 7), [3, 4]);
        assert_eq!(ask(&both.lock(), "red"), [3, 4], "what is used now stays");
        assert!(ask(&recent.take((1, 7)).lock(), "red").is_empty(), "the other is gone");
        assert_eq!(ask(&of_one.lock(), "red"), [1, 2], "but not for who holds it");
        let more = fill((2, 7), [5, 6]);
        let more = more.lock();
        assert_eq!((ask(&more, "red"), more.from()), (vec![4, 5, 6], Some(4)));
    }

    #[test]
    fn events_between_keys_are_reckoned() {
        let mut day = Day::default();
        day.add(vec![commit(2, "red"), commit(1, "red")], true, 2);
        let between = |bottom, top| day.events_between((EventKey(bottom), EventKey(top))).unwrap();
        assert!((between(0, 1_000) - 4.0).abs() < 1e-9);
        assert!((between(200, 1_000) - 2.0).abs() < 1e-9);
        assert!((between(100, 125) - 2.0 * 25.0 / 51.0).abs() < 1e-9);
    }
}
