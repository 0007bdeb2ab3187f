//! What is measured, and what it is grouped by.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::UnknownWord;
use crate::vocabulary::words;

words! {
    /// What is measured of a group of events.
    Measure ("measure") {
        /// How many events.
        Count = 1 "count",
        /// How many of them are errors (see [`crate::is_error`]).
        Errors = 2 "errors",
        /// Errors divided by events, 0 to 1.
        ErrorRate = 3 "error_rate",
        /// The median of the field, within 2 %.
        P50 = 4 "p50",
        /// The 90th percentile of the field, within 2 %.
        P90 = 5 "p90",
        /// The 95th percentile of the field, within 2 %.
        P95 = 6 "p95",
        /// The 99th percentile of the field, within 2 %.
        P99 = 7 "p99",
        /// The mean of the field, of those events that have it.
        Avg = 8 "avg",
        /// The sum of the field.
        Sum = 9 "sum",
        /// Tokens, input and output.
        Tokens = 10 "tokens",
        /// Tokens of input, cached or not.
        TokensIn = 11 "tokens_in",
        /// Tokens of output, reasoning included.
        TokensOut = 12 "tokens_out",
        /// Cost in US dollars, of what has a price.
        Cost = 13 "cost",
        /// Model calls whose price is not known.
        Unpriced = 14 "unpriced",
        /// Distinct users, within about 2 %.
        Users = 15 "users",
    }
}

words! {
    /// A field that series are grouped by.
    Dimension ("group") {
        /// The service that sent it.
        Service = 1 "service",
        /// HTTP path or similar.
        Endpoint = 2 "endpoint",
        /// What the event is.
        Kind = 3 "kind",
        /// `production`, `staging`, ...
        Environment = 4 "environment",
        /// Who serves the model.
        Provider = 5 "provider",
        /// The model that was called.
        Model = 6 "model",
        /// Version of the service.
        Version = 7 "version",
        /// Where the user was.
        Country = 8 "country",
        /// Where the user was, more exactly.
        City = 9 "city",
        /// Who caused it.
        UserId = 10 "user_id",
        /// In which session.
        SessionId = 11 "session_id",
        /// Operation or title.
        Name = 12 "name",
        /// How bad it is.
        Severity = 13 "severity",
        /// How it ended.
        Status = 14 "status",
        /// HTTP status or similar.
        StatusCode = 15 "status_code",
        /// Where the user was: part of a country.
        Region = 16 "region",
        /// What the user used.
        Device = 17 "device",
        /// The topic that it was sent under.
        Topic = 18 "topic",
    }
}
