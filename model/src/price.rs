//! Prices of models, models without one, and the job that prices the past again.

use serde::{Deserialize, Serialize};

use crate::{ServiceTier, Timestamp, Usd};

/// What a million tokens cost, in US dollars, bucket by bucket. A bucket
/// without a price of its own costs what its fallback costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Input that is in no other bucket.
    pub input_usd: Usd,
    /// Output that is in no other bucket.
    #[serde(default)]
    pub output_usd: Usd,
    /// Input read from the provider's cache; else as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read_usd: Option<Usd>,
    /// Input written to the provider's cache for its usual time; else as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_usd: Option<Usd>,
    /// Input written to the cache for an hour; else as other writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_1h_usd: Option<Usd>,
    /// Audio that goes in; else as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_audio_usd: Option<Usd>,
    /// Images that go in; else as input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_image_usd: Option<Usd>,
    /// Reasoning; else as output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_reasoning_usd: Option<Usd>,
    /// Audio that comes out; else as output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_audio_usd: Option<Usd>,
    /// Images that come out; else as output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_image_usd: Option<Usd>,
}

/// Other rates for calls of a certain kind. Of several that apply, those of
/// the call's service tier come first, then those with the highest bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceTier {
    /// Only for calls served in this tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<ServiceTier>,
    /// Only for calls with more input than this, cached or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above_input_tokens: Option<i64>,
    /// The rates then.
    pub rates: Rates,
}

/// A price and since when it holds: until the next one of the same model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PricePeriod {
    /// Since when, by the time of the call; `null`: always.
    pub from: Option<Timestamp>,
    /// The usual rates.
    pub rates: Rates,
    /// Other rates for certain calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<PriceTier>,
    /// Where the price is from, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Of a project's own price: when it was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_at: Option<Timestamp>,
    /// Of a project's own price: who set it (e-mail address).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set_by: Option<String>,
}

/// Where a price comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceOrigin {
    /// It comes with Eventglass.
    Shipped,
    /// The project has set it.
    Project,
}

/// What a model costs in a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModelPrice {
    /// Name of the model, without its provider or a date.
    pub model: String,
    /// Who sells it at this price; `null`: whoever it is.
    pub provider: Option<String>,
    /// Other names that are known to mean it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What holds now; `null` when its first price lies in the future.
    pub current: Option<PricePeriod>,
    /// Where that is from.
    pub origin: PriceOrigin,
    /// The project's own prices, newest first. They come before all that is shipped.
    #[serde(default)]
    pub own: Vec<PricePeriod>,
    /// The prices that come with Eventglass, newest first.
    #[serde(default)]
    pub shipped: Vec<PricePeriod>,
}

/// Answer of `GET /api/v1/projects/{id}/prices`: by model, then provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceList {
    /// The models.
    pub items: Vec<ModelPrice>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Body of `PUT /api/v1/projects/{id}/prices/{model}`. It replaces an own
/// price with the same provider and beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SetPrice {
    /// Only where this provider sells it; `null`: whoever does.
    pub provider: Option<String>,
    /// Since when (a date will do); `null`: always.
    pub from: Option<Timestamp>,
    /// The usual rates.
    pub rates: Rates,
    /// Other rates for certain calls.
    pub tiers: Vec<PriceTier>,
    /// A note: from where it is.
    pub source: Option<String>,
    /// Whether to price the stored events of this model again.
    pub recompute: bool,
}

/// Answer of `PUT` and `DELETE /api/v1/projects/{id}/prices/{model}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceChanged {
    /// What the model costs now; `null` when there is no price any more.
    pub price: Option<ModelPrice>,
    /// The job that prices the past again, where that was asked for.
    pub job: Option<RecomputeJob>,
}

/// A model that was used and has no price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnpricedModel {
    /// As the events name it.
    pub model: String,
    /// Who served the newest of them, as it names them.
    pub provider: Option<String>,
    /// Events without a cost for this reason, counted to 10,000.
    pub events: u64,
    /// Whether there are more.
    pub more: bool,
    /// The time of the newest of them.
    pub last_seen: Timestamp,
    /// Whether it has a price by now: then only the past has to be priced again.
    pub priced_now: bool,
}

/// Answer of `GET /api/v1/projects/{id}/prices/unpriced`, by model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnpricedList {
    /// The models.
    pub items: Vec<UnpricedModel>,
    /// For the next page; `null` at the end.
    pub next_cursor: Option<String>,
}

/// Body of `POST /api/v1/projects/{id}/prices/recompute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RecomputeRequest {
    /// Only these models, by any of their names; empty: all.
    pub models: Vec<String>,
}

/// How far a [`RecomputeJob`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecomputeState {
    /// Under way, on one of the servers, or about to be.
    Running,
    /// Every event has the price of today.
    Done,
    /// Somebody ended it; what it had changed stays changed.
    Cancelled,
    /// It gave up after several failures; see `error`.
    Failed,
}

/// The job that prices stored events again: those whose cost is not the client's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecomputeJob {
    /// How far it is.
    pub state: RecomputeState,
    /// Only these models; empty: all.
    pub models: Vec<String>,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// By whom (e-mail address).
    pub started_by: Option<String>,
    /// When it ended, one way or another.
    pub finished_at: Option<Timestamp>,
    /// Events looked at.
    pub seen: u64,
    /// Events that there are, roughly.
    pub total: u64,
    /// Events whose cost is another now.
    pub changed: u64,
    /// By how much that changed the sum of costs.
    pub difference_usd: Usd,
    /// Why it failed.
    pub error: Option<String>,
}

/// Answer of `GET`, `POST` and `DELETE /api/v1/projects/{id}/prices/recompute`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecomputeStatus {
    /// The last one; `null` before the first.
    pub job: Option<RecomputeJob>,
}
