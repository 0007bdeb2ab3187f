//! What is asked.

use eventglass_model::encode_pairs;

use super::super::store::StoreKind;

/// Questions that have a promise in common.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) questions: Vec<Question>,
    /// What 95 of 100 answers take at most, in milliseconds, with the store idle.
    pub(super) idle_ms: Option<f64>,
    /// The same while events pour in; then it is asked then, too.
    pub(super) loaded_ms: Option<f64>,
}

/// One of them.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) name: String,
    /// Path and query.
    pub(super) path: String,
}

impl Question {
    /// Whether it is a page for people, and not a route of the API.
    pub(super) fn is_page(&self) -> bool {
        !self.path.starts_with("/api/")
    }
}

type Pairs = &'static [(&'static str, &'static str)];

const PAGES: &[(&str, Pairs)] = &[
    ("newest", &[]),
    ("common word", &[("q", "succeeded")]),
    ("medium word", &[("q", "timeout")]),
    ("rare word", &[("q", "deadlock")]),
    ("no such word", &[("q", "zyzzyva")]),
    ("two words", &[("q", "payment declined")]),
    ("prefix", &[("q", "declin*")]),
    ("phrase", &[("q", "\"payment declined\"")]),
    ("word excluded", &[("q", "failed -timeout")]),
    ("severity", &[("q", "severity:critical")]),
    ("service", &[("q", "service:payment-service")]),
    ("service and word", &[("q", "service:auth-service locked")]),
    ("one user", &[("q", "user:user_4711")]),
    ("one session", &[("q", "session:sess_0123456789abcdef")]),
    ("status class", &[("q", "status:5xx")]),
    ("slow in a service", &[("q", "service:payment-service latency:>2s")]),
    ("slow and failed", &[("q", "latency:>5s status:>=500")]),
    ("last hour", &[("q", "failed"), ("time", "last 1h")]),
    ("a day in the past", &[("q", "failed"), ("time", "-10d..-9d")]),
];

/// Without a promise: what looks at events one by one, or at all of them.
const WIDE: &[(&str, &str, Pairs)] = &[
    (
        "page: attribute",
        "events",
        &[("q", "service:payment-service attributes.context.tags.device:mobile")],
    ),
    (
        "page: attribute that no event has",
        "events",
        &[("q", "attributes.context.tags.device:zyzzyva")],
    ),
    ("page: part of a word", "events", &[("q", "*eadloc* severity:error")]),
    ("histogram: all, 30 d", "events/histogram", &[("time", "last 30d")]),
    ("histogram: all, 24 h", "events/histogram", &[("time", "last 1d")]),
    ("histogram: common word", "events/histogram", &[("q", "succeeded")]),
    ("histogram: rare word", "events/histogram", &[("q", "deadlock")]),
    (
        "histogram: service",
        "events/histogram",
        &[("q", "service:payment-service")],
    ),
    (
        "facets: all",
        "facets",
        &[("fields", "severity,kind,service,environment")],
    ),
    (
        "facets: word",
        "facets",
        &[("q", "failed"), ("fields", "severity,kind,service,environment")],
    ),
];

/// What the overview asks of rollups, and pages that show the same kind of numbers.
const NUMBERS: &[(&str, &str, Pairs)] = &[
    (
        "overview: numbers and charts",
        "metrics",
        &[
            ("measure", "count,errors,error_rate,p50,p95,p99,cost,tokens,users"),
            ("compare", "previous"),
        ],
    ),
    (
        "overview: services",
        "metrics",
        &[
            ("measure", "count,error_rate"),
            ("group", "service"),
            ("interval", "none"),
            ("limit", "6"),
        ],
    ),
    (
        "overview: endpoints",
        "metrics",
        &[
            ("measure", "count,p95"),
            ("group", "endpoint"),
            ("interval", "none"),
            ("limit", "6"),
        ],
    ),
    (
        "overview: models",
        "metrics",
        &[
            ("measure", "cost,count"),
            ("group", "model"),
            ("interval", "none"),
            ("limit", "7"),
        ],
    ),
    ("services", "services", &[]),
    (
        "places",
        "metrics",
        &[
            ("measure", "count,errors,users"),
            ("group", "country,city"),
            ("interval", "none"),
            ("limit", "200"),
        ],
    ),
];

