//! Who may do what.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::json;
use testkit::Backend;

use crate::support::{Answer, JSON, TestApp};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_stranger_sees_and_changes_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let (owner, stranger) = (app.user("owner").await, app.user("stranger").await);
    let task = owner.post("/api/tasks", json!({ "title": "mine", "tags": ["home"] })).await;
    let (id, tag) = (task.json["id"].as_str().unwrap(), &task.json["tags"][0]["id"]);
    let tag = tag.as_str().unwrap();
    let said = owner.post("/api/chat", json!({ "message": "add milk" })).await;
    let conversation = said.json["conversation_id"].as_str().unwrap();

    for path in [format!("/api/tasks/{id}"), format!("/api/tags/{tag}")] {
        assert_eq!(stranger.get(&path).await.status, 404, "{path}");
        let body = json!({ "title": "stolen", "name": "stolen" });
        assert_eq!(stranger.patch(&path, body).await.status, 404, "{path}");
        assert_eq!(stranger.delete(&path).await.status, 404, "{path}");
    }
    // The stranger has no task 1 of their own, nor a change 1.
    for path in ["/api/tasks/1/complete", "/api/tasks/1/reopen", "/api/changes/1/undo"] {
        assert_eq!(stranger.post(path, json!({})).await.status, 404, "{path}");
    }
    let body = json!({ "title": "x", "tag_ids": [tag] });
    assert_eq!(stranger.post("/api/tasks", body).await.status, 422);
    let body = json!({ "message": "add x", "conversation_id": conversation });
    assert_eq!(stranger.post("/api/chat", body).await.status, 404);
    let path = format!("/api/chat/history?conversation_id={conversation}");
    assert_eq!(stranger.get(&path).await.status, 404);
    assert_eq!(stranger.delete(&path).await.status, 404);
    for path in ["/api/tasks", "/api/tags", "/api/changes", "/api/tasks?search=mine"] {
        assert_eq!(stranger.get(path).await.json, json!([]), "{path}");
    }
    // Foreign and unknown are told in the same words: nothing differs but the request's id.
    let unknown = "01920000-0000-7000-8000-000000000000";
    let foreign = [
        (format!("/api/tasks/{id}"), format!("/api/tasks/{unknown}")),
        (format!("/api/tags/{tag}"), format!("/api/tags/{unknown}")),
        (path, format!("/api/chat/history?conversation_id={unknown}")),
    ];
    for (foreign, unknown) in foreign {
        let [foreign, unknown] = [stranger.get(&foreign).await, stranger.get(&unknown).await];
        let without_id = |mut answer: Answer| {
            let id = answer.json.as_object_mut().unwrap().remove("request_id");
            assert_eq!(id.unwrap(), answer.header("x-request-id"));
            (answer.status, answer.json)
        };
        assert_eq!(without_id(foreign), without_id(unknown));
    }
    assert_eq!(owner.get("/api/tasks/1").await.json["title"], "mine");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_cookie_acts_only_for_pages_of_our_own(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let nobody = app.nobody();
    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let cookie = nobody.post("/api/auth/sign-up/email", body).await;
    let cookie = cookie.header("set-cookie").split(';').next().unwrap().to_owned();
    let add = async |headers: &[(&str, &str)]| {
        let cookie = [("cookie", &*cookie), JSON, ("host", "todo.example")];
        let headers = [&cookie, headers].concat();
        let body = Body::from(r#"{"title":"by cookie"}"#);
        nobody.send(Method::POST, "/api/tasks", &headers, body).await.status
    };

    assert_eq!(add(&[("origin", "http://todo.example")]).await, 201);
    assert_eq!(add(&[("origin", "https://evil.example")]).await, 403);
    assert_eq!(add(&[("origin", "null")]).await, 403);
    assert_eq!(add(&[]).await, 403);
    for (headers, status) in [
        (&[("sec-fetch-site", "same-origin")][..], 201),
        (&[("sec-fetch-site", "same-site")], 403),
        (&[("sec-fetch-site", "cross-site")], 403),
        (&[("sec-fetch-site", "none")], 403),
        (&[("origin", "null"), ("sec-fetch-site", "same-origin")], 201),
        (&[("origin", "null"), ("sec-fetch-site", "cross-site")], 403),
        (&[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")], 403),
        (&[("referer", "http://todo.example/all")], 201),
        (&[("referer", "https://evil.example/"), ("sec-fetch-site", "same-origin")], 403),
    ] {
        assert_eq!(add(headers).await, status, "{headers:?}");
    }
    let list = nobody.send(Method::GET, "/api/tasks", &[("cookie", &cookie)], Body::empty()).await;
    assert_eq!(list.titles(), ["by cookie"; 4]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_request_keeps_its_id_when_it_is_sane(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let nobody = app.nobody();
    let id = async |sent: &str| {
        let headers = [("x-request-id", sent)];
        let answer = nobody.send(Method::GET, "/api/tasks", &headers, Body::empty()).await;
        assert_eq!(answer.json["request_id"], answer.header("x-request-id"));
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(id("abc-123").await, "abc-123");
    assert_ne!(id("abc 123").await, "abc 123");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn pages_of_listed_origins_may_call_from_another_site(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let preflight = async |origin: &str| {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "last-event-id, x-browser-time-zone, if-match"),
        ];
        app.nobody().send(Method::OPTIONS, "/api/tasks/1", &headers, Body::empty()).await
    };
    let listed = preflight("http://localhost:3000").await;
    assert_eq!(listed.header("access-control-allow-origin"), "http://localhost:3000");
    assert_eq!(listed.header("access-control-allow-credentials"), "true");
    let allowed = listed.header("access-control-allow-headers");
    for name in ["last-event-id", "x-browser-time-zone", "if-match", "idempotency-key"] {
        assert!(allowed.split(',').any(|allowed| allowed.trim() == name), "{name}: {allowed}");
    }
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");

    let body = json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
    let signed_up = app.nobody().post("/api/auth/sign-up/email", body).await;
    let cookie = signed_up.header("set-cookie").split(';').next().unwrap().to_owned();
    let write = async |path: &str, origin: &str, body: &'static str| {
        let headers = [("cookie", &*cookie), JSON, ("origin", origin)];
        app.nobody().send(Method::POST, path, &headers, Body::from(body)).await
    };
    let page = "http://localhost:3000";
    let added = write("/api/tasks", page, r#"{"title":"from another site"}"#).await;
    assert_eq!((added.status, added.header("access-control-allow-origin")), (201, page));
    let shown = added.header("access-control-expose-headers");
    for name in ["set-auth-token", "set-auth-jwt", "x-thread-id", "x-change-number", "etag"] {
        assert!(shown.split(',').any(|shown| shown.trim() == name), "{name}: {shown}");
    }
    let refused = write("/api/tasks", "https://evil.example", r#"{"title":"x"}"#).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (403, ""));
    // Sign-in has its own list.
    assert_eq!(write("/api/auth/sign-out", page, "{}").await.json["code"], "INVALID_ORIGIN");
}
