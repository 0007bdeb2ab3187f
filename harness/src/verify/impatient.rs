//! A client that does not wait for the answer: it sends, waits a moment and
//! closes the socket, as one does whose time limit is too short.

use std::io;
use std::time::Duration;

use anyhow::{Context, bail};
use http::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::probe::{EVENTS, Probe};
use crate::http::HttpError;

const CONNECT: Duration = Duration::from_secs(5);

/// How it was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Before an answer.
    Unanswered,
    /// The answer was quicker.
    Answered,
}

/// Sends an event and hangs up after some milliseconds; 0 does not listen at all.
///
/// # Errors
/// When the event cannot be sent.
pub(super) async fn send_and_leave(probe: &Probe, body: String, patience_ms: u64) -> anyhow::Result<Left> {
    let patience = Duration::from_millis(patience_ms);
    let uri = probe.url.at(EVENTS)?;
    if probe.url.is_https() {
        // Nothing but the TLS library can speak there; its connection is closed as well.
        let client = probe.in_a_hurry(patience.max(Duration::from_millis(1)))?;
        return match client.send(Method::POST, uri, &probe.headers, body).await {
            Ok(_) => Ok(Left::Answered),
            Err(HttpError::Timeout(_)) => Ok(Left::Unanswered),
            Err(error) => bail!(error),
        };
    }
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().unwrap_or(80);
    let authority = uri.authority().map_or(host, |authority| authority.as_str());
    let mut head = format!("POST {} HTTP/1.1\r\nhost: {authority}\r\n", uri.path());
    for (name, value) in &probe.headers {
        let value = value.to_str().context("the key is no header")?;
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));

    // An IPv6 address stands in brackets in a URL, and without them here.
    let address = (host.trim_matches(['[', ']']), port);
    let connected = timeout(CONNECT, TcpStream::connect(address)).await;
    let mut socket = connected
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
        .context("cannot connect")?;
    socket.set_nodelay(true)?;
    socket.write_all((head + &body).as_bytes()).await?;
    if patience.is_zero() {
        return Ok(Left::Unanswered);
    }
    let mut answer = [0; 64];
    match timeout(patience, socket.read(&mut answer)).await {
        Err(_) => Ok(Left::Unanswered),
        Ok(Ok(0)) => bail!("the server hung up first"),
        Ok(Ok(_)) => Ok(Left::Answered),
        Ok(Err(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::super::cli::VerifyArgs;
    use super::*;

    async fn listen() -> (TcpListener, Probe) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let args = VerifyArgs {
            url: format!("http://{}/behind", listener.local_addr().unwrap())
                .parse()
                .unwrap(),
            api_key: "proj_1_key".into(),
            json: false,
        };
        (listener, Probe::new(&args).unwrap())
    }

    #[tokio::test]
    async fn the_whole_request_arrives_and_then_the_end() {
        for patience in [0, 1] {
            let (listener, probe) = listen().await;
            let server = tokio::spawn(async move {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut heard = String::new();
                socket.read_to_string(&mut heard).await.unwrap();
                heard
            });
            let left = send_and_leave(&probe, "{\"é\":1}".into(), patience).await.unwrap();
            assert_eq!(left, Left::Unanswered);
            let heard = timeout(CONNECT, server).await.unwrap().unwrap();
            let (head, body) = heard.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("POST /behind/api/v1/ingestion/events HTTP/1.1\r\nhost: 127.0.0.1:"));
            assert!(head.contains("\r\nx-api-key: proj_1_key\r\n"), "{head}");
            assert!(head.ends_with("\r\ncontent-length: 8"), "{head}");
            assert_eq!(body, "{\"é\":1}");
        }
    }

    #[tokio::test]
    async fn an_answer_that_is_quicker_is_noticed() {
        let (listener, probe) = listen().await;
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            socket.write_all(b"HTTP/1.1 200 OK\r\n").await.unwrap();
            std::future::pending::<()>().await;
        });
        let left = send_and_leave(&probe, "{}".into(), 5_000).await.unwrap();
        assert_eq!(left, Left::Answered);
    }
}
