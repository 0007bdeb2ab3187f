//! Notices that a source file changed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What makes up the program. A folder that does not exist is an empty one.
const WATCHED: [&str; 10] = [
    "Cargo.toml",
    "Cargo.lock",
    "app",
    "engine",
    "frontend",
    "harness",
    "migrations",
    "model",
    "server",
    "style",
];

/// The sources as they were when last looked at.
pub(super) struct Sources {
    root: PathBuf,
    seen: BTreeMap<PathBuf, SystemTime>,
}

impl Sources {
    pub(super) fn new(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            seen: BTreeMap::new(),
        }
    }

    /// Whether anything changed, appeared or went since the last call; true
    /// the first time.
    pub(super) fn changed(&mut self) -> bool {
        let mut now = BTreeMap::new();
        for name in WATCHED {
            note(&self.root.join(name), &mut now);
        }
        let changed = now != self.seen;
        self.seen = now;
        changed
    }
}

/// A file that vanishes while we look is simply not there.
fn note(path: &Path, into: &mut BTreeMap<PathBuf, SystemTime>) {
    let Ok(metadata) = fs::metadata(path) else {
        return;
    };
    if !metadata.is_dir() {
        if let Ok(modified) = metadata.modified() {
            into.insert(path.to_path_buf(), modified);
        }
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with('.') {
            note(&entry.path(), into);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_noticed_once() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("app/src/lib.rs");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "one").unwrap();

        let mut sources = Sources::new(root.path());
        assert!(sources.changed());
        assert!(!sources.changed());

        fs::write(file.with_file_name("new.rs"), "two").unwrap();
        assert!(sources.changed());
        assert!(!sources.changed());

        fs::remove_file(&file).unwrap();
        assert!(sources.changed());
    }
}
