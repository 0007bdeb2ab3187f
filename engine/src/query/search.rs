//! A search with every relative thing made absolute.

use super::fields::AskedField;
use eventglass_model::search::{self, Column, Expr, Field, Match, Range, SearchError, Span, Test};
use eventglass_model::{DEFAULT_PAGE, EventQuery, FieldError, TimeBound, TimeRange, Timestamp};

/// What has so many letters and no digit may be an id all the same.
const LONG_FOR_A_WORD: usize = 16;

/// What is asked for. See [`EventQuery`] for the meaning of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct EventSearch {
    /// When it was asked: what relative times are relative to.
    pub now: Timestamp,
    /// What `q` says.
    pub text: Expr,
    /// The whole of `q`, when it is one thing that could be an id.
    pub id: Option<String>,
    /// What the other parameters say: all of these.
    pub filters: Vec<Expr>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// How many events.
    pub limit: usize,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
    /// `watermark` of an earlier answer.
    pub arrived_after: Option<String>,
    /// What each event of a page is to have besides.
    pub fields: Vec<AskedField>,
}

impl EventSearch {
    /// Everything, as of a moment.
    #[must_use]
    pub const fn all(now: Timestamp) -> Self {
        Self {
            now,
            text: Expr::And(Vec::new()),
            id: None,
            filters: Vec::new(),
            from: None,
            to: None,
            limit: DEFAULT_PAGE,
            cursor: None,
            arrived_after: None,
            fields: Vec::new(),
        }
    }

    /// Reads a query at a moment.
    ///
    /// # Errors
    /// What is wrong with `q`, and where.
    pub fn new(query: EventQuery, now: Timestamp) -> Result<Self, FieldError> {
        let text = search::parse(&query.q).map_err(|error: SearchError| error.in_query(&query.q))?;
        let severities = query.severity.iter().map(|severity| {
            #[expect(clippy::cast_precision_loss, reason = "codes are small")]
            let code = severity.code() as f64;
            Match::Number(Range::between(code, code))
        });
        let exact = |values: Vec<String>| values.into_iter().map(Match::Exact).collect();
        let filters = [
            (Column::Severity, severities.collect()),
            (Column::Kind, exact(query.kind)),
            (Column::Service, exact(query.service)),
            (Column::Environment, exact(query.environment)),
        ];
        let fields = query
            .fields
            .iter()
            .map(|name| AskedField::new(name))
            .collect::<Result<_, _>>()?;
        let resolve = |bound: Option<TimeBound>| bound.map(|bound| bound.resolve(now));
        Ok(Self {
            id: could_be_id(&text),
            text,
            filters: filters
                .into_iter()
                .filter_map(|(column, values)| any_of(column, values))
                .collect(),
            from: resolve(query.from),
            to: resolve(query.to),
            limit: query.limit.unwrap_or(DEFAULT_PAGE),
            cursor: query.cursor,
            arrived_after: query.arrived_after,
            fields,
            ..Self::all(now)
        })
    }
}

impl EventSearch {
    /// The same among the events of one trace.
    #[must_use]
    pub(crate) fn in_trace(mut self, trace_id: &str) -> Self {
        self.filters
            .push(test(Column::TraceId, Match::Exact(trace_id.to_owned())));
        self
    }
}

/// The whole text, when it is one thing that could be an id. Whose it is, has to be looked
/// up, which takes as long as the search: ids have digits or are long, words are not.
fn could_be_id(text: &Expr) -> Option<String> {
    let Expr::Test(Test {
        field: Field::Text,
        matches: Match::Word(id),
        ..
    }) = text
    else {
        return None;
    };
    let looks_like_one = id.len() >= LONG_FOR_A_WORD || id.bytes().any(|byte| byte.is_ascii_digit());
    ((6..=200).contains(&id.len()) && looks_like_one).then(|| id.clone())
}

fn any_of(column: Column, values: Vec<Match>) -> Option<Expr> {
    (!values.is_empty()).then(|| Expr::Or(values.into_iter().map(|value| test(column, value)).collect()))
}

/// A test that nobody wrote.
pub(super) fn test(column: Column, matches: Match) -> Expr {
    Expr::Test(Test {
        field: Field::Column(column),
        matches,
        span: Span { start: 0, end: 0 },
    })
}

/// A span of the event's own time.
pub(super) fn within(from: Option<Timestamp>, to: Option<Timestamp>) -> Expr {
    let (from, to) = (from.map(TimeBound::At), to.map(TimeBound::At));
    test(Column::Time, Match::Time(TimeRange { from, to }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_an_id_is_looked_up() {
        let id = |q: &str| {
            let query = EventQuery {
                q: q.to_owned(),
                ..EventQuery::default()
            };
            EventSearch::new(query, Timestamp::from_micros(0)).unwrap().id
        };
        for q in [
            "550e8400-e29b-41d4-a716-446655440000",
            " evt_12 ",
            "trace-of-a-customer",
            "aBcDeFgHiJkLmNoPqRsTu",
            "https://shop.example/orders/7",
        ] {
            assert_eq!(id(q).as_deref(), Some(q.trim()), "{q}");
        }
        for q in [
            "deadlock",
            "declin*",
            "evt_1*",
            "\"evt_1\"",
            "user:user_4711",
            "-evt_1",
            "evt_1 evt_2",
            "v2.1",
            "",
        ] {
            assert_eq!(id(q), None, "{q}");
        }
    }
}
