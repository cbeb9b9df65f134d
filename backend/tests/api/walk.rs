//! Every operation of the document: without credentials, as another user, and with garbage. There are no exceptions.

use axum::body::Body;
use http::Method;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{Answer, JSON, TestApp, User};

/// What anybody may call.
const OPEN: [&str; 5] = ["/healthz", "/readyz", "/health", "/api/openapi.json", "/api/version"];

/// An operation of the document.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) description: Value,
}

impl Operation {
    /// As the table of fixtures calls it.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Asserts that the document knows the answer's status.
    fn knows(&self, answer: &Answer, case: &str) {
        let known = &self.description["responses"][answer.status.to_string()];
        assert!(!known.is_null(), "{}: {} is not described: {case}", self.name(), answer.status);
    }

    pub(crate) fn takes_body(&self) -> bool {
        !self.description["requestBody"].is_null()
    }

    /// Whether the document has a header of an answer.
    pub(crate) fn describes(&self, header: &str, status: u16) -> bool {
        !self.description["responses"][status.to_string()]["headers"][header].is_null()
    }

    /// Whether it takes a header of a request.
    pub(crate) fn takes_header(&self, name: &str) -> bool {
        let mut parameters = self.description["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["in"] == "header" && parameter["name"] == name)
    }

    /// Its query parameters.
    fn query(&self) -> Vec<&str> {
        let parameters = self.description["parameters"].as_array().into_iter().flatten();
        let query = parameters.filter(|parameter| parameter["in"] == "query");
        query.map(|parameter| parameter["name"].as_str().unwrap()).collect()
    }

    /// The members of its body.
    fn members(&self, document: &Value) -> Vec<String> {
        let schema = &self.description["requestBody"]["content"]["application/json"]["schema"];
        let options = schema["oneOf"].as_array().cloned().unwrap_or_else(|| vec![schema.clone()]);
        let names = options.iter().filter_map(|option| option["$ref"].as_str());
        let schemas = names.map(|name| document.pointer(name.trim_start_matches('#')).unwrap());
        let members = schemas.filter_map(|schema| schema["properties"].as_object());
        members.flat_map(|members| members.keys().cloned()).collect()
    }
}

/// All that want somebody signed in, and the document.
pub(crate) fn guarded() -> (Vec<Operation>, Value) {
    let document = serde_json::to_value(backend::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, description) in item.as_object().unwrap() {
            if !OPEN.contains(&&**path) {
                let (path, description) = (path.clone(), description.clone());
                let method = method.to_uppercase().parse().unwrap();
                operations.push(Operation { method, path, description });
            }
        }
    }
    assert!(operations.len() >= 25, "only {} operations were found", operations.len());
    (operations, document)
}

/// What the owner has, for others to reach for.
pub(crate) struct Owned {
    pub(crate) user: User,
    pub(crate) id: String,
    task: String,
    tag: String,
    conversation: String,
    token: String,
}

impl Owned {
    pub(crate) async fn by(user: User) -> Self {
        let body = json!({ "title": "mine", "tags": ["home"] });
        let task = user.post("/api/tasks", body).await.json;
        let said = user.post("/api/chat", json!({ "message": "add milk" })).await.json;
        let body = json!({ "name": "mine", "scope": "read" });
        let token = user.post("/api/tokens", body).await.json;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            id: user.id().await,
            task: text(&task["id"]),
            tag: text(&task["tags"][0]["id"]),
            conversation: text(&said["conversation_id"]),
            token: text(&token["id"]),
            user,
        }
    }

    /// All that can be read.
    pub(crate) async fn all(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let messages = format!("/api/chat/history?conversation_id={}", self.conversation);
        for path in
            ["/api/tasks", "/api/tags", "/api/changes", "/api/settings", "/api/tokens", &messages]
        {
            let answer = self.user.get(path).await;
            assert_eq!(answer.status, 200, "{path}");
            all.push(answer.json);
        }
        all
    }
}

/// What another user is answered who sends the owner's request.
pub(crate) enum Stranger {
    /// The owner's data is not there, or not theirs to name.
    Refused(u16),
    /// Nothing of the owner's is in the list.
    Empty,
    /// It is about the caller's own data alone.
    Own,
}

