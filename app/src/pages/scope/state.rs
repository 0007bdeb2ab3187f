//! What the address of a page of numbers says.

use eventglass_model::{Dimension, Interval, Measure, MetricsQuery, TimeBound, Timestamp, decode_pairs, encode_pairs};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::Refresh;
use crate::{
    components::{Range, chart::ChartGroup},
    session::project_slug,
    view::memo,
};

/// Seconds between two questions, while the time range goes on with the clock.
const EVERY: u32 = 15;

/// What the address says, and how the page keeps fresh.
#[derive(Clone, Copy)]
pub(crate) struct Scope {
    /// The project.
    pub(crate) slug: Memo<String>,
    /// The time range; none is the last 24 hours.
    pub(crate) range: Memo<Range>,
    /// Only events of this environment; empty for all.
    pub(crate) environment: Memo<String>,
    /// When to ask anew.
    pub(crate) refresh: Refresh,
    pairs: Memo<Vec<(String, String)>>,
    path: Memo<String>,
    go: Callback<String>,
}

impl Scope {
    /// Makes it, and what the charts of the page share. `area` is the word behind
    /// the project in the address.
    pub(crate) fn provide(area: &'static str) -> Self {
        Self::make(area, None)
    }

    /// The same for a page that says how often it asks anew.
    pub(crate) fn provide_every(area: &'static str, seconds: Signal<Option<u32>>) -> Self {
        Self::make(area, Some(seconds))
    }

    fn make(area: &'static str, seconds: Option<Signal<Option<u32>>>) -> Self {
        let location = use_location();
        let navigate = use_navigate();
        let slug = project_slug();
        // On the way to another page the address changes before this page is
        // gone: what it says then is not about this one.
        let path = memo(move |before: Option<&String>| {
            let path = location.pathname.get();
            match before {
                Some(before) if !is_in(&path, area) => before.clone(),
                _ => path,
            }
        });
        let pairs = memo(move |before: Option<&Vec<(String, String)>>| {
            let here = location.pathname.with(|path| is_in(path, area));
            match before {
                Some(before) if !here => before.clone(),
                _ => location.search.with(|search| decode_pairs(search)),
            }
        });
        let range = memo(move |_| {
            let bound = |name| TimeBound::parse(&find(&pairs.read(), name)?).ok();
            (bound("from"), bound("to"))
        });
        let every = memo(move |_| {
            let seconds = seconds.map_or(Some(EVERY), |seconds| seconds.get());
            // A time that ends a while ago goes on as the clock does.
            seconds.filter(|_| !matches!(range.get().1, Some(TimeBound::At(_))))
        });
        let scope = Self {
            slug,
            range,
            environment: memo(move |_| find(&pairs.read(), "environment").unwrap_or_default()),
            refresh: Refresh::every(every.into()),
            pairs,
            path,
            go: Callback::new(move |path: String| {
                let options = NavigateOptions {
                    scroll: false,
                    ..NavigateOptions::default()
                };
                navigate(&path, options);
            }),
        };
        // Dragging over a chart chooses that time.
        ChartGroup::provide(Some(Callback::new(move |(from, to): (i64, i64)| {
            let at = |seconds: i64| Some(TimeBound::At(Timestamp::from_micros(seconds.saturating_mul(1_000_000))));
            scope.set_range((at(from), at(to)));
        })));
        scope
    }

    /// Another parameter of the address; empty where it is not given.
    pub(crate) fn parameter(self, name: &'static str) -> Memo<String> {
        memo(move |_| find(&self.pairs.read(), name).unwrap_or_default())
    }

    /// Chooses another time range.
    pub(crate) fn set_range(self, (from, to): Range) {
        let text = |bound: Option<TimeBound>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        self.set(&[("from", &text(from)), ("to", &text(to))]);
    }

    /// Changes the address.
    pub(crate) fn set(self, changes: &[(&str, &str)]) {
        self.go.run(self.with(changes));
    }

    /// The address of this page with some parameters changed, or taken out
    /// where they are empty.
    pub(crate) fn with(self, changes: &[(&str, &str)]) -> String {
        let pairs = self.pairs.read();
        let kept = pairs
            .iter()
            .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name))
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let changed = changes.iter().copied().filter(|(_, value)| !value.is_empty());
        let query = encode_pairs(kept.chain(changed));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{query}", self.path.read())
    }

    /// The address of another page of the project, over the same time and
    /// environment. `rest` begins with the word of its area.
    pub(crate) fn link(self, rest: &str, more: &[(&str, &str)]) -> String {
        let (from, to) = self.range.get();
        let text = |bound: Option<TimeBound>| bound.map(|bound| bound.to_string()).unwrap_or_default();
        let (from, to) = (text(from), text(to));
        let environment = self.environment.read();
        let mut pairs = vec![
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("environment", environment.as_str()),
        ];
        // Everywhere else no time is all time.
        if from.is_empty() && to.is_empty() && rest.starts_with("events") {
            pairs.push(("from", "-24h"));
        }
        pairs.extend_from_slice(more);
        let query = encode_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
        let mark = if query.is_empty() { "" } else { "?" };
        format!("/p/{}/{rest}{mark}{query}", self.slug.read())
    }

    /// The address of the events that all of these pieces of a search find
    /// ([`term`](eventglass_model::search::term)), over the same time and environment.
    pub(crate) fn events(self, pieces: &[String]) -> String {
        let pieces: Vec<&str> = pieces
            .iter()
            .map(String::as_str)
            .filter(|piece| !piece.is_empty())
            .collect();
        self.link("events", &[("q", &pieces.join(" "))])
    }

    /// A question for `/metrics` about this time and environment.
    pub(crate) fn metrics(self, measure: &[Measure], group: &[Dimension]) -> MetricsQuery {
        let (from, to) = self.range.get();
        let environment = self.environment.get();
        MetricsQuery {
            measure: measure.to_vec(),
            group: group.iter().copied().map(Into::into).collect(),
            from,
            to,
            environment: if environment.is_empty() {
                Vec::new()
            } else {
                vec![environment]
            },
            ..MetricsQuery::default()
        }
    }

    /// The same without points, for the greatest `limit` groups.
    pub(crate) fn top(self, measure: &[Measure], group: Dimension, limit: usize) -> MetricsQuery {
        MetricsQuery {
            interval: Interval::None,
            limit: Some(limit),
            ..self.metrics(measure, &[group])
        }
    }
}

fn find(pairs: &[(String, String)], name: &str) -> Option<String> {
    let (_, value) = pairs.iter().find(|(known, _)| known == name)?;
    (!value.is_empty()).then(|| value.clone())
}

/// Whether a path is in one area of a project.
fn is_in(path: &str, area: &str) -> bool {
    path.strip_prefix("/p/").and_then(|rest| rest.split('/').nth(1)) == Some(area)
}
