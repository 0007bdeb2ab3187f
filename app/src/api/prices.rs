//! `/api/v1/projects/{p}/prices`.

use std::future::Future;

use eventglass_model::{PriceChanged, RecomputeRequest, RecomputeStatus, SetPrice, encode_pairs, encode_segment};

use super::{error::ApiResult, projects::project_path, send};

/// A page of the models that were used and have no price
/// ([`UnpricedList`](eventglass_model::UnpricedList)).
#[must_use]
pub fn unpriced_path(project: &str, limit: u32) -> String {
    format!("{}/prices/unpriced?limit={limit}", project_path(project))
}

/// A page of the price list ([`PriceList`](eventglass_model::PriceList)), of
/// models whose name holds `q`.
#[must_use]
pub fn prices_path(project: &str, q: &str) -> String {
    let mut pairs = vec![("limit", "100")];
    if !q.is_empty() {
        pairs.push(("q", q));
    }
    format!("{}/prices?{}", project_path(project), encode_pairs(pairs))
}

/// How far the pricing of the past is ([`RecomputeStatus`]).
#[must_use]
pub fn recompute_path(project: &str) -> String {
    format!("{}/prices/recompute", project_path(project))
}

/// Sets the project's own price of a model.
pub fn set_price(
    project: &str,
    model: &str,
    body: &SetPrice,
) -> impl Future<Output = ApiResult<PriceChanged>> + Send + use<> {
    let path = format!("{}/prices/{}", project_path(project), encode_segment(model));
    send::put(path, body)
}

/// Prices the past again.
pub fn recompute(
    project: &str,
    body: &RecomputeRequest,
) -> impl Future<Output = ApiResult<RecomputeStatus>> + Send + use<> {
    send::post(recompute_path(project), body)
}

/// Stops the pricing of the past; what it has changed stays changed.
pub fn stop_recompute(project: &str) -> impl Future<Output = ApiResult<()>> + Send + use<> {
    send::command("DELETE", recompute_path(project), None)
}
