//! The visit to a real application in this process, whole and with one answer spoiled.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use api::{InProcess, Transport, Unreachable};
use async_trait::async_trait;
use auth::AuthSettings;
use axum::{Router, body::Body, response::IntoResponse};
use backend::{App, HttpSettings};
use domain::{SystemClock, SystemRandom};
use http::{Request, Response, StatusCode};
use smoke::{Failure, Step, Taken, Visitor, take, visit};
use telemetry::Shutdown;
use testkit::{Backend, TestDatabase};

const ORIGIN: &str = "http://todo.example:3000";

/// Frontend and backend over a database of their own, with a spoiler in front.
#[derive(Clone)]
struct Site {
    router: Router,
    /// Answers of this path are another than they should be.
    spoiled: &'static str,
    log: Arc<Mutex<Vec<String>>>,
    _database: Arc<TestDatabase>,
}

impl Site {
    async fn start(spoiled: &'static str) -> Self {
        let database = TestDatabase::migrated(Backend::Sqlite).await;
        let store = storage::open(&database.url).await.unwrap();
        let auth = AuthSettings {
            hash_parallel: 2,
            ..AuthSettings::with_secret(
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".to_owned().into(),
            )
        };
        let http = HttpSettings { trusted_proxies: "".parse().unwrap(), cors_origins: Vec::new() };
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let app = App::new(store, clock, random, auth, http, Shutdown::never());
        let backend = Arc::new(InProcess(backend::router(app)));
        let router = frontend::router(backend, frontend::Settings::default());
        Self { router, spoiled, log: Arc::default(), _database: Arc::new(database) }
    }

    fn visitor(&self) -> Visitor {
        Visitor::over(Arc::new(self.clone()), ORIGIN)
    }

    /// How often a path was asked for.
    fn count(&self, asked: &str) -> usize {
        self.log.lock().unwrap().iter().filter(|line| *line == asked).count()
    }
}

#[async_trait]
impl Transport for Site {
    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        let path = request.uri().path().to_owned();
        self.log.lock().unwrap().push(format!("{} {path}", request.method()));
        let answer = InProcess(self.router.clone()).send(request).await;
        if path == self.spoiled {
            return Ok((StatusCode::IM_A_TEAPOT, "short and stout").into_response());
        }
        answer
    }
}

async fn visited(site: &Site) -> (Vec<Taken>, Result<(), Failure>) {
    let mut taken = Vec::new();
    let result = visit(&mut site.visitor(), |step| taken.push(step.clone())).await;
    (taken, result)
}

#[tokio::test]
async fn every_step_goes_well_and_nothing_stays_behind() {
    let site = Site::start("").await;
    let (taken, result) = visited(&site).await;
    assert_eq!(result, Ok(()));
    let steps = [Step::PAGE, Step::AUTH, Step::TASKS, Step::CHAT, &[Step::Leave]].concat();
    assert_eq!(taken.iter().map(|taken| taken.step).collect::<Vec<_>>(), steps);
    assert!(taken.iter().all(|taken| !taken.evidence.is_empty()));
    assert!(taken[12].evidence.contains("deleted"), "{}", taken[12]);
}

#[tokio::test]
async fn each_spoiled_answer_is_a_failure_that_says_what_came() {
    for (path, step) in [
        ("/login", Step::Page),
        ("/api/auth/sign-up/email", Step::SignUp),
        ("/api/auth/sign-in/email", Step::WrongPassword),
        ("/api/auth/get-session", Step::Session),
        ("/tasks", Step::CreateByForm),
        ("/tasks/2/complete", Step::CompleteByForm),
        ("/api/tasks/1/complete", Step::Complete),
        ("/api/chat", Step::Chat),
    ] {
        let site = Site::start(path).await;
        let (taken, result) = visited(&site).await;
        let failure = result.unwrap_err();
        assert_eq!(failure.step, step, "{failure}");
        let told = failure.to_string();
        let parts = [step.name(), path, "gave 418: short and stout"];
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
        assert!(taken.iter().all(|taken| taken.step != step));
        let deletions = usize::from(step != Step::Page);
        assert_eq!(site.count("POST /api/auth/delete-user"), deletions, "{path}");
    }
}

#[tokio::test]
async fn a_user_who_cannot_be_deleted_is_told_of() {
    let (taken, result) = visited(&Site::start("/api/auth/delete-user").await).await;
    let failure = result.unwrap_err();
    assert_eq!((failure.step, taken.len()), (Step::Leave, 12), "{failure}");
}

#[tokio::test]
async fn groups_keep_the_user_between_them() {
    let site = Site::start("").await;
    let mut visitor = site.visitor();
    take(&mut visitor, Step::AUTH, |_| ()).await.unwrap();
    take(&mut visitor, Step::TASKS, |_| ()).await.unwrap();
    let later = visitor.take(Step::List).await.unwrap();
    assert_eq!(later.evidence, "2 tasks, as they were left");
    visitor.take(Step::Leave).await.unwrap();
    assert_eq!(visitor.take(Step::Session).await.unwrap_err().step, Step::Session);
    assert!(visitor.take(Step::Leave).await.unwrap().evidence.contains("nobody"));
}

#[tokio::test]
async fn an_application_that_is_away_is_told_of() {
    let mut visitor = Visitor::to("http://127.0.0.1:1/").unwrap();
    let told = visit(&mut visitor, |_| ()).await.unwrap_err().to_string();
    assert!(told.starts_with("page: GET / should give an answer, gave "), "{told}");
    assert!(told.contains("Connection refused"), "{told}");
    assert!(Visitor::to("https://todo.example").is_err());
}
