//! The typed client of the public API. Pages use it alike while the server
//! renders them and in the browser: what the UI can do, `curl` can do.
//!
//! What a page shows is [`Fetched`] from a path; what a person does is a call.

mod auth;
mod dashboards;
mod error;
mod events;
mod fetched;
mod ingest;
mod keys;
mod later;
mod metrics;
mod portion;
mod prices;
mod projects;
mod send;
mod settings;
mod traces;
pub mod transport;
mod views;

pub use auth::{ME, log_in, log_out, register};
pub use dashboards::{
    change_dashboard, create_dashboard, dashboard_csv_path, dashboard_path, dashboards_path, remove_dashboard,
};
pub use error::{ApiError, ApiResult};
pub use events::{event_path, events, events_path, export_path, facets_path, histogram_path};
pub use fetched::Fetched;
pub(crate) use fetched::read;
pub use ingest::{delete_all_refused, delete_refused, ingest_path, refused_path, replay};
pub use keys::{create_key, keys_path, revoke_key};
pub(crate) use later::later;
pub use metrics::{budget_path, metrics_path, services_path};
pub use portion::Portion;
pub(crate) use portion::{FIRST_ROWS, LATER};
pub use prices::{prices_path, recompute, recompute_path, set_price, stop_recompute, unpriced_path};
pub use projects::{PROJECTS, create_project, project_path};
pub(crate) use send::get_text;
pub use settings::{change_settings, settings_path, usage_path};
pub use traces::{
    compare_path, create_share, delete_share, diff_path, group_path, groups_path, shared_path, shares_path, span_path,
    trace_path, traces_path,
};
pub use views::{change_view, create_view, delete_view, views_path};