/// Names are no dimension of rollups: these are counted from events, for as
/// long as the server's setting allows.
const BY_NAME: Pairs = &[
    ("measure", "errors"),
    ("group", "name"),
    ("interval", "none"),
    ("limit", "7"),
];

const SPANS: &[(&str, &str)] = &[("24 h", "-24h"), ("7 d", "-7d"), ("30 d", "-30d")];

/// Everything that is asked of a project, by its id and its name in addresses.
pub(super) fn tables(project: i64, slug: &str, store: StoreKind) -> Vec<Table> {
    // A database of its own beside the server may take twice as long.
    let times = match store {
        StoreKind::Sqlite => 1.0,
        StoreKind::Postgres => 2.0,
    };
    let api = |what: &str, pairs: &[(&str, &str)]| {
        let query = encode_pairs(pairs.iter().copied());
        format!("/api/v1/projects/{project}/{what}?{query}")
    };
    let question = |name: String, path: String| Question { name, path };
    let over_time = |list: &[(&str, &str, Pairs)]| -> Vec<Question> {
        let of_span = |(span, from): (&str, &str)| -> Vec<Question> {
            list.iter()
                .map(|(name, what, pairs)| {
                    let pairs: Vec<_> = pairs.iter().copied().chain([("from", from)]).collect();
                    question(format!("{name}, {span}"), api(what, &pairs))
                })
                .collect()
        };
        SPANS.iter().copied().flat_map(of_span).collect()
    };
    let page = |(span, from): &(&str, &str)| {
        let query = encode_pairs([("from", *from)]);
        question(format!("overview, {span}"), format!("/p/{slug}/overview?{query}"))
    };
    vec![
        Table {
            title: "First page of a search",
            questions: PAGES
                .iter()
                .map(|(name, pairs)| question((*name).to_owned(), api("events", pairs)))
                .collect(),
            idle_ms: Some(50.0 * times),
            loaded_ms: Some(100.0 * times),
        },
        Table {
            title: "Numbers",
            questions: over_time(NUMBERS),
            idle_ms: Some(100.0 * times),
            loaded_ms: None,
        },
        Table {
            title: "Whole pages, as HTML",
            questions: SPANS.iter().map(page).collect(),
            idle_ms: Some(100.0 * times),
            loaded_ms: None,
        },
        Table {
            title: "Without a promise",
            questions: WIDE
                .iter()
                .map(|(name, what, pairs)| question((*name).to_owned(), api(what, pairs)))
                .chain(over_time(&[("errors by name", "metrics", BY_NAME)]))
                .collect(),
            idle_ms: None,
            loaded_ms: None,
        },
    ]
}

/// What takes long, to be asked beside events that come in.
pub(super) fn heavy(project: i64) -> Vec<String> {
    let searches = ["attributes.context.tags.device:zyzzyva", "*zyzzyva*", "latency:>999h"];
    let path = |q| format!("/api/v1/projects/{project}/events?{}", encode_pairs([("q", q)]));
    searches.into_iter().map(path).collect()
}

#[cfg(test)]
mod tests {
    use eventglass_model::{EventQuery, MetricsQuery, decode_pairs};

    use super::*;

    #[test]
    fn every_question_can_be_asked() {
        let tables = tables(7, "shop", StoreKind::Sqlite);
        let questions = tables.iter().flat_map(|table| &table.questions).cloned();
        let mut paths: Vec<String> = questions.map(|question| question.path).collect();
        paths.extend(heavy(7));
        let (mut searches, mut numbers) = (0, 0);
        for path in &paths {
            let (route, query) = path.split_once('?').unwrap();
            match route.strip_prefix("/api/v1/projects/7/") {
                Some("events") => {
                    let query = EventQuery::from_pairs(decode_pairs(query)).unwrap();
                    eventglass_model::search::parse(&query.q).unwrap();
                    searches += 1;
                }
                Some("metrics") => {
                    MetricsQuery::from_pairs(decode_pairs(query)).unwrap();
                    numbers += 1;
                }
                Some("services" | "facets" | "events/histogram") => {}
                Some(other) => panic!("{other}"),
                None => assert_eq!(route, "/p/shop/overview"),
            }
        }
        assert!(searches > 20 && numbers > 15, "{searches} {numbers}");
    }
}
