//! Short numbers for long ids.

use sha2::{Digest, Sha256};

/// 64 bits that stand for an id within a project. Not a proof: whoever finds a
/// row by it compares the id itself. It is a cryptographic hash so that no
/// client can make another's ids collide on purpose.
#[must_use]
pub(crate) fn id_hash(project_id: i64, id: &str) -> i64 {
    first_64_bits(&[&project_id.to_le_bytes(), id.as_bytes()])
}

/// The word of the text index that stands for "this field has this value".
/// Letters and digits only, so that the tokenizer leaves it whole; a row found
/// by it is still compared, so that a client which writes such a word into its
/// text finds nothing it should not.
#[must_use]
pub(crate) fn field_token(field: &str, value: &str) -> String {
    // 40 bits: a longer word costs the index more than a wrong candidate a search.
    format!("eg{field}{:010x}", first_64_bits(&[value.as_bytes()]) & 0xff_ffff_ffff)
}

fn first_64_bits(parts: &[&[u8]]) -> i64 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    let digest = hasher.finalize();
    digest.first_chunk::<8>().map_or(0, |bytes| i64::from_le_bytes(*bytes))
}
