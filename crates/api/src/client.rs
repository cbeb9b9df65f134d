//! The typed client.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Added, AuthProblem, CHANGE_NUMBER, Caller, ChatAnswer, ChatHistory, ChatRequest, Completed,
    HistoryQuery, NEXT_CURSOR, NewTask, Problem, Session, SettingsBody, SettingsPatch, SignIn,
    SignUp, TagWithCount, TaskBody, TaskListQuery, TaskPatch, Transport, Undone, Unreachable, ZONE,
};

/// What a call gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// The body.
    pub body: T,
    /// Cookies for the browser: a session that began, ended or was extended.
    pub cookies: Vec<HeaderValue>,
    /// The change that the call made.
    pub change: Option<i64>,
    /// The time zone in force, an IANA name.
    pub zone: Option<String>,
    /// The cursor with which a list goes on, when there is more of it.
    pub next: Option<String>,
}

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The API refused.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// `/api/auth` refused.
    #[error("{}", .0.message)]
    Auth(AuthProblem),
    /// No answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// An answer that is no answer of ours.
    #[error("the backend answered {0} in an unknown form")]
    Garbled(StatusCode),
}

impl Failure {
    /// The status to tell on; 502 when there was no proper answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        let status = match self {
            Self::Problem(problem) => problem.status,
            Self::Auth(problem) => problem.status,
            Self::Unreachable(_) | Self::Garbled(_) => 502,
        };
        StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY)
    }
}

/// Calls the backend for one caller.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    caller: Caller,
}

/// More than the largest list of 1,000 tasks with descriptions.
const LARGEST_ANSWER: usize = 64 << 20;

