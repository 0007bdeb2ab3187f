//! What happened in one call, drawn before anything is written.

use eventglass_model::Timestamp;
use fastrand::Rng;

use super::catalogue::{Endpoint, Extra, SERVICES, Service};
use super::distributions::{ERROR_CODES, METHODS, SUCCESS_CODES, response_time_ms, weighted};
use super::failures::{COMMON, Failure};

/// One call of one endpoint.
pub(super) struct Call {
    pub(super) service: &'static Service,
    pub(super) endpoint: &'static Endpoint,
    pub(super) method: &'static str,
    pub(super) status: u16,
    pub(super) failure: Option<&'static Failure>,
    pub(super) time: Timestamp,
    pub(super) response_ms: f64,
}

/// For a service without endpoints, of which there is none.
static NOWHERE: Endpoint = Endpoint {
    path: "/",
    action: "Call",
    extra: Extra::None,
};

pub(super) fn pick<T>(rng: &mut Rng, list: &'static [T], first: &'static T) -> &'static T {
    list.get(rng.usize(0..list.len().max(1))).unwrap_or(first)
}

/// One of the ways in which this service may answer this status.
fn pick_failure(rng: &mut Rng, service: &'static Service, status: u16) -> Option<&'static Failure> {
    let ways = || {
        let all = service.failures.iter().chain(COMMON);
        all.filter(move |failure| failure.status == status)
    };
    let count = ways().count();
    if count == 0 {
        None
    } else {
        ways().nth(rng.usize(0..count))
    }
}

impl Call {
    pub(super) fn draw(rng: &mut Rng, time: Timestamp) -> (usize, Self) {
        let index = rng.usize(0..SERVICES.len());
        let [first, ..] = &SERVICES;
        let service = SERVICES.get(index).unwrap_or(first);
        let endpoint = pick(rng, service.endpoints, &NOWHERE);
        let failed = rng.f64() < service.error_rate;
        let status = if failed {
            weighted(rng, ERROR_CODES, 500)
        } else {
            weighted(rng, SUCCESS_CODES, 200)
        };
        let call = Self {
            service,
            endpoint,
            method: weighted(rng, METHODS, "GET"),
            status,
            failure: if failed {
                pick_failure(rng, service, status)
            } else {
                None
            },
            time,
            response_ms: response_time_ms(rng, service.average_ms, failed),
        };
        (index, call)
    }

    pub(super) const fn severity(&self) -> &'static str {
        match self.status {
            ..300 => "info",
            300..500 => "warning",
            _ => "error",
        }
    }
}
