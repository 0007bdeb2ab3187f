//! Random secrets and their hashes.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 256 bits from the operating system, as 43 characters that are safe in URLs
/// and headers. Without `_`, which separates the parts of a key.
///
/// # Errors
/// When the operating system gives no randomness.
pub(crate) fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).replace('_', "x").replace('-', "y"))
}

/// SHA-256. Enough for secrets with this much randomness; passwords get argon2.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}
