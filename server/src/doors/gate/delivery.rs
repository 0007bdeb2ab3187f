//! Notices when an answer has been handed over.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::response::Response;
use eventglass_engine::ingest::Receipt;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// A body that tells receipts when its end has been taken. One that is
/// dropped before, because its reader has gone, tells nothing.
struct Tracked {
    inner: Body,
    receipts: Vec<Receipt>,
}

/// Tells the receipts when the answer has left.
pub(super) fn track(response: Response, receipts: Vec<Receipt>) -> Response {
    if receipts.is_empty() {
        return response;
    }
    response.map(|inner| Body::new(Tracked { inner, receipts }))
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
        if ended {
            self.receipts.drain(..).for_each(Receipt::delivered);
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
