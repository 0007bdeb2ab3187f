//! Filters of words, as a commit makes them; `filters` writes and asks them.

use std::borrow::Cow;
use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::query::Narrow;
use crate::store::EventKey;
use crate::text::MARK;

/// Bytes of a block. The bits of a word are all in one, so that a slice tells.
pub(super) const BLOCK: usize = 64;
/// Bits for each different word.
const BITS: usize = 16;
/// Bits that a word sets: as many as a hash has room for.
const PROBES: u64 = 7;

/// Letters of a beginning of a word that a filter knows. Shorter ones are those
/// of many words.
const BEGINNING: usize = 4;

/// The most events of a piece. A page of fifty is in as many pieces or fewer, which
/// are read whole; and half as many events take filters that are a third larger.
const PIECE: usize = if cfg!(test) { 3 } else { 8 };

/// The words of a project's events of a day.
#[derive(Default)]
pub(super) struct Words {
    /// The key of each event, and where its words end.
    events: Vec<(i64, usize)>,
    hashes: Vec<u64>,
}

/// The filters of a project's events of a day.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) events: i64,
    pub(super) filter: Vec<u8>,
    pub(super) pieces: Option<Pieces>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    /// The first key of each.
    pub(super) starts: Vec<i64>,
    /// Filters of the same size, one after the other.
    pub(super) filters: Vec<u8>,
}

