//! Settings: defaults < file < environment < flags.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use config::{Config, Environment, File, FileFormat};
use eventglass_engine::guard::Plans;
use eventglass_engine::ingest::Limits;
use eventglass_engine::rollups::RollupSettings;
use eventglass_engine::store::Room;
use eventglass_engine::traces::TraceLimits;
use eventglass_model::Plan;
use serde::Deserialize;

/// The settings file that is the documentation.
pub const DEFAULTS: &str = include_str!("default.toml");

/// What begins the names of settings in the environment.
const PREFIX: &str = "EVENTGLASS_";

/// Names with that prefix which are not the server's: of the other
/// subcommands, of the set-up scripts and of the tests.
const NOT_SETTINGS: &[&str] = &[
    "EVENTGLASS_API_KEY",
    "EVENTGLASS_URL",
    "EVENTGLASS_CONFIG",
    "EVENTGLASS_CHROMIUM",
    "EVENTGLASS_BIN",
    "EVENTGLASS_SDKS",
];

/// The settings; `default.toml` says what each means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "default.toml is the documentation")]
pub struct Settings {
    pub addr: SocketAddr,
    pub data: PathBuf,
    pub database_url: Secret,
    pub trust_proxy: bool,
    pub log: String,
    pub log_format: LogFormat,
    pub open_registration: bool,
    pub session_days: u32,
    pub body_limit_bytes: usize,
    pub batch_events: usize,
    pub message_chars: usize,
    pub future_tolerance_secs: u32,
    pub queue_bytes: usize,
    pub in_flight_bytes: usize,
    pub commit_retries: u32,
    pub retention_days: u32,
    pub refused_days: u32,
    pub refused_bytes: u64,
    pub idempotency_hours: u32,
    pub query_budget_ms: u64,
    pub exports: usize,
    pub facet_events: usize,
    pub pulse_count_limit: i64,
    pub metrics_scan_events: usize,
    pub metrics_scan_ms: u64,
    pub dashboards: i64,
    pub rollup_series: usize,
    pub rollup_rows: usize,
    pub rollup_minute_hours: u32,
    pub rollup_hour_days: u32,
    pub request_timeout_secs: u64,
    pub max_connections: usize,
    pub header_timeout_secs: u64,
    pub body_idle_secs: u64,
    pub answer_idle_secs: u64,
    pub shutdown_secs: u64,
    pub trace_events: usize,
    pub filter_cache_bytes: usize,
    pub trace_scan: usize,
    pub trace_catch_up_ms: u64,
    pub metrics_token: Secret,
    pub admin_token: Secret,
    pub default_plan: String,
    pub plans: BTreeMap<String, Plan>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// A text that is never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text, for comparing and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Settings {
    /// Reads the defaults, then the file, then the environment.
    ///
    /// # Errors
    /// When the file cannot be read, or a setting is unknown or wrong; the message names it.
    pub fn load(file: Option<&Path>, environment: HashMap<String, String>) -> anyhow::Result<Self> {
        let mut sources = Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        if let Some(file) = file {
            sources = sources.add_source(File::from(file).format(FileFormat::Toml).required(true));
        }
        let mut ours: HashMap<String, String> = environment
            .into_iter()
            .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()))
            .collect();
        // A variable that is set to nothing is how many tools unset one.
        ours.retain(|_, value| !value.is_empty());
        let prefix = PREFIX.trim_end_matches('_');
        sources = sources.add_source(Environment::with_prefix(prefix).try_parsing(true).source(Some(ours)));
        let settings: Self = sources
            .build()
            .context("reading settings")?
            .try_deserialize()
            .context("wrong setting")?;
        settings.validate()?;
        Ok(settings)
    }

    fn validate(&self) -> anyhow::Result<()> {
        let at_least = [
            ("session_days", u64::from(self.session_days), 1),
            ("body_limit_bytes", self.body_limit_bytes as u64, 1_024),
            ("batch_events", self.batch_events as u64, 1),
            ("message_chars", self.message_chars as u64, 1),
            ("queue_bytes", self.queue_bytes as u64, 1_048_576),
            ("exports", self.exports as u64, 1),
            ("query_budget_ms", self.query_budget_ms, 1),
            ("facet_events", self.facet_events as u64, 1),
            ("metrics_scan_events", self.metrics_scan_events as u64, 1),
            ("metrics_scan_ms", self.metrics_scan_ms, 1),
            ("dashboards", self.dashboards.unsigned_abs(), 1),
            ("rollup_series", self.rollup_series as u64, 1),
            ("rollup_rows", self.rollup_rows as u64, 1),
            ("rollup_minute_hours", u64::from(self.rollup_minute_hours), 1),
            ("rollup_hour_days", u64::from(self.rollup_hour_days), 1),
            ("pulse_count_limit", self.pulse_count_limit.unsigned_abs(), 1),
            ("trace_events", self.trace_events as u64, 1),
            ("trace_scan", self.trace_scan as u64, 1_000),
            ("trace_catch_up_ms", self.trace_catch_up_ms, 1),
            ("filter_cache_bytes", self.filter_cache_bytes as u64, 1_048_576),
            (
                "in_flight_bytes",
                self.in_flight_bytes as u64,
                self.body_limit_bytes as u64,
            ),
            ("request_timeout_secs", self.request_timeout_secs, 1),
            ("max_connections", self.max_connections as u64, 1),
            ("header_timeout_secs", self.header_timeout_secs, 1),
            ("body_idle_secs", self.body_idle_secs, 1),
            ("answer_idle_secs", self.answer_idle_secs, 1),
            ("refused_days", u64::from(self.refused_days), 1),
            ("idempotency_hours", u64::from(self.idempotency_hours), 1),
        ];
        for (name, value, least) in at_least {
            ensure!(
                value >= least,
                "wrong setting: {name} must be at least {least}, is {value}"
            );
        }
        ensure!(
            self.plans.contains_key(&self.default_plan),
            "wrong setting: default_plan is \"{}\", and there is no such plan; there are: {}",
            self.default_plan,
            self.plans.keys().cloned().collect::<Vec<_>>().join(", ")
        );
        Ok(())
    }

    /// The plans of this installation.
    #[must_use]
    pub fn plans(&self) -> Plans {
        Plans {
            by_name: self.plans.clone(),
            default: self.default_plan.clone(),
        }
    }

    /// The part that the store needs.
    #[must_use]
    pub const fn room(&self) -> Room {
        Room {
            filters: self.filter_cache_bytes,
        }
    }

    /// The part that rollups need.
    #[must_use]
    pub fn rollups(&self) -> RollupSettings {
        RollupSettings {
            series: self.rollup_series,
            rows: self.rollup_rows,
            minute_hours: self.rollup_minute_hours,
            hour_days: self.rollup_hour_days,
            scan_events: self.metrics_scan_events,
            scan_ms: self.metrics_scan_ms,
        }
    }

    /// How long a search may take.
    #[must_use]
    pub const fn query_budget(&self) -> Duration {
        Duration::from_millis(self.query_budget_ms)
    }

    /// The part that traces need.
    #[must_use]
    pub const fn trace_limits(&self) -> TraceLimits {
        TraceLimits {
            budget: self.query_budget(),
            spans: self.trace_events,
            scan: self.trace_scan,
            catch_up: Duration::from_millis(self.trace_catch_up_ms),
        }
    }

    /// The part that the pipeline needs.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            future_tolerance_secs: self.future_tolerance_secs,
            message_chars: self.message_chars,
            batch_events: self.batch_events,
            queue_bytes: self.queue_bytes,
            commit_retries: self.commit_retries,
            refused_days: self.refused_days,
            refused_bytes: self.refused_bytes,
            idempotency_hours: self.idempotency_hours,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: Option<&str>, environment: &[(&str, &str)]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("eventglass.toml");
        if let Some(text) = file {
            std::fs::write(&path, text).unwrap();
        }
        let environment = environment
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Settings::load(file.map(|_| path.as_path()), environment).map_err(|e| format!("{e:#}"))
    }

    #[test]
    fn the_database_is_not_told() {
        let settings = load(None, &[("EVENTGLASS_DATABASE_URL", "postgres://ada:lovelace@host/db")]).unwrap();
        assert_eq!(settings.database_url.expose(), "postgres://ada:lovelace@host/db");
        assert!(!format!("{settings:?}").contains("lovelace"));
        assert_eq!(load(None, &[]).unwrap().database_url.expose(), "");
    }

    #[test]
    fn the_environment_beats_the_file_beats_the_defaults() {
        let settings = load(
            Some("session_days = 7\nbatch_events = 5"),
            &[
                ("EVENTGLASS_SESSION_DAYS", "3"),
                ("EVENTGLASS_API_KEY", "proj_1_x"),
                ("HOME", "/"),
                ("EVENTGLASS_LOG", ""),
            ],
        )
        .unwrap();
        assert_eq!(
            (settings.session_days, settings.batch_events, settings.log.as_str()),
            (3, 5, "info")
        );
        assert_eq!(
            settings.limits().future_tolerance_secs,
            Limits::default().future_tolerance_secs
        );
    }

    #[test]
    fn the_engine_and_the_file_have_the_same_defaults() {
        assert_eq!(
            format!("{:?}", load(None, &[]).unwrap().limits()),
            format!("{:?}", Limits::default())
        );
        assert_eq!(load(None, &[]).unwrap().rollups(), RollupSettings::default());
    }

    #[test]
    fn a_wrong_setting_is_named() {
        assert!(load(Some("colour = \"red\""), &[]).unwrap_err().contains("colour"));
        assert!(
            load(None, &[("EVENTGLASS_COLOUR", "red")])
                .unwrap_err()
                .contains("colour")
        );
        assert!(
            load(Some("session_days = \"soon\""), &[])
                .unwrap_err()
                .contains("session_days")
        );
        assert!(
            load(None, &[("EVENTGLASS_ADDR", "nowhere")])
                .unwrap_err()
                .contains("addr")
        );
        assert!(load(Some("queue_bytes = 1"), &[]).unwrap_err().contains("queue_bytes"));
    }

    #[test]
    fn secrets_are_not_printed() {
        let settings = load(None, &[("EVENTGLASS_METRICS_TOKEN", "hush-hush")]).unwrap();
        assert_eq!(settings.metrics_token.expose(), "hush-hush");
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
