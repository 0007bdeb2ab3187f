//! The fields of an event, by the names that a query may use.

use crate::{CostSource, Severity, Status};

/// What kind of values a field has, and so what a query may say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An exact value, or one with `*`.
    Keyword,
    /// Human text: words, phrases, `prefixes*`.
    Text,
    /// A number without a unit; `k`, `m` and `b` multiply.
    Number,
    /// A duration; milliseconds when there is no unit.
    Duration,
    /// US dollars.
    Money,
    /// A moment.
    Time,
    /// One word of a closed set with an order.
    Words(&'static [&'static str]),
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Which.
    pub column: Column,
    /// Its name in the API.
    pub name: &'static str,
    /// What others call it, with spaces between.
    pub aliases: &'static str,
    /// What its values are.
    pub kind: Kind,
}

macro_rules! fields {
    ($($column:ident $name:literal $aliases:literal $kind:expr;)+) => {
        /// A field that every event may have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the fields of the event, described at Event")]
        pub enum Column { $($column),+ }

        /// Every field, in the order of [`Column`].
        pub const FIELDS: &[FieldInfo] = &[
            $(FieldInfo { column: Column::$column, name: $name, aliases: $aliases, kind: $kind }),+
        ];
    };
}

fields! {
    Id "id" "event_id" Kind::Keyword;
    Time "time" "timestamp" Kind::Time;
    ReceivedAt "received_at" "received arrived" Kind::Time;
    Kind "kind" "type event_type" Kind::Keyword;
    Name "name" "title operation" Kind::Text;
    Message "message" "msg" Kind::Text;
    Severity "severity" "level" Kind::Words(Severity::WORDS);
    Status "status" "" Kind::Words(Status::WORDS);
    Service "service" "source" Kind::Keyword;
    Endpoint "endpoint" "path route url" Kind::Keyword;
    Method "method" "" Kind::Keyword;
    Version "version" "release" Kind::Keyword;
    Environment "environment" "env" Kind::Keyword;
    Topic "topic" "" Kind::Keyword;
    UserId "user_id" "user" Kind::Keyword;
    SessionId "session_id" "session" Kind::Keyword;
    RequestId "request_id" "request" Kind::Keyword;
    TraceId "trace_id" "trace" Kind::Keyword;
    SpanId "span_id" "span" Kind::Keyword;
    ParentSpanId "parent_span_id" "parent" Kind::Keyword;
    Duration "duration_ms" "latency duration" Kind::Duration;
    StatusCode "status_code" "code" Kind::Number;
    Provider "provider" "" Kind::Keyword;
    Model "model" "" Kind::Keyword;
    Tokens "tokens" "tokens.total" Kind::Number;
    TokensInput "tokens.input" "" Kind::Number;
    TokensOutput "tokens.output" "" Kind::Number;
    TokensCacheRead "tokens.cache_read" "" Kind::Number;
    TokensCacheWrite "tokens.cache_write" "" Kind::Number;
    TokensReasoning "tokens.reasoning" "" Kind::Number;
    Cost "cost_usd" "cost" Kind::Money;
    CostSource "cost_source" "" Kind::Words(CostSource::WORDS);
    Country "country" "" Kind::Keyword;
    City "city" "" Kind::Keyword;
    Region "region" "" Kind::Keyword;
    Device "device" "" Kind::Keyword;
    Input "input" "prompt" Kind::Text;
    Output "output" "completion" Kind::Text;
}

impl Column {
    /// The field with this name or alias, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let is = |other: &str| other.eq_ignore_ascii_case(name);
        FIELDS
            .iter()
            .find(|field| is(field.name) || field.aliases.split(' ').any(|alias| !alias.is_empty() && is(alias)))
            .map(|field| field.column)
    }

    /// What is known about it.
    #[must_use]
    pub fn info(self) -> &'static FieldInfo {
        FIELDS.get(self as usize).unwrap_or(&FieldInfo {
            column: Self::Id,
            name: "id",
            aliases: "",
            kind: Kind::Keyword,
        })
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

/// The name that somebody may have meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let close = |other: &str| other.len() > 2 && (other.starts_with(&name) || is_one_edit(&name, other));
    FIELDS
        .iter()
        .find(|field| close(field.name) || field.aliases.split(' ').any(close))
        .map(|field| field.name)
}

/// Whether one letter more, less or other, or two neighbours swapped, makes one of the other.
fn is_one_edit(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    let skip = |text: &'_ [u8], n: usize| text.get(n..).map(<[u8]>::to_vec);
    skip(a, 1).as_deref() == Some(b)
        || skip(b, 1).as_deref() == Some(a)
        || (skip(a, 1).is_some() && skip(a, 1) == skip(b, 1))
        || (a.len() > 1 && a.first() == b.get(1) && a.get(1) == b.first() && skip(a, 2) == skip(b, 2))
}
