//! Pieces of requests, without axum's plain-text refusals.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, RawPathParams};
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;

/// The one number in the path; anything else is not found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub i64);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, StatusCode> {
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| StatusCode::NOT_FOUND)?;
        let first = params.iter().next().and_then(|(_, value)| value.parse().ok());
        first.map(Self).ok_or(StatusCode::NOT_FOUND)
    }
}

/// The query; one that cannot be read counts as empty, because a page is better than an error.
#[derive(Debug, Clone)]
pub(crate) struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequestParts<S> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_urlencoded::from_str(query).unwrap_or_default()))
    }
}
