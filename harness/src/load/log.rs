//! The log file of a run.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use serde::{Deserialize, Serialize};

/// How important a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Level {
    /// Every batch.
    #[serde(alias = "debug")]
    Debug,
    /// How it goes.
    #[serde(alias = "info")]
    Info,
    /// What went wrong.
    #[serde(alias = "warning", alias = "WARN", alias = "warn")]
    Warning,
    /// What ended the run.
    #[serde(alias = "error", alias = "CRITICAL", alias = "critical")]
    Error,
}

impl Level {
    const fn word(self) -> &'static str {
        match self {
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// Where lines go, if anywhere.
pub(super) struct Log {
    file: Option<Mutex<File>>,
    least: Level,
}

impl Log {
    /// Opens the file to add to it; an empty path is no file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn open(path: &Path, least: Level) -> anyhow::Result<Self> {
        if path.as_os_str().is_empty() {
            return Ok(Self { file: None, least });
        }
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            file: Some(Mutex::new(file)),
            least,
        })
    }

    /// Adds a line. A full disk does not end a run.
    pub(super) fn write(&self, level: Level, text: impl std::fmt::Display) {
        let Some(file) = self.file.as_ref().filter(|_| level >= self.least) else {
            return;
        };
        let line = format!("{} - {} - {text}\n", crate::now(), level.word());
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = file.write_all(line.as_bytes());
    }
}
