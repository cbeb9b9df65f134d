//! Two replicas on one Postgres, behind one address.

use std::time::Duration;

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};
use testkit::{Backend, Balancer, Process, TestDatabase};
use tokio::time::sleep;

use crate::{ANY_PORT, SECRET, binary, get, http, post, streams::Stream, text};

async fn start() -> (TestDatabase, Process, Process, Balancer) {
    let database = TestDatabase::migrated(Backend::Postgres).await;
    let settings = [("DATABASE_URL", &*database.url), SECRET, ANY_PORT];
    let [one, two] =
        [(); 2].map(|()| Process::start(&binary("todo-backend"), &["serve"], &settings));
    let balancer = Balancer::before(&[&one.base, &two.base]).await;
    (database, one, two, balancer)
}

/// Registers a user over a connection of its own, and returns the cookie.
async fn sign_up(base: &str) -> String {
    let account = json!({ "name": "ada", "email": "ada@example.com", "password": "correct horse" });
    let answer = post(&http(), base, "/api/auth/sign-up/email", "", account).await;
    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_behind_one_address_are_one_application() {
    let (_database, one, two, balancer) = start().await;
    let base = &*balancer.base;
    let cookie = sign_up(base).await;
    for base in [base, base, &one.base, &two.base] {
        assert_eq!(get(&http(), &format!("{base}/api/settings"), &cookie).await.0, 200, "{base}");
    }

    // Sign-ins are counted together: three in ten seconds.
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let wrong = json!({ "email": "ada@example.com", "password": "wrong horse" });
        let answer = post(&http(), base, "/api/auth/sign-in/email", "", wrong).await;
        statuses.push(answer.status().as_u16());
        if answer.status() == 429 {
            let seconds = answer.headers()[header::RETRY_AFTER].to_str().unwrap();
            assert!((1..=10).contains(&seconds.parse().unwrap()), "{seconds}");
        }
    }
    assert_eq!(statuses, [401, 401, 401, 429]);

    let callers = (0..20).map(|_| {
        let (base, cookie) = (base.to_owned(), cookie.clone());
        tokio::spawn(async move {
            let request = Request::post(format!("{base}/api/tasks"))
                .header(header::CONTENT_TYPE, "application/json")
                .header(header::ORIGIN, &base)
                .header(header::COOKIE, cookie)
                .header("idempotency-key", "once")
                .body(Body::from(r#"{"title":"once","tags":["new"]}"#))
                .unwrap();
            let answer = http().request(request).await.unwrap();
            let replayed = answer.headers().contains_key("idempotency-replayed");
            (answer.status(), replayed, text(answer).await)
        })
    });
    let mut answers = Vec::new();
    for caller in callers.collect::<Vec<_>>() {
        answers.push(caller.await.unwrap());
    }
    for (status, _, task) in &answers {
        assert_eq!((status.as_u16(), task), (201, &answers[0].2));
    }
    assert_eq!(answers.iter().filter(|(_, replayed, _)| *replayed).count(), 19);
    let (_, tasks) = get(&http(), &format!("{base}/api/tasks"), &cookie).await;
    assert_eq!(serde_json::from_str::<Vec<Value>>(&tasks).unwrap().len(), 1);

    let mut stream = Stream::open(&http(), base, &cookie, "0").await;
    for (number, base) in [(2, &*one.base), (3, &*two.base), (4, base), (5, base)] {
        let added = post(&http(), base, "/api/tasks", &cookie, json!({ "title": "x" })).await;
        assert_eq!(added.status(), 201);
        stream.reads_to(number).await;
    }
    assert_eq!(stream.seen(), [1, 2, 3, 4, 5]);
}

/// Adds a task, however often that has to be tried, and returns the number of the change.
async fn add(base: &str, cookie: &str) -> i64 {
    loop {
        let request = Request::post(format!("{base}/api/tasks"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, base)
            .header(header::COOKIE, cookie)
            .body(Body::from(r#"{"title":"x"}"#))
            .unwrap();
        match http().request(request).await {
            Ok(answer) if answer.status() == 201 => {
                let change = answer.headers()["x-change-number"].to_str().unwrap();
                return change.parse().unwrap();
            }
            _ => sleep(Duration::from_millis(10)).await,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_is_killed_costs_no_event() {
    const EACH: usize = 60;
    let (_database, one, two, balancer) = start().await;
    let cookie = sign_up(&two.base).await;
    let base = balancer.base.clone();
    let mut stream = Stream::open(&http(), &base, &cookie, "0").await; // at the first replica
    let writers = [(); 3].map(|()| {
        let (base, cookie) = (base.clone(), cookie.clone());
        tokio::spawn(async move {
            for _ in 0..EACH {
                add(&base, &cookie).await;
            }
        })
    });
    while stream.seen().len() < EACH / 2 {
        assert!(stream.more().await, "the stream ended");
    }
    assert!(writers.iter().any(|writer| !writer.is_finished()));
    drop(one); // kill -9
    while stream.more().await {}
    let mut seen = stream.seen();

    let last = seen.last().unwrap().to_string();
    let mut stream = Stream::open(&http(), &base, &cookie, &last).await;
    for writer in writers {
        writer.await.unwrap();
    }
    let count = add(&base, &cookie).await;
    stream.reads_to(count).await;
    seen.extend(stream.seen());
    assert!(seen.len() > 3 * EACH && seen.iter().copied().eq(1..=count), "{count}: {seen:?}");
}
