//! Query strings: `a=1&b=two+words`. A few lines here spare the browser a crate.

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b':' | b',' | b'*')
}

fn encode_into(out: &mut String, text: &str, space: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else if byte == b' ' {
            out.push_str(space);
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(HEX.get(usize::from(nibble)).map_or('0', |hex| char::from(*hex)));
            }
        }
    }
}

/// Writes pairs as a query string, without the `?`.
pub fn encode_pairs<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> String {
    let mut out = String::new();
    for (key, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode_into(&mut out, key.as_ref(), "+");
        out.push('=');
        encode_into(&mut out, value.as_ref(), "+");
    }
    out
}

/// Writes one segment of a path.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    let mut out = String::new();
    encode_into(&mut out, text, "%20");
    out
}

/// Reads a query string, with or without its `?`. What is not UTF-8 after
/// decoding becomes U+FFFD; a `%` that starts no code stands for itself.
#[must_use]
pub fn decode_pairs(query: &str) -> Vec<(String, String)> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        let hex = (first == b'%')
            .then(|| tail.first_chunk::<2>())
            .flatten()
            .and_then(|pair| {
                let text = std::str::from_utf8(pair).ok()?;
                // `from_str_radix` would take "+f".
                text.bytes()
                    .all(|b| b.is_ascii_hexdigit())
                    .then(|| u8::from_str_radix(text, 16).ok())?
            });
        if let Some(byte) = hex {
            bytes.push(byte);
            rest = tail.get(2..).unwrap_or_default();
        } else if first == b'+' {
            bytes.push(b' ');
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn odd_input_stands_for_itself() {
        assert_eq!(
            decode_pairs("?a=%zz&b&=c&d=%2&&e=1=2&f=%+f"),
            [
                ("a".into(), "%zz".into()),
                ("b".into(), String::new()),
                (String::new(), "c".into()),
                ("d".into(), "%2".into()),
                ("e".into(), "1=2".into()),
                ("f".into(), "% f".into()),
            ]
        );
    }

    proptest! {
        #[test]
        fn round_trips(pairs in proptest::collection::vec(("\\PC{1,8}", "\\PC{0,20}"), 0..5)) {
            let pairs: Vec<(String, String)> = pairs;
            prop_assert_eq!(decode_pairs(&encode_pairs(pairs.clone())), pairs);
        }
    }
}
