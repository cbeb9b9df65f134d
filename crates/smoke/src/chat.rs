//! A sentence that makes a task.

use std::time::{Duration, Instant};

use http::StatusCode;
use serde_json::json;

use crate::{Surprise, Visitor};

const SENTENCE: &str = "Add buy groceries";
const TITLE: &str = "buy groceries";

/// How long the chat may take over it.
const AT_ONCE: Duration = Duration::from_secs(2);

impl Visitor {
    pub(crate) async fn chat(&mut self) -> Result<String, Surprise> {
        let start = Instant::now();
        let answer = self.post("/api/chat", &json!({ "message": SENTENCE })).await?;
        let took = start.elapsed();
        let answer = answer.with(StatusCode::OK)?;
        if took > AT_ONCE {
            let (limit, took) = (AT_ONCE.as_secs(), took.as_millis());
            let mut late = answer.instead_of(format!("an answer within {limit} s"));
            late.came = format!("one after {took} ms: {}", late.came);
            return Err(late);
        }
        let body = answer.json()?;
        let response = body["response"].as_str().unwrap_or_default();
        let response = response.split_whitespace().collect::<Vec<_>>().join(" "); // on one line
        let model = body["metadata"]["model"].as_str().unwrap_or_default();

        let (_, listed) = self.listed().await?;
        let is_it = |title: &str| title.eq_ignore_ascii_case(TITLE);
        let task = listed.into_iter().find(|task| is_it(&task.title));
        let task = task.ok_or_else(|| answer.instead_of(format!("a task \"{TITLE}\"")))?;
        let evidence = format!(
            "\"{SENTENCE}\" made task {} in {} ms; {model} says \"{response}\"",
            task.number,
            took.as_millis(),
        );
        self.tasks.push(task);
        Ok(evidence)
    }
}
