//! Static files, embedded. Their names change with their content, so a browser may keep them for ever.

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header};

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// A static file.
#[derive(Debug)]
pub struct Asset {
    /// What templates call it, such as `app.css`.
    pub name: &'static str,
    /// Where it is served.
    pub path: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub plain: &'static [u8],
    /// The same, compressed.
    pub brotli: &'static [u8],
    /// The same, compressed for older clients.
    pub gzip: &'static [u8],
}

/// The address of the asset called `name`.
///
/// # Panics
/// There is none; the test that renders every template notices.
#[must_use]
pub fn url(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).expect("templates name assets that exist").path
}

/// Serves `/assets/…`.
pub(crate) async fn serve(request: Request) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.path == request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (encoding, body) = if accepts(request.headers(), "br") {
        (Some("br"), asset.brotli)
    } else if accepts(request.headers(), "gzip") {
        (Some("gzip"), asset.gzip)
    } else {
        (None, asset.plain)
    };
    let headers = [
        (header::CONTENT_TYPE, asset.mime),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    let encoding = encoding.map(|encoding| [(header::CONTENT_ENCODING, encoding)]);
    (headers, encoding, body).into_response()
}

fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    let named =
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|offer| {
        let (name, weight) = offer.split_once(';').unwrap_or((offer, ""));
        let refused =
            weight.trim().strip_prefix("q=").and_then(|q| q.parse().ok()) == Some(0.0_f32);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}
