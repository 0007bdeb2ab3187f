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

mod alone;
mod away;
mod belongings;
#[path = "../../../engine/src/store/postgres/cluster.rs"]
mod cluster;
mod copy;
mod dump;
mod first_minutes;
mod full;
mod installation;
mod leader;
mod load;
mod mid_commit;
mod migrate;
mod pool;
#[path = "../../../engine/src/store/postgres/proxy.rs"]
mod proxy;
mod swallowed;
mod three_servers;

use alone::ALONE;
