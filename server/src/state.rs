//! What every handler can reach.

use std::sync::Arc;
use std::time::Instant;

use eventglass_engine::access::{AccountError, Accounts, KeyRing, Workspace};
use eventglass_engine::clock::SharedClock;
use eventglass_engine::ingest::Ingest;
use eventglass_engine::query::MetricsReader;
use eventglass_engine::store::SharedStore;
use eventglass_engine::traces::Traces;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::Semaphore;

use crate::config::Settings;
use crate::doors::{InFlight, Spoken, room};

/// The parts of the running program. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// See [`AppState`], which dereferences to this.
pub struct Parts {
    pub settings: Settings,
    pub store: SharedStore,
    pub clock: SharedClock,
    pub ingest: Ingest,
    pub accounts: Accounts,
    pub keys: Arc<KeyRing>,
    pub workspace: Workspace,
    pub metrics_reader: MetricsReader,
    pub traces: Traces,
    pub metrics: Option<PrometheusHandle>,
    pub started: Instant,
    /// Room for the bodies of requests under way.
    pub in_flight: Arc<Semaphore>,
    /// Room for exports under way.
    pub exports: Arc<Semaphore>,
    /// Requests with an `Idempotency-Key` under way.
    pub idempotent: InFlight,
    /// Which of the doors that share routes each key's requests are at.
    pub spoken: Spoken,
}

impl AppState {
    /// Puts the program together over a store. `ingest` is already running.
    ///
    /// # Errors
    /// When the machine cannot hash passwords.
    pub fn new(
        settings: Settings,
        store: SharedStore,
        clock: SharedClock,
        ingest: Ingest,
        metrics: Option<PrometheusHandle>,
    ) -> Result<Self, AccountError> {
        let keys = Arc::new(KeyRing::new(Arc::clone(&store), Arc::clone(&clock)));
        let accounts = Accounts::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            settings.session_days,
            settings.open_registration,
        )?;
        let workspace = Workspace::new(Arc::clone(&store), Arc::clone(&clock), Arc::clone(&keys));
        let metrics_reader = MetricsReader::new(Arc::clone(&store), settings.rollups());
        let traces = Traces::new(Arc::clone(&store), Arc::clone(&clock), settings.trace_limits());
        let started = Instant::now();
        let in_flight = room(settings.in_flight_bytes);
        let exports = Arc::new(Semaphore::new(settings.exports));
        Ok(Self(Arc::new(Parts {
            settings,
            store,
            clock,
            ingest,
            accounts,
            keys,
            workspace,
            metrics_reader,
            traces,
            metrics,
            started,
            in_flight,
            exports,
            idempotent: InFlight::default(),
            spoken: Spoken::default(),
        })))
    }
}

impl std::ops::Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
