//! From settings to a running server, and to its orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use eventglass_engine::clock::{SharedClock, SystemClock};
use eventglass_engine::ingest::Ingest;
use eventglass_engine::rollups;
use eventglass_engine::store::{self, SharedStore};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::accept::{self, Bounds};
use crate::config::{LogFormat, Settings};
use crate::{AppState, router};

/// Name of the database in the data folder.
pub(crate) const DATABASE: &str = "eventglass.db";
/// How long a server waits for another process to leave its database, in seconds.
const PATIENCE_SECS: u32 = 30;
/// Upper bounds of the buckets of times, in seconds: 100 µs to 10 s.
const SECONDS: &[f64] = &[
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Upper bounds of the buckets of events in a commit.
const EVENTS: &[f64] = &[1.0, 10.0, 100.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 10_000.0];

/// Sends logs to standard error, as the settings say.
///
/// # Errors
/// When the levels cannot be read, or logs go somewhere already.
pub fn init_logs(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log).context("wrong setting: log")?;
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // A full disk that takes no log is no reason to fail: to complain of it on the same
        // standard error would be to panic, in the midst of a request.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    }
    .map_err(|error| anyhow::anyhow!("logging: {error}"))
}

/// Serves until the program is asked to end (SIGINT, SIGTERM); then takes no
/// more requests, finishes those under way, writes what was accepted, closes.
///
/// # Errors
/// When the database cannot be opened or the address is taken.
pub async fn serve(settings: Settings) -> anyhow::Result<()> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("making the data folder {}", settings.data.display()))?;
    let path = settings.data.join(DATABASE);
    let url = settings.database_url.expose();
    let place = if url.is_empty() {
        path.display().to_string()
    } else {
        "the database of EVENTGLASS_DATABASE_URL".to_owned()
    };
    let store = store::open(url, &path, settings.room())
        .await
        .with_context(|| format!("opening {place}"))?;
    lead(&store).await?;
    let clock: SharedClock = Arc::new(SystemClock);
    let (ingest, writer) = Ingest::start(
        Arc::clone(&store),
        Arc::clone(&clock),
        settings.limits(),
        settings.plans(),
    );
    let keeper = rollups::keep(Arc::clone(&store), Arc::clone(&clock), settings.rollups());
    let retention = store::Retention::new(settings.retention_days, settings.plans());
    let retention = eventglass_engine::retention::start(Arc::clone(&store), Arc::clone(&clock), retention);
    let shutdown = Duration::from_secs(settings.shutdown_secs);

    let bounds = Bounds {
        connections: settings.max_connections,
        header: Duration::from_secs(settings.header_timeout_secs),
        answer: Duration::from_secs(settings.answer_idle_secs),
    };

    let listener = TcpListener::bind(settings.addr)
        .await
        .with_context(|| format!("listening on {}", settings.addr))?;
    let addr = listener.local_addr().context("reading the address")?;
    let state = AppState::new(settings, Arc::clone(&store), clock, ingest, Some(metrics_handle()?))?;
    let traces = state.traces.clone();
    let router = router(state);
    tracing::info!(data = %place, "Eventglass {} is ready: http://{}", env!("CARGO_PKG_VERSION"), link(addr));

    let (ending, end) = tokio::sync::watch::channel(false);
    let mut end_of_wait = end.clone();
    let folding = traces.start(end.clone());
    let server = accept::serve(listener, router, bounds, async move {
        asked_to_end().await;
        tracing::info!("ending: finishing what is under way");
        let _ = ending.send(true);
    });
    let deadline = async {
        // An error means that the sender is gone, and the server with it.
        let _ = end_of_wait.wait_for(|ending| *ending).await;
        tokio::time::sleep(shutdown).await;
    };
    tokio::select! {
        () = server => {}
        () = deadline => tracing::warn!("some requests did not end in time"),
    }
    folding.abort();
    // The last handle of the pipeline went with the server; the writer ends when its queue is empty.
    if tokio::time::timeout(shutdown, writer).await.is_err() {
        tracing::error!("the writer did not finish in time");
    }
    keeper.abort();
    retention.abort();
    store.close().await;
    tracing::info!("ended");
    Ok(())
}

/// Waits until no other process keeps the rollups of an SQLite file: a server
/// that is ending, or `eventglass rebuild-rollups`.
async fn lead(store: &SharedStore) -> anyhow::Result<()> {
    for _ in 0..PATIENCE_SECS {
        if store.lead_rollups().await? {
            return Ok(());
        }
        tracing::info!("waiting for another process that uses this database");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    anyhow::bail!("another server, or `eventglass rebuild-rollups`, is running on this database")
}

fn metrics_handle() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?
        .set_buckets_for_metric(Matcher::Full("eventglass_commit_events".to_owned()), EVENTS)?
        .install_recorder()
        .context("metrics")?;
    describe();
    Ok(handle)
}

/// What each metric is, for whoever reads `GET /metrics`.
fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "eventglass_ingest_events_total",
        "Events by door and outcome: accepted, duplicate, refused"
    );
    describe_counter!("eventglass_ingest_requests_total", "Requests to a door, by HTTP status");
    describe_counter!(
        "eventglass_ingest_limited_total",
        "Requests to a door that were too many"
    );
    describe_counter!(
        "eventglass_ingest_bytes_total",
        Unit::Bytes,
        "Bodies of a door, decompressed"
    );
    describe_counter!(
        "eventglass_refused_not_kept_total",
        "Refused events that there was no room to keep"
    );
    describe_counter!(
        "eventglass_commit_retries_total",
        "Commits that failed and were tried again"
    );
    describe_counter!("eventglass_commit_failures_total", "Commits that were given up");
    describe_counter!("eventglass_jobs_total", "Runs of background jobs, by outcome");
    describe_gauge!("eventglass_queue_events", "Events that wait for a commit");
    describe_gauge!("eventglass_queue_bytes", Unit::Bytes, "What those take in memory");
    describe_gauge!(
        "eventglass_in_flight_bytes",
        Unit::Bytes,
        "Bodies being read or worked on"
    );
    describe_gauge!(
        "eventglass_breaker_open",
        "1 while the store cannot be written and all is refused"
    );
    describe_gauge!(
        "eventglass_database_bytes",
        Unit::Bytes,
        "The database on disk, its log included"
    );
    describe_gauge!(
        "eventglass_leader",
        "1 on the server that does the work which one of all does"
    );
    describe_gauge!("eventglass_uptime_seconds", Unit::Seconds, "Since the start");
    describe_histogram!(
        "eventglass_ingest_request_seconds",
        Unit::Seconds,
        "Requests to a door, to their answer"
    );
    describe_histogram!(
        "eventglass_request_seconds",
        Unit::Seconds,
        "Requests by route and status"
    );
    describe_histogram!(
        "eventglass_stage_seconds",
        Unit::Seconds,
        "Stages of ingest: parse, queue, insert, text, sync, commit; and fold, beside it"
    );
    describe_histogram!("eventglass_commit_events", "Events of one commit");
}

/// What to open in a browser: people know `localhost`, not `0.0.0.0`.
fn link(addr: SocketAddr) -> String {
    let local = addr.ip().is_loopback() || addr.ip().is_unspecified();
    if local {
        format!("localhost:{}", addr.port())
    } else {
        addr.to_string()
    }
}

async fn asked_to_end() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
