//! The pages over a fake backend, to look at while working on them: `cargo run -p frontend --example preview`.
#![expect(clippy::unwrap_used, reason = "a tool for development, with a fake made for tests")]

#[path = "../tests/fake/mod.rs"]
mod fake;

use std::{net::SocketAddr, sync::Arc};

use domain::Clock;
use frontend::{Settings, router};
use jiff::Timestamp;
use serde_json::json;

struct Still(Timestamp);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        self.0
    }
}

#[tokio::main]
async fn main() {
    let shared = fake::fake();
    {
        let mut fake = shared.lock().unwrap();
        let tasks = fake.tasks.clone();
        fake.say("user", "What is due today?", &json!(null));
        let found = json!({ "success": true, "tasks": tasks[2..5] });
        let receipt = json!({ "data": [{ "tool": "list_tasks", "input": {}, "result": found }] });
        fake.say("assistant", "Three tasks are due today.", &receipt);
        fake.say("user", "Book a table for Thursday tomorrow, medium", &json!(null));
        let added = json!({ "success": true, "task": tasks[7], "change": 1 });
        let receipt = json!({ "data": [{ "tool": "add_task", "input": {}, "result": added }] });
        fake.say("assistant", "Added “Book a table for Thursday” for tomorrow.", &receipt);
        fake.before.push(tasks);
    }
    let settings = Settings { clock: Arc::new(Still(fake::now())), ..Settings::default() };
    let app = router(fake::transport(&shared), settings);
    let app = app.route(
        "/preview/empty",
        axum::routing::post({
            let shared = shared.clone();
            async move || shared.lock().unwrap().tasks.clear()
        }),
    );
    let app = app.route(
        "/preview/out",
        axum::routing::post(async move || {
            shared.lock().unwrap().signed_in = false;
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3100").await.unwrap();
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap();
}
