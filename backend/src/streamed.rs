//! Bodies that are written while they are sent.

use std::{
    error::Error,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use hyper::body::Frame;
use tokio::sync::mpsc;

/// What comes next, or why nothing does: the body is broken off then, so that nobody takes it for whole.
pub(crate) type Part = Result<Bytes, Box<dyn Error + Send + Sync>>;

/// A body, and where to write it. Up to `ahead` parts wait for the client. The client's leaving closes the channel.
pub(crate) fn streamed(ahead: usize) -> (mpsc::Sender<Part>, Body) {
    let (parts, waiting) = mpsc::channel(ahead);
    (parts, Body::new(Streamed(waiting)))
}

struct Streamed(mpsc::Receiver<Part>);

impl hyper::body::Body for Streamed {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|part| part.map(|part| part.map(Frame::data)))
    }
}
