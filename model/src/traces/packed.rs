//! A [`Skeleton`] as the page asks for it: half the bytes, and read by a loop
//! over letters where a million JSON numbers keep a browser busy.

use serde::{Deserialize, Serialize};

use super::{Skeleton, Trace, TraceSummary};

/// Digits of base64: five bits of a number each, and one that says "more follow".
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BITS: u32 = 5;
const MORE: u8 = 1 << BITS;
/// What each byte is worth as a digit; [`NO_DIGIT`] for those that are none.
const WORTH: [u8; 256] = worth();
const NO_DIGIT: u8 = u8::MAX;

/// A trace with its skeleton packed: what `form=packed` asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackedTrace {
    /// The figures of the whole.
    #[serde(flatten)]
    pub head: TraceSummary,
    /// Whether there are more events in it than are shown (the limit is a setting).
    pub truncated: bool,
    /// Give it back as `arrived_after` to `/updates` to learn whether anything was added.
    pub watermark: String,
    /// The spans, as a tree.
    pub packed: PackedSkeleton,
}

/// Answer of `/updates?arrived_after=&form=packed`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackedTraceUpdate {
    /// Give it back as `arrived_after` the next time.
    pub watermark: String,
    /// The whole trace, if anything was added to it; else nothing.
    pub trace: Option<PackedTrace>,
}

/// The arrays of a [`Skeleton`], each as one text: numbers of variable length,
/// one behind the other. A number is made unsigned (0, -1, 1, -2 are 0, 1, 2,
/// 3) and cut into five bits a digit, lowest first; a digit is a letter of
/// base64, with 32 added where more follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackedSkeleton {
    /// As in [`Skeleton`].
    pub strings: Vec<String>,
    /// All ids, one behind the other.
    pub ids: String,
    /// Bytes of UTF-8 of each id, less those of the id before.
    pub id_bytes: String,
    /// Depth, less that of the span before. Parents and sizes follow from it.
    pub depth: String,
    /// Start, less that of the span before.
    pub start_us: String,
    /// Duration and one more; 0 where there is none.
    pub duration_us: String,
    /// As in [`Skeleton`], and so are those below.
    pub kind: String,
    /// Index into `strings`.
    pub name: String,
    /// Index into `strings`.
    pub service: String,
    /// Index into `strings`.
    pub model: String,
    /// Status.
    pub status: String,
    /// Input tokens, its own.
    pub input_tokens: String,
    /// Output tokens, its own.
    pub output_tokens: String,
    /// Cost and one more; 0 where it is not known.
    pub cost_nano_usd: String,
    /// Flags.
    pub flags: String,
}

impl From<Trace> for PackedTrace {
    fn from(trace: Trace) -> Self {
        Self {
            head: trace.head,
            truncated: trace.truncated,
            watermark: trace.watermark,
            packed: PackedSkeleton::pack(trace.spans),
        }
    }
}

impl PackedSkeleton {
    /// Packs a skeleton, which must be in pre-order.
    #[must_use]
    pub fn pack(spans: Skeleton) -> Self {
        let lengths = spans.id.iter().map(|id| i64::try_from(id.len()).unwrap_or(0));
        Self {
            id_bytes: packed(steps(lengths)),
            ids: spans.id.concat(),
            depth: packed(steps(spans.depth.iter().map(|depth| i64::from(*depth)))),
            start_us: packed(steps(spans.start_us.iter().copied())),
            duration_us: packed(spans.duration_us.iter().map(|value| shifted(*value))),
            kind: packed(spans.kind.iter().map(|index| i64::from(*index))),
            name: packed(spans.name.iter().map(|index| i64::from(*index))),
            service: packed(spans.service.iter().map(|index| i64::from(*index))),
            model: packed(spans.model.iter().map(|index| i64::from(*index))),
            status: packed(spans.status.iter().map(|status| i64::from(*status))),
            input_tokens: packed(spans.input_tokens.iter().copied()),
            output_tokens: packed(spans.output_tokens.iter().copied()),
            cost_nano_usd: packed(spans.cost_nano_usd.iter().map(|value| shifted(*value))),
            flags: packed(spans.flags.iter().map(|flags| i64::from(*flags))),
            strings: spans.strings,
        }
    }

