//! Values and sums that both stores agree on.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The number of rows, and the sum of their hashes: the same in whichever order they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    rows: u64,
    hashes: u128,
}

impl Sum {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: &[Value]) {
        let mut hasher = Sha256::new();
        for value in row {
            let (tag, bytes): (u8, &[u8]) = match value {
                Value::Null => (0, &[]),
                Value::Int(number) => (1, &number.to_be_bytes()),
                Value::Real(number) => (2, &number.to_be_bytes()),
                Value::Text(text) => (3, text.as_bytes()),
                Value::Bytes(bytes) => (4, bytes),
            };
            hasher.update([tag]);
            hasher.update(bytes.len().to_be_bytes());
            hasher.update(bytes);
        }
        let hash = hasher.finalize();
        let beginning = hash.first_chunk().copied().unwrap_or_default();
        self.hashes = self.hashes.wrapping_add(u128::from_be_bytes(beginning));
        self.rows += 1;
    }

    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    pub(crate) fn hex(&self) -> String {
        format!("{:032x}", self.hashes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_depend_on_the_rows_and_not_on_their_order() {
        let sum = |rows: &[Vec<Value>]| {
            let mut sum = Sum::default();
            rows.iter().for_each(|row| sum.add(row));
            sum
        };
        let (a, b) = (
            vec![Value::Int(1), Value::Text("ab".into())],
            vec![Value::Null, Value::Real(0.5)],
        );
        assert_eq!(sum(&[a.clone(), b.clone()]), sum(&[b.clone(), a.clone()]));
        assert_ne!(sum(&[a.clone(), a.clone()]), sum(std::slice::from_ref(&a)));
        assert_ne!(sum(&[a.clone(), b.clone()]), sum(&[a, b.clone(), b]));
        let texts = |one: &str, two: &str| sum(&[vec![Value::Text(one.into()), Value::Text(two.into())]]);
        assert_ne!(texts("a", "bc"), texts("ab", "c"));
        assert_ne!(
            sum(&[vec![Value::Text("1".into())]]),
            sum(&[vec![Value::Bytes(b"1".to_vec())]])
        );
    }
}
