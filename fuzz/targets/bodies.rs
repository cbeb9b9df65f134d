//! Any body sent to the API by a signed-in user: it never fails, what it refuses changes nothing, and what it does is
//! taken back whole by undo.

#![no_main]

use std::{cell::RefCell, sync::Arc};

use auth::{AuthSettings, RateLimits};
use axum::{Router, body::Body};
use backend::{App, HttpSettings, router};
use fuzz::{SECRET, Seeded, StandingClock, block_on, open_database, seeds};
use http::{Method, Request, Response, header};
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use telemetry::Shutdown;
use tempfile::TempDir;
use tower::ServiceExt;

/// Where a body may go: chosen by the first byte of the input.
const DOORS: [(Method, &str, &str); 12] = [
    (Method::POST, "/api/tasks", JSON),
    (Method::PATCH, "/api/tasks/1", JSON),
    (Method::PATCH, "/api/tasks/2", JSON),
    (Method::POST, "/api/tasks/batch", JSON),
    (Method::POST, "/api/import", JSON),
    (Method::POST, "/api/import", "text/calendar"),
    (Method::POST, "/api/parse", JSON),
    (Method::POST, "/api/tags", JSON),
    (Method::PATCH, "/api/tags/{tag}", JSON),
    (Method::POST, "/api/{user}/tasks", JSON),
    (Method::PUT, "/api/{user}/tasks/2", JSON),
    (Method::POST, "/api/tasks/2/complete", JSON),
];
const JSON: &str = "application/json";

/// After so many inputs a new database, so that none of them meets a log without end.
const INPUTS: u32 = 2_000;

thread_local! {
    static SITE: RefCell<Option<Site>> = const { RefCell::new(None) };
}

fuzz_target!(init: seeds("bodies", cases()), |input: &[u8]| {
    let Some((door, body)) = input.split_first() else { return };
    let door = usize::from(*door) % DOORS.len();
    block_on(async {
        let mut site = match SITE.take() {
            Some(site) if site.inputs < INPUTS => site,
            _ => Site::open().await,
        };
        site.inputs += 1;
        site.try_body(door, body).await;
        SITE.set(Some(site));
    });
});

/// A backend with one user, who has three tasks.
struct Site {
    router: Router,
    token: String,
    user: String,
    tag: String,
    before: Value,
    inputs: u32,
    _folder: TempDir,
}

struct Answer {
    status: u16,
    change: Option<i64>,
    json: Value,
}

impl Site {
    async fn open() -> Self {
        let (store, folder) = open_database().await;
        let auth = AuthSettings {
            rate_limits: RateLimits::Off,
            ..AuthSettings::with_secret(SECRET.to_owned().into())
        };
        let http =
            HttpSettings { trusted_proxies: "".parse().expect("nobody"), cors_origins: Vec::new() };
        let shutdown = Shutdown::when(std::future::pending());
        let (clock, random) = (Arc::new(StandingClock), Arc::new(Seeded::default()));
        let router = router(App::new(store, clock, random, auth, http, shutdown));
        let mut site = Self {
            router,
            token: String::new(),
            user: String::new(),
            tag: String::new(),
            before: Value::Null,
            inputs: 0,
            _folder: folder,
        };
        let account =
            json!({ "name": "Ada", "email": "ada@example.com", "password": "correct horse" });
        let account = site.must("/api/auth/sign-up/email", account).await;
        site.token = account["token"].as_str().expect("a token").to_owned();
        site.user = account["user"]["id"].as_str().expect("an id").to_owned();
        let repeating = json!({
            "title": "Pay rent", "description": "by hand", "due_date": "2026-12-01T09:00:00Z", "tags": ["home"],
            "recurrence_rule": "FREQ=MONTHLY;BYMONTHDAY=1", "remind_at": "2026-12-01T08:00:00Z", "priority": 1,
        });
        for draft in [
            json!({ "title": "Buy milk" }),
            repeating,
            json!({ "title": "Done", "completed": true }),
        ] {
            let added = site.must("/api/tasks", draft).await;
            if let Some(tag) = added["tags"][0]["id"].as_str() {
                site.tag = tag.to_owned();
            }
        }
        site.before = site.state().await;
        site
    }

    async fn must(&self, path: &str, body: Value) -> Value {
        let answer = self.send(&Method::POST, path, JSON, body.to_string().into()).await;
        assert!(answer.status < 300, "{path}: {} {}", answer.status, answer.json);
        answer.json
    }

    async fn send(&self, method: &Method, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let answer: Response<Body> = self.router.clone().oneshot(request).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let json: Value = serde_json::from_slice(&body).unwrap_or_default();
        let status = head.status.as_u16();
        assert!(status < 500, "{method} {path}: {status} {json}");
        if head.status.is_client_error() && !path.starts_with("/api/auth") {
            assert_eq!(head.headers[header::CONTENT_TYPE], "application/problem+json");
            assert_eq!(json["status"], status);
        }
        let change = head.headers.get("x-change-number");
        let change = change.map(|number| number.to_str().ok()?.parse().ok());
        Answer { status, change: change.map(|number: Option<i64>| number.expect("a number")), json }
    }

    async fn get(&self, path: &str) -> Value {
        self.send(&Method::GET, path, JSON, Vec::new()).await.json
    }

