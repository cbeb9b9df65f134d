//! What a stranger sees.

use http::{StatusCode, header};

use crate::{Surprise, Visitor};

impl Visitor {
    pub(crate) async fn page(&mut self) -> Result<String, Surprise> {
        let mut answer = self.get("/").await?;
        if answer.status.is_redirection() {
            let path = answer.location()?;
            answer = self.get(&path).await?;
        }
        let answer = answer.with(StatusCode::OK)?;
        let page = answer.text();
        let title = between(&page, "<title>", "</title>").unwrap_or_default();
        if !title.contains("Todo") {
            return Err(answer.instead_of("a page titled Todo"));
        }
        let policy = answer.header(&header::CONTENT_SECURITY_POLICY);
        if !policy.contains("default-src") {
            return Err(answer.instead_of("a Content-Security-Policy"));
        }
        Ok(format!("{} gives 200, \"{title}\", with a content security policy", answer.asked))
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = text.split_once(start)?.1;
    rest.split_once(end).map(|(inner, _)| inner.trim())
}
