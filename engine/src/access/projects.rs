//! Projects and who belongs to them. The only way to a project for a person
//! is [`Workspace::open`], which answers with an [`Access`] or not at all.

use std::str::FromStr;

use eventglass_model::{CreateProject, CreatedProject, FieldError, Project, ProjectName, loc, slug_from_name};
use thiserror::Error;

use super::{AccountError, KeyRing, User};
use crate::clock::SharedClock;
use crate::store::{SharedStore, StoreError, Which};

/// The longest description, in characters.
const DESCRIPTION_CHARS: usize = 1_000;

/// What somebody may do in a project; each role may do all that those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look.
    Viewer,
    /// Look, and keep views of their own.
    Member,
    /// Change settings, keys and members.
    Admin,
    /// Delete it.
    Owner,
}

impl FromStr for Role {
    type Err = StoreError;

    fn from_str(word: &str) -> Result<Self, StoreError> {
        match word {
            "viewer" => Ok(Self::Viewer),
            "member" => Ok(Self::Member),
            "admin" => Ok(Self::Admin),
            "owner" => Ok(Self::Owner),
            _ => Err(StoreError::Inconsistent(format!("role {word}"))),
        }
    }
}

/// Proof that somebody may enter a project, and as what.
#[derive(Clone, Debug)]
pub struct Access {
    /// The project.
    pub project: Project,
    /// Their role in it.
    pub role: Role,
}

/// Why there is no [`Access`].
#[derive(Debug, Error)]
pub enum AccessError {
    /// There is no such project.
    #[error("there is no such project")]
    NotFound,
    /// There is, and it is not theirs.
    #[error("Invalid project access")]
    Forbidden,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Projects.
#[derive(Clone)]
pub struct Workspace {
    store: SharedStore,
    clock: SharedClock,
    keys: std::sync::Arc<KeyRing>,
}

impl Workspace {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore, clock: SharedClock, keys: std::sync::Arc<KeyRing>) -> Self {
        Self { store, clock, keys }
    }

    /// Makes a project that belongs to its maker, with a first key.
    ///
    /// # Errors
    /// [`AccountError::Invalid`] for a bad name or description, or when the store fails.
    pub async fn create(&self, owner: &User, new: CreateProject) -> Result<CreatedProject, AccountError> {
        let mut errors = Vec::new();
        let name = ProjectName::parse(&new.name).map_err(|e| errors.push(FieldError::new(loc!["body", "name"], e)));
        if new.description.chars().count() > DESCRIPTION_CHARS {
            let msg = format!("must have at most {DESCRIPTION_CHARS} characters");
            errors.push(FieldError::new(loc!["body", "description"], msg));
        }
        let (Ok(name), true) = (name, errors.is_empty()) else {
            return Err(AccountError::Invalid(errors));
        };
        let slug = slug_from_name(name.as_str());
        let now = self.clock.now();
        let project = self
            .store
            .add_project(owner.id, name.as_str(), &slug, new.description.trim(), now)
            .await?;
        let api_key = self.keys.create(project.id, "first key").await?.api_key;
        Ok(CreatedProject { project, api_key })
    }

    /// The projects that somebody is a member of, after one of them, in the order of their making.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, user: &User, after: i64, limit: usize) -> Result<Vec<Project>, StoreError> {
        self.store.projects_of(user.id, after, limit).await
    }

    /// The plan of each project that somebody owns; empty where none was chosen.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn plans_of(&self, owner: &User) -> Result<Vec<String>, StoreError> {
        self.store.plans_of(owner.id).await
    }

    /// Enters a project by its id or slug.
    ///
    /// # Errors
    /// See [`AccessError`].
    pub async fn open(&self, user: &User, id_or_slug: &str) -> Result<Access, AccessError> {
        // A slug is never all digits.
        let which = id_or_slug.parse().map_or(Which::Slug(id_or_slug), Which::Id);
        let found = self.store.project_with_role(which, user.id).await?;
        let (project, role) = found.ok_or(AccessError::NotFound)?;
        let role = role.ok_or(AccessError::Forbidden)?;
        Ok(Access {
            role: role.parse()?,
            project,
        })
    }
}
