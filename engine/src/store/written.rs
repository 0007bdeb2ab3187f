//! What is committed, and on its way to the disk.

use futures::future::BoxFuture;

use super::{Appended, StoreError};

/// A group that is committed: readers see it, and the next one may be written.
/// It may be acknowledged when [`Self::durable`] says so.
#[must_use = "nothing may be acknowledged before it is on disk"]
pub struct Written {
    appended: Vec<Appended>,
    disk: Option<BoxFuture<'static, Result<(), StoreError>>>,
}

impl Written {
    /// That is on disk already.
    pub const fn on_disk(appended: Vec<Appended>) -> Self {
        Self { appended, disk: None }
    }

    /// That is on disk when `disk` ends well.
    pub fn until(appended: Vec<Appended>, disk: BoxFuture<'static, Result<(), StoreError>>) -> Self {
        Self {
            appended,
            disk: Some(disk),
        }
    }

    /// Waits until it is on disk, and says what became of each event, in order.
    ///
    /// # Errors
    /// When the disk refuses; then nobody knows whether it is stored.
    pub async fn durable(self) -> Result<Vec<Appended>, StoreError> {
        if let Some(disk) = self.disk {
            disk.await?;
        }
        Ok(self.appended)
    }
}
