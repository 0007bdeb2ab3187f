//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::state::AppState;

/// The client's address, for limits and logs; and whether it came by TLS.
pub struct ClientAddr {
    /// The address, or `unknown` when the server was called in process.
    pub ip: String,
    /// Whether the client speaks HTTPS to the proxy before us.
    pub https: bool,
}

impl FromRequestParts<AppState> for ClientAddr {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let trusted = state.settings.trust_proxy.then_some(&parts.headers);
        let forwarded = trusted.and_then(forwarded_for).or(peer);
        let proto = trusted.and_then(|headers| headers.get("x-forwarded-proto"));
        Ok(Self {
            ip: forwarded.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string()),
            https: proto.is_some_and(|proto| proto == "https"),
        })
    }
}

/// The last address of the list: the one that our own proxy saw. Those before
/// it are what the client claims.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let list = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
    list.rsplit(',').next()?.trim().parse().ok()
}
