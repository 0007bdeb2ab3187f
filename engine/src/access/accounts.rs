//! Registering, logging in and out, and knowing who is asking.

use std::sync::Arc;

use eventglass_model::{Credentials, Email, FieldError, Me, Password, SessionToken, loc};
use thiserror::Error;

use super::password::{PasswordError, Passwords};
use super::{Attempts, secret};
use crate::clock::SharedClock;
use crate::store::{SharedStore, StoreError};

/// Failed logins allowed for one address in [`WINDOW_SECS`].
const FAILURES_PER_EMAIL: u32 = 10;
/// Failed logins and registrations allowed for one client address in [`WINDOW_SECS`].
const FAILURES_PER_CLIENT: u32 = 100;
/// 15 minutes.
const WINDOW_SECS: u32 = 900;

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct User {
    /// Who.
    pub id: i64,
    /// As the API shows them.
    pub me: Me,
}

/// Why it was refused.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The request is at fault.
    #[error("invalid credentials format")]
    Invalid(Vec<FieldError>),
    /// Somebody has that address.
    #[error("Email already exists")]
    EmailTaken,
    /// Wrong address or password; which, is not said.
    #[error("Invalid credentials")]
    WrongCredentials,
    /// Too many failures; wait so many seconds.
    #[error("too many failed attempts; try again in {0} seconds")]
    TooManyAttempts(u64),
    /// New accounts are not taken here.
    #[error("registration is closed on this server")]
    RegistrationClosed,
    /// The server's fault.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The server's fault.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server's fault.
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

/// Accounts and their sessions.
#[derive(Clone)]
pub struct Accounts {
    store: SharedStore,
    clock: SharedClock,
    passwords: Passwords,
    by_email: Arc<Attempts>,
    by_client: Arc<Attempts>,
    session_days: u32,
    open: bool,
}

impl Accounts {
    /// `session_days`: how long a login lasts. `open`: whether anyone may register.
    ///
    /// # Errors
    /// When the machine cannot hash passwords.
    pub fn new(store: SharedStore, clock: SharedClock, session_days: u32, open: bool) -> Result<Self, AccountError> {
        Ok(Self {
            passwords: Passwords::new()?,
            by_email: Arc::new(Attempts::new(Arc::clone(&clock), FAILURES_PER_EMAIL, WINDOW_SECS)),
            by_client: Arc::new(Attempts::new(Arc::clone(&clock), FAILURES_PER_CLIENT, WINDOW_SECS)),
            store,
            clock,
            session_days,
            open,
        })
    }

    /// How long a login lasts, in seconds.
    #[must_use]
    pub fn session_secs(&self) -> i64 {
        i64::from(self.session_days) * 86_400
    }

    /// Makes an account and logs in. `client` is the address it is asked from.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn register(&self, credentials: Credentials, client: &str) -> Result<SessionToken, AccountError> {
        if !self.open {
            return Err(AccountError::RegistrationClosed);
        }
        self.by_client
            .wait_secs(client)
            .map_or(Ok(()), |secs| Err(AccountError::TooManyAttempts(secs)))?;
        let mut errors = Vec::new();
        let email =
            Email::parse(&credentials.email).map_err(|e| errors.push(FieldError::new(loc!["body", "email"], e)));
        let password = Password::parse(credentials.password)
            .map_err(|e| errors.push(FieldError::new(loc!["body", "password"], e)));
        let (Ok(email), Ok(password)) = (email, password) else {
            return Err(AccountError::Invalid(errors));
        };
        // Each registration costs a hash, so that it counts against the client.
        self.by_client.failed(client);
        let password_hash = self.passwords.hash(password.expose().to_owned()).await?;
        let user_id = match self
            .store
            .add_user(email.as_str(), &password_hash, self.clock.now())
            .await
        {
            Err(StoreError::Conflict(_)) => return Err(AccountError::EmailTaken),
            other => other?,
        };
        self.open_session(user_id).await
    }

    /// Opens a session.
    ///
    /// # Errors
    /// See [`AccountError`].
    pub async fn log_in(&self, credentials: Credentials, client: &str) -> Result<SessionToken, AccountError> {
        let email = credentials.email.trim().to_lowercase();
        let wait = self
            .by_email
            .wait_secs(&email)
            .or_else(|| self.by_client.wait_secs(client));
        if let Some(secs) = wait {
            return Err(AccountError::TooManyAttempts(secs));
        }
        let user = self.store.user_by_email(&email).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        // A password that could never have been set is wrong, at the same price.
        let password = credentials.password.chars().take(1_001).collect();
        let right = self.passwords.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            self.by_email.failed(&email);
            self.by_client.failed(client);
            return Err(AccountError::WrongCredentials);
        };
        self.by_email.succeeded(&email);
        self.open_session(user.id).await
    }

    async fn open_session(&self, user_id: i64) -> Result<SessionToken, AccountError> {
        let token = secret::random()?;
        let now = self.clock.now();
        let expires_at = now.plus_micros(self.session_secs() * 1_000_000);
        self.store
            .add_session(secret::hash(&token), user_id, now, expires_at)
            .await?;
        Ok(SessionToken { token, user_id })
    }

    /// Closes a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn log_out(&self, token: &str) -> Result<(), StoreError> {
        self.store.remove_session(secret::hash(token)).await
    }

    /// Whose session it is, if it is open.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user(&self, token: &str) -> Result<Option<User>, StoreError> {
        let row = self
            .store
            .user_by_session(secret::hash(token), self.clock.now())
            .await?;
        Ok(row.map(|row| User {
            id: row.id,
            me: Me {
                user_id: row.id,
                email: row.email,
                created_at: row.created_at,
            },
        }))
    }
}
