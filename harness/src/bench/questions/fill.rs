//! Events of the last 30 days, sent as any client would.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use anyhow::bail;
use tokio::task::JoinSet;

use super::super::bodies::Dialect;
use super::super::rig::Rig;
use crate::generate::{Generator, Plan};

const BATCH: usize = 500;
const SENDERS: usize = 16;
const HOURS: u32 = 720;
/// How often it is told how far it is, in events.
const TELL: u64 = 500_000;

/// Sends so many events, and says how many seconds it took.
pub(super) async fn fill(rig: &Rig, events: u64, log: &mut impl Write) -> anyhow::Result<f64> {
    let mut generator = Generator::new(&Plan {
        count: events,
        hours: HOURS,
        end: crate::now(),
        seed: Some(1),
    });
    let started = Instant::now();
    let target = Arc::new(rig.target.clone());
    let mut senders: JoinSet<Result<(), String>> = JoinSet::new();
    let mut sent = 0;
    while sent < events {
        let mut body = b"{\"events\":[".to_vec();
        let mut batch = 0;
        while batch < BATCH && generator.write_next(&mut body).is_some() {
            body.push(b',');
            batch += 1;
        }
        if batch == 0 {
            break;
        }
        body.pop();
        body.extend_from_slice(b"]}");
        if senders.len() >= SENDERS {
            check(senders.join_next().await)?;
        }
        let target = Arc::clone(&target);
        senders.spawn(async move { target.post(body.into(), batch, Dialect::Pulse).await });
        if (sent + batch as u64) / TELL > sent / TELL {
            let seconds = started.elapsed().as_secs_f64();
            writeln!(log, "  {} events in {seconds:.0} s", sent + batch as u64)?;
        }
        sent += batch as u64;
    }
    while !senders.is_empty() {
        check(senders.join_next().await)?;
    }
    Ok(started.elapsed().as_secs_f64())
}

fn check(ended: Option<Result<Result<(), String>, tokio::task::JoinError>>) -> anyhow::Result<()> {
    match ended.transpose()? {
        Some(Err(error)) => bail!("events were not stored: {error}"),
        _ => Ok(()),
    }
}
