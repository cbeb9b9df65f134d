//! A backend that remembers a few tasks, for tests and the preview. It answers as `http-api.md` says, no more.

use std::sync::{Arc, Mutex};

use api::{InProcess, TaskBody, TaskListQuery, Transport};
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What the fake holds. A test reads `calls`, and sets `signed_in`, `zone`, `cookie` and `refuse`.
#[derive(Debug)]
pub struct Fake {
    pub tasks: Vec<TaskBody>,
    /// The tasks before each change.
    pub before: Vec<Vec<TaskBody>>,
    pub said: Vec<Value>,
    pub signed_in: bool,
    pub zone: Option<String>,
    /// A cookie on every answer about tasks, as when a session is extended.
    pub cookie: Option<&'static str>,
    /// Answers every write with this.
    pub refuse: Option<(u16, Value)>,
    /// Method, path and headers of each call.
    pub calls: Vec<(String, HeaderMap, String)>,
    pub now: Timestamp,
}

/// One fake, shared by the transport and the test.
pub type Shared = Arc<Mutex<Fake>>;

pub fn now() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn tag(name: &str, color: &str) -> Value {
    json!({ "id": "01930000-0000-7000-8000-000000000000", "name": name, "color": color })
}

#[expect(clippy::needless_pass_by_value, reason = "shorter tables")]
pub fn task(number: i64, title: &str, due: Value, priority: Value, tags: &[&str]) -> TaskBody {
    let tags: Vec<_> = tags.iter().map(|name| tag(name, "#6B7280")).collect();
    let id = format!("01930000-0000-7000-8000-{number:012}");
    serde_json::from_value(json!({
        "id": id, "number": number, "title": title, "description": null,
        "completed": false, "completed_at": null, "due_date": due, "priority": priority,
        "tags": tags, "version": 1,
        "created_at": "2026-11-20T10:00:00Z", "updated_at": "2026-11-20T10:00:00Z",
        "remind_at": null, "recurrence_rule": null, "recurrence_anchor": null,
        "recurrence_end_date": null, "parent_task_id": null, "previous_number": null, "position": 1.0,
    }))
    .unwrap()
}

pub fn sample() -> Vec<TaskBody> {
    let mut tasks = vec![
        task(3, "Call the bank about the mortgage", json!("2026-11-20"), json!(1), &["money"]),
        task(4, "Send the invoice to Anna", json!("2026-11-23T08:30:00Z"), json!(null), &["work"]),
        task(12, "Pay rent", json!("2026-11-23T16:00:00Z"), json!(1), &["home", "money"]),
        task(
            13,
            "Stand-up with the platform team",
            json!("2026-11-23T13:15:00Z"),
            json!(null),
            &["work"],
        ),
        task(
            14,
            "Buy groceries: oat milk, bread, apples, coffee",
            json!("2026-11-23"),
            json!(2),
            &["home"],
        ),
        task(15, "Review Jonas' pull request", json!("2026-11-23"), json!(3), &["work", "review"]),
        task(16, "Water the plants", json!("2026-11-23"), json!(null), &["home"]),
        task(17, "Book a table for Thursday", json!("2026-11-24"), json!(2), &[]),
        task(18, "Dentist", json!("2026-11-25T07:30:00Z"), json!(null), &["health"]),
        task(19, "Prepare the quarterly numbers", json!("2026-11-27"), json!(1), &["work"]),
        task(20, "Renew the passport", json!("2026-12-01"), json!(null), &["travel"]),
        task(21, "Read “The Design of Everyday Things”", json!(null), json!(3), &["reading"]),
        task(22, "Learn how to make proper ramen", json!(null), json!(null), &[]),
        task(
            23,
            "Plan the move: <script>alert(1)</script> & boxes",
            json!(null),
            json!(null),
            &["home"],
        ),
    ];
    tasks[4].description = Some("Oat milk\nBread\nApples\nCoffee".to_owned());
    tasks
}

/// A fake with the sample, in Berlin, with somebody signed in.
pub fn fake() -> Shared {
    Arc::new(Mutex::new(Fake {
        tasks: sample(),
        before: Vec::new(),
        said: Vec::new(),
        signed_in: true,
        zone: Some("Europe/Berlin".to_owned()),
        cookie: None,
        refuse: None,
        calls: Vec::new(),
        now: now(),
    }))
}

pub fn transport(fake: &Shared) -> Arc<dyn Transport> {
    Arc::new(InProcess(Router::new().fallback(answer).with_state(fake.clone())))
}

async fn answer(State(fake): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let path = parts.uri.path().to_owned();
    let call = format!("{} {}", parts.method, parts.uri.path_and_query().unwrap());
    let mut fake = fake.lock().unwrap();
    fake.calls.push((call, parts.headers, String::from_utf8_lossy(&body).into_owned()));
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let query = parts.uri.query().unwrap_or_default();
    let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let mut answer = fake.answer(parts.method.as_str(), &steps, query, &body);
    if let (["api", "tasks" | "chat" | "settings" | "changes", ..], Some(cookie)) =
        (&*steps, fake.cookie)
    {
        answer.headers_mut().append("set-cookie", cookie.parse().unwrap());
    }
    if let Some(zone) = &fake.zone {
        answer.headers_mut().insert("x-time-zone", zone.parse().unwrap());
    }
    answer
}

