//! `eventglass rebuild-rollups`: counts all stored events anew.
//!
//! It asks for it in the database, and does it itself unless a server is
//! running on that database: then that does it, and this tells how far it is.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Context;
use eventglass_engine::clock::{Clock, SystemClock};
use eventglass_engine::store::{self, FoldPass};

use crate::config::Settings;
use crate::serve::DATABASE;

const TELL_EVERY: Duration = Duration::from_secs(1);

/// Rebuilds, and returns when all is counted.
///
/// # Errors
/// When the database cannot be opened, read or written.
pub async fn rebuild_rollups(settings: Settings) -> anyhow::Result<()> {
    let path = settings.data.join(DATABASE);
    let url = settings.database_url.expose();
    anyhow::ensure!(
        !url.is_empty() || path.exists(),
        "there is no database at {}",
        path.display()
    );
    let store = store::open(url, &path, settings.room())
        .await
        .context("opening the database")?;
    store.request_rebuild().await?;
    let rollups = settings.rollups();
    let mut told = Instant::now();
    tell("counting all events anew; a server that is running goes on meanwhile");
    loop {
        let step = store.build_rollups().await?;
        match step {
            Some(step) if step.done => {
                store.fold_rollups(&rollups, SystemClock.now()).await?;
                tell(&format!("project {}: {} events", step.project_id, step.events));
            }
            Some(step) if told.elapsed() >= TELL_EVERY => {
                told = Instant::now();
                store.fold_rollups(&rollups, SystemClock.now()).await?;
                tell(&format!("project {}: {} events so far", step.project_id, step.events));
            }
            Some(_) => {}
            None => {
                let left = store.rebuilding().await?;
                let Some(now) = left.first() else { break };
                tell(&format!("project {}: {} events so far", now.project_id, now.events));
                tokio::time::sleep(TELL_EVERY).await;
            }
        }
    }
    while store.fold_rollups(&rollups, SystemClock.now()).await? == FoldPass::More {}
    store.close().await;
    tell("done");
    Ok(())
}

fn tell(line: &str) {
    // Nobody reads it any more: then nobody misses it.
    let _ = writeln!(std::io::stderr(), "{line}");
}
