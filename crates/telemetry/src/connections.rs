//! How many connections a server has open.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use tokio::sync::watch;
use tower::Service;

/// Counts connections: each has a service of its own, which ends with it. Clones count together.
#[derive(Debug, Clone)]
pub(crate) struct Connections(watch::Sender<()>);

impl Default for Connections {
    fn default() -> Self {
        Self(watch::channel(()).0)
    }
}

impl Connections {
    /// Counts the connections that `make` makes services for.
    pub(crate) fn count<M>(&self, make: M) -> Counted<M> {
        Counted { make, connections: self.clone() }
    }

    /// Waits until no connection is open.
    pub(crate) async fn none(&self) {
        self.0.closed().await;
    }
}

/// Makes services that are counted.
#[derive(Debug, Clone)]
pub(crate) struct Counted<M> {
    make: M,
    connections: Connections,
}

impl<M, C> Service<C> for Counted<M>
where
    M: Service<C, Error = Infallible, Future: Send + 'static>,
{
    type Response = Open<M::Response>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.make.poll_ready(context)
    }

    fn call(&mut self, connection: C) -> Self::Future {
        let (service, here) = (self.make.call(connection), self.connections.0.subscribe());
        Box::pin(async move { Ok(Open { service: service.await?, _here: here }) })
    }
}

/// The service of an open connection.
#[derive(Debug, Clone)]
pub(crate) struct Open<S> {
    service: S,
    _here: watch::Receiver<()>,
}

impl<S: Service<R>, R> Service<R> for Open<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.service.call(request)
    }
}