impl Client {
    /// A client that nobody is signed in to.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, caller: Caller::default() }
    }

    /// The same, for `caller`.
    #[must_use]
    pub fn on_behalf_of(&self, caller: Caller) -> Self {
        Self { transport: self.transport.clone(), caller }
    }

    /// Passes a request on as it is, streaming.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn forward(&self, request: Request<Body>) -> Result<Response<Body>, Unreachable> {
        self.transport.send(request).await
    }

    /// `POST /api/auth/sign-up/email`.
    ///
    /// # Errors
    /// [`Failure`], like every call below.
    pub async fn sign_up(&self, body: &SignUp) -> Result<Answer<()>, Failure> {
        self.auth(Method::POST, "/api/auth/sign-up/email", Some(body)).await.map(forget)
    }

    /// `POST /api/auth/sign-in/email`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn sign_in(&self, body: &SignIn) -> Result<Answer<()>, Failure> {
        self.auth(Method::POST, "/api/auth/sign-in/email", Some(body)).await.map(forget)
    }

    /// `POST /api/auth/sign-out`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn sign_out(&self) -> Result<Answer<()>, Failure> {
        let nothing = Some(&serde_json::Map::new());
        self.auth(Method::POST, "/api/auth/sign-out", nothing).await.map(forget)
    }

    /// `GET /api/auth/get-session`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn session(&self) -> Result<Answer<Option<Session>>, Failure> {
        let answer = self.auth(Method::GET, "/api/auth/get-session", None::<&()>).await?;
        answer.read()
    }

    /// `GET /api/tasks`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn tasks(&self, query: &TaskListQuery) -> Result<Answer<Vec<TaskBody>>, Failure> {
        self.get(&format!("/api/tasks?{}", query.to_text())).await
    }

    /// `GET /api/tasks/{number}`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn task(&self, number: i64) -> Result<Answer<TaskBody>, Failure> {
        self.get(&format!("/api/tasks/{number}")).await
    }

    /// `POST /api/tasks`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn add_task(&self, task: &NewTask) -> Result<Answer<Added>, Failure> {
        self.send(Method::POST, "/api/tasks", task).await
    }

    /// `PATCH /api/tasks/{number}`, if it still has `version`.
    ///
    /// # Errors
    /// [`Failure`]; a 412 when the task was changed meanwhile.
    pub async fn update_task(
        &self,
        number: i64,
        version: Option<i64>,
        patch: &TaskPatch,
    ) -> Result<Answer<TaskBody>, Failure> {
        let mut request = self.json(Method::PATCH, &format!("/api/tasks/{number}"), patch);
        if let Some(version) = version {
            let value = HeaderValue::from_str(&format!("\"{version}\""));
            request
                .headers_mut()
                .insert(header::IF_MATCH, value.expect("digits in quotes are a header value"));
        }
        self.call(request).await?.problem()?.read()
    }

    /// `POST /api/tasks/{number}/complete`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn complete_task(&self, number: i64) -> Result<Answer<Completed>, Failure> {
        self.send(Method::POST, &format!("/api/tasks/{number}/complete"), &()).await
    }

    /// `POST /api/tasks/{number}/reopen`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn reopen_task(&self, number: i64) -> Result<Answer<Completed>, Failure> {
        self.send(Method::POST, &format!("/api/tasks/{number}/reopen"), &()).await
    }

    /// `DELETE /api/tasks/{number}`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn delete_task(&self, number: i64) -> Result<Answer<()>, Failure> {
        let request = self.request(Method::DELETE, &format!("/api/tasks/{number}"), Body::empty());
        self.call(request).await?.problem().map(forget)
    }

    /// `POST /api/changes/{number}/undo`.
    ///
    /// # Errors
    /// [`Failure`]; a 409 when later changes stand in the way.
    pub async fn undo(&self, change: i64) -> Result<Answer<Undone>, Failure> {
        self.send(Method::POST, &format!("/api/changes/{change}/undo"), &()).await
    }

    /// `GET /api/tags`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn tags(&self) -> Result<Answer<Vec<TagWithCount>>, Failure> {
        self.get("/api/tags").await
    }

    /// `PATCH /api/settings`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn update_settings(
        &self,
        patch: &SettingsPatch,
    ) -> Result<Answer<SettingsBody>, Failure> {
        self.send(Method::PATCH, "/api/settings", patch).await
    }

    /// `POST /api/chat`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn chat(&self, message: &ChatRequest) -> Result<Answer<ChatAnswer>, Failure> {
        self.send(Method::POST, "/api/chat", message).await
    }

    /// `GET /api/chat/history`.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn chat_history(&self, query: &HistoryQuery) -> Result<Answer<ChatHistory>, Failure> {
        let query = serde_urlencoded::to_string(query).unwrap_or_default();
        self.get(&format!("/api/chat/history?{query}")).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Answer<T>, Failure> {
        self.call(self.request(Method::GET, path, Body::empty())).await?.problem()?.read()
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Answer<T>, Failure> {
        self.call(self.json(method, path, body)).await?.problem()?.read()
    }

    async fn auth(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Raw, Failure> {
        let request = match body {
            Some(body) => self.json(method, path, body),
            None => self.request(method, path, Body::empty()),
        };
        self.call(request).await?.auth_problem()
    }

    fn json(&self, method: Method, path: &str, body: &impl Serialize) -> Request<Body> {
        let body = serde_json::to_vec(body).expect("our bodies have text keys");
        let mut request = self.request(method, path, Body::from(body));
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::CONTENT_TYPE, json);
        request
    }

    fn request(&self, method: Method, path: &str, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("our paths are made of numbers and fixed text");
        *request.headers_mut() = self.caller.headers().clone();
        request
    }

    async fn call(&self, request: Request<Body>) -> Result<Raw, Failure> {
        let (head, body) = self.transport.send(request).await?.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|_| Failure::Garbled(head.status))?.to_bytes();
        Ok(Raw { status: head.status, headers: head.headers, body })
    }
}

/// An answer before its body is understood.
struct Raw {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Raw {
    fn problem(self) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let problem = serde_json::from_slice(&self.body);
        Err(problem
            .map_or(Failure::Garbled(self.status), |problem| Failure::Problem(Box::new(problem))))
    }

    fn auth_problem(self) -> Result<Self, Failure> {
        if self.status.is_success() {
            return Ok(self);
        }
        let problem = serde_json::from_slice(&self.body);
        Err(problem.map_or(Failure::Garbled(self.status), |problem| {
            Failure::Auth(AuthProblem { status: self.status.as_u16(), ..problem })
        }))
    }

    fn read<T: DeserializeOwned>(self) -> Result<Answer<T>, Failure> {
        let body = serde_json::from_slice(&self.body);
        let body = body.map_err(|_| Failure::Garbled(self.status))?;
        Ok(self.with(body))
    }

    fn with<T>(self, body: T) -> Answer<T> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        Answer {
            body,
            cookies: self.headers.get_all(header::SET_COOKIE).iter().cloned().collect(),
            change: text(CHANGE_NUMBER).and_then(|number| number.parse().ok()),
            zone: text(ZONE).map(str::to_owned),
            next: text(NEXT_CURSOR).map(str::to_owned),
        }
    }
}

fn forget(answer: Raw) -> Answer<()> {
    answer.with(())
}
