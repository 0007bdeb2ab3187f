//! Registering, logging in and who one is.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Body of `POST /api/auth/register` and `POST /api/auth/login`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// E-mail address; compared without regard to case.
    pub email: String,
    /// Password; 8 to 1,000 characters when registering.
    pub password: String,
}

/// Answer of both: the session that was opened.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionToken {
    /// Opaque; send it as `Authorization: Bearer`. Browsers get it as a cookie too.
    pub token: String,
    /// Who it belongs to.
    pub user_id: i64,
}

/// Answer of `GET /api/auth/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Who.
    pub user_id: i64,
    /// Their address.
    pub email: String,
    /// Since when.
    pub created_at: Timestamp,
}
