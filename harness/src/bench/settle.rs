//! Waiting until what has been sent is also counted and listed.

use std::time::{Duration, Instant};

use super::process;
use super::rig::Rig;

/// How long is looked whether anything is still done.
const LOOK: Duration = Duration::from_secs(3);
/// Share of a core that an idle server and its database may use together.
const IDLE: f64 = 0.05;

/// Waits, for `most` at the longest, until server and database are idle; says for how many seconds.
///
/// After the last event a server still counts it and lists its trace, and
/// Postgres still gathers its statistics.
pub(super) async fn settle(rig: &Rig, most: Duration) -> f64 {
    let look = LOOK.min(most);
    let used = || process::cpu_seconds(&rig.server.pid().to_string()) + rig.store.cpu_seconds();
    let started = Instant::now();
    while started.elapsed() < most {
        let before = used();
        tokio::time::sleep(look).await;
        if used() - before < IDLE * look.as_secs_f64() {
            break;
        }
    }
    started.elapsed().as_secs_f64()
}
