//! Queries of operations that take none: a parameter that nobody reads is a mistake, and never ignored.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use http::Method;
use utoipa::openapi::{
    OpenApi, PathItem, RefOr,
    path::{Operation, Parameter, ParameterIn},
};

use crate::error::ApiError;

/// The operations that take no query, as methods and paths.
#[derive(Debug)]
pub(crate) struct Queries(BTreeSet<(String, String)>);

impl Queries {
    /// Of the operations that are described.
    pub(crate) fn of(document: &OpenApi) -> Self {
        let mut without = BTreeSet::new();
        for (path, item) in &document.paths.paths {
            for (method, operation) in operations(item) {
                if !takes_query(operation) {
                    without.insert((method.to_string(), path.clone()));
                }
            }
        }
        Self(without)
    }
}

/// The operations of a path.
pub(crate) fn operations(item: &PathItem) -> impl Iterator<Item = (Method, &Operation)> {
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn takes_query(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| {
        matches!(parameter, RefOr::T(Parameter { parameter_in: ParameterIn::Query, .. }))
    })
}

/// Middleware behind routing: refuses a query where none is taken. The others read theirs, and refuse what they do not
/// know.
///
/// It does not stand before `/healthz`, `/readyz` and `/health`: whoever asks for them wants to know how the process is,
/// and load balancers add parameters of their own. Refused, they would take a healthy process out of service.
pub(crate) async fn refuse_unknown(
    State(queries): State<Arc<Queries>>,
    path: MatchedPath,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        // A GET's handler answers HEAD too.
        let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
        let operation = (method.to_string(), path.as_str().to_owned());
        if queries.0.contains(&operation) {
            return Err(ApiError::invalid("query", "this operation takes no query parameters"));
        }
    }
    Ok(next.run(request).await)
}
