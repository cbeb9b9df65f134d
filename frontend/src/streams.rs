//! Streams of events that pass through, and their end.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes, HttpBody},
    response::Response,
};
use http::header;
use hyper::body::{Frame, SizeHint};
use telemetry::Shutdown;
use tokio::time::sleep;

/// A backend that stops with us says goodbye on its streams first.
const GOODBYE: Duration = Duration::from_millis(500);

/// Lets a stream of events end when the server is told to stop: it would otherwise hold up the end for as long as the
/// server allows. Its reader connects again and resumes where it was; half an event counts as none.
pub(crate) fn end_with(shutdown: &Shutdown, answer: Response) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(http::HeaderValue::as_bytes);
    if !kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
        return answer;
    }
    let shutdown = shutdown.clone();
    let stop = Box::pin(async move {
        shutdown.told().await;
        sleep(GOODBYE).await;
    });
    answer.map(|body| Body::new(Ending { body, stop }))
}

/// A body that ends at its end or at a moment, whichever comes first.
struct Ending {
    body: Body,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl HttpBody for Ending {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Pending => self.stop.as_mut().poll(context).map(|()| None),
            ready @ Poll::Ready(_) => ready,
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}
