//! Keys that SDKs send with: `proj_{project_id}_{secret}`.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use eventglass_model::{ApiKey, CreatedApiKey};
use subtle::ConstantTimeEq;

use super::{AccountError, secret};
use crate::clock::SharedClock;
use crate::store::{KeyHolder, NewKey, SharedStore, StoreError};

/// How long a key that was right is not looked up again, and so for how long
/// at most another server takes a key that was revoked here, in seconds.
const REMEMBER_SECS: i64 = 10;
/// The most keys that are remembered.
const REMEMBERED: usize = 10_000;
/// Characters of the secret that are shown, and by which the key is found.
const PREFIX_CHARS: usize = 8;

#[derive(Clone, Copy)]
struct Known {
    holder: KeyHolder,
    until: i64,
}

/// Makes keys and checks them.
pub struct KeyRing {
    store: SharedStore,
    clock: SharedClock,
    known: RwLock<HashMap<[u8; 32], Known>>,
}

impl KeyRing {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore, clock: SharedClock) -> Self {
        Self {
            store,
            clock,
            known: RwLock::default(),
        }
    }

    /// Makes a key for a project.
    ///
    /// # Errors
    /// When the store or the source of randomness fails.
    pub async fn create(&self, project_id: i64, name: &str) -> Result<CreatedApiKey, AccountError> {
        let api_key = format!("proj_{project_id}_{}", secret::random()?);
        let new = NewKey {
            name: name.to_owned(),
            prefix: prefix(&api_key).unwrap_or_default().to_owned(),
            secret_hash: secret::hash(&api_key),
        };
        let key = self.store.add_key(project_id, new, self.clock.now()).await?;
        Ok(CreatedApiKey { key, api_key })
    }

    /// Which key it is and whose, or `None` for a key that is none.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn holder_of(&self, api_key: &str) -> Result<Option<KeyHolder>, StoreError> {
        let Some(prefix) = prefix(api_key) else { return Ok(None) };
        let hash = secret::hash(api_key);
        let now = self.clock.now().micros();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = known.get(&hash).filter(|known| known.until > now) {
                return Ok(Some(known.holder));
            }
        }
        let rows = self.store.keys_by_prefix(prefix).await?;
        let Some(row) = rows
            .into_iter()
            .find(|row| bool::from(row.secret_hash.as_slice().ct_eq(&hash)))
        else {
            return Ok(None);
        };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        let until = now + REMEMBER_SECS * 1_000_000;
        let holder = KeyHolder {
            key_id: row.id,
            project_id: row.project_id,
        };
        known.insert(hash, Known { holder, until });
        Ok(Some(holder))
    }

    /// A page of a project's keys, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, project_id: i64, before: i64, limit: usize) -> Result<Vec<ApiKey>, StoreError> {
        self.store.keys_of(project_id, before, limit).await
    }

    /// Revokes a key, at once on this server. `false` when the project has no such key.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn revoke(&self, project_id: i64, key_id: i64) -> Result<bool, StoreError> {
        let removed = self.store.remove_key(project_id, key_id).await?;
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, known| known.holder.key_id != key_id);
        Ok(removed)
    }
}

/// `proj_7_Ab3dE6gH` of `proj_7_Ab3dE6gH…`; `None` for what has no such form.
fn prefix(api_key: &str) -> Option<&str> {
    let rest = api_key.strip_prefix("proj_")?;
    let (id, secret) = rest.split_once('_')?;
    let well_formed = !id.is_empty()
        && id.len() <= 19
        && id.bytes().all(|b| b.is_ascii_digit())
        && secret.len() >= 32
        && secret.len() <= 128
        && secret.bytes().all(|b| b.is_ascii_alphanumeric());
    if !well_formed {
        return None;
    }
    api_key.get(.."proj_".len() + id.len() + 1 + PREFIX_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        let secret = "a".repeat(43);
        assert_eq!(prefix(&format!("proj_7_{secret}")), Some("proj_7_aaaaaaaa"));
        for bad in [
            "",
            "proj_7_short",
            "proj__x",
            &format!("proj_x_{secret}"),
            &format!("proj_7_{secret}é"),
            &format!("7_{secret}"),
        ] {
            assert_eq!(prefix(bad), None, "{bad}");
        }
    }
}
