//! How often each thing happens.

use fastrand::Rng;

/// A table of choices and their weights.
pub(super) type Weighted<T> = &'static [(T, u32)];

pub(super) const METHODS: Weighted<&str> = &[("GET", 60), ("POST", 25), ("PUT", 8), ("DELETE", 4), ("PATCH", 3)];
pub(super) const SUCCESS_CODES: Weighted<u16> = &[(200, 85), (201, 10), (202, 3), (204, 2)];
pub(super) const ERROR_CODES: Weighted<u16> = &[
    (400, 15),
    (401, 10),
    (403, 8),
    (404, 20),
    (409, 5),
    (422, 8),
    (429, 7),
    (500, 10),
    (502, 5),
    (503, 7),
    (504, 5),
];
pub(super) const ENVIRONMENTS: Weighted<&str> = &[("production", 70), ("staging", 20), ("development", 10)];

/// Draws from a table; the fallback is for an empty one only.
pub(super) fn weighted<T: Copy>(rng: &mut Rng, table: Weighted<T>, fallback: T) -> T {
    let total: u32 = table.iter().map(|(_, weight)| weight).sum();
    let mut left = rng.u32(0..total.max(1));
    for (choice, weight) in table {
        if left < *weight {
            return *choice;
        }
        left -= weight;
    }
    fallback
}

/// A number from `low` to `high`, each as likely as the other.
pub(super) fn uniform(rng: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.f64()
}

/// A number from the normal distribution (Box and Muller's way).
fn normal(rng: &mut Rng, mean: f64, deviation: f64) -> f64 {
    // 1 - [0, 1) is never 0, whose logarithm is infinite.
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    mean + deviation * radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// How long a call takes in milliseconds: around the service's average,
/// errors stretched (or cut short) by half to three, one in twenty a spike.
pub(super) fn response_time_ms(rng: &mut Rng, average_ms: f64, failed: bool) -> f64 {
    let mut ms = average_ms * normal(rng, 1.0, 0.3).max(0.1);
    if failed {
        ms *= uniform(rng, 0.5, 3.0);
    }
    if rng.f64() < 0.05 {
        ms *= uniform(rng, 2.0, 10.0);
    }
    ms
}
