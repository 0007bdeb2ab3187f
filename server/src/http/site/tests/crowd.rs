//! Many people look at pages at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, RawQuery},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use eventglass_model::{
    Me, Measure, MetricField, MetricPoint, MetricSeries, Metrics, MetricsSource, Project, Timestamp,
};

use super::{get_page, site_with};

const STEPS: i64 = 96;
const STEP: i64 = 900;

fn at(step: i64) -> Timestamp {
    Timestamp::from_micros((1_790_000_000 + step * STEP) * 1_000_000)
}

/// After as long as the store takes: mostly at once, sometimes a moment later.
async fn soon(n: usize) {
    match n % 7 {
        0 => tokio::task::yield_now().await,
        n @ 1..3 => tokio::time::sleep(Duration::from_micros(100 * n as u64)).await,
        _ => {}
    }
}

async fn numbers(RawQuery(query): RawQuery) -> Response {
    soon(query.as_deref().map_or(0, str::len)).await;
    let measures = query
        .iter()
        .flat_map(|query| query.split('&'))
        .filter_map(|pair| pair.strip_prefix("measure="))
        .flat_map(|names| names.split("%2C").flat_map(|names| names.split(',')))
        .filter_map(|name| Measure::ALL.iter().find(|measure| measure.as_str() == name));
    let series = measures.flat_map(|measure| {
        ["gpt-4o", "llama"].map(|group| MetricSeries {
            measure: *measure,
            group: group.to_owned(),
            values: vec![Some(group.to_owned())],
            other: false,
            total: Some(2.0),
            previous: Some(1.0),
            points: (0..STEPS)
                .map(|step| MetricPoint {
                    time: at(step),
                    value: Some(step as f64),
                })
                .collect(),
        })
    });
    Json(Metrics {
        series: series.collect(),
        from: at(0),
        to: at(STEPS),
        interval_seconds: Some(STEP),
        group: Vec::new(),
        field: MetricField::Duration,
        groups: 2,
        partial: false,
        searched_to: None,
        source: MetricsSource::Rollups,
        previous: None,
    })
    .into_response()
}

fn api() -> Router {
    let me = || async {
        soon(1).await;
        Json(Me {
            user_id: 1,
            email: "ann@example.com".to_owned(),
            created_at: at(0),
        })
    };
    let project = |Path(slug): Path<String>| async {
        soon(2).await;
        Json(Project {
            id: 1,
            slug,
            name: "Shop".to_owned(),
            description: String::new(),
            created_at: at(0),
            event_count: 9,
            last_event_at: Some(at(0)),
        })
    };
    Router::new()
        .route("/api/auth/me", get(me))
        .route("/api/v1/projects/{slug}", get(project))
        .route("/api/v1/projects/{slug}/metrics", get(numbers))
        .fallback(|| async { (StatusCode::SERVICE_UNAVAILABLE, "{}") })
}

/// Each of them comes, whole, and is about what was asked for: what one page
/// makes is not another's, and each hears of every answer to its questions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_one_of_many_pages_at_once_is_drawn() {
    let manifest = r#"{"js":"/pkg/e.js","wasm":"/pkg/e.wasm","css":"/pkg/e.css","fonts":[]}"#;
    let files = BTreeMap::from([("manifest.json".to_owned(), manifest.to_owned())]);
    let site = site_with(api(), files);
    let paths = Arc::new([
        ("llm", "Models", "gpt-4o"),
        ("llm?by=provider", "Models", "gpt-4o"),
        ("overview", "Overview", "Active users"),
        ("geo", "Map", "Countries"),
    ]);
    let readers = (0..4).map(|reader| {
        let (site, paths) = (site.clone(), paths.clone());
        tokio::spawn(async move {
            for turn in 0..60 {
                let (path, title, part) = paths[(reader + turn) % paths.len()];
                let path = format!("/p/of-{reader}/{path}");
                let page = get_page(site.clone(), &path, &[("accept", "text/html")]);
                let (status, _, html) = tokio::time::timeout(Duration::from_secs(20), page)
                    .await
                    .unwrap_or_else(|_| panic!("{path} never came"));
                assert_eq!(status, StatusCode::OK, "{path}: {html}");
                assert!(
                    html.contains(&format!("<title>{title} · of-{reader} ·")),
                    "{path}: {html}"
                );
                assert!(html.contains(part), "{path}: {html}");
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
}
