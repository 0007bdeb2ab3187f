//! Notices when an answer has reached its reader, as far as a server can tell.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::response::Response;
use eventglass_engine::ingest::Receipt;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// A reader who had gone when the answer came says so by a reset, within a
/// round trip. One who has said nothing for so long has the answer.
const SILENCE: Duration = Duration::from_millis(150);

/// The answers of one connection that have been handed to the machine, and of
/// which it is not known yet whether the reader was still there.
///
/// Its next request, or its orderly end, means that the reader had them; a
/// reset means that the last of them came to a closed door.
#[derive(Clone, Default)]
pub struct Handover(Arc<Mutex<Vec<Receipt>>>);

impl Handover {
    /// The reader has shown that it is, or was, there.
    pub fn heard(&self) {
        let receipts = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        receipts.into_iter().for_each(Receipt::delivered);
    }

    /// The connection was reset: what is under way has not arrived.
    pub fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn sent(&self, receipts: Vec<Receipt>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(receipts);
        let handover = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SILENCE).await;
            handover.heard();
        });
    }
}

/// A body that tells when its end has been taken. One that is dropped before,
/// because its reader has gone, tells nothing.
struct Tracked {
    inner: Body,
    receipts: Vec<Receipt>,
    handover: Option<Handover>,
}

/// Watches over an answer that has receipts. Without a connection, as for a
/// caller in the same process, what is taken is delivered.
pub(super) fn track(response: Response, receipts: Vec<Receipt>, handover: Option<Handover>) -> Response {
    if receipts.is_empty() {
        return response;
    }
    response.map(|inner| {
        Body::new(Tracked {
            inner,
            receipts,
            handover,
        })
    })
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        // The last piece may be taken without asking for one after it.
        let ended = matches!(polled, Poll::Ready(None)) || (polled.is_ready() && self.inner.is_end_stream());
        if ended && !self.receipts.is_empty() {
            let receipts = std::mem::take(&mut self.receipts);
            match &self.handover {
                Some(handover) => handover.sent(receipts),
                None => receipts.into_iter().for_each(Receipt::delivered),
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