fn ok(body: &Value) -> Response {
    ([("content-type", "application/json")], body.to_string()).into_response()
}

fn problem(status: u16, detail: &str) -> Response {
    let body = json!({ "type": "/problems/x", "title": "x", "status": status, "detail": detail,
        "code": "x", "request_id": "r1" });
    (StatusCode::from_u16(status).unwrap(), ok(&body)).into_response()
}

fn not_one_of_ours() -> Response {
    let body = json!({ "type": "/problems/x", "title": "x", "status": 422, "detail": "x", "code": "x",
        "request_id": "r1", "errors": [{ "field": "cursor", "message": "must be one that a list gave" }] });
    (StatusCode::UNPROCESSABLE_ENTITY, ok(&body)).into_response()
}

fn sign(what: &str, body: &Value) -> Response {
    if what == "sign-in" && body["password"] != "password123" {
        let body =
            json!({ "message": "Invalid email or password", "code": "INVALID_EMAIL_OR_PASSWORD" });
        return (StatusCode::UNAUTHORIZED, ok(&body)).into_response();
    }
    let cookie = "better-auth.session_token=abc; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax";
    ([("set-cookie", cookie)], ok(&json!({ "token": "t" }))).into_response()
}

impl Fake {
    fn answer(&mut self, method: &str, steps: &[&str], query: &str, body: &Value) -> Response {
        match (method, steps) {
            ("GET", ["api", "auth", "get-session"]) if !self.signed_in => ok(&Value::Null),
            ("GET", ["api", "auth", "get-session"]) => ok(
                &json!({ "session": {}, "user": { "id": "u1", "name": "Mia Berg", "email": "mia@example.com" } }),
            ),
            ("POST", ["api", "auth", what, ..]) => sign(what, body),
            ("GET", ["echo"]) | (_, ["api", "echo"]) => Response::new(Body::from("echo")),
            (_, ["api", ..]) if !self.signed_in => problem(401, "sign in first"),
            ("GET", ["api", "tags"]) => self.tags(),
            ("GET", ["api", "tasks"]) => self.list(query),
            ("GET", ["api", "tasks", number]) => match self.find(number) {
                Some(index) => ok(&json!(self.tasks[index])),
                None => problem(404, "no such task"),
            },
            ("GET", ["api", "chat", "history"]) => self.history(query),
            (_, ["api", ..]) if self.refuse.is_some() => {
                let (status, body) = self.refuse.clone().unwrap();
                (StatusCode::from_u16(status).unwrap(), ok(&body)).into_response()
            }
            ("PATCH", ["api", "settings"]) => {
                self.zone = body["time_zone"].as_str().map(str::to_owned);
                ok(&json!({
                    "time_zone": self.zone, "week_start": "monday", "date_order": "day_month_year",
                    "morning": "09:00", "noon": "12:00", "afternoon": "15:00", "end_of_day": "18:00",
                    "evening": "18:00", "tonight": "20:00", "night": "22:00",
                    "bare_hour_from": "07:00", "bare_hour_to": "21:59",
                }))
            }
            ("POST", ["api", "chat"]) => self.chat(body),
            ("POST", ["api", "changes", number, "undo"]) => {
                let number: usize = number.parse().unwrap();
                let tasks = self.before[number - 1].clone();
                let change = self.change(|fake| fake.tasks = tasks);
                ok(&json!({ "undone": number, "change": change, "tasks": [], "removed": [] }))
            }
            ("POST", ["api", "tasks"]) => self.add(body["text"].as_str().unwrap_or_default()),
            (_, ["api", "tasks", number, rest @ ..]) => {
                self.write(method, number, rest.first(), body)
            }
            _ => problem(404, "not found"),
        }
    }

    fn find(&self, number: &str) -> Option<usize> {
        self.tasks.iter().position(|task| task.number.to_string() == number)
    }

    fn tags(&self) -> Response {
        let names = ["health", "home", "money", "reading", "review", "travel", "work"];
        let tags = names.map(|name| {
            let open = self
                .tasks
                .iter()
                .filter(|task| !task.completed && task.tags.iter().any(|tag| tag.name == name));
            let mut tag = tag(name, if name == "travel" { "#0ea5e9" } else { "#6B7280" });
            tag["created_at"] = json!("2026-11-20T10:00:00Z");
            tag["task_count"] = json!(1);
            tag["open_task_count"] = json!(open.count());
            tag
        });
        ok(&json!(tags))
    }

