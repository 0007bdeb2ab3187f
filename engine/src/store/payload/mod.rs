//! What a client wrote in full: input, output and attributes, in one value.
//!
//! They are the greater part of an event and read only when it is opened, so
//! they are compressed together: what is said twice (messages are often both
//! in the input and among the attributes) is kept once, and what every client
//! says is in a dictionary.
//!
//! Layout: a byte for the format (0: plain; 1 and 2: zstd with the dictionary of
//! that number), then for each of the three its length plus one as a varint (LEB128;
//! 0 when it is absent), then the three behind each other. A dictionary that has
//! been released never changes: what it compressed could not be read any more.
//! `scripts/payload-dictionary.py` makes one. The first is texts alone; the second
//! also tells zstd how often each byte comes, which it need then neither count nor
//! write into each payload.

use std::cell::RefCell;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

use crate::store::StoreError;

const PLAIN: u8 = 0;
const ZSTD_1: u8 = 1;
const ZSTD_2: u8 = 2;
/// The fastest but one; higher levels gain little on texts this short.
const LEVEL: i32 = 1;
/// Shorter ones are not worth the time.
const LEAST: usize = 64;
/// More than a request can bring: a length beyond it is no length.
const MOST: usize = 1 << 30;

static DICTIONARY_1: &[u8] = include_bytes!("dictionary-1.txt");
static DICTIONARY_2: &[u8] = include_bytes!("dictionary-2.bin");
static ENCODER_2: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY_2, LEVEL));
static DECODER_1: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_1));
static DECODER_2: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY_2));

thread_local! {
    /// Making one takes longer than compressing with it.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR_1: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    static DECOMPRESSOR_2: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Input, output and attributes: JSON as the client wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Payload {
    pub(crate) input: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) attributes: Option<String>,
}

impl Payload {
    /// As it is stored; `None` when there is nothing.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        let parts = [&self.input, &self.output, &self.attributes];
        let total: usize = parts.iter().filter_map(|part| part.as_ref()).map(String::len).sum();
        if parts.iter().all(|part| part.is_none()) {
            return None;
        }
        let mut header = vec![PLAIN];
        for part in parts {
            varint(&mut header, part.as_ref().map_or(0, |text| text.len() + 1));
        }
        let mut body = Vec::with_capacity(total);
        for part in parts.into_iter().flatten() {
            body.extend_from_slice(part.as_bytes());
        }
        if body.len() >= LEAST
            && let Some(smaller) = compress(&body).filter(|smaller| smaller.len() < body.len())
        {
            body = smaller;
            header.splice(..1, [ZSTD_2]);
        }
        header.extend_from_slice(&body);
        Some(header)
    }

    /// From what is stored.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] for what [`Self::encode`] did not make.
    pub(crate) fn decode(stored: &[u8]) -> Result<Self, StoreError> {
        let (format, rest) = stored.split_first().ok_or_else(|| broken("is empty"))?;
        let mut rest = rest;
        let mut lengths = [0; 3];
        for length in &mut lengths {
            (*length, rest) = read_varint(rest).ok_or_else(|| broken("has no lengths"))?;
        }
        let total: usize = lengths.iter().map(|length| length.saturating_sub(1)).sum();
        let body = match *format {
            PLAIN => rest.to_vec(),
            ZSTD_1 | ZSTD_2 if total <= MOST => {
                decompress(*format, rest, total).ok_or_else(|| broken("cannot be decompressed"))?
            }
            _ => return Err(broken("has a format that this version does not know")),
        };
        if body.len() != total {
            return Err(broken("has another length than it says"));
        }
        let mut body = String::from_utf8(body).map_err(|_| broken("is no text"))?;
        let mut take = |length: usize| {
            let end = length.checked_sub(1)?;
            let tail = body.is_char_boundary(end).then(|| body.split_off(end))?;
            Some(std::mem::replace(&mut body, tail))
        };
        let [input, output, attributes] = lengths.map(&mut take);
        Ok(Self {
            input,
            output,
            attributes,
        })
    }
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    COMPRESSOR.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Compressor::with_prepared_dictionary(&ENCODER_2).ok();
            // Which dictionary it is the format says.
            slot.as_mut()?.include_dictid(false).ok()?;
        }
        slot.as_mut()?.compress(body).ok()
    })
}

fn decompress(format: u8, body: &[u8], length: usize) -> Option<Vec<u8>> {
    let (decompressor, dictionary) = match format {
        ZSTD_1 => (&DECOMPRESSOR_1, &DECODER_1),
        _ => (&DECOMPRESSOR_2, &DECODER_2),
    };
    decompressor.with_borrow_mut(|slot| {
        if slot.is_none() {
            *slot = Decompressor::with_prepared_dictionary(dictionary).ok();
        }
        slot.as_mut()?.decompress(body, length).ok()
    })
}

fn varint(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn read_varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (n, byte) in bytes.iter().take(5).enumerate() {
        value |= usize::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(n + 1..)?));
        }
    }
    None
}

fn broken(what: &str) -> StoreError {
    StoreError::Inconsistent(format!("a payload {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = Option<String>> {
        proptest::option::of(prop_oneof![
            "\\PC{0,20}",
            "(\\{\"gen_ai.request.model\":\"[a-z]{1,9}\"\\}){0,40}"
        ])
    }

    proptest! {
        #[test]
        fn what_is_stored_comes_back(input in text(), output in text(), attributes in text()) {
            let payload = Payload { input, output, attributes };
            match payload.encode() {
                Some(stored) => prop_assert_eq!(Payload::decode(&stored).unwrap(), payload),
                None => prop_assert_eq!(payload, Payload::default()),
            }
        }

        #[test]
        fn noise_is_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..60), format in 0..4_u8) {
            bytes.insert(0, format);
            let _ = Payload::decode(&bytes);
        }
    }

    #[test]
    fn what_was_stored_once_can_always_be_read() {
        let payload = Payload {
            input: Some("[1,2]".into()),
            output: None,
            attributes: Some(
                r#"{"gen_ai.operation.name":"chat","gen_ai.request.model":"gpt-4o-mini","user.id":"user_1"}"#.into(),
            ),
        };
        let stored = payload.encode().unwrap();
        assert!(stored.len() < 60, "{}", stored.len());
        for once in [&ONCE_1[..], &ONCE_2] {
            assert_eq!(
                Payload::decode(once).ok().as_ref(),
                Some(&payload),
                "now it is {stored:?}"
            );
        }
    }

    const ONCE_1: [u8; 50] = [
        1, 6, 0, 89, 40, 181, 47, 253, 32, 93, 45, 1, 0, 112, 91, 49, 44, 50, 93, 123, 117, 115, 101, 114, 95, 49, 34,
        125, 6, 0, 50, 115, 54, 16, 2, 148, 144, 77, 56, 120, 183, 163, 193, 30, 96, 3, 204, 9, 81, 4,
    ];

    const ONCE_2: [u8; 47] = [
        2, 6, 0, 89, 40, 181, 47, 253, 32, 93, 21, 1, 0, 227, 192, 2, 87, 123, 78, 127, 202, 202, 236, 128, 148, 151,
        70, 6, 252, 50, 211, 64, 8, 194, 108, 248, 187, 193, 82, 123, 32, 51, 230, 29, 154, 58, 7,
    ];

    #[test]
    fn a_huge_length_is_refused() {
        assert!(Payload::decode(&[1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 1, 2, 3]).is_err());
    }
}