    /// All tasks and tags, but for what undo does not bring back: versions, and when something was changed last.
    async fn state(&self) -> Value {
        let mut tasks = self.get("/api/tasks?sort_order=asc").await;
        for task in tasks.as_array_mut().expect("a list") {
            (task["version"], task["updated_at"]) = (Value::Null, Value::Null);
        }
        json!({ "tasks": tasks, "tags": self.get("/api/tags").await })
    }

    async fn try_body(&self, door: usize, body: &[u8]) {
        let (method, path, kind) = &DOORS[door];
        let path = path.replace("{user}", &self.user).replace("{tag}", &self.tag);
        let answer = self.send(method, &path, kind, body.to_vec()).await;
        let after = self.state().await;
        let mut changes: Vec<i64> = match answer.json["changes"].as_array() {
            Some(all) => all.iter().filter_map(Value::as_i64).collect(),
            None => answer.change.into_iter().collect(),
        };
        if changes.is_empty() {
            assert_eq!(after, self.before, "changed without a change: {}", answer.json);
            return;
        }
        assert!(answer.status < 300, "refused and done: {}", answer.json);
        if let (Some(number), "/api/tasks") = (answer.json["number"].as_i64(), &*path) {
            let mut told = answer.json.clone();
            told.as_object_mut().expect("a task").remove("parsed");
            assert_eq!(self.get(&format!("/api/tasks/{number}")).await, told);
        }
        if path == "/api/import" {
            let again = self.send(method, &path, kind, body.to_vec()).await;
            assert_eq!((again.status, &again.json["added"]), (200, &0.into()), "{}", again.json);
            assert_eq!(self.state().await, after, "a second import changes something");
        }
        let undone = self.undo(&mut changes).await;
        assert_eq!(self.state().await, self.before, "undo leaves something behind");
        let mut redone = self.undo(&mut undone.clone()).await;
        assert_eq!(self.state().await, after, "redo makes something else");
        self.undo(&mut redone).await;
        assert_eq!(self.state().await, self.before, "undo of redo leaves something behind");
    }

    /// Takes changes back, the last one first; returns the changes that did so.
    async fn undo(&self, changes: &mut Vec<i64>) -> Vec<i64> {
        let mut inverse = Vec::new();
        while let Some(change) = changes.pop() {
            let path = format!("/api/changes/{change}/undo");
            let undone = self.send(&Method::POST, &path, JSON, Vec::new()).await;
            assert_eq!(undone.status, 200, "{}", undone.json);
            inverse.extend(undone.change);
        }
        inverse
    }
}

fn cases() -> Vec<Vec<u8>> {
    let bodies: [(u8, &str); 20] = [
        (
            0,
            r##"{"title": "a", "due_date": "2026-12-01", "priority": 2, "tags": ["home", "new"], "position": 1.5}"##,
        ),
        (
            0,
            r##"{"text": "call mom every monday 5pm #family p1 // by phone", "ignore": [[0, 4]]}"##,
        ),
        (
            0,
            r##"{"title": "b", "recurrence_rule": "FREQ=DAILY;COUNT=3", "completed": true, "due_date": "2026-12-01T09:00"}"##,
        ),
        (1, r##"{"title": "c", "description": "d", "completed": true, "due_date": null}"##),
        (1, r##"{"tags": ["x", "y"], "remind_at": "2026-12-24T18:00:00+01:00"}"##),
        (2, r##"{"completed": true}"##),
        (2, r##"{"recurrence_rule": null, "due_date": "2027-02-28"}"##),
        (2, r##"{"recurrence_anchor": "completion", "recurrence_end_date": "2027-06-01"}"##),
        (3, r##"{"ids": [1, 2, 3], "action": {"type": "complete"}}"##),
        (3, r##"{"ids": [1, 2], "action": {"type": "update", "patch": {"priority": 3}}}"##),
        (3, r##"{"ids": [3, 1], "action": {"type": "add_tags", "tags": ["late"]}}"##),
        (3, r##"{"ids": [2], "action": {"type": "delete"}}"##),
        (4, r##"[{"title": "Water the plants", "due_date": "2026-12-01", "tags": ["home"]}]"##),
        (
            4,
            r##"{"tags": [{"name": "far", "color": "#123456"}], "tasks": [{"title": "e", "number": 9}]}"##,
        ),
        (
            5,
            "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:1\nSUMMARY:f\nDUE;TZID=Europe/Berlin:20261201T080000\nRRULE:FREQ=DAILY\nCATEGORIES:a,b\nPRIORITY:1\nBEGIN:VALARM\nTRIGGER:-PT15M\nEND:VALARM\nEND:VTODO\nEND:VCALENDAR\n",
        ),
        (6, r##"{"text": "pay rent tomorrow 9am #home p1 // cash"}"##),
        (7, r##"{"name": "blue", "color": "#0000ff"}"##),
        (8, r##"{"name": "house", "color": "#00ff00"}"##),
        (9, r##"{"title": "g", "description": "h"}"##),
        (10, r##"{"title": "i", "description": null, "completed": true}"##),
    ];
    bodies.map(|(door, body)| [&[door], body.as_bytes()].concat()).into()
}
