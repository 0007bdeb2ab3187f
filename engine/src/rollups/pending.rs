//! What has been committed and is not folded yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Map;
use super::cell::Cell;
use super::family::Family;
use super::key::Key;

/// Cells of a family, by bucket of its finest tier.
pub(super) type Cells = BTreeMap<i64, Map<Key, Cell>>;

/// What of one project waits.
#[derive(Clone, Default)]
pub struct ProjectPending {
    families: [Cells; Family::COUNT],
    cells: usize,
}

impl std::fmt::Debug for ProjectPending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProjectPending({} cells)", self.cells)
    }
}

impl ProjectPending {
    pub(super) fn add(&mut self, family: Family, bucket: i64, key: Key, cell: Cell) {
        let Some(cells) = self.families.get_mut(family as usize) else {
            return;
        };
        match cells.entry(bucket).or_default().entry(key) {
            std::collections::hash_map::Entry::Occupied(mut there) => there.get_mut().merge(&cell),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(cell);
                self.cells += 1;
            }
        }
    }

    /// The cells of a family.
    pub(super) fn family(&self, family: Family) -> Option<&Cells> {
        self.families.get(family as usize)
    }

    /// How many cells there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cells
    }

    /// Whether nothing waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells == 0
    }
}

/// What of all projects waits. Cheap to clone: a project's part is copied
/// only when it changes while somebody reads it.
#[derive(Clone, Debug, Default)]
pub struct Pending {
    projects: BTreeMap<i64, Arc<ProjectPending>>,
}

impl Pending {
    /// A project's part, to add to.
    pub fn project_mut(&mut self, project_id: i64) -> &mut ProjectPending {
        Arc::make_mut(self.projects.entry(project_id).or_default())
    }

    /// A project's part.
    #[must_use]
    pub fn project(&self, project_id: i64) -> Option<Arc<ProjectPending>> {
        self.projects.get(&project_id).cloned()
    }

    /// Every project's part, by id.
    pub fn projects(&self) -> impl Iterator<Item = (i64, &Arc<ProjectPending>)> {
        self.projects.iter().map(|(id, pending)| (*id, pending))
    }

    /// Forgets a project.
    pub fn remove(&mut self, project_id: i64) {
        self.projects.remove(&project_id);
    }

    /// How many cells wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.projects.values().map(|project| project.len()).sum()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.projects.values().all(|project| project.is_empty())
    }
}
