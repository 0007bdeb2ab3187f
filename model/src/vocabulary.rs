//! The closed sets of words in the canonical event.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A word that is not in the set that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// What the words stand for, e.g. `severity`.
    pub what: &'static str,
    /// Every word that would have done.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {}; expected one of: {}", self.what, self.known.join(", "))
    }
}

impl std::error::Error for UnknownWord {}

/// Declares an enum of lower-case words with one number each (what stores
/// keep), the words SDKs use for them, and the reading and writing of both.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident ($what:literal) { $($(#[$vdoc:meta])* $variant:ident = $number:literal $word:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant = $number),+ }

        impl $name {
            /// Every value, from least to greatest.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every canonical word, in the order of [`Self::ALL`].
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The canonical word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The number that stores keep.
            #[must_use]
            pub const fn code(self) -> i64 {
                self as i64
            }

            /// The inverse of [`Self::code`].
            #[must_use]
            pub const fn from_code(code: i64) -> Option<Self> {
                match code { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// Reads the canonical word or one that SDKs use for it, in any case.
            ///
            /// # Errors
            /// [`UnknownWord`] with the words that would have done.
            pub fn parse(text: &str) -> Result<Self, UnknownWord> {
                $(if text.eq_ignore_ascii_case($word) $(|| text.eq_ignore_ascii_case($alias))* { return Ok(Self::$variant); })+
                Err(UnknownWord { what: $what, known: Self::WORDS })
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::openapi::one_of(concat!("A ", $what, "."), Self::WORDS)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed(stringify!($name))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

/// Whether an event counts as an error, in every chart and list: it says that
/// it failed or ran out of time, or it is at least as bad as an error.
#[must_use]
pub const fn is_error(severity: Severity, status: Status) -> bool {
    matches!(status, Status::Error | Status::Timeout) || matches!(severity, Severity::Error | Severity::Critical)
}

words! {
    /// How bad it is.
    Severity ("severity") {
        /// For developers.
        Debug = 1 "debug" | "trace",
        /// Normal.
        Info = 2 "info" | "notice" | "log" | "default",
        /// Odd, but it went on.
        Warning = 3 "warning" | "warn",
        /// It failed.
        Error = 4 "error" | "err",
        /// Somebody should be woken.
        Critical = 5 "critical" | "fatal" | "emergency" | "alert" | "panic",
    }
}

words! {
    /// How an operation ended.
    Status ("status") {
        /// Not said.
        Unset = 0 "unset",
        /// As intended.
        Ok = 1 "ok" | "success" | "succeeded" | "completed",
        /// It failed.
        Error = 2 "error" | "failed" | "failure",
        /// It did not end in time.
        Timeout = 3 "timeout",
    }
}

words! {
    /// Who said what it cost.
    CostSource ("cost source") {
        /// The client sent a cost.
        Client = 1 "client",
        /// Computed from tokens and the price table.
        Computed = 2 "computed",
        /// Tokens of a model without a known price.
        Unpriced = 3 "unpriced",
    }
}

words! {
    /// How a provider served a call, where that changes the price.
    ServiceTier ("service tier") {
        /// As usual.
        Standard = 0 "standard" | "default" | "auto" | "on_demand",
        /// Within a day, for less.
        Batch = 1 "batch",
        /// When there is room, for less.
        Flex = 2 "flex",
        /// Before others, for more.
        Priority = 3 "priority" | "fast",
    }
}

words! {
    /// The wire dialect in which something came.
    Door ("door") {
        /// Ours.
        Native = 1 "native",
        /// PulseStream's ingestion API.
        PulseStream = 2 "pulsestream",
        /// EvalForge's SDKs.
        EvalForge = 3 "evalforge",
        /// CartNudge's topics.
        CartNudge = 4 "cartnudge",
        /// OpenTelemetry over HTTP.
        Otlp = 5 "otlp",
        /// Langfuse's ingestion API.
        Langfuse = 6 "langfuse",
        /// WatchLLM's envelopes, which come to the routes of the native door.
        WatchLlm = 7 "watchllm",
    }
}

words! {
    /// What becomes of an event whose id is stored already.
    Duplicates ("policy for duplicates") {
        /// Success, marked as a duplicate.
        Accept = 0 "accept",
        /// 409, unless the first acknowledgement never reached the sender.
        Conflict = 1 "conflict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes_round_trip() {
        for severity in Severity::ALL {
            assert_eq!(Severity::parse(severity.as_str()), Ok(*severity));
            assert_eq!(Severity::from_code(severity.code()), Some(*severity));
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }

    #[test]
    fn reads_the_words_of_sdks() {
        assert_eq!(Severity::parse("WARN"), Ok(Severity::Warning));
        assert_eq!(Severity::parse("fatal"), Ok(Severity::Critical));
        assert_eq!(Status::parse("success"), Ok(Status::Ok));
        assert_eq!(
            Severity::parse("loud").unwrap_err().to_string(),
            "unknown severity; expected one of: debug, info, warning, error, critical"
        );
    }
}
