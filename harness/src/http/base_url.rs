//! Where the server is.

use std::str::FromStr;

use anyhow::{Context, bail};
use http::Uri;

/// `http://localhost:8000`, with a path before the API's own where a proxy adds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    https: bool,
}

impl BaseUrl {
    /// Whether the connection is encrypted.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The address of a path that starts with a slash, query included.
    ///
    /// # Errors
    /// When the path holds what a URL may not.
    pub fn at(&self, path: &str) -> anyhow::Result<Uri> {
        let text = format!("{}{path}", self.text);
        text.parse().with_context(|| format!("not a URL: {text}"))
    }
}

impl FromStr for BaseUrl {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let uri: Uri = text.parse().context("not a URL such as http://localhost:8000")?;
        let https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => bail!("must start with http:// or https://"),
        };
        if uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
            bail!("must be a scheme, a host and perhaps a port and a path");
        }
        Ok(Self {
            text: text.trim_end_matches('/').to_owned(),
            https,
        })
    }
}

impl std::fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_paths() {
        let plain: BaseUrl = "http://localhost:8000/".parse().unwrap();
        assert_eq!(plain.at("/readyz").unwrap(), "http://localhost:8000/readyz");
        let behind: BaseUrl = "https://example.com/glass".parse().unwrap();
        assert_eq!(behind.at("/api?x=1").unwrap(), "https://example.com/glass/api?x=1");
        assert!(behind.is_https() && !plain.is_https());
    }

    #[test]
    fn refuses_what_is_no_address() {
        for bad in [
            "",
            "localhost:8000",
            "ftp://example.com",
            "http://",
            "/api",
            "http://a b",
            "http://h/?q=1",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }
}
