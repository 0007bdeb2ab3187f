//! `config.yaml`: its keys and their defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::log::Level;
use super::scenario::Scenario;
use crate::shop::{Crowd, PageType, Products, Weights};

/// The file that is read when none is named, if there is one.
const USUAL: &str = "config.yaml";
/// What a key must not contain: it is that of the example.
const PLACEHOLDER: &str = "YOUR_SECRET";

/// The whole file. Every key may be left out.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Config {
    pub(crate) api: Api,
    pub(crate) users: Users,
    pub(crate) events: Events,
    pub(crate) products: Products,
    pub(crate) pages: Pages,
    pub(crate) output: Output,
    pub(crate) scenarios: BTreeMap<String, Scenario>,
    /// Keys of the file that mean nothing here.
    #[serde(skip)]
    pub(crate) unknown: Vec<String>,
}

/// Where to send, and how patiently.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Api {
    pub(crate) base_url: String,
    pub(crate) api_key: String,
    pub(crate) timeout_seconds: f64,
    /// How often a request is sent again that was answered 429 or 503.
    pub(crate) retry_attempts: u32,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            base_url: "http://localhost:8000".to_owned(),
            api_key: "proj_YOUR_PROJECT_YOUR_SECRET_HERE".to_owned(),
            timeout_seconds: 30.0,
            retry_attempts: 3,
        }
    }
}

/// Who sends.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Users {
    pub(crate) total_count: u32,
    pub(crate) user_id_prefix: String,
    pub(crate) session_duration_minutes: f64,
    /// Accepted and not used: how many sessions there are follows from their
    /// length and from the logins.
    pub(crate) sessions_per_user: f64,
}

impl Default for Users {
    fn default() -> Self {
        Self {
            total_count: 100,
            user_id_prefix: "test_user_".to_owned(),
            session_duration_minutes: 30.0,
            sessions_per_user: 3.0,
        }
    }
}

/// What is sent, and how fast.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Events {
    pub(crate) batch_size: u32,
    pub(crate) events_per_second: u32,
    pub(crate) duration_minutes: f64,
    pub(crate) weights: Weights,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            batch_size: 50,
            events_per_second: 100,
            duration_minutes: 10.0,
            weights: Weights::default(),
        }
    }
}

/// The shop's pages.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Pages {
    pub(crate) types: Vec<PageType>,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            types: PageType::usual(),
        }
    }
}

/// What is left behind.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Output {
    pub(crate) log_level: Level,
    /// Added to; none when empty.
    pub(crate) log_file: PathBuf,
    pub(crate) stats_interval_seconds: f64,
    pub(crate) save_results: bool,
    pub(crate) results_file: PathBuf,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            log_level: Level::Info,
            log_file: "load_test.log".into(),
            stats_interval_seconds: 10.0,
            save_results: true,
            results_file: "results.json".into(),
        }
    }
}

impl Config {
    /// The named file; or `config.yaml`, if there is one; or the defaults.
    ///
    /// # Errors
    /// When the file is missing though named, cannot be read, or is wrong.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let usual = Path::new(USUAL);
        let Some(path) = named.or_else(|| usual.exists().then_some(usual)) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("wrong configuration in {}", path.display()))
    }

    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        // A file of comments alone is an empty document.
        let config: Option<Self> = serde_saphyr::from_str(text)?;
        let mut config = config.unwrap_or_default();
        config.validate()?;
        let known = serde_json::to_value(Self::default())?;
        let given: Value = serde_saphyr::from_str(text)?;
        note_unknown(&known, &given, "", &mut config.unknown);
        Ok(config)
    }

    fn validate(&self) -> anyhow::Result<()> {
        let products = &self.products;
        let prices = products.price_range;
        ensure!(
            (1..=100_000).contains(&products.count),
            "products.count must be from 1 to 100000"
        );
        ensure!(
            !products.categories.is_empty(),
            "products.categories must name one at least"
        );
        ensure!(
            prices.min >= 0.0 && prices.min <= prices.max && prices.max < 1e9,
            "products.price_range must be from a min to a max"
        );
        let weights: Vec<f64> = self.events.weights.all().map(|(_, weight)| weight).collect();
        ensure!(
            are_weights(&weights),
            "events.weights must be numbers from 0 up, one at least above 0"
        );
        let weights: Vec<f64> = self.pages.types.iter().map(|page| page.weight).collect();
        ensure!(
            are_weights(&weights),
            "the weights of pages.types must be numbers from 0 up, one at least above 0"
        );
        let positive = [
            ("api.timeout_seconds", self.api.timeout_seconds),
            ("users.session_duration_minutes", self.users.session_duration_minutes),
            ("output.stats_interval_seconds", self.output.stats_interval_seconds),
        ];
        for (name, value) in positive {
            ensure!(value > 0.0 && value < 1e7, "{name} must be above 0");
        }
        Ok(())
    }

    /// The visitors of these ids.
    pub(crate) fn crowd(&self, ids: Vec<String>) -> Crowd {
        Crowd {
            ids,
            session: Duration::from_secs_f64(self.users.session_duration_minutes * 60.0),
        }
    }

    /// The id of a visitor, from 1.
    pub(crate) fn user_id(&self, number: u32) -> String {
        format!("{}{number:05}", self.users.user_id_prefix)
    }
}

/// Whether a key is one, and not the example's.
pub(crate) fn check_key(key: &str) -> anyhow::Result<()> {
    ensure!(
        !key.trim().is_empty() && !key.contains(PLACEHOLDER),
        "no API key: give the project's with --api-key, EVENTGLASS_API_KEY or api.api_key in {USUAL}"
    );
    Ok(())
}

/// Notes the keys that are given and not known, by their path. What is named
/// freely, as scenarios are, is known.
fn note_unknown(known: &Value, given: &Value, path: &str, unknown: &mut Vec<String>) {
    let (Some(known), Some(given)) = (known.as_object(), given.as_object()) else {
        return;
    };
    if known.is_empty() {
        return;
    }
    for (key, value) in given {
        let path = format!("{path}{key}");
        match known.get(key) {
            Some(known) => note_unknown(known, value, &format!("{path}."), unknown),
            None => unknown.push(path),
        }
    }
}

fn are_weights(weights: &[f64]) -> bool {
    let total: f64 = weights.iter().sum();
    weights.iter().all(|weight| *weight >= 0.0) && total > 0.0 && total.is_finite()
}