    /// The skeleton; `None` when this is not what [`Self::pack`] makes.
    #[must_use]
    pub fn unpack(self) -> Option<Skeleton> {
        let depth = small(summed(numbers(&self.depth, self.depth.len())?))?;
        let n = depth.len();
        let all = |text: &str| numbers(text, n).filter(|numbers| numbers.len() == n);
        let index = |text: &str| small(all(text)?);
        let optional = |text: &str| Some(all(text)?.into_iter().map(unshifted).collect());
        let (parent, size) = family(&depth)?;
        Some(Skeleton {
            id: cut(&self.ids, summed(all(&self.id_bytes)?))?,
            parent,
            size,
            depth,
            start_us: summed(all(&self.start_us)?),
            duration_us: optional(&self.duration_us)?,
            kind: index(&self.kind)?,
            name: index(&self.name)?,
            service: index(&self.service)?,
            model: index(&self.model)?,
            status: index(&self.status)?
                .into_iter()
                .map(|code| u8::try_from(code).unwrap_or(0))
                .collect(),
            input_tokens: all(&self.input_tokens)?,
            output_tokens: all(&self.output_tokens)?,
            cost_nano_usd: optional(&self.cost_nano_usd)?,
            flags: index(&self.flags)?,
            strings: self.strings,
        })
    }
}

/// A text in pieces of so many bytes.
fn cut(text: &str, lengths: Vec<i64>) -> Option<Vec<String>> {
    let mut pieces = Vec::with_capacity(lengths.len());
    let mut rest = text;
    for length in lengths {
        let (piece, others) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        pieces.push(piece.to_owned());
        rest = others;
    }
    rest.is_empty().then_some(pieces)
}

/// Parents and sizes of what stands in pre-order, of the depths.
fn family(depth: &[u32]) -> Option<(Vec<i32>, Vec<u32>)> {
    let mut parent: Vec<i32> = Vec::with_capacity(depth.len());
    let mut size = vec![1_u32; depth.len()];
    // The way to the span that comes next, root first.
    let mut way: Vec<usize> = Vec::new();
    for (n, depth) in depth.iter().enumerate() {
        let depth = *depth as usize;
        if depth > way.len() {
            return None;
        }
        way.truncate(depth);
        parent.push(match way.last() {
            Some(above) => i32::try_from(*above).ok()?,
            None => -1,
        });
        way.push(n);
    }
    for n in (0..depth.len()).rev() {
        let of_child = size.get(n).copied().unwrap_or(1);
        let above = parent.get(n).and_then(|parent| usize::try_from(*parent).ok());
        if let Some(of_parent) = above.and_then(|above| size.get_mut(above)) {
            *of_parent += of_child;
        }
    }
    Some((parent, size))
}

/// Each number less the one before it.
fn steps(numbers: impl Iterator<Item = i64>) -> impl Iterator<Item = i64> {
    let mut before = 0_i64;
    numbers.map(move |number| number.wrapping_sub(std::mem::replace(&mut before, number)))
}

/// The opposite of [`steps`].
fn summed(mut steps: Vec<i64>) -> Vec<i64> {
    let mut sum = 0_i64;
    for step in &mut steps {
        sum = sum.wrapping_add(*step);
        *step = sum;
    }
    steps
}

/// What may be nothing as a number: 0 is nothing. No duration or cost is the
/// largest number that there is.
const fn shifted(value: Option<i64>) -> i64 {
    match value {
        None => 0,
        Some(value) if value >= 0 => value.saturating_add(1),
        Some(value) => value,
    }
}

const fn unshifted(value: i64) -> Option<i64> {
    match value {
        0 => None,
        1.. => Some(value - 1),
        _ => Some(value),
    }
}

/// Numbers that are not negative, and not large.
fn small(numbers: Vec<i64>) -> Option<Vec<u32>> {
    numbers.into_iter().map(|number| u32::try_from(number).ok()).collect()
}

/// Numbers as text.
fn packed(numbers: impl Iterator<Item = i64>) -> String {
    let mut text = String::with_capacity(numbers.size_hint().0 * 2);
    for number in numbers {
        let mut rest = (number << 1).cast_unsigned() ^ (number >> 63).cast_unsigned();
        loop {
            let low = u8::try_from(rest & u64::from(MORE - 1)).unwrap_or(0);
            rest >>= BITS;
            let digit = if rest == 0 { low } else { low | MORE };
            text.push(char::from(DIGITS.get(usize::from(digit)).copied().unwrap_or(b'A')));
            if rest == 0 {
                break;
            }
        }
    }
    text
}

