//! A Postgres that is stopped and started while many write to a process that goes on.

use std::time::{Duration, Instant};

use testkit::Backend;
use tokio::time::sleep;

use crate::{
    caller::{Call, Caller},
    crowd::{Crowd, Durable},
    dice::Dice,
    size,
    writer::PATIENCE,
};

/// How soon a database that is back is used again.
const BACK: Duration = Duration::from_secs(20);

/// The process says that it lives, at once, and that it is not ready, or that it is.
async fn says_it_lives(nobody: &Caller, ready: bool) {
    let start = Instant::now();
    nobody.get("/healthz").await;
    assert!(start.elapsed() < Duration::from_secs(2), "/healthz took {:?}", start.elapsed());
    let answer = nobody.send(&Call::get("/readyz")).await.expect("an answer");
    assert_eq!(answer.status, if ready { 200 } else { 503 }, "{}", answer.json);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_stops_and_starts_under_load() {
    let mut database = Durable::start(Backend::Postgres).await;
    let url = database.url();
    let process = database.serve();
    let base = &process.base;
    let mut crowd = Crowd::sign_up(base).await;
    let reader = Caller::sign_up(base, "reader").await;
    let mut dice = Dice::of("stop");
    for outage in 1..=size::outages() {
        let work = crowd.work(base, outage);
        sleep(Duration::from_millis(500 + dice.below(500))).await;
        let Durable::Server(server) = &mut database else { unreachable!("it was started") };
        server.stop();
        let stopped = Instant::now();
        let away = Duration::from_millis(2_000 + dice.below(2_000));
        while stopped.elapsed() < away {
            says_it_lives(&reader, false).await;
            sleep(Duration::from_millis(100)).await;
        }
        server.start_again().await;
        let started = Instant::now();
        while reader.send(&Call::get("/api/tasks")).await.expect("an answer").status != 200 {
            assert!(started.elapsed() < BACK, "service does not come back");
            sleep(Duration::from_millis(50)).await;
        }
        let back = started.elapsed();
        sleep(Duration::from_millis(500)).await;
        let sent = work.end().await;
        says_it_lives(&reader, true).await;

        let mut refused = 0;
        for sent in sent.iter().flatten() {
            let answer = sent.answer.as_ref();
            let answer =
                answer.unwrap_or_else(|| panic!("no answer within {PATIENCE:?}: {sent:?}"));
            if answer.status == 503 {
                assert_eq!(answer.header("retry-after"), "1", "{sent:?}");
                refused += 1;
            }
        }
        assert!(refused > 0, "nobody noticed that the database was away");
        crowd.check(base, &url, &sent).await;
        eprintln!(
            "found: outage {outage}: away {away:?}, {refused} answers 503, back after {back:?}"
        );
    }
    crowd.check_whole(base).await;
}
