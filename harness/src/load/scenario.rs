//! Runs with a name.

use anyhow::bail;
use serde::{Deserialize, Serialize};

use super::config::Config;

/// What a scenario says; what it does not say is as without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Scenario {
    pub(super) users: Option<u32>,
    pub(super) duration_minutes: Option<f64>,
    pub(super) events_per_second: Option<u32>,
}

/// Name, users, minutes, events a second.
const USUAL: [(&str, u32, f64, u32); 4] = [
    ("quick_test", 10, 1.0, 10),
    ("medium_load", 100, 10.0, 100),
    ("heavy_load", 1_000, 30.0, 500),
    ("stress_test", 5_000, 60.0, 1_000),
];

/// The scenario of that name: the file's, else one of the usual four.
///
/// # Errors
/// When there is none, with those that there are.
pub(super) fn find(config: &Config, name: &str) -> anyhow::Result<Scenario> {
    if let Some(scenario) = config.scenarios.get(name) {
        return Ok(*scenario);
    }
    if let Some((_, users, minutes, rate)) = USUAL.into_iter().find(|(usual, ..)| *usual == name) {
        return Ok(Scenario {
            users: Some(users),
            duration_minutes: Some(minutes),
            events_per_second: Some(rate),
        });
    }
    let mut names: Vec<&str> = USUAL.map(|(usual, ..)| usual).to_vec();
    names.extend(config.scenarios.keys().map(String::as_str));
    names.dedup();
    bail!("unknown scenario {name}: there are {}", names.join(", "));
}
