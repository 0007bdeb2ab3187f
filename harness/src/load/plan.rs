//! What a run shall do, when flags, scenario and file have been heard.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde::Serialize;

use super::cli::LoadArgs;
use super::config::{Config, check_key};
use super::scenario::{self, Scenario};
use crate::http::BaseUrl;

/// The most that the door takes at a time.
pub(super) const LARGEST_BATCH: u32 = 100;

/// One run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) base_url: BaseUrl,
    pub(super) api_key: String,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    /// Each event in a request of its own.
    pub(super) single: bool,
    pub(super) size: Size,
}

/// How much, as it is written to the results.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Size {
    pub(super) users: u32,
    pub(super) events_per_second: u32,
    #[serde(serialize_with = "whole_if_it_is")]
    pub(super) duration_minutes: f64,
    pub(super) batch_size: u32,
}

impl Size {
    /// How many events in all.
    pub(super) fn events(&self) -> u64 {
        // A cast from float saturates.
        (f64::from(self.events_per_second) * self.duration_minutes * 60.0).round() as u64
    }
}

impl Plan {
    /// Flags beat the scenario, which beats the file.
    ///
    /// # Errors
    /// When the scenario is unknown, there is no key, or a number makes no sense.
    pub(super) fn new(args: &LoadArgs, config: &Config) -> anyhow::Result<Self> {
        let scenario = match &args.scenario {
            Some(name) => scenario::find(config, name)?,
            None => Scenario::default(),
        };
        let size = Size {
            users: args.users.or(scenario.users).unwrap_or(config.users.total_count),
            events_per_second: args
                .rate
                .or(scenario.events_per_second)
                .unwrap_or(config.events.events_per_second),
            duration_minutes: args
                .duration
                .or(scenario.duration_minutes)
                .unwrap_or(config.events.duration_minutes),
            batch_size: args.batch_size.unwrap_or(config.events.batch_size),
        };
        ensure!((1..=1_000_000).contains(&size.users), "users must be from 1 to 1000000");
        ensure!(
            (1..=100_000).contains(&size.events_per_second),
            "events per second must be from 1 to 100000"
        );
        ensure!(
            (1..=LARGEST_BATCH).contains(&size.batch_size),
            "the batch size must be from 1 to {LARGEST_BATCH}, which is all that the server takes at a time"
        );
        ensure!(
            size.duration_minutes > 0.0 && size.duration_minutes < 1e7 && size.events() > 0,
            "the duration must be some minutes, and long enough for one event"
        );
        let api_key = args.api_key.as_ref().unwrap_or(&config.api.api_key);
        check_key(api_key)?;
        let base_url = match &args.base_url {
            Some(url) => url.clone(),
            None => config.api.base_url.parse().context("wrong api.base_url")?,
        };
        Ok(Self {
            base_url,
            api_key: api_key.clone(),
            timeout: Duration::from_secs_f64(config.api.timeout_seconds),
            retries: config.api.retry_attempts,
            single: args.single_events,
            size,
        })
    }

    /// Events a request.
    pub(super) const fn batch(&self) -> u32 {
        if self.single { 1 } else { self.size.batch_size }
    }

    /// How many requests, sent again or not.
    pub(super) fn batches(&self) -> u64 {
        self.size.events().div_ceil(u64::from(self.batch()))
    }
}

/// `10` and not `10.0`, as in the file.
fn whole_if_it_is<S: serde::Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        serializer.serialize_u64(*number as u64)
    } else {
        serializer.serialize_f64(*number)
    }
}
