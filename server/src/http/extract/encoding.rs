//! How a body is compressed.

use axum::http::{HeaderMap, header};

/// The ways in which a body may be compressed.
pub const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// Whether a body is compressed in a way that is not read here. What is read
/// has been decompressed on its way, and its header taken off.
#[must_use]
pub fn is_encoded(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut encodings = encodings.map(|value| value.as_bytes().trim_ascii());
    encodings.any(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_the_header_tells() {
        let of = |value: &str| {
            let pair = (header::CONTENT_ENCODING, value.parse().unwrap());
            is_encoded(&[pair].into_iter().collect())
        };
        assert!(!is_encoded(&HeaderMap::new()));
        assert!(!of("") && !of("identity") && !of(" Identity "));
        assert!(of("lz4") && of("gzip, gzip") && of("compress"));
    }
}
