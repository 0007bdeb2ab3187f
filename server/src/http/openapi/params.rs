//! Query parameters, as the document describes them. They are read elsewhere,
//! each by its own rules; tests ask the server about each of these names,
//! defaults and bounds.

#![expect(dead_code, reason = "these are described, never made")]

use eventglass_model::{Measure, MetricGroup, Severity};
use utoipa::IntoParams;

/// `limit` and `cursor` of most lists.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Items of a page.
    #[param(minimum = 1, maximum = 500, default = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// `limit` and `cursor` of events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventPaging {
    /// What each event is to have besides: fields, or paths such as `attributes.plan`. At most 20, with commas between them.
    #[param(style = Form, explode = false, max_items = 20)]
    fields: Option<Vec<String>>,
    /// Events of a page.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// `watermark` of an earlier answer: only what was stored after it.
    arrived_after: Option<String>,
}

/// What events are looked for. Several values of one filter mean any of them;
/// several filters mean all of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// A search, as `docs/search.md` tells; or an event's id, or a trace's.
    #[param(max_length = 1000)]
    q: Option<String>,
    /// From this moment on: RFC 3339, `now`, or a time ago such as -15m, -24h or -7d.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Before this moment, written alike.
    #[param(example = "now")]
    to: Option<String>,
    /// Both ends at once: `last 3h`, `-7d..-1d`, `2026-11-21`, `2026-11-20..now`.
    #[param(example = "last 3h")]
    time: Option<String>,
    /// Any of these severities.
    #[param(style = Form, explode = false, max_items = 50)]
    severity: Option<Vec<Severity>>,
    /// Any of these kinds.
    #[param(style = Form, explode = false, max_items = 50)]
    kind: Option<Vec<String>>,
    /// Any of these services.
    #[param(style = Form, explode = false, max_items = 50)]
    service: Option<Vec<String>>,
    /// Any of these environments.
    #[param(style = Form, explode = false, max_items = 50)]
    environment: Option<Vec<String>>,
}

/// What is measured, of which events.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Measuring {
    /// What is measured; `count` when absent. At most 15.
    #[param(style = Form, explode = false, max_items = 15)]
    measure: Option<Vec<Measure>>,
    /// The number of an event that percentiles, means and sums are of: `duration_ms`, `cost_usd`, `tokens`, or a path
    /// such as `attributes.cart.total`.
    #[param(default = "duration_ms")]
    field: Option<String>,
    /// What the series are grouped by: fields, or paths such as `attributes.cart.currency`. At most three.
    #[param(style = Form, explode = false, max_items = 3)]
    group: Option<Vec<MetricGroup>>,
    /// How far apart points are: `auto`, `none`, or a time such as 1m, 15m, 1h, 1d or 1w.
    #[param(default = "auto")]
    interval: Option<String>,
    /// A search that events must match, as `docs/search.md` tells.
    #[param(max_length = 1000)]
    q: Option<String>,
    /// From this moment on; a day before `to` when absent. RFC 3339, `now`, or a time ago such as -24h.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Before this moment; now when absent.
    #[param(example = "now")]
    to: Option<String>,
    /// Any of these services; here and below, a value that ends with `*` is the beginning of one.
    #[param(style = Form, explode = false, max_items = 50)]
    service: Option<Vec<String>>,
    /// Any of these endpoints.
    #[param(style = Form, explode = false, max_items = 50)]
    endpoint: Option<Vec<String>>,
    /// Any of these kinds.
    #[param(style = Form, explode = false, max_items = 50)]
    kind: Option<Vec<String>>,
    /// Any of these environments.
    #[param(style = Form, explode = false, max_items = 50)]
    environment: Option<Vec<String>>,
    /// Any of these providers of models.
    #[param(style = Form, explode = false, max_items = 50)]
    provider: Option<Vec<String>>,
    /// Any of these models.
    #[param(style = Form, explode = false, max_items = 50)]
    model: Option<Vec<String>>,
    /// How many groups: the greatest by the first measure; the rest together is `other`.
    #[param(minimum = 1, maximum = 200, default = 10)]
    limit: Option<u32>,
    /// `previous` gives totals of the period before, too.
    #[param(example = "previous")]
    compare: Option<String>,
}

/// Which services.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Services {
    /// From this moment on; a day before `to` when absent. RFC 3339, `now`, or a time ago such as -24h.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Before this moment; now when absent.
    #[param(example = "now")]
    to: Option<String>,
    /// Only events of this environment.
    environment: Option<String>,
    /// How many services, the busiest first.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<u32>,
}

/// Which traces. Several values of one filter mean any of them; several
/// filters mean all of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct TraceSearch {
    /// A search, as of events: traces with an event that matches.
    #[param(max_length = 1000)]
    q: Option<String>,
    /// Started at this moment or later: RFC 3339, `now`, or a time ago such as -24h.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Started before this moment.
    #[param(example = "now")]
    to: Option<String>,
    /// Part of the name, in any case of ASCII letters.
    #[param(max_length = 1000)]
    name: Option<String>,
    /// With spans of any of these services.
    #[param(style = Form, explode = false, max_items = 50)]
    service: Option<Vec<String>>,
    /// With calls of any of these models.
    #[param(style = Form, explode = false, max_items = 50)]
    model: Option<Vec<String>>,
    /// Of any of these users.
    #[param(style = Form, explode = false, max_items = 50)]
    user: Option<Vec<String>>,
    /// Of any of these sessions.
    #[param(style = Form, explode = false, max_items = 50)]
    session: Option<Vec<String>>,
    /// Of any of these environments.
    #[param(style = Form, explode = false, max_items = 50)]
    environment: Option<Vec<String>>,
    /// Only with errors in them.
    #[param(default = false)]
    errors: Option<bool>,
    /// Of this duration or longer, in milliseconds.
    #[param(minimum = 0)]
    min_duration_ms: Option<f64>,
    /// Of this cost or more, in US dollars.
    #[param(minimum = 0)]
    min_cost_usd: Option<f64>,
    /// Traces of a page.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which users.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Groups {
    /// Only traces that started at this moment or later: RFC 3339, `now`, or a time ago such as -24h.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Only traces that started before this moment.
    #[param(example = "now")]
    to: Option<String>,
    /// Part of the id, in any case of ASCII letters.
    #[param(max_length = 1000)]
    q: Option<String>,
    /// How many of a page.
    #[param(minimum = 1, maximum = 1000, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A span of time.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Span {
    /// From this moment on: RFC 3339, `now`, or a time ago such as -24h.
    #[param(example = "-24h")]
    from: Option<String>,
    /// Before this moment.
    #[param(example = "now")]
    to: Option<String>,
}