    fn list(&self, query: &str) -> Response {
        let query = TaskListQuery::from_text(query).unwrap();
        let due = |task: &TaskBody| task.due_date.as_ref().map(ToString::to_string);
        // Days and instants as text, in UTC: near enough for a fake.
        let late = |task: &TaskBody| match (due(task), &query.due_to) {
            (due, Some(last)) => due.is_none_or(|due| due[..10] > **last),
            (_, None) => false,
        };
        let done = query.status.as_deref() == Some("completed");
        let mut tasks: Vec<_> = self.tasks.iter().filter(|task| task.completed == done).collect();
        tasks.retain(|task| !late(task));
        for name in &query.tag {
            tasks.retain(|task| task.tags.iter().any(|tag| tag.name == *name));
        }
        if query.sort_by.as_deref() == Some("due_date") {
            tasks.sort_by_key(|task| (due(task).is_none(), due(task)));
        }
        let Ok(skipped) = query.cursor.as_deref().unwrap_or("0").parse() else {
            return not_one_of_ours();
        };
        let limit = query.limit.map_or(1000, |limit| limit.parse().unwrap());
        let page: Vec<_> = tasks.iter().skip(skipped).take(limit).collect();
        let next = [("x-next-cursor", (skipped + limit).to_string())];
        let next = Some(next).filter(|_| page.len() == limit);
        (next, ok(&json!(page))).into_response()
    }

    fn change(&mut self, write: impl FnOnce(&mut Self)) -> usize {
        self.before.push(self.tasks.clone());
        write(self);
        self.before.len()
    }

    fn add(&mut self, text: &str) -> Response {
        let number = 24 + i64::try_from(self.before.len()).unwrap();
        let new = task(number, text, json!("2026-11-23"), json!(null), &[]);
        let change = self.change(|fake| fake.tasks.insert(0, new.clone()));
        (StatusCode::CREATED, [("x-change-number", change.to_string())], ok(&json!(new)))
            .into_response()
    }

    fn write(&mut self, method: &str, number: &str, verb: Option<&&str>, body: &Value) -> Response {
        let Some(index) = self.find(number) else { return problem(404, "no such task") };
        let now = self.now;
        let change = self.change(|fake| match (method, verb) {
            ("DELETE", _) => drop(fake.tasks.remove(index)),
            ("PATCH", _) => {
                if let Some(title) = body["title"].as_str() {
                    title.clone_into(&mut fake.tasks[index].title);
                }
            }
            (_, verb) => {
                fake.tasks[index].completed = verb == Some(&"complete");
                fake.tasks[index].completed_at = Some(api::Instant(now));
            }
        });
        let change = [("x-change-number", change.to_string())];
        match method {
            "DELETE" => (StatusCode::NO_CONTENT, change, Bytes::new()).into_response(),
            "PATCH" => (change, ok(&json!(self.tasks[index]))).into_response(),
            _ => (change, ok(&json!({ "task": self.tasks[index], "next": null }))).into_response(),
        }
    }

    fn history(&self, query: &str) -> Response {
        let id = "01930000-0000-7000-8000-00000000c0de";
        let conversation = json!({ "id": id, "number": 1, "title": "Add", "created_at": "2026-11-23T09:00:00Z",
            "updated_at": "2026-11-23T09:00:00Z", "message_count": self.said.len() });
        let asked = query.contains("conversation_id");
        let conversations: Vec<_> =
            [conversation].into_iter().filter(|_| !self.said.is_empty()).collect();
        let messages = if asked { self.said.clone() } else { Vec::new() };
        ok(
            &json!({ "conversations": conversations, "messages": messages, "total": 1, "has_more": false }),
        )
    }

    /// Adds what it is told, and asks back when it hears "done".
    fn chat(&mut self, body: &Value) -> Response {
        let message = body["message"].as_str().unwrap_or_default().to_owned();
        let (response, actions, choices) = if message.contains("done") {
            let choices = json!([{ "label": "Pay rent", "message": "finish 12" }, { "label": "Pay the gardener", "message": "finish 30" }]);
            ("Which one do you mean?".to_owned(), json!([]), choices)
        } else {
            let title = message.trim_start_matches("Add ").to_owned();
            let new = task(40, &title, json!("2026-11-24"), json!(null), &["home"]);
            let change = self.change(|fake| fake.tasks.push(new.clone()));
            let result = json!({ "success": true, "task": new, "change": change });
            let actions = json!([{ "tool": "add_task", "input": {}, "result": result }]);
            (format!("Added “{title}” for tomorrow."), actions, json!([]))
        };
        self.say("user", &message, &json!(null));
        self.say("assistant", &response, &json!({ "data": actions }));
        ok(
            &json!({ "response": response, "conversation_id": "01930000-0000-7000-8000-00000000c0de",
            "actions_taken": actions, "choices": choices,
            "metadata": { "message_count": 2, "model": "built-in", "offline": true } }),
        )
    }

    pub fn say(&mut self, role: &str, content: &str, calls: &Value) {
        self.said.push(
            json!({ "id": "01930000-0000-7000-8000-00000000beef", "role": role, "content": content,
            "tool_calls": calls, "created_at": "2026-11-23T09:00:00Z" }),
        );
    }
}
