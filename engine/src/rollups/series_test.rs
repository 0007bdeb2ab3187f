//! A search that only speaks of what series are made of, so that rollups can answer it.

use eventglass_model::Dimension;
use eventglass_model::search::{Column, Expr, Field, Match};

/// What a search says of the values of a series.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SeriesTest {
    All(Vec<Self>),
    Any(Vec<Self>),
    Not(Box<Self>),
    /// There is a value.
    Present(Dimension),
    /// It is this one.
    Exactly(Dimension, String),
    /// It has these pieces, in order, with anything between them.
    Pieces(Dimension, Vec<String>),
}

impl Default for SeriesTest {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl SeriesTest {
    /// `None` when the search asks for something else too.
    pub(super) fn of(search: &Expr) -> Option<Self> {
        Some(match search {
            Expr::And(parts) => Self::All(parts.iter().map(Self::of).collect::<Option<_>>()?),
            Expr::Or(parts) => Self::Any(parts.iter().map(Self::of).collect::<Option<_>>()?),
            Expr::Not(part) => Self::Not(Box::new(Self::of(part)?)),
            Expr::Test(test) => {
                let Field::Column(column) = &test.field else {
                    return None;
                };
                let dimension = dimension(*column)?;
                match &test.matches {
                    Match::Present => Self::Present(dimension),
                    Match::Exact(text) => Self::Exactly(dimension, text.clone()),
                    Match::Glob(text) => Self::Pieces(dimension, text.split('*').map(str::to_owned).collect()),
                    _ => return None,
                }
            }
        })
    }

    /// Whether every series passes.
    pub(super) fn is_all(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// Whether all dimensions that are spoken of are such.
    pub(super) fn all_are(&self, such: &dyn Fn(&Dimension) -> bool) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(|part| part.all_are(such)),
            Self::Not(part) => part.all_are(such),
            Self::Present(dimension) | Self::Exactly(dimension, _) | Self::Pieces(dimension, _) => such(dimension),
        }
    }

    /// Whether a series with these values passes.
    pub(super) fn lets<'v>(&self, value: &dyn Fn(Dimension) -> Option<&'v str>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.lets(value)),
            Self::Any(parts) => parts.iter().any(|part| part.lets(value)),
            Self::Not(part) => !part.lets(value),
            Self::Present(dimension) => value(*dimension).is_some(),
            Self::Exactly(dimension, text) => value(*dimension) == Some(text.as_str()),
            Self::Pieces(dimension, pieces) => value(*dimension).is_some_and(|value| has_pieces(value, pieces)),
        }
    }
}

const fn dimension(column: Column) -> Option<Dimension> {
    Some(match column {
        Column::Service => Dimension::Service,
        Column::Endpoint => Dimension::Endpoint,
        Column::Kind => Dimension::Kind,
        Column::Environment => Dimension::Environment,
        Column::Provider => Dimension::Provider,
        Column::Model => Dimension::Model,
        _ => return None,
    })
}

fn has_pieces(value: &str, pieces: &[String]) -> bool {
    let Some((first, rest)) = pieces.split_first() else {
        return false;
    };
    let Some(mut left) = value.strip_prefix(first.as_str()) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for piece in middle {
        let Some((_, after)) = left.split_once(piece.as_str()) else {
            return false;
        };
        left = after;
    }
    left.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use eventglass_model::search;

    use super::*;

    fn passes(q: &str, service: Option<&str>) -> Option<bool> {
        let test = SeriesTest::of(&search::parse(q).unwrap())?;
        Some(test.lets(&|dimension| {
            if dimension == Dimension::Service {
                service
            } else {
                Some("x")
            }
        }))
    }

    #[test]
    fn series_pass_as_their_events_would() {
        assert_eq!(passes("", None), Some(true));
        assert_eq!(passes("service:payment", Some("payment")), Some(true));
        assert_eq!(passes("service:pay*", Some("payment")), Some(true));
        assert_eq!(passes("service:*ment*vi*", Some("payment-service")), Some(true));
        assert_eq!(passes("service:*ment", Some("payment-service")), Some(false));
        assert_eq!(passes("-service:payment model:x", Some("cart")), Some(true));
        assert_eq!(passes("service:(cart OR payment)", Some("cart")), Some(true));
        assert_eq!(passes("has:service", None), Some(false));
        assert_eq!(passes("card", None), None);
        assert_eq!(passes("service:cart latency:>1s", None), None);
    }
}
