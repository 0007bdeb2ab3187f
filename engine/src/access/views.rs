//! Saved views: who sees and who changes them.

use eventglass_model::search::{self, Column};
use eventglass_model::{FieldError, ProjectName, TimeRange, View, ViewSettings, loc};
use thiserror::Error;

use super::{Access, Role, User};
use crate::clock::SharedClock;
use crate::store::{SharedStore, StoreError, ViewRow};

/// The most views of one person in a project.
const MOST: usize = 100;
/// The longest query, in characters: what `q` may have.
const QUERY_CHARS: usize = 1_000;
/// The longest span of time, in characters.
const TIME_CHARS: usize = 100;
/// The most columns.
const COLUMNS: usize = 40;
/// The longest path of a column, in characters.
const COLUMN_CHARS: usize = 200;

/// Why a view could not be kept.
#[derive(Debug, Error)]
pub enum ViewError {
    /// Fields are at fault.
    #[error("the view is not valid")]
    Invalid(Vec<FieldError>),
    /// There is no such view, for this person.
    #[error("there is no such view")]
    NotFound,
    /// It is somebody else's.
    #[error("only its owner or an admin of the project may change a view")]
    NotYours,
    /// Viewers only look.
    #[error("your role in this project does not allow that")]
    RoleTooLow,
    /// There are enough of them.
    #[error("you have {MOST} views in this project; remove one first")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Saved views of one project, as one person sees them.
pub struct Views<'a> {
    /// Where they are kept.
    pub store: &'a SharedStore,
    /// What time it is.
    pub clock: &'a SharedClock,
    /// Who asks.
    pub user: &'a User,
    /// The project, and what they may do in it.
    pub access: &'a Access,
}

impl Views<'_> {
    /// One's own and those that are shared, by name.
    ///
    /// # Errors
    /// [`ViewError::Store`].
    pub async fn list(&self) -> Result<Vec<View>, ViewError> {
        let rows = self.store.views(self.access.project.id, self.user.id).await?;
        Ok(rows.into_iter().map(|row| self.seen(row)).collect())
    }

    /// Keeps a new one.
    ///
    /// # Errors
    /// Each [`ViewError`] but `NotFound` and `NotYours`.
    pub async fn create(&self, settings: ViewSettings) -> Result<View, ViewError> {
        self.may_keep()?;
        let settings = checked(settings)?;
        let (project, now) = (self.access.project.id, self.clock.now());
        let id = self.store.add_view(project, self.user.id, &settings, MOST, now).await?;
        self.one(id.ok_or(ViewError::TooMany)?).await
    }

    /// Changes one.
    ///
    /// # Errors
    /// Each [`ViewError`] but `TooMany`.
    pub async fn change(&self, id: i64, settings: ViewSettings) -> Result<View, ViewError> {
        self.editable(id).await?;
        let settings = checked(settings)?;
        let changed = self
            .store
            .set_view(self.access.project.id, id, &settings, self.clock.now())
            .await?;
        if changed {
            self.one(id).await
        } else {
            Err(ViewError::NotFound)
        }
    }

    /// Removes one.
    ///
    /// # Errors
    /// [`ViewError::NotFound`], [`ViewError::NotYours`], [`ViewError::RoleTooLow`], [`ViewError::Store`].
    pub async fn remove(&self, id: i64) -> Result<(), ViewError> {
        self.editable(id).await?;
        let removed = self.store.remove_view(self.access.project.id, id).await?;
        if removed { Ok(()) } else { Err(ViewError::NotFound) }
    }

    async fn one(&self, id: i64) -> Result<View, ViewError> {
        let row = self.store.view(self.access.project.id, id).await?;
        row.map(|row| self.seen(row)).ok_or(ViewError::NotFound)
    }

    fn may_keep(&self) -> Result<(), ViewError> {
        if self.access.role >= Role::Member {
            Ok(())
        } else {
            Err(ViewError::RoleTooLow)
        }
    }

    async fn editable(&self, id: i64) -> Result<(), ViewError> {
        self.may_keep()?;
        let view = self.one(id).await?;
        match (view.editable, view.mine || view.settings.shared) {
            (true, _) => Ok(()),
            (false, true) => Err(ViewError::NotYours),
            // Whether there is a private view of that number is its owner's affair.
            (false, false) => Err(ViewError::NotFound),
        }
    }

    fn seen(&self, row: ViewRow) -> View {
        let mine = row.owner == self.user.id;
        View {
            id: row.id,
            mine,
            editable: self.access.role >= Role::Member
                && (mine || (row.settings.shared && self.access.role >= Role::Admin)),
            owner: row.owner_email,
            settings: row.settings,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

fn checked(mut settings: ViewSettings) -> Result<ViewSettings, ViewError> {
    let mut errors = Vec::new();
    match ProjectName::parse(&settings.name) {
        Ok(name) => name.as_str().clone_into(&mut settings.name),
        Err(error) => errors.push(FieldError::new(loc!["body", "name"], error)),
    }
    if settings.q.chars().count() > QUERY_CHARS {
        let msg = format!("must have at most {QUERY_CHARS} characters");
        errors.push(FieldError::new(loc!["body", "q"], msg));
    } else if let Err(error) = search::parse(&settings.q) {
        errors.push(FieldError {
            loc: loc!["body", "q"],
            ..error.in_query(&settings.q)
        });
    }
    if settings.time.chars().count() > TIME_CHARS {
        let msg = format!("must have at most {TIME_CHARS} characters");
        errors.push(FieldError::new(loc!["body", "time"], msg));
    } else if let (false, Err(msg)) = (settings.time.is_empty(), TimeRange::parse(&settings.time)) {
        errors.push(FieldError::new(loc!["body", "time"], msg));
    }
    if settings.columns.len() > COLUMNS {
        let msg = format!("must have at most {COLUMNS} items");
        errors.push(FieldError::new(loc!["body", "columns"], msg));
    }
    for (place, column) in settings.columns.iter().enumerate() {
        let is_path = ["attributes.", "input.", "output."]
            .iter()
            .any(|root| column.starts_with(root));
        if (Column::named(column).is_none() && !is_path) || column.chars().count() > COLUMN_CHARS {
            let msg = "expected a field's name, or a path such as attributes.plan";
            errors.push(FieldError::new(loc!["body", "columns", place], msg));
        }
    }
    if errors.is_empty() {
        Ok(settings)
    } else {
        Err(ViewError::Invalid(errors))
    }
}
