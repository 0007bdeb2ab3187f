//! Bytes of rollups: integers of variable length, compressed as a whole.

use crate::store::StoreError;

/// Shorter than this, compression does not pay.
const WORTH_COMPRESSING: usize = 128;
/// The most bytes that a blob may hold decompressed: far above what bounds allow.
const MOST: usize = 256 << 20;
const PLAIN: u8 = 0;
const ZSTD: u8 = 1;

fn broken(what: &str) -> StoreError {
    StoreError::Inconsistent(format!("a rollup cannot be read: {what}"))
}

/// Writes a blob.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    #[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
    pub(super) fn unsigned(&mut self, mut n: u128) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    pub(super) fn size(&mut self, n: usize) {
        self.unsigned(n as u128);
    }

    /// Small numbers of either sign are short.
    #[expect(clippy::cast_sign_loss, reason = "zigzag")]
    pub(super) fn signed(&mut self, n: i128) {
        self.unsigned(((n << 1) ^ (n >> 127)) as u128);
    }

    pub(super) fn int(&mut self, n: i64) {
        self.signed(i128::from(n));
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.size(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// What another has written.
    pub(super) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The blob.
    pub(super) fn finish(self) -> Vec<u8> {
        if self.0.len() >= WORTH_COMPRESSING
            && let Ok(mut packed) = zstd::bulk::compress(&self.0, 1)
            && packed.len() + 8 < self.0.len()
        {
            let mut blob = vec![ZSTD];
            blob.extend_from_slice(&u32::try_from(self.0.len()).unwrap_or(u32::MAX).to_le_bytes());
            blob.append(&mut packed);
            return blob;
        }
        let mut blob = Vec::with_capacity(self.0.len() + 1);
        blob.push(PLAIN);
        blob.extend_from_slice(&self.0);
        blob
    }
}

/// The bytes of a blob.
pub(super) fn unpack(blob: &[u8]) -> Result<std::borrow::Cow<'_, [u8]>, StoreError> {
    match blob.split_first() {
        Some((&PLAIN, bytes)) => Ok(bytes.into()),
        Some((&ZSTD, rest)) => {
            let (size, packed) = rest.split_first_chunk::<4>().ok_or_else(|| broken("too short"))?;
            let size = usize::try_from(u32::from_le_bytes(*size)).unwrap_or(MOST);
            let bytes = zstd::bulk::decompress(packed, size.min(MOST)).map_err(|e| broken(&e.to_string()))?;
            Ok(bytes.into())
        }
        _ => Err(broken("unknown kind of blob")),
    }
}

/// Reads what [`Writer`] wrote.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, StoreError> {
        let (first, rest) = self.0.split_first().ok_or_else(|| broken("too short"))?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn unsigned(&mut self) -> Result<u128, StoreError> {
        // Nearly all are small.
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(u128::from(first));
        }
        let mut n = u128::from(first & 0x7f);
        let mut shift = 7;
        loop {
            let byte = self.byte()?;
            if shift > 126 {
                return Err(broken("a number is too long"));
            }
            n |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
            shift += 7;
        }
    }

    pub(super) fn small(&mut self) -> Result<u64, StoreError> {
        u64::try_from(self.unsigned()?).map_err(|_| broken("a number is too large"))
    }

    /// A number of things, each of which takes at least a byte.
    pub(super) fn size(&mut self) -> Result<usize, StoreError> {
        let n = usize::try_from(self.unsigned()?).map_err(|_| broken("a size is too large"))?;
        if n > self.0.len() {
            return Err(broken("a size is too large"));
        }
        Ok(n)
    }

    #[expect(clippy::cast_possible_wrap, reason = "zigzag")]
    pub(super) fn signed(&mut self) -> Result<i128, StoreError> {
        let n = self.unsigned()?;
        Ok((n >> 1) as i128 ^ -((n & 1) as i128))
    }

    pub(super) fn int(&mut self) -> Result<i64, StoreError> {
        i64::try_from(self.signed()?).map_err(|_| broken("a number is too large"))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], StoreError> {
        let n = self.size()?;
        let (bytes, rest) = self.0.split_at_checked(n).ok_or_else(|| broken("too short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, StoreError> {
        std::str::from_utf8(self.bytes()?).map_err(|_| broken("not UTF-8"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_and_bytes_come_back(numbers: Vec<i128>, ints: Vec<i64>, bytes: Vec<u8>) {
            let mut writer = Writer::default();
            writer.bytes(&bytes);
            for n in &numbers {
                writer.signed(*n >> 2);
            }
            for n in &ints {
                writer.int(*n);
            }
            let blob = writer.finish();
            let plain = unpack(&blob).unwrap();
            let mut reader = Reader(&plain);
            prop_assert_eq!(reader.bytes().unwrap(), &bytes[..]);
            for n in numbers {
                prop_assert_eq!(reader.signed().unwrap(), n >> 2);
            }
            for n in ints {
                prop_assert_eq!(reader.int().unwrap(), n);
            }
            prop_assert!(reader.is_empty());
        }

        #[test]
        fn noise_is_refused_and_not_believed(noise: Vec<u8>) {
            if let Ok(plain) = unpack(&noise) {
                let mut reader = Reader(&plain);
                while reader.bytes().is_ok() && reader.signed().is_ok() {}
            }
        }
    }
}