impl Words {
    /// Adds an event of such words.
    pub(super) fn add(&mut self, key: EventKey, words: &[Cow<'_, str>]) {
        for word in words {
            self.hashes.push(hash(word));
            self.hashes.extend(hash_of_beginning(word));
        }
        self.events.push((key.0, self.hashes.len()));
    }

    /// Makes the filters.
    pub(super) fn filters(mut self) -> Made {
        let mut events: Vec<(i64, Range<usize>)> = Vec::with_capacity(self.events.len());
        let mut from = 0;
        for (key, to) in self.events {
            events.push((key, from..to));
            from = to;
        }
        // Merges come in any order.
        events.sort_unstable_by_key(|(key, _)| *key);
        let size = events.len().div_ceil(events.len().div_ceil(PIECE).max(1)).max(1);
        let (mut all, mut starts, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
        if events.len() > PIECE {
            for piece in events.chunks(size) {
                let words = piece.iter().filter_map(|(_, words)| self.hashes.get(words.clone()));
                let mut words: Vec<u64> = words.flatten().copied().collect();
                words.sort_unstable();
                words.dedup();
                starts.extend(piece.first().map(|(key, _)| *key));
                all.extend_from_slice(&words);
                pieces.push(words);
            }
        } else {
            all = std::mem::take(&mut self.hashes);
        }
        all.sort_unstable();
        all.dedup();
        let blocks = blocks_of_pieces(&pieces);
        Made {
            first: events.first().map_or(i64::MAX, |(key, _)| *key),
            last: events.last().map_or(i64::MIN, |(key, _)| *key),
            events: i64::try_from(events.len()).unwrap_or(i64::MAX),
            filter: filter(&all, blocks_for(all.len())),
            pieces: blocks.map(|blocks| Pieces {
                starts,
                filters: pieces.iter().flat_map(|words| filter(words, blocks)).collect(),
            }),
        }
    }
}

/// What is stored with filters: it stays what it is.
pub(super) fn hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

/// The same for what a word begins with, if filters know of that.
pub(super) fn hash_of_beginning(word: &str) -> Option<u64> {
    // Words that stand for fields are asked for whole.
    if word.starts_with(MARK) {
        return None;
    }
    let (last, letter) = word.char_indices().nth(BEGINNING - 1)?;
    let beginning = word.get(..last + letter.len_utf8())?;
    Some(xxh3_64_with_seed(beginning.as_bytes(), 1))
}

/// The block of a word, of so many.
fn block_of(hash: u64, blocks: usize) -> usize {
    usize::try_from(((hash >> 32) * blocks as u64) >> 32).unwrap_or(0)
}

/// What filters can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The hash of a word, or of a beginning.
    Word(u64),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Question {
    /// None when every filter would say yes.
    pub(super) fn new(narrow: &Narrow) -> Option<Self> {
        match narrow {
            Narrow::Word(word) => Some(Self::Word(hash(word))),
            // Of short beginnings of words a filter knows nothing.
            Narrow::Prefix(word) => hash_of_beginning(word).map(Self::Word),
            Narrow::And(parts) => {
                let mut parts: Vec<Self> = parts.iter().filter_map(Self::new).collect();
                if parts.len() > 1 {
                    Some(Self::And(parts))
                } else {
                    parts.pop()
                }
            }
            Narrow::Or(parts) => Some(Self::Or(parts.iter().map(Self::new).collect::<Option<_>>()?)),
            Narrow::Without(asked, _) => Self::new(asked.as_deref()?),
        }
    }

    /// What a filter says: no only if it is so.
    pub(super) fn asked(&self, filter: &[u8]) -> bool {
        match self {
            Self::Word(hash) => has(filter, *hash),
            Self::And(parts) => parts.iter().all(|part| part.asked(filter)),
            Self::Or(parts) => parts.iter().any(|part| part.asked(filter)),
        }
    }
}

fn has(filter: &[u8], hash: u64) -> bool {
    let block = block_of(hash, filter.len() / BLOCK) * BLOCK;
    let block = filter.get(block..block + BLOCK).unwrap_or_default();
    let is_set = |bit: u64| {
        let byte = usize::try_from(bit / 8).ok().and_then(|byte| block.get(byte));
        byte.is_some_and(|byte| byte >> (bit % 8) & 1 == 1)
    };
    bits(hash).all(is_set)
}

/// The bits of a word in its block.
pub(super) fn bits(hash: u64) -> impl Iterator<Item = u64> {
    // The upper half has chosen the block. Each bit is of its own: evenly spaced ones
    // are, but for one, those of some other word, and a common one may be among them.
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (0..PROBES).map(move |n| (mixed >> (9 * n)) & 511)
}

/// How many blocks the filter of each piece has: as many as the largest needs, unless that is
/// far from the others. What has too few says yes more often, and one long text does not
/// take as much room for each piece of its commit.
fn blocks_of_pieces(pieces: &[Vec<u64>]) -> Option<usize> {
    let most = pieces.iter().map(Vec::len).max()?;
    let mean = pieces.iter().map(Vec::len).sum::<usize>() / pieces.len().max(1);
    Some(blocks_for(most.min(2 * mean)))
}

/// How many blocks so many different words need.
fn blocks_for(words: usize) -> usize {
    (words * BITS).div_ceil(BLOCK * 8).max(1)
}

fn filter(hashes: &[u64], blocks: usize) -> Vec<u8> {
    let mut filter = vec![0_u8; blocks * BLOCK];
    for &hash in hashes {
        let block = block_of(hash, blocks);
        for bit in bits(hash) {
            let byte = block * BLOCK + usize::try_from(bit / 8).unwrap_or(0);
            if let Some(byte) = filter.get_mut(byte) {
                *byte |= 1 << (bit % 8);
            }
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(filter: &[u8], word: &str) -> bool {
        Question::Word(hash(word)).asked(filter)
    }

    #[test]
    fn a_filter_says_yes_to_its_words_and_hardly_ever_to_others() {
        for count in [0_usize, 1, 30, 2_000, 15_000] {
            let own: Vec<String> = (0..count).map(|n| format!("own{n}")).collect();
            let hashes: Vec<u64> = own.iter().map(|word| hash(word)).collect();
            let filter = filter(&hashes, blocks_for(count));
            assert_eq!(filter.len() % BLOCK, 0);
            assert!(filter.len() <= count * BITS / 8 + BLOCK);
            assert!(own.iter().all(|word| says(&filter, word)));
            let wrong = (0..20_000).filter(|n| says(&filter, &format!("other{n}"))).count();
            assert!(wrong <= 60, "{wrong} of 20000 with {count} words");
        }
    }

    #[test]
    fn no_word_is_often_found_where_it_is_not() {
        // Half of the words of each are those of all.
        let filters: Vec<Vec<u8>> = (0..1_000)
            .map(|n| {
                let words = (0..150).map(|word| hash(&format!("common{word}")));
                let words = words.chain((0..150).map(|word| hash(&format!("of{n}, {word}"))));
                filter(&words.collect::<Vec<_>>(), blocks_for(300))
            })
            .collect();
        let mut all = 0;
        for other in 0..300 {
            let other = format!("other{other}");
            let wrong = filters.iter().filter(|filter| says(filter, &other)).count();
            assert!(wrong <= 100, "{other}: {wrong} of 1000");
            all += wrong;
        }
        assert!(all <= 270, "{all} of 300000");
    }

    #[test]
    fn what_was_stored_once_is_asked_the_same_for_ever() {
        let filter = filter(&["declined", "支払"].map(hash), 1);
        let set: Vec<usize> = (0..512).filter(|bit| filter[bit / 8] >> (bit % 8) & 1 == 1).collect();
        let stored = [95, 105, 172, 178, 183, 201, 229, 395, 416, 422, 449, 459, 488];
        assert_eq!(set, stored);
    }

    #[test]
    fn beginnings_are_words_of_their_own() {
        let of = hash_of_beginning;
        assert!(of("decl").is_some());
        assert_eq!(of("declined"), of("decl"));
        assert_eq!(of("支払失敗です"), of("支払失敗"));
        assert_ne!(of("declined"), of("depl"));
        assert_ne!(of("decl"), Some(hash("decl")), "a word is no beginning");
        assert_eq!([of(""), of("dec"), of("支払い"), of("\u{e000}s0a1b2")], [None; 4]);
    }

    #[test]
    fn a_commit_of_many_events_has_a_filter_for_each_piece() {
        let words = |keys: &[i64]| {
            let mut words = Words::default();
            for key in keys {
                words.hashes.push(hash("all"));
                words.hashes.push(hash(&format!("only{key}")));
                words.events.push((*key, words.hashes.len()));
            }
            words.filters()
        };
        assert_eq!(words(&[3, 1, 2]).pieces, None);
        let made = words(&[70, 10, 30, 20, 60, 50, 40]);
        assert_eq!((made.first, made.last, made.events), (10, 70, 7));
        let pieces = made.pieces.unwrap();
        assert_eq!(pieces.starts, [10, 40, 70]);
        let filters: Vec<&[u8]> = pieces.filters.chunks(pieces.filters.len() / 3).collect();
        for (word, wanted) in [
            ("all", [true, true, true]),
            ("only20", [true, false, false]),
            ("only60", [false, true, false]),
            ("only70", [false, false, true]),
        ] {
            assert_eq!([0, 1, 2].map(|n| says(filters[n], word)), wanted, "{word}");
            assert!(says(&made.filter, word));
        }
    }

    #[test]
    fn what_filters_do_not_know_is_not_asked() {
        let word = |text: &str| Narrow::Word(text.to_owned());
        let prefix = |text: &str| Narrow::Prefix(text.to_owned());
        assert_eq!(Question::new(&prefix("x")), None);
        assert_eq!(Question::new(&Narrow::Or(vec![word("a"), prefix("x")])), None);
        assert_eq!(Question::new(&Narrow::Without(None, Box::new(word("a")))), None);
        let only = Some(Question::Word(hash("a")));
        assert_eq!(Question::new(&word("a")), only);
        let without = Narrow::Without(Some(Box::new(word("a"))), Box::new(word("b")));
        assert_eq!(Question::new(&without), only, "what is left out tells nothing");
        assert!(Question::new(&prefix("declin")).is_some());
        assert_eq!(Question::new(&prefix("declin")), Question::new(&prefix("decl")));
        assert_eq!(Question::new(&Narrow::And(vec![word("a"), prefix("x")])), only);
    }

    #[test]
    fn a_question_is_answered_by_all_of_its_words() {
        let filter = filter(&["red", "blue"].map(hash), 1);
        let ask = |narrow: &Narrow| Question::new(narrow).unwrap().asked(&filter);
        let words = |words: [&str; 2]| words.map(|word| Narrow::Word(word.to_owned())).to_vec();
        assert!(ask(&Narrow::And(words(["red", "blue"]))));
        assert!(!ask(&Narrow::And(words(["red", "green"]))));
        assert!(ask(&Narrow::Or(words(["red", "green"]))));
        assert!(!ask(&Narrow::Or(words(["black", "green"]))));
        assert!(!Question::Word(hash("red")).asked(&[]), "no filter has nothing");
    }

    #[test]
    fn one_long_text_does_not_make_all_filters_long() {
        let piece = |words: usize| vec![0_u64; words];
        let blocks = |pieces: &[usize]| blocks_of_pieces(&pieces.iter().map(|words| piece(*words)).collect::<Vec<_>>());
        assert_eq!(blocks(&[]), None);
        assert_eq!(blocks(&[300, 320, 310]), Some(blocks_for(320)));
        let mut pieces = vec![100; 99];
        pieces.push(6_500);
        assert_eq!(blocks(&pieces), Some(blocks_for(2 * 164)));
    }
}
