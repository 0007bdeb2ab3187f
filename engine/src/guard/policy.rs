//! What applies to a project: its settings and its plan.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use eventglass_model::{Plan, ProjectSettings};

use crate::clock::SharedClock;
use crate::store::{SharedStore, StoreError};

/// Seconds after which a project's settings are read again, as another
/// server may have changed them.
const FRESH_SECS: i64 = 10;
/// Projects whose settings are remembered.
const REMEMBERED: usize = 10_000;

/// The plans of an installation.
#[derive(Clone, Debug)]
pub struct Plans {
    /// By name.
    pub by_name: BTreeMap<String, Plan>,
    /// The name of the plan of a project for which none was chosen.
    pub default: String,
}

impl Default for Plans {
    fn default() -> Self {
        let unlimited = "unlimited".to_owned();
        Self {
            by_name: BTreeMap::from([(unlimited.clone(), Plan::default())]),
            default: unlimited,
        }
    }
}

impl Plans {
    /// A plan by name; the default for a name that the settings no longer have.
    #[must_use]
    pub fn get(&self, name: &str) -> (String, Plan) {
        let name = if self.by_name.contains_key(name) {
            name
        } else {
            self.default.as_str()
        };
        (name.to_owned(), self.by_name.get(name).cloned().unwrap_or_default())
    }

    /// Whether somebody with projects on these plans may make another one. As
    /// many as the most generous of them allows, or the plan that a new
    /// project has.
    ///
    /// # Errors
    /// That plan's name, and how many projects it allows.
    pub fn allow_project(&self, owned: &[String]) -> Result<(), (String, u32)> {
        let plans = owned.iter().map(String::as_str).chain([self.default.as_str()]);
        let limits = plans.map(|name| {
            let (name, plan) = self.get(name);
            plan.projects.map(|most| (most, name))
        });
        // One without limit is enough.
        let limits: Option<Vec<(u32, String)>> = limits.collect();
        match limits.and_then(|limits| limits.into_iter().max_by_key(|(most, _)| *most)) {
            Some((most, name)) if owned.len() >= usize::try_from(most).unwrap_or(usize::MAX) => Err((name, most)),
            _ => Ok(()),
        }
    }
}

/// What applies to a project.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its own settings.
    pub settings: ProjectSettings,
    /// Name of its plan.
    pub plan_name: String,
    /// Its plan.
    pub plan: Plan,
}

/// Finds out what applies to a project.
pub struct Policies {
    store: SharedStore,
    clock: SharedClock,
    plans: Plans,
    known: RwLock<HashMap<i64, (Arc<Policy>, i64)>>,
}

impl Policies {
    /// Over a store.
    #[must_use]
    pub fn new(store: SharedStore, clock: SharedClock, plans: Plans) -> Self {
        Self {
            store,
            clock,
            plans,
            known: RwLock::default(),
        }
    }

    /// The plans that there are.
    #[must_use]
    pub const fn plans(&self) -> &Plans {
        &self.plans
    }

    /// What applies to a project, as of at most ten seconds ago.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of(&self, project_id: i64) -> Result<Arc<Policy>, StoreError> {
        let now = self.clock.now().micros();
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((policy, until)) = known.get(&project_id)
                && *until > now
            {
                return Ok(Arc::clone(policy));
            }
        }
        let (settings, plan) = self.store.project_settings(project_id).await?.unwrap_or_default();
        let (plan_name, plan) = self.plans.get(&plan);
        let policy = Arc::new(Policy {
            settings,
            plan_name,
            plan,
        });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(project_id, (Arc::clone(&policy), now + FRESH_SECS * 1_000_000));
        Ok(policy)
    }

    /// Changes a project's settings, at once on this server.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn change(&self, project_id: i64, settings: &ProjectSettings, plan: &str) -> Result<(), StoreError> {
        self.store.set_project_settings(project_id, settings, plan).await?;
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&project_id);
        Ok(())
    }
}
