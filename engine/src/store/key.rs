//! The order of events, and the id made from it.
//!
//! An event's [`EventKey`] is its time in microseconds, shifted left by
//! [`TIE_BITS`], plus a tie-break. Walking keys downwards is walking time
//! backwards, in the table, in every index that ends with the key, and in the
//! text index, so that "the newest fifty that match" never sorts and never
//! reads more than it must.
//!
//! Clients often send whole milliseconds or seconds. The digits that such a
//! time does not use are filled with the order of arrival, which is the best
//! order known for them, and leaves room for a billion events a second.

use eventglass_model::Timestamp;
use uuid::Uuid;

/// Bits below a microsecond.
const TIE_BITS: u32 = 10;
const TIES: i64 = 1 << TIE_BITS;
/// The last microsecond that can be told apart: the year 2255.
const MAX_MICROS: i64 = (1 << 53) - 1;
/// Microseconds by which a key may lie after its event's time.
const MAX_FILL_MICROS: i64 = 1_000_000;

/// Where an event stands in the order of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(pub i64);

impl EventKey {
    /// The key of an event that is the `arrival`-th to be stored.
    /// Times before 1970 and after 2255 share the first and the last place.
    #[must_use]
    pub fn new(time: Timestamp, arrival: u64) -> Self {
        let micros = time.micros();
        let unused_digits = [1_000_000, 1_000]
            .into_iter()
            .find(|digits| micros % digits == 0)
            .unwrap_or(1);
        Self::within(time, unused_digits, arrival)
    }

    /// Another key for an event whose first one is taken: anywhere in the
    /// second after its time. Which is a billion places, so that even a client
    /// which stamps every event with the same microsecond finds one.
    #[must_use]
    pub(crate) fn elsewhere(time: Timestamp, arrival: u64) -> Self {
        // A multiplicative hash spreads neighbours; 2^64 divided by the golden ratio.
        Self::within(time, MAX_FILL_MICROS, arrival.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20)
    }

    fn within(time: Timestamp, unused_digits: i64, arrival: u64) -> Self {
        let micros = time.micros().clamp(0, MAX_MICROS);
        let slots = (unused_digits * TIES).unsigned_abs();
        Self(micros * TIES + i64::try_from(arrival % slots).unwrap_or_default())
    }

    /// The least key that an event of this time or later can have.
    #[must_use]
    pub fn from_time(time: Timestamp) -> Self {
        Self(time.micros().clamp(0, MAX_MICROS) * TIES)
    }

    /// A key that every event before this time is below.
    #[must_use]
    pub fn before_time(time: Timestamp) -> Self {
        Self::from_time(time.plus_micros(MAX_FILL_MICROS))
    }

    /// Its time, with the digits that were filled.
    #[must_use]
    pub fn time(self) -> Timestamp {
        Timestamp::from_micros(self.0 >> TIE_BITS)
    }

    /// The public id: a UUIDv7 whose first bits are the key and whose last
    /// are of the hash of the client's id, so that it can be computed from the
    /// row and need not be stored, and still differs between installations.
    #[must_use]
    pub fn id(self, event_hash: &[u8]) -> Uuid {
        let micros = self.0.unsigned_abs() >> TIE_BITS;
        let tie = u128::from(self.0.unsigned_abs() & (TIES.unsigned_abs() - 1));
        let millis = u128::from(micros / 1_000);
        let sub_millis = u128::from(micros % 1_000);
        let tail = u128::from(tail_of(event_hash));
        Uuid::from_u128(millis << 80 | 0x7 << 76 | sub_millis << 64 | 0b10 << 62 | tie << 52 | tail)
    }

    /// The key in an id, and the bits of the hash that came with it.
    #[must_use]
    pub fn from_id(id: Uuid) -> Option<(Self, u64)> {
        let bits = id.as_u128();
        let millis = i64::try_from(bits >> 80).ok()?;
        let sub_millis = i64::try_from(bits >> 64 & 0xfff).ok()?;
        let tie = i64::try_from(bits >> 52 & 0x3ff).ok()?;
        let tail = u64::try_from(bits & ((1 << 52) - 1)).ok()?;
        let micros = millis.checked_mul(1_000)?.checked_add(sub_millis)?;
        (sub_millis < 1_000 && micros <= MAX_MICROS && id.get_version_num() == 7)
            .then(|| (Self(micros * TIES + tie), tail))
    }
}

/// Whether the tail of an id belongs to a row's hash.
#[must_use]
pub(crate) fn tail_matches(tail: u64, event_hash: &[u8]) -> bool {
    tail == tail_of(event_hash)
}

/// 52 bits of a hash.
fn tail_of(event_hash: &[u8]) -> u64 {
    event_hash.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes)) & ((1 << 52) - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_carry_keys(micros in 0..=MAX_MICROS, arrival: u64, hash: [u8; 16]) {
            let key = EventKey::new(Timestamp::from_micros(micros), arrival);
            let id = key.id(&hash);
            prop_assert_eq!(id.get_version_num(), 7);
            let (back, tail) = EventKey::from_id(id).unwrap();
            prop_assert_eq!(back, key);
            prop_assert!(tail_matches(tail, &hash));
        }

        #[test]
        fn ids_sort_as_keys(a in 0..=MAX_MICROS, b in 0..=MAX_MICROS, n: u64, m: u64) {
            let (x, y) = (EventKey::new(Timestamp::from_micros(a), n), EventKey::new(Timestamp::from_micros(b), m));
            prop_assert_eq!(x.cmp(&y), x.id(&[]).to_string().cmp(&y.id(&[]).to_string()));
        }

        #[test]
        fn keys_stay_within_their_bounds(micros in 0..MAX_MICROS - MAX_FILL_MICROS, arrival: u64) {
            let time = Timestamp::from_micros(micros);
            let key = EventKey::new(time, arrival);
            prop_assert!(EventKey::from_time(time) <= key);
            prop_assert!(key < EventKey::before_time(time.plus_micros(1)));
        }

        #[test]
        fn any_uuid_is_read_or_refused(bits: u128) {
            let _ = EventKey::from_id(Uuid::from_u128(bits));
        }
    }

    #[test]
    fn odd_times_have_a_place() {
        assert_eq!(EventKey::new(Timestamp::from_micros(-5), 0), EventKey(0));
        assert!(EventKey::new(Timestamp::from_micros(i64::MAX), 7).0 > 0);
    }
}
