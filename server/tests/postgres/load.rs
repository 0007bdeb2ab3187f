//! Senders that do not give up.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use eventglass_harness::http::{BaseUrl, Client};
use eventglass_harness::server::ServerProcess;
use eventglass_model::CreatedProject;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::installation::headers;

/// Events a request.
const BATCH: usize = 25;

/// What the senders share.
pub struct Load {
    /// Where the servers are now.
    pub urls: Mutex<Vec<BaseUrl>>,
    pub ids: AtomicU64,
    pub stop: AtomicBool,
    pub refused: AtomicU64,
    acknowledged: Mutex<Vec<String>>,
}

impl Load {
    pub fn new<'a>(servers: impl IntoIterator<Item = &'a ServerProcess>) -> Arc<Self> {
        Arc::new(Self {
            urls: Mutex::new(servers.into_iter().map(|server| server.url().clone()).collect()),
            ids: AtomicU64::new(1),
            stop: AtomicBool::new(false),
            refused: AtomicU64::new(0),
            acknowledged: Mutex::default(),
        })
    }

    /// Starts so many senders.
    pub fn start(self: &Arc<Self>, created: &CreatedProject, senders: usize) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for n in 0..senders {
            let (load, created) = (Arc::clone(self), created.clone());
            tasks.spawn(async move { load.send(&created, n).await });
        }
        tasks
    }

    /// Ends the senders and gives what was acknowledged.
    pub async fn end(&self, senders: JoinSet<()>) -> Vec<String> {
        self.stop.store(true, Ordering::Relaxed);
        senders.join_all().await;
        self.acknowledged()
    }

    /// The ids that were acknowledged so far.
    pub fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    fn url(&self, n: usize) -> BaseUrl {
        let urls = self.urls.lock().unwrap();
        urls[n % urls.len()].clone()
    }

    /// Sends batches, each until a server takes it, to one server after the
    /// other, and notes the ids that were acknowledged.
    async fn send(&self, created: &CreatedProject, sender: usize) {
        let client = Client::new(false, Duration::from_secs(30)).unwrap();
        let (headers, mut turn) = (headers(created), sender);
        while !self.stop.load(Ordering::Relaxed) {
            let ids: Vec<String> = (0..BATCH)
                .map(|_| {
                    let n = self.ids.fetch_add(1, Ordering::Relaxed);
                    format!("e{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
                })
                .collect();
            let events: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "event_id": id, "kind": "fault.test", "name": "Under load" }))
                .collect();
            let body = Value::from(events).to_string();
            loop {
                turn += 1;
                let uri = self.url(turn).at("/api/v1/events/batch").unwrap();
                match client.send(Method::POST, uri, &headers, body.clone()).await {
                    Ok(answer) if answer.status == 202 => {
                        let outcome: Value = serde_json::from_slice(&answer.body).unwrap();
                        // A try that broke off may have been stored all the same.
                        let taken = outcome["accepted"].as_u64().unwrap() + outcome["duplicates"].as_u64().unwrap();
                        assert_eq!(taken, BATCH as u64, "{outcome}");
                        self.acknowledged.lock().unwrap().extend(ids);
                        break;
                    }
                    Ok(answer) => {
                        let text = String::from_utf8_lossy(&answer.body);
                        assert_eq!(answer.status, 503, "only an honest refusal will do: {text}");
                        self.refused.fetch_add(1, Ordering::Relaxed);
                    }
                    // Killed, or not up again yet.
                    Err(_) => {}
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        }
    }
}
