//! Asking a server on this machine how it is: what a container runs for its health, since its image holds no curl.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use api::{Http, Transport};
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use settings::Mistakes;
use tokio::time::timeout;

use crate::workers;

/// How long the server may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// More than any of our answers about health.
const LARGEST_ANSWER: usize = 4 << 10;

/// Why a server is not well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unwell {
    /// It does not answer, or too late.
    #[error("{0} does not answer: {1}")]
    Silent(String, String),
    /// It says so itself.
    #[error("{0} answers {1}: {2}")]
    Answer(String, u16, String),
}

/// What the server that listens on `listen` says at `path` (`/healthz`, `/readyz`).
///
/// # Errors
/// [`Unwell`]: everything but a 200 within 2 s.
pub async fn healthcheck(listen: SocketAddr, path: &'static str) -> Result<String, Unwell> {
    let base = format!("http://{}", here(listen));
    let address = format!("{base}{path}");
    let silent = |why: String| Unwell::Silent(address.clone(), why);
    let (status, body) = match timeout(PATIENCE, get(&base, path)).await {
        Err(_) => return Err(silent(format!("nothing within {} s", PATIENCE.as_secs()))),
        Ok(answer) => answer.map_err(silent)?,
    };
    if status == StatusCode::OK {
        return Ok(format!("{address} answers 200: {body}"));
    }
    Err(Unwell::Answer(address, status.as_u16(), body))
}

/// The command `healthcheck`: says what the server at `LISTEN` answers to `GET /healthz`.
///
/// # Errors
/// [`Unwell`].
pub fn report_health(program: &str, listen: &str, mut mistakes: Mistakes) -> Result<(), Unwell> {
    let listen = mistakes.check("LISTEN", settings::listen(listen));
    let listen = mistakes.settle(program, listen);
    let said = workers::run(healthcheck(listen, "/healthz"));
    tell(&said.map_err(|error| Unwell::Silent(listen.to_string(), error.to_string()))??);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result of this command")]
fn tell(line: &str) {
    println!("{line}");
}

/// Where a server that listens there is reached from this machine.
fn here(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(address) if address.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(address) if address.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        address => address,
    };
    SocketAddr::new(address, listen.port())
}

async fn get(base: &str, path: &'static str) -> Result<(StatusCode, String), String> {
    let http = Http::new(base).map_err(|error| domain::chain(&error))?;
    let request = Request::get(path).body(Body::empty()).map_err(|error| domain::chain(&error))?;
    let answer = http.send(request).await.map_err(|error| domain::chain(&error))?;
    let status = answer.status();
    let body = to_bytes(answer.into_body(), LARGEST_ANSWER).await;
    let body = body.map_err(|error| domain::chain(&error))?;
    let words = String::from_utf8_lossy(&body);
    Ok((status, words.split_whitespace().collect::<Vec<_>>().join(" ")))
}

#[cfg(test)]
mod tests {
    use axum::{Router, routing::get};
    use tokio::net::TcpListener;

    use super::*;

    async fn server(listen: &str) -> SocketAddr {
        let listener = TcpListener::bind(listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let unready = (StatusCode::SERVICE_UNAVAILABLE, "not\nready");
        let app = Router::new()
            .route("/healthz", get(async || "ok\n"))
            .route("/readyz", get(async move || unready))
            .route("/stuck", get(std::future::pending::<()>));
        tokio::spawn(axum::serve(listener, app).into_future());
        address
    }

    #[tokio::test]
    async fn a_server_is_asked_on_loopback() {
        for (listen, here) in [("0.0.0.0:0", "127.0.0.1"), ("127.0.0.1:0", "127.0.0.1")] {
            let address = server(listen).await;
            let said = healthcheck(address, "/healthz").await.unwrap();
            assert_eq!(said, format!("http://{here}:{}/healthz answers 200: ok", address.port()));
            let unwell = healthcheck(address, "/readyz").await.unwrap_err().to_string();
            assert!(unwell.ends_with("/readyz answers 503: not ready"), "{unwell}");
        }
        assert_eq!(here("[::]:3000".parse().unwrap()), "[::1]:3000".parse().unwrap());
        let named = "192.0.2.1:3000".parse().unwrap();
        assert_eq!(here(named), named);
    }

    #[tokio::test]
    async fn a_server_that_is_away_or_stuck_is_unwell() {
        let away = healthcheck("127.0.0.1:1".parse().unwrap(), "/healthz").await.unwrap_err();
        assert!(away.to_string().contains("does not answer: "), "{away}");
        assert!(away.to_string().contains("Connection refused"), "{away}");
        let stuck = healthcheck(server("127.0.0.1:0").await, "/stuck").await.unwrap_err();
        assert!(stuck.to_string().ends_with("does not answer: nothing within 2 s"), "{stuck}");
    }
}
