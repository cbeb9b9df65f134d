//! How a request reaches the backend.

use std::convert::Infallible;

use async_trait::async_trait;
use axum::body::Body;
use http::{
    Request, Response, Uri,
    uri::{Authority, InvalidUri, PathAndQuery, Scheme},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use std::time::Duration;
use tower::{Service, ServiceExt};

/// The backend did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the backend does not answer")]
pub struct Unreachable(#[source] Option<Box<dyn std::error::Error + Send + Sync>>);

/// Sends requests to the backend. Paths begin with `/`; bodies stream in both directions.
#[async_trait]
pub trait Transport: Send + Sync {
    /// # Errors
    /// [`Unreachable`]: any answer of the backend is no error.
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable>;
}

/// HTTP/1.1 to a backend elsewhere, with connections kept open.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client<HttpConnector, Body>,
    authority: Authority,
}

impl Http {
    /// How long a connection may take to be made.
    const CONNECT: Duration = Duration::from_secs(3);
    /// An unused connection is closed before the backend would close it (hyper's server keeps none waiting longer).
    const IDLE: Duration = Duration::from_secs(20);

    /// `base` is `http://host:port`.
    ///
    /// # Errors
    /// Not such an address.
    pub fn new(base: &str) -> Result<Self, BadAddress> {
        let uri: Uri = base.parse()?;
        let plain = uri.path() == "/" && uri.query().is_none();
        match (uri.scheme_str(), uri.authority()) {
            (Some("http"), Some(authority)) if plain => {
                let mut connector = HttpConnector::new();
                connector.set_connect_timeout(Some(Self::CONNECT));
                connector.set_nodelay(true);
                let client = Client::builder(TokioExecutor::new())
                    .pool_idle_timeout(Self::IDLE)
                    .pool_timer(TokioTimer::new())
                    .build(connector);
                Ok(Self { client, authority: authority.clone() })
            }
            _ => Err(BadAddress::Form),
        }
    }
}

/// Not the address of a backend.
#[derive(Debug, thiserror::Error)]
pub enum BadAddress {
    /// Not an address at all.
    #[error("not an address: {0}")]
    Uri(#[from] InvalidUri),
    /// An address of another form.
    #[error("must look like http://host:port")]
    Form,
}

#[async_trait]
impl Transport for Http {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        let (mut parts, body) = request.into_parts();
        let mut uri = parts.uri.into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.authority.clone());
        uri.path_and_query.get_or_insert(PathAndQuery::from_static("/"));
        parts.uri = Uri::from_parts(uri).map_err(|error| Unreachable(Some(error.into())))?;
        let answer = self.client.request(Request::from_parts(parts, body)).await;
        answer.map(|answer| answer.map(Body::new)).map_err(|error| Unreachable(Some(error.into())))
    }
}

/// A call inside the process.
#[derive(Debug, Clone)]
pub struct InProcess<S>(pub S);

#[async_trait]
impl<S> Transport for InProcess<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        self.0.clone().oneshot(request).await.map_err(|never| match never {})
    }
}
