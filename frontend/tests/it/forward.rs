//! What passes through to the backend, and what happens when it is away.

use http::{Method, StatusCode};

use crate::browser::Browser;

#[tokio::test]
async fn requests_pass_through_with_the_way_they_came() {
    let browser = Browser::new()
        .with("x-forwarded-for", "203.0.113.1")
        .with("x-forwarded-proto", "https")
        .with("connection", "keep-alive, x-secret-hop")
        .with("x-secret-hop", "1")
        .with("te", "trailers")
        .with("cookie", "better-auth.session_token=abc")
        .with("authorization", "Bearer t");
    let answer = browser.send(Method::PUT, "/api/echo?a=%2F", Some("body=1")).await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "echo"));
    let (headers, body) = browser.call("PUT /api/echo?a=%2F");
    assert_eq!(body, "body=1");
    for (name, value) in [
        ("host", "todo.example"),
        ("x-forwarded-for", "192.0.2.4"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "todo.example"),
        ("cookie", "better-auth.session_token=abc"),
        ("authorization", "Bearer t"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    for gone in ["connection", "te", "x-secret-hop"] {
        assert!(!headers.contains_key(gone), "{gone}");
    }
    assert!(!answer.headers.contains_key("content-security-policy"));
}

#[tokio::test]
async fn every_public_path_of_the_backend_passes_through() {
    let browser = Browser::new();
    for path in
        ["/api/auth/ok", "/health", "/mcp", "/mcp/mcp", "/.well-known/oauth-protected-resource/mcp"]
    {
        browser.get(path).await;
        assert_eq!(browser.calls().pop().unwrap(), format!("GET {path}"));
    }
}

#[tokio::test]
async fn a_backend_that_is_away_is_told() {
    for path in ["/", "/all", "/chat", "/tasks/1"] {
        let page = Browser::away().get(path).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{path}");
        let text = page.text();
        assert!(text.contains("cannot be reached right now"), "{path}");
        assert!(text.contains(&format!("href=\"{path}\">Try again</a>")), "{text}");
    }
    assert_eq!(Browser::away().get("/login").await.status, StatusCode::OK);
    let page = Browser::away().post("/login", "email=a%40b.example&password=x").await;
    assert!(page.text().contains("value=\"a@b.example\""));

    let answer = Browser::away().get("/api/tasks").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert_eq!(answer.header("content-type"), "application/problem+json");
}

#[tokio::test(start_paused = true)]
async fn a_backend_that_is_stuck_is_told() {
    for path in ["/", "/all", "/chat", "/tasks/1"] {
        let page = Browser::stuck().get(path).await;
        assert_eq!(page.status, StatusCode::GATEWAY_TIMEOUT, "{path}");
        assert!(page.text().contains("cannot be reached right now"), "{path}");
    }
}

#[tokio::test]
async fn health_and_readiness_do_not_depend_on_the_backend() {
    for path in ["/healthz", "/readyz"] {
        assert_eq!(Browser::away().get(path).await.status, StatusCode::OK);
    }
    let stopping = Browser::stopping().await;
    assert_eq!(stopping.get("/healthz").await.status, StatusCode::OK);
    let ready = stopping.get("/readyz").await;
    assert_eq!((ready.status, &*ready.text()), (StatusCode::SERVICE_UNAVAILABLE, "draining\n"));
}
