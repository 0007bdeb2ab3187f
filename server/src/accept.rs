//! Takes connections. Instead of `axum::serve`, which has no time limit for a
//! client that sends its headers a byte a minute or never reads an answer, nor
//! any for how many may do so.

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
use tokio::time::{Instant, Sleep, sleep_until};
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
    /// How long its reader may take nothing of an answer.
    pub(crate) answer: Duration,
}

/// A connection whose reads tell whether its reader has had the answers, and
/// whose writes fail when the reader takes nothing of them for too long.
struct Watched {
    stream: TcpStream,
    handover: Handover,
    patience: Duration,
    /// When a write that waits is given up.
    end: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    fn new(stream: TcpStream, handover: Handover, patience: Duration) -> Self {
        Self {
            stream,
            handover,
            patience,
            end: None,
        }
    }

    /// What became of a write: one that got on, or failed, ends the waiting;
    /// of one that did not, the waiting begins or goes on.
    fn judged<T>(&mut self, polled: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if polled.is_ready() {
            self.end = None;
            return polled;
        }
        let patience = self.patience;
        let end = self
            .end
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + patience)));
        match end.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the reader takes nothing of the answer",
            ))),
            Poll::Pending => Poll::Pending,
        }
    }
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
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.judged(polled, context)
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
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.judged(polled, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Serves connections until `end`; then lets those under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, bounds: Bounds, end: impl Future<Output = ()>) {
    let room = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    // HTTP/1 alone: whoever reads nothing of one stream of many would not be noticed here.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
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
        let watched = Watched::new(stream, handover.clone(), bounds.answer);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Instant;

    use axum::routing::get;
    use futures::stream;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::sync::oneshot;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(1);
    /// A piece of an answer.
    const PIECE: &[u8] = &[b'x'; 64 << 10];

    /// Tells when an answer is over, for its reader or for good.
    struct Gone(Arc<AtomicBool>);

    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }

    /// A server whose only answer has so many pieces, and whether it is over.
    async fn served(pieces: usize) -> (SocketAddr, Arc<AtomicBool>, oneshot::Sender<()>) {
        let over = Arc::new(AtomicBool::new(false));
        let witness = Arc::clone(&over);
        let answer = move || {
            let state = (pieces, Gone(Arc::clone(&witness)));
            let pieces = stream::unfold(state, |(left, gone)| async move {
                let left = left.checked_sub(1)?;
                Some((Ok::<_, io::Error>(PIECE), (left, gone)))
            });
            async { Body::from_stream(pieces) }
        };
        let router = Router::new().route("/", get(answer));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let bounds = Bounds {
            connections: 8,
            header: Duration::from_secs(10),
            answer: PATIENCE,
        };
        let (end, ended) = oneshot::channel();
        tokio::spawn(serve(listener, router, bounds, async {
            let _ = ended.await;
        }));
        (addr, over, end)
    }

    /// A reader who has asked.
    async fn reader(addr: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(addr).await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        stream
    }

    async fn until(over: &AtomicBool, within: Duration) -> Duration {
        let started = Instant::now();
        while !over.load(Ordering::SeqCst) {
            assert!(started.elapsed() < within, "the answer is still there after {within:?}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        started.elapsed()
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_is_given_up() {
        let (addr, over, _end) = served(usize::MAX).await;
        let _stuck = reader(addr).await;
        let took = until(&over, Duration::from_secs(20)).await;
        assert!(took >= PATIENCE, "it waited for its reader: {took:?}");
    }

    #[tokio::test]
    async fn a_reader_who_pauses_gets_the_whole_answer() {
        // Between two pauses it takes more than the machine keeps for it.
        let (pieces, between) = (1_600, 10 << 20);
        let (addr, over, _end) = served(pieces).await;
        let mut stream = reader(addr).await;
        let mut buffer = vec![0; 256 << 10];
        let (mut read, mut pauses) = (0, 0);
        let started = Instant::now();
        loop {
            let n = stream.read(&mut buffer).await.unwrap();
            if n == 0 {
                break;
            }
            read += n;
            if read / between > pauses {
                pauses += 1;
                tokio::time::sleep(PATIENCE / 3).await;
            }
        }
        assert!(read > pieces * PIECE.len(), "{read}");
        assert!(started.elapsed() > 2 * PATIENCE, "it was slower than the patience");
        until(&over, Duration::from_secs(5)).await;
    }
}