/// The opposite of [`packed`], with room for so many; `None` for what is no such text.
fn numbers(text: &str, room: usize) -> Option<Vec<i64>> {
    let mut numbers = Vec::with_capacity(room);
    let (mut number, mut shift) = (0_u64, 0_u32);
    for byte in text.bytes() {
        let digit = WORTH.get(usize::from(byte)).copied().unwrap_or(NO_DIGIT);
        if digit == NO_DIGIT || shift >= u64::BITS {
            return None;
        }
        number |= u64::from(digit & (MORE - 1)) << shift;
        if digit & MORE == 0 {
            numbers.push((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            (number, shift) = (0, 0);
        } else {
            shift += BITS;
        }
    }
    (shift == 0).then_some(numbers)
}

#[expect(
    clippy::indexing_slicing,
    reason = "run by the compiler, which would refuse an index that is too large"
)]
const fn worth() -> [u8; 256] {
    let mut worth = [NO_DIGIT; 256];
    let mut digit = 0_u8;
    while digit < 64 {
        worth[DIGITS[digit as usize] as usize] = digit;
        digit += 1;
    }
    worth
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(numbers: &[i64]) -> String {
        packed(numbers.iter().copied())
    }

    #[test]
    fn writes_numbers_as_documented() {
        assert_eq!(text(&[0, -1, 1, 15, -16, 16, 1_000]), "ABCefgBw+B");
        assert_eq!(numbers("ABCefgBw+B", 7), Some(vec![0, -1, 1, 15, -16, 16, 1_000]));
    }

    #[test]
    fn refuses_what_it_did_not_write() {
        for text in ["=", "g", "Ag", "é", "ggggggggggggggggA"] {
            assert_eq!(numbers(text, 1), None, "{text}");
        }
        let one = |depth: &str, ids: &str| {
            let zero = "A".to_owned();
            PackedSkeleton {
                strings: vec![String::new()],
                ids: ids.to_owned(),
                id_bytes: text(&[2]),
                depth: depth.to_owned(),
                start_us: zero.clone(),
                duration_us: zero.clone(),
                kind: zero.clone(),
                name: zero.clone(),
                service: zero.clone(),
                model: zero.clone(),
                status: zero.clone(),
                input_tokens: zero.clone(),
                output_tokens: zero.clone(),
                cost_nano_usd: zero.clone(),
                flags: zero,
            }
            .unpack()
        };
        assert!(one("A", "ab").is_some());
        for (depth, ids) in [
            ("C", "ab"),
            ("B", "ab"),
            ("AA", "ab"),
            ("", ""),
            ("A", "abc"),
            ("A", "aé"),
        ] {
            assert_eq!(one(depth, ids), None, "{depth} {ids}");
        }
    }

    proptest! {
        #[test]
        fn numbers_survive(list in proptest::collection::vec(any::<i64>(), 0..20)) {
            prop_assert_eq!(numbers(&text(&list), list.len()), Some(list));
        }

        /// Whatever the tree and the figures: what is unpacked is what was packed.
        #[test]
        fn skeletons_survive(spans in proptest::collection::vec(
            (0..4_usize, "[a-zé]{0,9}", any::<i64>(), proptest::option::of(0..i64::MAX), any::<u32>(), any::<u8>()), 0..30
        )) {
            let mut skeleton = Skeleton { strings: vec![String::new(), "llm".to_owned()], ..Skeleton::default() };
            let mut way: Vec<usize> = Vec::new();
            for (n, (up, id, time, figure, index, code)) in spans.into_iter().enumerate() {
                way.truncate(way.len().saturating_sub(up));
                skeleton.parent.push(way.last().map_or(-1, |above| i32::try_from(*above).unwrap()));
                skeleton.depth.push(u32::try_from(way.len()).unwrap());
                skeleton.size.push(1);
                for above in &way {
                    skeleton.size[*above] += 1;
                }
                way.push(n);
                skeleton.id.push(id);
                skeleton.start_us.push(time);
                skeleton.duration_us.push(figure.map(|figure| figure - 1));
                skeleton.kind.push(index);
                skeleton.name.push(index / 2);
                skeleton.service.push(index / 3);
                skeleton.model.push(index / 5);
                skeleton.status.push(code);
                skeleton.input_tokens.push(time / 7);
                skeleton.output_tokens.push(time / 9);
                skeleton.cost_nano_usd.push(figure);
                skeleton.flags.push(index);
            }
            // -1 is no duration that is ever stored, but it is kept as well.
            prop_assert_eq!(PackedSkeleton::pack(skeleton.clone()).unpack(), Some(skeleton));
        }
    }
}
