//! `Idempotency-Key`: a request that is sent again writes nothing again.

use std::time::Duration;

use axum::body::Body;
use domain::UserId;
use http::Method;
use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;
use tokio::time::{sleep, timeout};

use crate::{
    contract::{prepared, writes},
    support::{Answer, JSON, TestApp, User},
    walk::Owned,
};

async fn changes(user: &User) -> usize {
    user.get("/api/changes").await.json.as_array().unwrap().len()
}

/// All that a user has.
async fn written(user: &User) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        "/api/changes",
        "/api/tasks",
        "/api/tags",
        "/api/settings",
        "/api/tokens",
        "/api/chat/history",
    ] {
        all.push(user.get(path).await.json);
    }
    all
}

fn same(again: &Answer, first: &Answer) {
    assert_eq!((again.status, &again.json), (first.status, &first.json));
    for name in ["location", "x-change-number", "etag", "content-type", "x-time-zone"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_first_answer_is_given_again_for_a_day(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "pay rent", "tags": ["home"] });
    let added = user.keyed(Method::POST, "/api/tasks", "add", &body).await;
    assert_eq!((added.status, added.header("location")), (201, "/api/tasks/1"));
    user.patch("/api/tasks/1", json!({ "title": "changed since" })).await;
    same(&user.keyed(Method::POST, "/api/tasks", "add", &body).await, &added);
    let written = changes(&user).await;

    // Another body, path, query or method under the same key is a mistake, whatever it would have been answered.
    for (method, path, body) in [
        (Method::POST, "/api/tasks", json!({ "title": "other" })),
        (Method::POST, "/api/tasks", json!({})),
        (Method::POST, "/api/tags", body.clone()),
        (Method::PATCH, "/api/tasks/1", body.clone()),
        (Method::POST, "/api/tasks/99/complete", Value::Null),
        (Method::PATCH, "/api/settings", json!({ "time_zone": "Europe/Berlin" })),
    ] {
        let reused = user.keyed(method.clone(), path, "add", &body).await;
        let code = &reused.json["code"];
        assert_eq!(
            (reused.status, code),
            (422, &"idempotency_key_reused".into()),
            "{method} {path}"
        );
    }
    assert_eq!(user.get("/api/settings").await.json["time_zone"], Value::Null);
    assert_eq!(changes(&user).await, written);

    // Another user's key is another key.
    let bob = app.user("bob").await;
    let added = bob.keyed(Method::POST, "/api/tasks", "add", &body).await;
    assert_eq!((added.status, added.header("idempotency-replayed")), (201, ""));

    app.wait(23.hours());
    assert_eq!(user.keyed(Method::POST, "/api/tasks", "add", &body).await.json["number"], 1);
    app.wait(1.hours());
    assert_eq!(user.keyed(Method::POST, "/api/tasks", "add", &body).await.json["number"], 2);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_holds_for_what_changes_anything(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let task = user.post("/api/tasks", json!({ "title": "one", "tags": ["a"] })).await.json;
    let id = task["id"].as_str().unwrap();
    user.add("two").await;
    let tag = task["tags"][0]["id"].as_str().unwrap();
    let said = json!({ "message": "add milk" });
    let history = "/api/chat/history".to_owned();
    let operations = [
        (Method::PATCH, format!("/api/tasks/{id}"), json!({ "title": "new" })),
        (Method::POST, format!("/api/tasks/{id}/complete"), Value::Null),
        (Method::POST, format!("/api/tasks/{id}/reopen"), Value::Null),
        (Method::DELETE, format!("/api/tasks/{id}"), Value::Null),
        (Method::POST, "/api/changes/6/undo".to_owned(), Value::Null),
        (Method::POST, "/api/tags".to_owned(), json!({ "name": "b" })),
        (Method::PATCH, format!("/api/tags/{tag}"), json!({ "name": "c" })),
        (Method::DELETE, format!("/api/tags/{tag}"), Value::Null),
        (Method::POST, "/api/chat".to_owned(), said),
        (Method::DELETE, history, Value::Null),
        (Method::PATCH, "/api/settings".to_owned(), json!({ "time_zone": "Europe/Berlin" })),
    ];
    for (number, (method, path, body)) in operations.iter().enumerate() {
        let key = number.to_string();
        let first = user.keyed(method.clone(), path, &key, body).await;
        assert!((200..300).contains(&first.status), "{method} {path}: {}", first.json);
        let written = changes(&user).await;
        let again = user.keyed(method.clone(), path, &key, body).await;
        same(&again, &first);
        assert_eq!(changes(&user).await, written, "{method} {path}");
    }
    // A second message would have made a second conversation.
    assert_eq!(user.get("/api/chat/history").await.json["total"], 0);
    // Completing what is complete writes nothing, and still has its answer.
    let path = "/api/tasks/2/complete";
    user.post(path, Value::Null).await;
    let first = user.keyed(Method::POST, path, "nothing-to-do", &Value::Null).await;
    user.post("/api/tasks/2/reopen", Value::Null).await;
    same(&user.keyed(Method::POST, path, "nothing-to-do", &Value::Null).await, &first);
    assert_eq!(user.get("/api/tasks/2").await.json["completed"], false);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn what_failed_without_writing_leaves_its_key_free(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let blank = user.keyed(Method::POST, "/api/tasks", "key", &json!({ "title": "" })).await;
    let missing = user.keyed(Method::DELETE, "/api/tasks/1", "key", &Value::Null).await;
    assert_eq!((blank.status, missing.status), (422, 404));
    let added = user.keyed(Method::POST, "/api/tasks", "key", &json!({ "title": "x" })).await;
    assert_eq!(added.status, 201);

    for key in ["", "with space", "ключ", &"k".repeat(256)] {
        let refused = user.keyed(Method::POST, "/api/tasks", key, &json!({ "title": "y" })).await;
        let field = &refused.json["errors"][0]["field"];
        assert_eq!((refused.status, field), (422, &"Idempotency-Key".into()), "{key:?}");
    }
    let twice = [JSON, ("idempotency-key", "a"), ("idempotency-key", "b")];
    let body = Body::from(r#"{"title":"y"}"#);
    assert_eq!(user.send(Method::POST, "/api/tasks", &twice, body).await.status, 422);
    let large = json!({ "title": "x".repeat(70_000) });
    assert_eq!(user.keyed(Method::POST, "/api/tasks", "large", &large).await.status, 413);
    let longest = "~".repeat(255);
    let added = user.keyed(Method::POST, "/api/tasks", &longest, &json!({ "title": "y" })).await;
    assert_eq!(added.status, 201);
    assert_eq!(user.get("/api/tasks?sort_order=asc").await.titles(), ["x", "y"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_at_once_over_two_replicas_write_once(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let app = app.restarted().await; // the first replica serves on
    let other = user.moved_to(&app);
    let callers = (0..20).map(|caller| {
        let user = if caller % 2 == 0 { user.clone() } else { other.clone() };
        tokio::spawn(async move {
            let body = json!({ "title": "once", "tags": ["new"] });
            user.keyed(Method::POST, "/api/tasks", "key", &body).await
        })
    });
    let mut answers = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        answers.push(caller.await.unwrap());
    }
    let replayed = |answer: &&Answer| answer.header("idempotency-replayed") == "true";
    assert_eq!(answers.iter().filter(replayed).count(), 19);
    for answer in &answers {
        assert_eq!((answer.status, &answer.json), (201, &answers[0].json));
        assert_eq!(answer.change(), 1);
    }
    assert_eq!(user.get("/api/tasks").await.titles(), ["once"]);
    assert_eq!(changes(&other).await, 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_key_makes_one_token_and_tells_it_once(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let calls = (0..10).map(|_| {
        let user = user.clone();
        tokio::spawn(async move {
            let body = json!({ "name": "script", "scope": "read" });
            user.keyed(Method::POST, "/api/tokens", "key", &body).await
        })
    });
    let mut made = 0;
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        match answer.status {
            201 => made += 1,
            status => assert_eq!((status, &answer.json["code"]), (409, &"answer_lost".into())),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(user.get("/api/tokens").await.json.as_array().unwrap().len(), 1);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_lost_answer_names_its_change(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    user.add("before").await;
    let body = json!({ "title": "x" });
    user.keyed(Method::POST, "/api/tasks", "key", &body).await;
    // What a process leaves that is killed between the commit and the answer.
    app.sql("update idempotency set status = null, headers = null, body = null").await;
    user.add("after").await;

    // As long as it may still be running, here or on another replica, nobody says that its answer is lost.
    let young = user.keyed(Method::POST, "/api/tasks", "key", &body).await;
    assert_eq!((young.status, &young.json["code"]), (409, &"in_progress".into()));
    assert_eq!((young.header("retry-after"), young.header("idempotency-replayed")), ("1", ""));
    app.wait(1.minute());
    let again = user.keyed(Method::POST, "/api/tasks", "key", &body).await;
    assert_eq!((again.status, &again.json["code"]), (409, &"answer_lost".into()));
    assert_eq!((again.change(), again.header("idempotency-replayed")), (2, "true"));
    assert!(again.json["detail"].as_str().unwrap().contains("as change 2"), "{}", again.json);
    assert_eq!(changes(&user).await, 3);

    // An answer beyond what is kept is told in the same way.
    app.sql("update idempotency set status = 200, headers = '{\"x-change-number\": \"2\"}'").await;
    let again = user.keyed(Method::POST, "/api/tasks", "key", &body).await;
    assert_eq!((again.status, again.change()), (409, 2));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_finds_the_answer(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let body = json!({ "title": "x" });
    let store = app.store().await;
    let holder = store.begin(&UserId(user.id().await)).await.unwrap(); // the user's next write waits
    let call = {
        let (user, body) = (user.clone(), body.clone());
        tokio::spawn(async move { user.keyed(Method::POST, "/api/tasks", "key", &body).await })
    };
    let begun = async {
        while timeout(Duration::from_millis(5), app.at_rest()).await.is_ok() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(5), begun).await.unwrap();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    drop(holder);
    app.at_rest().await;

    let again = user.keyed(Method::POST, "/api/tasks", "key", &body).await;
    assert_eq!((again.status, again.change()), (201, 1));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(user.get("/api/tasks").await.titles(), ["x"]);
}

#[rstest]
#[case::sqlite(
    Backend::Sqlite,
    "create trigger broken before insert on message when new.role = 'assistant' \
     begin select raise(abort, 'broken'); end"
)]
#[case::postgres(
    Backend::Postgres,
    "create function broken() returns trigger language plpgsql as $$ begin raise 'broken'; end $$; \
     create trigger broken before insert on message for each row when (new.role = 'assistant') \
     execute function broken()"
)]
#[tokio::test]
async fn our_own_failure_is_never_given_again(
    #[case] backend: Backend,
    #[case] breaking: &'static str,
) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    app.sql(breaking).await;
    // What was said is stored, with the key; what would be answered is not.
    let headers = [JSON, ("idempotency-key", "key")];
    let body = r#"{"message":"thanks"}"#;
    let failed = user.attempt(Method::POST, "/api/chat", &headers, body.into()).await;
    assert_eq!(failed.status, 500, "{}", failed.json);
    // It tells the request's id, by which the operator finds the cause, and nothing of the cause.
    let members: Vec<_> = failed.json.as_object().unwrap().keys().collect();
    assert_eq!(members, ["type", "title", "status", "detail", "code", "request_id"]);
    assert_eq!(
        (&failed.json["code"], failed.header("x-request-id")),
        (&"internal".into(), failed.json["request_id"].as_str().unwrap())
    );
    let told = failed.json.to_string();
    for cause in ["table", "relation", "column", "message", "sql"] {
        assert!(!told.contains(cause), "{told}");
    }
    let again = user.send(Method::POST, "/api/chat", &headers, body.into()).await;
    assert_eq!((again.status, &again.json["code"]), (409, &"in_progress".into()));
    app.wait(1.minute());
    let again = user.send(Method::POST, "/api/chat", &headers, body.into()).await;
    assert_eq!((again.status, &again.json["code"]), (409, &"answer_lost".into()));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_deletes_a_token_once(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let made = user.post("/api/tokens", json!({ "name": "x", "scope": "read" })).await.json;
    let path = format!("/api/tokens/{}", made["id"].as_str().unwrap());
    let calls = (0..10).map(|_| {
        let (user, path) = (user.clone(), path.clone());
        tokio::spawn(async move { user.keyed(Method::DELETE, &path, "key", &Value::Null).await })
    });
    let mut replayed = 0;
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.unwrap();
        assert_eq!(answer.status, 204, "{}", answer.json);
        replayed += usize::from(answer.header("idempotency-replayed") == "true");
    }
    assert_eq!(replayed, 9);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_holds_for_every_write_of_the_document(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    for (place, operation) in writes().into_iter().enumerate() {
        let owned = Owned::by(app.user(&format!("user{place}")).await).await;
        let (path, body) = prepared(&operation, &owned).await;
        let (user, name) = (&owned.user, operation.name());
        let first = user.keyed(operation.method.clone(), &path, "key", &body).await;
        assert!((200..300).contains(&first.status), "{name}: {}", first.json);
        let after = written(user).await;
        let again = user.keyed(operation.method.clone(), &path, "key", &body).await;
        if name == "POST /api/tokens" {
            assert_eq!(again.json["code"], "answer_lost", "a secret is told once");
        } else {
            same(&again, &first);
        }
        assert_eq!(written(user).await, after, "{name}");
    }
}
