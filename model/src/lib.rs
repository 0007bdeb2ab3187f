//! What the server and the browser both know: wire types, ids, validated
//! names and the words of a search. Nothing here does I/O, and nothing here
//! may cost the browser more than `serde` does.
//!
//! Conventions of the wire, kept by every type below: times are RFC 3339 in
//! UTC with microseconds, durations are `*_ms` numbers, money is `*_usd`
//! decimals, ids of projects and users are integers, everything else that
//! names a thing is a string.

mod auth;
mod budget;
mod dashboard;
mod decimal;
mod event;
mod event_query;
mod facets;
mod histogram;
mod metrics;
mod names;
#[cfg(feature = "openapi")]
mod openapi;
mod outcome;
mod price;
mod problem;
mod project;
pub mod search;
mod services;
mod time;
mod time_range;
mod traces;
mod trust;
mod urlencode;
mod usd;
mod view;
mod vocabulary;

pub use auth::{Credentials, Me, SessionToken};
pub use budget::{Budget, BudgetStatus, DayCost};
pub use dashboard::{
    Dashboard, DashboardDraft, DashboardList, DashboardSummary, GRID_COLUMNS, MAX_WIDGETS, Place, Widget, WidgetKind,
};
pub use decimal::{decimal_text, parse_decimal};
pub use event::{Event, EventPage, EventSummary, Tokens, is_aggregate};
pub use event_query::{DEFAULT_PAGE, EventQuery, MAX_PAGE};
pub use facets::{ATTRIBUTES, FACET_FIELDS, FacetValue, Facets};
pub use histogram::{Histogram, HistogramBucket};
pub use metrics::{
    DEFAULT_GROUPS, Dimension, Interval, MAX_GROUPS, MAX_MEASURES, MAX_POINTS, Measure, MetricField, MetricGroup,
    MetricPoint, MetricSeries, Metrics, MetricsQuery, MetricsSource, Period,
};
pub use names::{Email, NameError, Password, ProjectName, slug_from_name};
pub use outcome::{BatchOutcome, ItemOutcome, ItemStatus};
pub use price::{
    ModelPrice, PriceChanged, PriceList, PriceOrigin, PricePeriod, PriceTier, Rates, RecomputeJob, RecomputeRequest,
    RecomputeState, RecomputeStatus, SetPrice, UnpricedList, UnpricedModel,
};
pub use problem::{FieldError, Loc, Problem};
pub use project::{
    ApiKey, ApiKeyList, CreateApiKey, CreateProject, CreatedApiKey, CreatedProject, Project, ProjectList,
};
pub use services::{ServiceHealth, ServiceList, ServicePoint, ServiceStatus, ServicesQuery, VersionSeen};
pub use time::{Timestamp, TimestampError};
pub use time_range::{TimeBound, TimeRange};
pub use traces::{
    Activity, ActivityBucket, CreatedShare, Group, GroupPage, GroupQuery, PackedSkeleton, PackedTrace,
    PackedTraceUpdate, PromptDiff, Share, ShareList, Skeleton, SpanLog, SpanScore, SpanSums, Step, TextChange,
    TextPiece, Trace, TraceComparison, TracePage, TraceQuery, TraceSpan, TraceSteps, TraceSummary, TraceUpdate,
    ValueDiff, span_flags,
};
pub use trust::{
    DEFAULT_KEY_REQUESTS_PER_MINUTE, DoorMinute, IngestCounts, IngestHealth, Plan, ProjectLimits, ProjectSettings,
    ProjectSettingsView, RefusedItem, RefusedList, RefusedReason, ReplayOutcome, ReplayRequest, SenderCounts, Usage,
};
pub use urlencode::{decode_pairs, encode_pairs, encode_segment};
pub use usd::Usd;
pub use view::{View, ViewList, ViewSettings};
pub use vocabulary::{CostSource, Door, Duplicates, ServiceTier, Severity, Status, UnknownWord, is_error};
