//! Money.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An amount of US dollars, exact to a millionth of a dollar. On the wire: a
/// number with at most six decimals. What costs are summed from is finer
/// (billionths, [`Usd::from_nanos`]), and rounded only to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = f64))]
pub struct Usd(i64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From millionths of a dollar.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Millionths of a dollar.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// From billionths of a dollar, rounded to the nearest millionth.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos.saturating_add(500).div_euclid(1_000))
    }

    /// From dollars; `None` unless finite and below nine trillion.
    #[must_use]
    pub fn from_dollars(dollars: f64) -> Option<Self> {
        let micros = (dollars * 1e6).round();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within the bounds of i64 by the condition"
        )]
        (micros.is_finite() && micros.abs() < 9e18).then_some(Self(micros as i64))
    }

    /// As a number of dollars, for charts and for people.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "shown to people; sums are made of the integers"
    )]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        let text = format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.dollars())
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let dollars = f64::deserialize(deserializer)?;
        Self::from_dollars(dollars).ok_or_else(|| de::Error::custom("an amount of dollars out of bounds"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_rounded_to_a_millionth() {
        assert_eq!(Usd::from_nanos(1_499).micros(), 1);
        assert_eq!(Usd::from_nanos(1_500).micros(), 2);
        assert_eq!(Usd::from_nanos(-1_400).micros(), -1);
        assert_eq!(serde_json::to_string(&Usd::from_micros(60_000)).unwrap(), "0.06");
        assert_eq!(serde_json::from_str::<Usd>("0.0000025").unwrap().micros(), 3);
        assert!(serde_json::from_str::<Usd>("1e300").is_err());
        assert_eq!(Usd::from_dollars(f64::NAN), None);
        for (micros, text) in [
            (0, "0"),
            (60_000, "0.06"),
            (-1_500_000, "-1.5"),
            (12_000_000, "12"),
            (1, "0.000001"),
        ] {
            assert_eq!(Usd::from_micros(micros).to_string(), text);
        }
    }

    proptest! {
        #[test]
        fn comes_back_from_the_wire(micros in -1_000_000_000_000_000..1_000_000_000_000_000_i64) {
            let json = serde_json::to_string(&Usd::from_micros(micros)).unwrap();
            prop_assert_eq!(serde_json::from_str::<Usd>(&json).unwrap(), Usd::from_micros(micros));
        }
    }
}
