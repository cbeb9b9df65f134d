//! The users of a bench, and the requests they make.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::client::Client;

/// How many act at a time: as many as pgbench's.
pub const PEOPLE: usize = 64;

/// The tasks of a user who lists.
pub const LISTED: usize = 50;

const PASSWORD: &str = "correct horse";

/// Somebody who has registered.
pub struct Person {
    pub id: String,
    pub email: String,
    /// A session, as the bearer token of an API client.
    pub session: String,
    /// A JSON Web Token.
    pub jwt: String,
    /// The session as a browser's cookie.
    pub cookie: String,
}

impl Person {
    /// Registers somebody.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn sign_up(client: &Client, name: &str) -> Result<Self> {
        let email = format!("{name}@example.com");
        let account = json!({ "name": name, "email": email, "password": PASSWORD });
        let answer = client.post("/api/auth/sign-up/email", "", &account).await?;
        let cookie = answer.headers.get("set-cookie").context("no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let json = answer.json()?;
        let session = text(&json["token"]);
        let head = format!("authorization: Bearer {session}");
        let token = client.get("/api/auth/token", &head).await?.json()?;
        let id = text(&json["user"]["id"]);
        Ok(Self { id, email, session, jwt: text(&token["token"]), cookie })
    }

    /// Gives them open tasks, numbered from 1; each with two tags, if wanted.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn fill(&self, client: &Client, tasks: usize, tagged: bool) -> Result<()> {
        let tags: &[&str] = if tagged { &["home", "urgent"] } else { &[] };
        let tasks: Vec<Value> = (1..=tasks)
            .map(|number| {
                json!({
                    "title": format!("A task of ordinary length, the {number}."),
                    "due_date": "2026-12-01", "priority": 2, "tags": tags,
                })
            })
            .collect();
        let head = format!("authorization: Bearer {}", self.session);
        client.post("/api/import", &head, &json!({ "tasks": tasks })).await?;
        Ok(())
    }

    /// The list of 50 with tags, by JWT.
    pub fn list(&self) -> String {
        request("GET", "/api/tasks?limit=50", &bearer(&self.jwt), "")
    }

    /// The same by session.
    pub fn list_by_session(&self) -> String {
        request("GET", "/api/tasks?limit=50", &bearer(&self.session), "")
    }

    /// A task more.
    pub fn create(&self) -> String {
        let body = r#"{"title":"A task of ordinary length","due_date":"2026-12-01"}"#;
        request("POST", "/api/tasks", &bearer(&self.jwt), body)
    }

    /// A task done.
    pub fn complete(&self, number: usize) -> String {
        let path = format!("/api/tasks/{number}/complete");
        request("POST", &path, &bearer(&self.jwt), "")
    }

    /// The page with their tasks, as a browser asks for it.
    pub fn page(&self) -> String {
        let head = format!(
            "Cookie: {}\r\nAccept-Encoding: gzip, br\r\nAccept: text/html\r\n",
            self.cookie
        );
        request("GET", "/all", &head, "")
    }

    /// A session more.
    pub fn sign_in(&self) -> String {
        let body = json!({ "email": self.email, "password": PASSWORD }).to_string();
        request("POST", "/api/auth/sign-in/email", "", &body)
    }

    /// A command to the chatbot.
    pub fn chat(&self) -> String {
        let body = r#"{"message":"add buy groceries tomorrow"}"#;
        request("POST", "/api/chat", &bearer(&self.jwt), body)
    }
}

/// A request of HTTP/1.1 as it is sent.
fn request(method: &str, path: &str, head: &str, body: &str) -> String {
    let length = if method == "GET" {
        String::new()
    } else {
        format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())
    };
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{head}{length}\r\n{body}")
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
