//! Signing up, signing in, and leaving nothing behind.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{Surprise, Visitor, answer::Answer};

impl Visitor {
    pub(crate) async fn sign_up(&mut self) -> Result<String, Surprise> {
        let body = json!({ "name": "Smoke", "email": self.email, "password": self.password });
        // Before the answer: when none comes, a user may be there all the same.
        self.has_signed_up = true;
        let answer = self.post("/api/auth/sign-up/email", &body).await?.with(StatusCode::OK)?;
        if !self.has_session() {
            return Err(answer.instead_of("a session cookie"));
        }
        Ok(format!("{} is signed up and in", self.email))
    }

    pub(crate) async fn wrong_password(&mut self) -> Result<String, Surprise> {
        let wrong = format!("not {}", self.password);
        let cookies = self.forget_cookies();
        let answer = self.post_sign_in(&wrong).await;
        self.remember_cookies(cookies);
        answer?.with(StatusCode::UNAUTHORIZED)?;
        Ok("refused with 401".to_owned())
    }

    pub(crate) async fn no_token(&mut self) -> Result<String, Surprise> {
        let cookies = self.forget_cookies();
        let answer = self.get("/api/tasks").await;
        self.remember_cookies(cookies);
        answer?.with(StatusCode::UNAUTHORIZED)?;
        Ok("GET /api/tasks refused with 401".to_owned())
    }

    pub(crate) async fn sign_in(&mut self) -> Result<String, Surprise> {
        self.forget_cookies();
        let password = self.password.clone();
        let answer = self.post_sign_in(&password).await?.with(StatusCode::OK)?;
        if !self.has_session() {
            return Err(answer.instead_of("a session cookie"));
        }
        Ok("a session by address and password".to_owned())
    }

    pub(crate) async fn session(&mut self) -> Result<String, Surprise> {
        let answer = self.get("/api/auth/get-session").await?.with(StatusCode::OK)?;
        if answer.json()?["user"]["email"] != *self.email {
            return Err(answer.instead_of(format!("the session of {}", self.email)));
        }
        Ok("the session is this user's".to_owned())
    }

    /// Deletes the user, also when no session was had of them.
    pub(crate) async fn leave(&mut self) -> Result<String, Surprise> {
        if !self.has_signed_up {
            return Ok("nobody had signed up".to_owned());
        }
        if !self.has_session() {
            let password = self.password.clone();
            let answer = self.post_sign_in(&password).await?;
            if answer.status == StatusCode::UNAUTHORIZED {
                self.has_signed_up = false;
                return Ok("nobody had signed up".to_owned());
            }
            answer.with(StatusCode::OK)?;
        }
        let cookies = self.forget_cookies();
        self.remember_cookies(cookies.clone());
        let body = json!({ "password": self.password });
        let answer = self.post("/api/auth/delete-user", &body).await?;
        if answer.status != StatusCode::OK {
            return Err(answer.instead_of(format!("200 and the end of {}", self.email)));
        }
        self.has_signed_up = false;
        self.tasks.clear();

        self.remember_cookies(cookies); // as somebody who had copied them
        let answer = self.get("/api/auth/get-session").await?.with(StatusCode::OK)?;
        self.forget_cookies();
        if answer.json()? != Value::Null {
            return Err(answer.instead_of("no session"));
        }
        Ok("the user is deleted, the session is over".to_owned())
    }

    async fn post_sign_in(&mut self, password: &str) -> Result<Answer, Surprise> {
        let body = json!({ "email": self.email, "password": password });
        self.post("/api/auth/sign-in/email", &body).await
    }
}