/// A request that the owner could send, and what it gets another user.
#[expect(clippy::match_same_arms, reason = "a table: each operation has its line")]
pub(crate) fn fixture(operation: &Operation, owned: &Owned) -> (String, Value, Stranger) {
    use Stranger::{Empty, Own, Refused};
    let Owned { id, task, tag, conversation, token, .. } = owned;
    let history = format!("/api/chat/history?conversation_id={conversation}");
    let official = format!("/api/{id}/tasks");
    let title = json!({ "title": "stolen" });
    match &*operation.name() {
        "GET /api/tasks" => ("/api/tasks".into(), Value::Null, Empty),
        "POST /api/tasks" => {
            ("/api/tasks".into(), json!({ "title": "x", "tag_ids": [tag] }), Refused(422))
        }
        "GET /api/tasks/{id}" => (format!("/api/tasks/{task}"), Value::Null, Refused(404)),
        "PATCH /api/tasks/{id}" => (format!("/api/tasks/{task}"), title, Refused(404)),
        "DELETE /api/tasks/{id}" => (format!("/api/tasks/{task}"), Value::Null, Refused(404)),
        "POST /api/tasks/{id}/complete" => {
            (format!("/api/tasks/{task}/complete"), Value::Null, Refused(404))
        }
        "POST /api/tasks/{id}/reopen" => {
            (format!("/api/tasks/{task}/reopen"), Value::Null, Refused(404))
        }
        "POST /api/tasks/batch" => {
            let body = json!({ "ids": [task], "action": { "type": "complete" } });
            ("/api/tasks/batch".into(), body, Refused(404))
        }
        "POST /api/parse" => ("/api/parse".into(), json!({ "text": "call tomorrow" }), Own),
        "GET /api/export" => ("/api/export".into(), Value::Null, Own),
        "POST /api/import" => ("/api/import".into(), json!({ "tasks": [] }), Own),
        "GET /api/tokens" => ("/api/tokens".into(), Value::Null, Empty),
        "POST /api/tokens" => ("/api/tokens".into(), json!({ "name": "x", "scope": "read" }), Own),
        "DELETE /api/tokens/{id}" => (format!("/api/tokens/{token}"), Value::Null, Refused(404)),
        "GET /api/tags" => ("/api/tags".into(), Value::Null, Empty),
        "POST /api/tags" => ("/api/tags".into(), json!({ "name": "home" }), Own),
        "GET /api/tags/{id}" => (format!("/api/tags/{tag}"), Value::Null, Refused(404)),
        "PATCH /api/tags/{id}" => {
            (format!("/api/tags/{tag}"), json!({ "name": "stolen" }), Refused(404))
        }
        "DELETE /api/tags/{id}" => (format!("/api/tags/{tag}"), Value::Null, Refused(404)),
        "GET /api/changes" => ("/api/changes".into(), Value::Null, Empty),
        "POST /api/changes/{number}/undo" => {
            ("/api/changes/2/undo".into(), Value::Null, Refused(404))
        }
        "POST /api/chat" => {
            let body = json!({ "message": "add x", "conversation_id": conversation });
            ("/api/chat".into(), body, Refused(404))
        }
        "GET /api/chat/history" | "DELETE /api/chat/history" => {
            (history, Value::Null, Refused(404))
        }
        "GET /api/settings" => ("/api/settings".into(), Value::Null, Own),
        "PATCH /api/settings" => {
            ("/api/settings".into(), json!({ "time_zone": "Europe/Berlin" }), Own)
        }
        "GET /api/{user_id}/tasks" => (official, Value::Null, Refused(403)),
        "POST /api/{user_id}/tasks" => (official, title, Refused(403)),
        "GET /api/{user_id}/tasks/{number}" => (official + "/1", Value::Null, Refused(403)),
        "PUT /api/{user_id}/tasks/{number}" => (official + "/1", title, Refused(403)),
        "DELETE /api/{user_id}/tasks/{number}" => (official + "/1", Value::Null, Refused(403)),
        "PATCH /api/{user_id}/tasks/{number}/complete" => {
            (official + "/1/complete", json!({ "completed": true }), Refused(403))
        }
        "POST /api/{user_id}/chat" => {
            (format!("/api/{id}/chat"), json!({ "message": "add x" }), Refused(403))
        }
        new => panic!("{new} has no fixture: what may a stranger do there?"),
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn nobody_is_let_in_without_credentials(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;
    let cookie = ("cookie", "better-auth.session_token=forged.signature");
    let bearer = |token| ("authorization", token);
    for operation in guarded().0 {
        let (path, body, _) = fixture(&operation, &owned);
        for credentials in [
            JSON,
            cookie,
            bearer("Bearer nonsense"),
            bearer("Bearer a.b.c"),
            bearer("Bearer todo_nonsense"),
            bearer("Basic YTpi"),
            bearer("Bearer "),
        ] {
            let headers = [JSON, credentials];
            let headers = if credentials == JSON { &headers[..1] } else { &headers };
            let method = operation.method.clone();
            let answer = app.nobody().send(method, &path, headers, body.to_string().into()).await;
            assert_eq!(answer.status, 401, "{} {credentials:?}", operation.name());
            assert_eq!(answer.header("www-authenticate"), "Bearer", "{}", operation.name());
        }
    }
    assert_eq!(owned.all().await, before);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn another_user_reaches_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;
    let stranger = app.user("stranger").await;
    for operation in guarded().0 {
        let (path, body, expected) = fixture(&operation, &owned);
        let headers: &[_] = if operation.takes_body() { &[JSON] } else { &[] };
        let body = if operation.takes_body() { body.to_string().into() } else { Body::empty() };
        let answer = stranger.send(operation.method.clone(), &path, headers, body).await;
        operation.knows(&answer, "as another user");
        match expected {
            Stranger::Refused(status) => {
                assert_eq!(answer.status, status, "{}: {}", operation.name(), answer.json);
            }
            Stranger::Empty => assert_eq!(answer.json, json!([]), "{}", operation.name()),
            Stranger::Own => {
                assert!((200..300).contains(&answer.status), "{}", operation.name());
            }
        }
        let text = answer.json.to_string();
        assert!(!text.contains(&owned.task) && !text.contains("mine"), "{}", operation.name());
    }
    assert_eq!(owned.all().await, before);
}

/// Bodies that no operation takes: what is sent, as what, and the status.
fn wrong_bodies(path: &str, valid: &Value) -> Vec<(&'static str, Vec<u8>, &'static str, u16)> {
    let json = "application/json";
    let large = if path == "/api/import" { 11 << 20 } else { 66_000 };
    let deep = |open: &str, close: &str| {
        format!("{{\"title\":{}{}}}", open.repeat(9_000), close.repeat(9_000)).into_bytes()
    };
    let bodies = vec![
        ("broken", br#"{"title": "#.to_vec(), json, 400),
        ("no JSON", b"title=x".to_vec(), json, 400),
        ("two values", b"{} {}".to_vec(), json, 400),
        ("no UTF-8", b"{\"title\": \"\xff\"}".to_vec(), json, 400),
        (
            "half a surrogate",
            br#"{"title":"\ud800","message":"\ud800","name":"\ud800","time_zone":"\ud800","completed":"\ud800"}"#
                .to_vec(),
            json,
            400,
        ),
        ("a list", b"[]".to_vec(), json, 422),
        ("a text", br#""x""#.to_vec(), json, 422),
        ("null", b"null".to_vec(), json, 422),
        ("deep lists", deep("[", "]"), json, 400),
        ("too large", format!("{{\"x\": \"{}\"}}", "x".repeat(large)).into_bytes(), json, 413),
        ("plain text", valid.to_string().into_bytes(), "text/plain", 415),
        ("a form", b"title=x".to_vec(), "application/x-www-form-urlencoded", 415),
        ("no type", valid.to_string().into_bytes(), "", 415),
    ];
    // An import takes lists, and objects of other programs.
    let is_wrong = |case| path != "/api/import" || !["a list", "half a surrogate"].contains(&case);
    bodies.into_iter().filter(|(case, ..)| is_wrong(*case)).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn garbage_changes_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;
    let (operations, document) = guarded();
    for operation in operations.iter().filter(|operation| operation.takes_body()) {
        let (path, valid, _) = fixture(operation, &owned);
        let send = async |case: &str, body: Vec<u8>, kind: &str| {
            let headers = [("content-type", kind)];
            let headers = if kind.is_empty() { &[][..] } else { &headers };
            let method = operation.method.clone();
            let answer = owned.user.send(method, &path, headers, body.into()).await;
            operation.knows(&answer, case);
            answer
        };
        for (case, body, kind, status) in wrong_bodies(&path, &valid) {
            let answer = send(case, body, kind).await;
            // What an operation leaves unread may be refused for its shape instead of its syntax.
            let fits = answer.status == status || (status == 400 && answer.status == 422);
            assert!(fits, "{} {case}: {} {}", operation.name(), answer.status, answer.json);
        }
        for member in operation.members(&document) {
            for value in [json!({ "a": [{}] }), json!("\u{0}"), json!([[null]]), json!(-1e300)] {
                if member == "position" && value.is_number() {
                    continue; // any finite number is a place
                }
                let mut body = valid.clone();
                body[&member] = value.clone();
                let case = format!("{member}: {value}");
                let answer = send(&case, body.to_string().into_bytes(), JSON.1).await;
                assert_eq!(answer.status, 422, "{} {case}: {}", operation.name(), answer.json);
            }
        }
    }
    assert_eq!(owned.all().await, before);
}

/// What stands for a variable of a path, or for the value of a parameter.
const VALUES: [&str; 12] = [
    "%00",
    "%ff",
    "0",
    "-1",
    "9223372036854775808",
    "99999999999999999999999",
    "..%2f..",
    "%F0%9F%92%A9",
    "null",
    "01920000-0000-7000-8000-00000000000",
    "%25%27%22%3B--",
    "1e5",
];

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn paths_queries_and_headers_of_garbage_change_nothing(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let owned = Owned::by(app.user("owner").await).await;
    let before = owned.all().await;
    let long = "x".repeat(5_000);
    let values = || VALUES.into_iter().chain([&*long]);
    for operation in guarded().0 {
        let (path, valid, _) = fixture(&operation, &owned);
        let send = async |path: &str, header: (&str, &str)| {
            let body =
                if operation.takes_body() { valid.to_string().into() } else { Body::empty() };
            let method = operation.method.clone();
            let answer = owned.user.send(method, path, &[JSON, header], body).await;
            operation.knows(&answer, path);
            answer
        };
        let none = ("x-none", "");
        let variables: Vec<_> = operation.path.match_indices('{').map(|found| found.0).collect();
        for start in variables {
            let end = start + operation.path[start..].find('}').unwrap() + 1;
            for value in values() {
                let path = format!("{}{value}{}", &operation.path[..start], &operation.path[end..]);
                let path = path.replace("{user_id}", &owned.id).replace("{number}", "1");
                let answer = send(&path, none).await;
                assert!(matches!(answer.status, 403 | 404), "{} {path}", operation.name());
            }
        }
        let join = if path.contains('?') { '&' } else { '?' };
        let unknown = send(&format!("{path}{join}colour=red"), none).await;
        assert_eq!(unknown.status, 422, "{}", operation.name());
        if operation.method.is_safe() {
            for name in operation.query() {
                for value in values() {
                    send(&format!("{path}{join}{name}={value}"), none).await;
                }
            }
        }
        for zone in ["", "Mars/Olympus", "../../etc/passwd", "é"] {
            let answer = send(&path, ("x-time-zone", zone)).await;
            assert_eq!(answer.status, 422, "{} {zone}", operation.name());
        }
        if !operation.description["responses"]["412"].is_null() {
            for version in ["\"99\"", "nonsense", "W/\"1\"", ""] {
                let answer = send(&path, ("if-match", version)).await;
                assert_eq!(answer.status, 412, "{} {version}", operation.name());
            }
        }
    }
    assert_eq!(owned.all().await, before);
}
