//! Short numbers for long ids.

use sha2::{Digest, Sha256};

/// See [`id_hash`].
pub(crate) type IdHash = [u8; 16];

/// 128 bits that stand for an id within a project. A cryptographic hash, and
/// too long for anyone to find two ids that share one: with 64 bits a client
/// could, and then make the commits fail that its neighbours share with it.
#[must_use]
pub(crate) fn id_hash(project_id: i64, id: &str) -> IdHash {
    let digest = digest(&[&project_id.to_le_bytes(), id.as_bytes()]);
    digest.first_chunk().copied().unwrap_or_default()
}

/// 40 bits that stand for a value in the words of the index: a longer word costs
/// the index more than a wrong candidate a search.
#[must_use]
pub(crate) fn short_hash(value: &str) -> String {
    let [a, b, c, d, e, ..] = digest(&[value.as_bytes()]);
    format!("{a:02x}{b:02x}{c:02x}{d:02x}{e:02x}")
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
