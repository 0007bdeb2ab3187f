//! The program on Postgres, with real processes: a person's first minutes, and
//! servers on one database which are killed, cut off and left without it under
//! load. What was acknowledged is there, exactly once; the rest was refused
//! with 503; service returns by itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod away;
mod belongings;
#[path = "../../../engine/src/store/postgres/cluster.rs"]
mod cluster;
mod copy;
mod dump;
mod first_minutes;
mod installation;
mod leader;
mod load;
mod mid_commit;
mod migrate;
mod pool;
mod three_servers;

/// Faults are of the whole cluster: one test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
