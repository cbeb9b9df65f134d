//! Tasks by the API, and by the forms of the pages.

use http::StatusCode;
use serde_json::{Value, json};

use crate::{Surprise, Visitor, answer::Answer, visitor::Task};

const BY_API: &str = "Water the plants";
const BY_FORM: &str = "Feed the cat";

impl Visitor {
    pub(crate) async fn create(&mut self) -> Result<String, Surprise> {
        let answer = self.post("/api/tasks", &json!({ "title": BY_API })).await?;
        let answer = answer.with(StatusCode::CREATED)?;
        let task = task(&answer.json()?).ok_or_else(|| answer.instead_of("the new task"))?;
        let evidence = format!("task {} by the API", task.number);
        self.tasks.push(task);
        Ok(evidence)
    }

    pub(crate) async fn create_by_form(&mut self) -> Result<String, Surprise> {
        let fields = [("text", BY_FORM), ("back", "/all")];
        let page = self.submit_and_follow("/tasks", &fields).await?;
        if !page.text().contains(BY_FORM) {
            return Err(page.instead_of(format!("a page with \"{BY_FORM}\"")));
        }
        let (answer, tasks) = self.listed().await?;
        let task = tasks.into_iter().find(|task| task.title == BY_FORM);
        let task = task.ok_or_else(|| answer.instead_of(format!("the task \"{BY_FORM}\"")))?;
        let evidence = format!("task {} by the form, 303 to the page that shows it", task.number);
        self.tasks.push(task);
        Ok(evidence)
    }

    pub(crate) async fn complete(&mut self) -> Result<String, Surprise> {
        let number = self.number_of(BY_API);
        let answer = self.post(&format!("/api/tasks/{number}/complete"), &Value::Null).await?;
        let answer = answer.with(StatusCode::OK)?;
        if answer.json()?["task"]["completed"] != true {
            return Err(answer.instead_of("a completed task"));
        }
        self.note_completed(number);
        Ok(format!("task {number} by the API"))
    }

    pub(crate) async fn complete_by_form(&mut self) -> Result<String, Surprise> {
        let number = self.number_of(BY_FORM);
        let path = format!("/tasks/{number}/complete");
        self.submit_and_follow(&path, &[("back", "/all")]).await?;
        let answer = self.get(&format!("/api/tasks/{number}")).await?.with(StatusCode::OK)?;
        if answer.json()?["completed"] != true {
            return Err(answer.instead_of("a completed task"));
        }
        self.note_completed(number);
        Ok(format!("task {number} by the form"))
    }

    /// Every task that was made is there, as it was left.
    pub(crate) async fn list(&mut self) -> Result<String, Surprise> {
        let (answer, listed) = self.listed().await?;
        let lost = self.tasks.iter().find(|task| !listed.contains(task));
        if let Some(Task { number, title, is_completed }) = lost {
            let state = if *is_completed { "completed" } else { "open" };
            return Err(answer.instead_of(format!("task {number} \"{title}\", {state}")));
        }
        Ok(format!("{} tasks, as they were left", self.tasks.len()))
    }

    /// The user's tasks, with the answer that had them.
    pub(crate) async fn listed(&mut self) -> Result<(Answer, Vec<Task>), Surprise> {
        let answer = self.get("/api/tasks").await?.with(StatusCode::OK)?;
        let tasks = match answer.json()? {
            Value::Array(tasks) => tasks.iter().map(task).collect::<Option<_>>(),
            _ => None,
        };
        let tasks = tasks.ok_or_else(|| answer.instead_of("a list of tasks"))?;
        Ok((answer, tasks))
    }

    /// A form is answered with the way to a page: the browser's next request.
    async fn submit_and_follow(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Surprise> {
        let answer = self.submit(path, fields).await?.with(StatusCode::SEE_OTHER)?;
        let path = answer.location()?;
        self.get(&path).await?.with(StatusCode::OK)
    }

    /// 0 is no task's number: a step that is taken before the one that makes its task fails with "no such task".
    fn number_of(&self, title: &str) -> i64 {
        self.tasks.iter().find(|task| task.title == title).map_or(0, |task| task.number)
    }

    fn note_completed(&mut self, number: i64) {
        for task in self.tasks.iter_mut().filter(|task| task.number == number) {
            task.is_completed = true;
        }
    }
}

fn task(body: &Value) -> Option<Task> {
    Some(Task {
        number: body["number"].as_i64()?,
        title: body["title"].as_str()?.to_owned(),
        is_completed: body["completed"].as_bool()?,
    })
}
