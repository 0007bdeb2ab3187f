//! What a store does for rollups. What they are is told in [`crate::rollups`].

use async_trait::async_trait;
use eventglass_model::{CostSource, Severity, Status, Timestamp, Tokens};

use super::row::{Columns, inconsistent};
use crate::rollups::{DeltaBuilder, Facts, Family, Part, Read, RollupSettings, TokenCounts, View, tokens_of};
use crate::store::StoreError;

/// Events that a rebuild counts in one transaction.
pub(super) const BUILD_EVENTS: i64 = 5_000;

/// How far counting a project anew has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuildProgress {
    /// The project.
    pub project_id: i64,
    /// Events counted so far.
    pub events: i64,
    /// Whether that was all.
    pub done: bool,
}

/// What a fold did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldPass {
    /// There was nothing, or another process folds.
    Nothing,
    /// There was something, and hardly anything is left.
    Last,
    /// There may be more.
    More,
}

/// Rollups: written with the events, folded and read.
#[async_trait]
pub trait RollupStore: Send + Sync {
    /// What answers a question: blobs, list by list as they are asked for, and
    /// what is not in them yet; all of one moment.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn rollups(&self, project_id: i64, reads: &[Vec<Read>]) -> Result<View, StoreError>;

    /// Whether this process is the one that folds; if so, it stays so until it
    /// ends. A process that takes events must be, unless several may.
    ///
    /// # Errors
    /// When it cannot tell.
    async fn lead_rollups(&self) -> Result<bool, StoreError>;

    /// Folds what commits have left, unless another process does; if it is much,
    /// a part of it, and of each project in turn.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then it is folded later.
    async fn fold_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<FoldPass, StoreError>;

    /// Deletes minutes and hours that are not kept any more.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn expire_rollups(&self, settings: &RollupSettings, now: Timestamp) -> Result<(), StoreError>;

    /// Has the events of all projects counted anew, by [`Self::build_rollups`].
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn request_rebuild(&self) -> Result<(), StoreError>;

    /// Takes a step in counting stored events, unless another process does.
    /// `None` when there is nothing to count.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then the step is taken later.
    async fn build_rollups(&self) -> Result<Option<BuildProgress>, StoreError>;

    /// Projects that are still to be counted, with the events counted so far.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    async fn rebuilding(&self) -> Result<Vec<BuildProgress>, StoreError>;
}

/// What [`StoredFacts::read`] reads, of the table called `e`.
pub(crate) const FACTS: &str = "e.key, e.received_at, e.time, e.kind, e.name, e.severity, e.status, e.service, \
     e.endpoint, e.version, e.environment, e.user_id, e.session_id, e.provider, e.model, e.country, e.city, \
     e.duration_us, e.status_code, e.tokens, e.cost_nano_usd, e.cost_source";

/// The longest value of an attribute that groups are told apart by, in characters.
const LONGEST_VALUE: usize = 200;

/// A stored event, as far as it is counted.
pub(crate) struct StoredFacts {
    pub(crate) key: i64,
    received_at: i64,
    time: Timestamp,
    kind: String,
    name: Option<String>,
    severity: Severity,
    status: Status,
    service: Option<String>,
    endpoint: Option<String>,
    version: Option<String>,
    environment: Option<String>,
    user_id: Option<String>,
    session_id: Option<String>,
    provider: Option<String>,
    model: Option<String>,
    country: Option<String>,
    city: Option<String>,
    duration_us: Option<i64>,
    status_code: Option<i64>,
    tokens: Option<TokenCounts>,
    cost_nano_usd: Option<i64>,
    cost_source: Option<CostSource>,
}

impl StoredFacts {
    /// Reads a row of [`FACTS`].
    pub(crate) fn read(row: &impl Columns) -> Result<Self, StoreError> {
        let (severity, status) = (row.int("severity")?, row.int("status")?);
        let tokens: Option<Tokens> = row
            .maybe_text("tokens")?
            .map(|json| serde_json::from_str(&json))
            .transpose()
            .map_err(inconsistent)?;
        Ok(Self {
            key: row.int("key")?,
            received_at: row.int("received_at")?,
            time: Timestamp::from_micros(row.int("time")?),
            kind: row.text("kind")?,
            name: row.maybe_text("name")?,
            severity: Severity::from_code(severity).ok_or_else(|| inconsistent(format!("severity {severity}")))?,
            status: Status::from_code(status).ok_or_else(|| inconsistent(format!("status {status}")))?,
            service: row.maybe_text("service")?,
            endpoint: row.maybe_text("endpoint")?,
            version: row.maybe_text("version")?,
            environment: row.maybe_text("environment")?,
            user_id: row.maybe_text("user_id")?,
            session_id: row.maybe_text("session_id")?,
            provider: row.maybe_text("provider")?,
            model: row.maybe_text("model")?,
            country: row.maybe_text("country")?,
            city: row.maybe_text("city")?,
            duration_us: row.maybe_int("duration_us")?,
            status_code: row.maybe_int("status_code")?,
            tokens: tokens.as_ref().map(tokens_of),
            cost_nano_usd: row.maybe_int("cost_nano_usd")?,
            cost_source: row.maybe_int("cost_source")?.and_then(CostSource::from_code),
        })
    }

