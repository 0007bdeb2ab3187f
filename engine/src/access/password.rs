//! Passwords: argon2id, off the async threads, a few at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

/// Each hash takes 19 MiB while it runs (OWASP's parameters, argon2's default).
const AT_ONCE: usize = 2;

/// Hashes and checks passwords.
#[derive(Clone)]
pub(super) struct Passwords {
    permits: Arc<Semaphore>,
    /// A hash of nothing anyone knows, for those who have no account.
    decoy: Arc<str>,
}

/// The machine could not hash: no memory, no randomness, or it is shutting down.
#[derive(Debug, thiserror::Error)]
#[error("password hashing failed: {0}")]
pub struct PasswordError(String);

impl Passwords {
    /// Makes the decoy, which takes as long as one hash.
    pub(super) fn new() -> Result<Self, PasswordError> {
        let decoy = hash(&super::secret::random().map_err(failed)?)?;
        Ok(Self {
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            decoy: decoy.into(),
        })
    }

    /// Hashes a new password.
    pub(super) async fn hash(&self, password: String) -> Result<String, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(failed)?;
        tokio::task::spawn_blocking(move || hash(&password))
            .await
            .map_err(failed)?
    }

    /// Whether the password is the one of the hash. Without a hash it takes as
    /// long and says no, so that time does not tell who has an account.
    pub(super) async fn verify(&self, password: String, phc: Option<String>) -> Result<bool, PasswordError> {
        let _permit = self.permits.acquire().await.map_err(failed)?;
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.decoy.to_string());
        let right = tokio::task::spawn_blocking(move || {
            let parsed = PasswordHash::new(&phc).map_err(failed)?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        right.await.map_err(failed)?.map(|right| right && known)
    }
}

fn hash(password: &str) -> Result<String, PasswordError> {
    Ok(Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(failed)?
        .to_string())
}

fn failed(error: impl std::fmt::Display) -> PasswordError {
    PasswordError(error.to_string())
}
