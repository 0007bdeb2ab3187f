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

    /// How long it takes at that rate.
    pub(super) fn lasts(&self) -> Duration {
        Duration::from_secs_f64(self.duration_minutes * 60.0)
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn plan(args: &LoadArgs, file: &str) -> Result<Plan, String> {
        let config = Config::parse(file).map_err(|error| format!("{error:#}"))?;
        Plan::new(args, &config).map_err(|error| format!("{error:#}"))
    }

    const FILE: &str = "
api: {api_key: proj_1_file, base_url: 'http://file:1', timeout_seconds: 5}
users: {total_count: 7}
events: {batch_size: 20, events_per_second: 11, duration_minutes: 2.5}
scenarios:
  mine: {users: 3, events_per_second: 4}
  quick_test: {users: 12, duration_minutes: 2, events_per_second: 10, description: ours}
";

    #[test]
    fn flags_beat_the_scenario_which_beats_the_file() {
        let size = |args: &LoadArgs| {
            let size = plan(args, FILE).unwrap().size;
            (
                size.users,
                size.duration_minutes,
                size.events_per_second,
                size.batch_size,
            )
        };
        let scenario = |name: &str| LoadArgs {
            scenario: Some(name.into()),
            ..LoadArgs::default()
        };
        assert_eq!(size(&LoadArgs::default()), (7, 2.5, 11, 20));
        assert_eq!(size(&scenario("mine")), (3, 2.5, 4, 20));
        assert_eq!(size(&scenario("quick_test")), (12, 2.0, 10, 20), "the file's own");
        assert_eq!(size(&scenario("stress_test")), (5_000, 60.0, 1_000, 20), "built in");
        let flags = LoadArgs {
            users: Some(1),
            duration: Some(0.5),
            rate: Some(2),
            batch_size: Some(3),
            ..scenario("heavy_load")
        };
        assert_eq!(size(&flags), (1, 0.5, 2, 3));
        let plan = plan(&LoadArgs::default(), FILE).unwrap();
        assert_eq!(
            (plan.base_url.to_string().as_str(), plan.api_key.as_str()),
            ("http://file:1", "proj_1_file")
        );
        assert_eq!(plan.timeout, Duration::from_secs(5));
    }

    #[test]
    fn without_a_file_there_are_the_defaults() {
        let key = LoadArgs {
            api_key: Some("proj_1_key".into()),
            ..LoadArgs::default()
        };
        let plan = plan(&key, "# nothing but a comment\n").unwrap();
        let size = plan.size;
        assert_eq!((size.users, size.events_per_second, size.batch_size), (100, 100, 50));
        assert_eq!((size.events(), plan.batches(), plan.retries), (60_000, 1_200, 3));
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let unknown = LoadArgs {
            scenario: Some("storm".into()),
            ..LoadArgs::default()
        };
        let error = plan(&unknown, FILE).unwrap_err();
        assert!(
            error.contains("storm") && error.contains("stress_test") && error.contains("mine"),
            "{error}"
        );
        for key in ["''", "proj_abc_YOUR_SECRET_HERE"] {
            let error = plan(&LoadArgs::default(), &format!("api: {{api_key: {key}}}")).unwrap_err();
            assert!(error.contains("no API key"), "{error}");
        }
        assert!(plan(&LoadArgs::default(), "").unwrap_err().contains("no API key"));
        for (file, name) in [
            ("events: {batch_size: 101}", "batch size"),
            ("events: {batch_size: many}", "batch_size"),
            ("events: {weights: {cart_add: -1}}", "events.weights"),
            ("products: {price_range: {min: 3, max: 2}}", "price_range"),
            ("products: {count: 0}", "products.count"),
            ("pages: {types: []}", "pages.types"),
            ("users: {total_count: 0}", "users"),
            ("events: {duration_minutes: 0}", "duration"),
            ("output: {stats_interval_seconds: 0}", "stats_interval_seconds"),
            ("output: {log_level: LOUD}", "LOUD"),
            ("api: {base_url: nowhere}", "api.base_url"),
            ("a: [", ""),
        ] {
            let args = LoadArgs {
                api_key: Some("proj_1_key".into()),
                ..LoadArgs::default()
            };
            let error = plan(&args, file).unwrap_err();
            assert!(error.contains(name), "{file}: {error}");
        }
        assert!(Config::load(Some(Path::new("/nowhere/config.yaml"))).is_err());
    }

    #[test]
    fn unknown_keys_are_noted() {
        let config = Config::parse("api: {colour: red}\nfruit: 1\nscenarios: {x: {users: 1, why: because}}").unwrap();
        assert_eq!(config.unknown, ["api.colour", "fruit"]);
        assert!(Config::parse(FILE).unwrap().unknown.is_empty());
    }
}
