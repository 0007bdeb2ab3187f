//! Where the server says its time went: two looks at `GET /metrics`, and the difference.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde::Serialize;

use crate::http::{BaseUrl, Client};

const SECONDS: &str = "eventglass_stage_seconds";
const GROUPS: &str = "eventglass_commit_events";

/// One stage of the way of an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Stage {
    pub(super) name: String,
    /// How often it was passed: once a request, or once a group of requests.
    pub(super) times: u64,
    pub(super) mean_ms: f64,
    /// Divided among all events of the scenario.
    pub(super) per_event_us: f64,
}

/// Sum and count of each stage so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    stages: BTreeMap<String, (f64, f64)>,
    groups: (f64, f64),
}

/// Reads the counters; a server without them has none.
pub(super) async fn scrape(url: &BaseUrl) -> anyhow::Result<Counters> {
    let client = Client::new(url.is_https(), Duration::from_secs(5))?;
    let answer = client.send(Method::GET, url.at("/metrics")?, &[], "").await;
    let text = answer
        .ok()
        .filter(crate::http::Answer::is_success)
        .map(|answer| answer.body);
    Ok(parse(&String::from_utf8_lossy(text.as_deref().unwrap_or_default())))
}

/// Reads the `_sum` and `_count` lines of the two histograms (or summaries).
fn parse(text: &str) -> Counters {
    let mut counters = Counters::default();
    for line in text.lines() {
        let Some((name, value)) = line.rsplit_once(' ') else {
            continue;
        };
        let Ok(value) = value.parse::<f64>() else { continue };
        let (name, labels) = name.split_once('{').unwrap_or((name, ""));
        let place = if let Some(part) = name.strip_prefix(SECONDS) {
            let Some(stage) = label(labels, "stage") else { continue };
            let entry = counters.stages.entry(stage.to_owned()).or_default();
            (part, entry)
        } else if let Some(part) = name.strip_prefix(GROUPS) {
            (part, &mut counters.groups)
        } else {
            continue;
        };
        match place {
            ("_sum", entry) => entry.0 = value,
            ("_count", entry) => entry.1 = value,
            _ => {}
        }
    }
    counters
}

/// The value of a label in `a="x",b="y"}`.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = labels
        .trim_end_matches('}')
        .split(',')
        .filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
    Some(value.trim_matches('"'))
}

impl Counters {
    /// What happened since an earlier look, dearest stage first.
    pub(super) fn since(&self, earlier: &Self, events: u64) -> Vec<Stage> {
        let stages = self.stages.iter().map(|(name, now)| {
            let then = earlier.stages.get(name).copied().unwrap_or_default();
            let (sum, count) = (now.0 - then.0, now.1 - then.1);
            Stage {
                name: name.clone(),
                times: count.max(0.0) as u64,
                mean_ms: if count > 0.0 { sum / count * 1e3 } else { 0.0 },
                per_event_us: sum * 1e6 / events.max(1) as f64,
            }
        });
        let mut stages: Vec<_> = stages.filter(|stage| stage.times > 0).collect();
        stages.sort_by(|a, b| b.per_event_us.total_cmp(&a.per_event_us));
        stages
    }

    /// Mean events of a commit since an earlier look.
    pub(super) fn group_since(&self, earlier: &Self) -> Option<f64> {
        let (events, commits) = (self.groups.0 - earlier.groups.0, self.groups.1 - earlier.groups.1);
        (commits > 0.0).then(|| events / commits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"
# TYPE eventglass_stage_seconds summary
eventglass_stage_seconds{stage="parse",quantile="0.5"} 0.001
eventglass_stage_seconds_sum{stage="parse"} 1.5
eventglass_stage_seconds_count{stage="parse"} 10
"#;
    const AFTER: &str = r#"
eventglass_stage_seconds_sum{stage="parse"} 2.5
eventglass_stage_seconds_count{stage="parse"} 20
eventglass_stage_seconds_bucket{door="pulse",stage="sync",le="+Inf"} 4
eventglass_stage_seconds_sum{door="pulse",stage="sync"} 0.5
eventglass_stage_seconds_count{door="pulse",stage="sync"} 4
eventglass_commit_events_sum 4000
eventglass_commit_events_count 8
up NaN
"#;

    #[test]
    fn the_difference_of_two_looks() {
        let (before, after) = (parse(BEFORE), parse(AFTER));
        let stages = after.since(&before, 1_000);
        let names: Vec<_> = stages.iter().map(|s| (s.name.as_str(), s.times)).collect();
        assert_eq!(names, [("parse", 10), ("sync", 4)]);
        assert!((stages[0].mean_ms - 100.0).abs() < 1e-9 && (stages[0].per_event_us - 1_000.0).abs() < 1e-9);
        assert_eq!(after.group_since(&before), Some(500.0));
        assert!(after.since(&after, 1).is_empty());
    }
}
