//! A stream of events, as a client reads it.

use std::{mem, time::Duration};

use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::time::timeout;

/// How long an event may take: less than the 15 s in which numbers are compared anyway.
const SOON: Duration = Duration::from_secs(8);

/// An open stream.
pub struct Events {
    pub headers: HeaderMap,
    body: Incoming,
    read: String,
}

/// What stands between two blank lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    pub id: String,
    pub name: String,
    pub data: Value,
    /// Milliseconds until the client should come again.
    pub retry: Option<u16>,
    /// A line that says nothing.
    pub is_comment: bool,
}

impl Events {
    pub fn of(answer: Response<Incoming>) -> Self {
        let (head, body) = answer.into_parts();
        Self { headers: head.headers, body, read: String::new() }
    }

    /// What comes next, comments and hints included; none at the end.
    pub async fn any(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.read.find("\n\n") {
                let rest = self.read.split_off(end + 2);
                return Some(read(&mem::replace(&mut self.read, rest)));
            }
            let frame = timeout(SOON, self.body.frame()).await.expect("nothing came in time");
            match frame {
                Some(Ok(frame)) => {
                    let bytes = frame.into_data().unwrap();
                    self.read += std::str::from_utf8(&bytes).unwrap();
                }
                None | Some(Err(_)) => return None,
            }
        }
    }

    /// The next event; none at the end.
    pub async fn event(&mut self) -> Option<Event> {
        let waiting = async {
            loop {
                match self.any().await {
                    Some(event) if event.name.is_empty() => {}
                    other => return other,
                }
            }
        };
        timeout(SOON, waiting).await.expect("no event came in time")
    }

    /// The numbers of the next changes.
    pub async fn numbers(&mut self, count: usize) -> Vec<i64> {
        let mut numbers = Vec::new();
        while numbers.len() < count {
            let event = self.event().await.expect("the stream ended");
            assert_eq!(event.name, "change");
            assert_eq!(event.data["number"].to_string(), event.id);
            numbers.push(event.data["number"].as_i64().unwrap());
        }
        numbers
    }

    /// Reads to the end: what came, comments and hints included.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut rest = Vec::new();
        let reading = async {
            while let Some(event) = self.any().await {
                rest.push(event);
            }
        };
        timeout(SOON, reading).await.expect("the stream did not end in time");
        rest
    }
}

fn read(text: &str) -> Event {
    let mut event = Event::default();
    for line in text.trim_end().lines() {
        match line.split_once(':').unwrap() {
            ("", _) => event.is_comment = true,
            ("id", id) => id.trim().clone_into(&mut event.id),
            ("event", name) => name.trim().clone_into(&mut event.name),
            ("data", data) => event.data = serde_json::from_str(data).unwrap(),
            ("retry", millis) => event.retry = Some(millis.trim().parse().unwrap()),
            (field, _) => panic!("{field}"),
        }
    }
    event
}
