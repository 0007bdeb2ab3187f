//! Links to one trace that need no login.
//!
//! A link is a random token, of which only the hash is kept. Whether a project
//! allows links at all is looked up by whoever opens one.

use eventglass_model::{CreatedShare, Share};

use super::Traces;
use crate::access::secret;
use crate::store::{ShareRow, StoreError};

impl Traces {
    /// Opens a link to a trace, which is there; its token is told only now.
    ///
    /// # Errors
    /// When the store or the operating system's randomness fails.
    pub async fn share(&self, project_id: i64, trace_id: &str, by: &str) -> Result<CreatedShare, StoreError> {
        let token = secret::random().map_err(|error| StoreError::Inconsistent(format!("no randomness: {error}")))?;
        let row = ShareRow {
            id: uuid::Uuid::new_v4().simple().to_string(),
            project_id,
            trace_id: trace_id.to_owned(),
            created_at: self.clock.now(),
            created_by: by.to_owned(),
        };
        self.store.add_share(secret::hash(&token), &row).await?;
        Ok(CreatedShare {
            share: told(row),
            path: format!("/shared/{token}"),
            token,
        })
    }

    /// The links of a trace, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn shares(&self, project_id: i64, trace_id: &str) -> Result<Vec<Share>, StoreError> {
        let rows = self.store.shares_of(project_id, trace_id).await?;
        Ok(rows.into_iter().map(told).collect())
    }

    /// Closes a link of a trace, or all; says how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unshare(&self, project_id: i64, trace_id: &str, id: Option<&str>) -> Result<u64, StoreError> {
        self.store.remove_shares(project_id, trace_id, id).await
    }

    /// The project and trace that a token leads to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn shared(&self, token: &str) -> Result<Option<(i64, String)>, StoreError> {
        let found = self.store.share_by_token(secret::hash(token)).await?;
        Ok(found.map(|row| (row.project_id, row.trace_id)))
    }
}

fn told(row: ShareRow) -> Share {
    Share {
        id: row.id,
        trace_id: row.trace_id,
        created_at: row.created_at,
        created_by: row.created_by,
    }
}
