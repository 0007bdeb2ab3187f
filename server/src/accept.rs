//! Takes connections. Instead of `axum::serve`, which has no time limit for a
//! client that sends its headers a byte a minute, nor any for how many may do so.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt;

use crate::doors::Handover;

/// The pause after the machine could not give us a connection, for want of
/// file handles, say: trying at once would only heat the processor.
const PAUSE: Duration = Duration::from_millis(200);

/// Bounds of connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// How many at once. Further ones wait in the machine's queue.
    pub(crate) connections: usize,
    /// How long a connection may be without the whole header of a request.
    pub(crate) header: Duration,
}

/// A connection whose reads tell whether its reader has had the answers.
struct Watched {
    stream: TcpStream,
    handover: Handover,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        match &polled {
            // More of the client's, or its orderly end.
            Poll::Ready(Ok(())) => self.handover.heard(),
            Poll::Ready(Err(_)) => self.handover.reset(),
            Poll::Pending => {}
        }
        polled
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Serves connections until `end`; then lets those under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, bounds: Bounds, end: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header);
    let mut end = std::pin::pin!(end);
    loop {
        let (stream, addr, permit) = tokio::select! {
            () = &mut end => break,
            accepted = accept(&listener, &room) => accepted,
        };
        let router = router.clone();
        let handover = Handover::default();
        let watched = Watched {
            stream,
            handover: handover.clone(),
        };
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(addr));
            request.extensions_mut().insert(handover.clone());
            router.clone().oneshot(request.map(Body::new))
        });
        let connection = graceful.watch(
            builder
                .serve_connection_with_upgrades(TokioIo::new(watched), service)
                .into_owned(),
        );
        tokio::spawn(async move {
            // Why a connection broke is the client's business; what became of a request is logged with it.
            if let Err(error) = connection.await {
                tracing::debug!(%addr, %error, "connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // It is never closed, so there is always a permit in the end.
    let permit = Arc::clone(room).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, addr)) => {
                // Answers are small: waiting for more to send only delays them.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%addr, %error, "no TCP_NODELAY");
                }
                return (stream, addr, permit);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
