//! How a service is doing, as a mark.

use eventglass_model::ServiceStatus;

use crate::view::{IntoPart, Part, titled};

/// A letter-sized mark with the word beside it.
pub(super) fn status_mark(status: ServiceStatus) -> Part {
    let (class, word, means) = match status {
        ServiceStatus::Healthy => (
            "health health-good",
            "● Healthy",
            "Below 1 % of errors, and not much slower than before",
        ),
        ServiceStatus::Degraded => (
            "health health-edge",
            "▲ Degraded",
            "At least 1 % of errors, or a p95 twice that of the period before",
        ),
        ServiceStatus::Failing => ("health health-bad", "■ Failing", "At least 5 % of errors"),
        ServiceStatus::Silent => ("health", "○ Silent", "Nothing came of late"),
    };
    titled("span", class, means.to_owned(), vec![word.part()])
}