    /// What of it is counted.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            time: self.time,
            kind: &self.kind,
            name: self.name.as_deref(),
            severity: self.severity,
            status: self.status,
            service: self.service.as_deref(),
            endpoint: self.endpoint.as_deref(),
            version: self.version.as_deref(),
            environment: self.environment.as_deref(),
            user_id: self.user_id.as_deref(),
            session_id: self.session_id.as_deref(),
            provider: self.provider.as_deref(),
            model: self.model.as_deref(),
            country: self.country.as_deref(),
            city: self.city.as_deref(),
            duration_us: self.duration_us,
            status_code: self.status_code,
            tokens: self.tokens,
            cost_nano_usd: self.cost_nano_usd,
            cost_source: self.cost_source,
        }
    }
}

/// A project whose stored events are being counted: those received until a
/// moment, in the order of their keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Build {
    through: Option<i64>,
    next_key: i64,
    of: BuildOf,
}

/// What a build counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuildOf {
    /// Everything.
    All,
    /// A family that is new; the others have counted these events.
    Family(Family),
}

impl BuildOf {
    /// From `rollup_builds.family`.
    pub(super) fn from_code(code: Option<i64>) -> Result<Self, StoreError> {
        let Some(code) = code else { return Ok(Self::All) };
        let family = u8::try_from(code).ok().and_then(Family::from_code);
        family
            .map(Self::Family)
            .ok_or_else(|| inconsistent(format!("a rebuild of the unknown family {code}")))
    }

    /// Whether it counts in a family.
    pub(super) fn counts(self, family: Family) -> bool {
        self == Self::All || self == Self::Family(family)
    }
}

impl Build {
    /// From a row of `rollup_builds`: its `through`, `next_key` and `family`.
    pub(super) fn from_row((through, next_key, family): (Option<i64>, i64, Option<i64>)) -> Result<Self, StoreError> {
        Ok(Self {
            through,
            next_key,
            of: BuildOf::from_code(family)?,
        })
    }

    /// Whether a row will still be counted in a family as it then is.
    fn will_count(&self, row: &StoredFacts, family: Family) -> bool {
        self.of.counts(family)
            && self
                .through
                .is_some_and(|through| row.received_at <= through && row.key >= self.next_key)
    }
}

/// Whether what is read is being counted anew. `building`: the `family` of the
/// project's row in `rollup_builds`, if it has one.
pub(super) fn is_rebuilding(building: Option<Option<i64>>, reads: &[Vec<Read>]) -> Result<bool, StoreError> {
    let Some(of) = building else { return Ok(false) };
    let of = BuildOf::from_code(of)?;
    let family = |part: Part| match part {
        Part::Table(family) => family,
        Part::Total | Part::Numbers | Part::Durations | Part::Users => Family::Series,
    };
    Ok(reads.iter().flatten().any(|read| of.counts(family(read.part))))
}

/// A row of `events` before and after a change; `None`: it was not there, or is
/// not there any more.
pub(crate) type Change = (Option<StoredFacts>, Option<StoredFacts>);

/// What changes of rows mean: the delta to be written in the same transaction.
/// While a rebuild is on its way, rows that it has not come to are left to it.
pub(super) fn changed(project_id: i64, build: Option<Build>, changes: &[Change]) -> Vec<(i64, Vec<u8>)> {
    let counted = |row: &StoredFacts, family| !build.is_some_and(|build| build.will_count(row, family));
    let mut delta = DeltaBuilder::default();
    for (old, new) in changes {
        if let Some(old) = old {
            delta.remove_in(project_id, &old.facts(), |family| counted(old, family));
        }
        if let Some(new) = new {
            delta.add_in(project_id, &new.facts(), |family| counted(new, family));
        }
    }
    delta.finish()
}

/// What stored rows add up to.
pub(super) fn sum_of(project_id: i64, rows: &[StoredFacts], of: BuildOf) -> Vec<(i64, Vec<u8>)> {
    let mut delta = DeltaBuilder::default();
    for row in rows {
        delta.add_in(project_id, &row.facts(), |family| of.counts(family));
    }
    delta.finish()
}

/// Where the next chunk of a rebuild begins.
pub(super) fn after(rows: &[StoredFacts]) -> i64 {
    rows.last().map_or(i64::MAX, |row| row.key.saturating_add(1))
}

/// The attributes of an event, to be asked by path: `cart.total`, or a key with
/// dots in it as it stands.
#[derive(Default)]
pub(crate) struct Attributes(serde_json::Value);

impl Attributes {
    /// Reads them; none where they cannot be read.
    pub(crate) fn read(json: Option<&str>) -> Self {
        Self(
            json.and_then(|json| serde_json::from_str(json).ok())
                .unwrap_or_default(),
        )
    }

    fn at(&self, path: &str) -> Option<&serde_json::Value> {
        let of_parts = || path.split('.').try_fold(&self.0, |value, name| value.get(name));
        self.0.get(path).or_else(of_parts)
    }

    /// A number, or a text that is one.
    pub(crate) fn number(&self, path: &str) -> Option<f64> {
        match self.at(path)? {
            serde_json::Value::Number(number) => number.as_f64(),
            serde_json::Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A text as it is, anything else as JSON, cut to [`LONGEST_VALUE`] characters.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let text = match self.at(path)? {
            serde_json::Value::Null => return None,
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some(match text.char_indices().nth(LONGEST_VALUE) {
            Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
            None => text,
        })
    }
}
