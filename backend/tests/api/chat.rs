//! `/api/chat`.

use jiff::ToSpan;
use rstest::rstest;
use serde_json::{Value, json};
use testkit::Backend;

use crate::support::{TestApp, User};

/// A conversation that goes on.
struct Chat {
    user: User,
    conversation: Value,
}

impl Chat {
    fn of(user: User) -> Self {
        Self { user, conversation: Value::Null }
    }

    async fn say(&mut self, message: &str) -> Value {
        let mut body = json!({ "message": message });
        if !self.conversation.is_null() {
            body["conversation_id"] = self.conversation.clone();
        }
        let answer = self.user.post("/api/chat", body).await;
        assert_eq!(answer.status, 200, "{message}: {}", answer.json);
        self.conversation = answer.json["conversation_id"].clone();
        answer.json
    }

    /// The tools that ran for a message, with whether they succeeded.
    async fn tools(&mut self, message: &str) -> Vec<(String, bool)> {
        let answer = self.say(message).await;
        let actions = answer["actions_taken"].as_array().unwrap();
        let tool = |action: &Value| {
            let name = action["tool"].as_str().unwrap().to_owned();
            (name, action["result"]["success"].as_bool().unwrap())
        };
        actions.iter().map(tool).collect()
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn it_adds_completes_undoes_and_remembers_it_across_a_restart(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let mut chat = Chat::of(user.clone());

    let added = chat.say("Add buy groceries").await;
    let action = &added["actions_taken"][0];
    assert_eq!((&action["tool"], &action["result"]["success"]), (&"add_task".into(), &true.into()));
    assert_eq!(action["result"]["task"]["title"], "buy groceries");
    assert_eq!(action["result"]["change"], 1);
    assert_eq!(added["response"], "Added:\n1 · buy groceries");
    assert_eq!(
        added["metadata"],
        json!({ "message_count": 2, "model": "built-in", "offline": true })
    );
    assert_eq!(user.get("/api/tasks?status=pending").await.titles(), ["buy groceries"]);

    let token = user.token().to_owned();
    let app = app.restarted().await;
    chat.user = chat.user.moved_to(&app);
    assert_eq!(chat.user.token(), token);
    let done = chat.say("mark it done").await;
    assert_eq!(done["actions_taken"][0]["tool"], "complete_task");
    assert_eq!(chat.user.get("/api/tasks/1").await.json["completed"], true);
    let undone = chat.say("undo").await;
    assert_eq!(undone["actions_taken"][0]["tool"], "undo");
    assert_eq!(chat.user.get("/api/tasks/1").await.json["completed"], false);
    chat.say("undo").await;
    assert_eq!(chat.user.get("/api/tasks").await.titles(), [""; 0]);
    let nothing = chat.say("undo").await;
    assert_eq!(nothing["actions_taken"], json!([]));
    let log = chat.user.get("/api/changes").await.json;
    assert!(log.as_array().unwrap().iter().all(|change| change["source"] == "chat"));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn tasks_are_found_by_number_and_words_and_never_guessed(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut chat = Chat::of(app.user("ada").await);
    for title in ["call mom", "call the bank", "buy milk"] {
        chat.user.add(title).await;
    }
    let titles = async |chat: &Chat, query: &str| {
        let list = chat.user.get(&format!("/api/tasks?sort_order=asc&{query}")).await;
        list.titles().join(", ")
    };

    let asked = chat.say("complete the call task").await;
    assert_eq!(asked["actions_taken"], json!([]), "several match: {asked}");
    let choices = asked["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 2);
    assert_eq!(titles(&chat, "status=completed").await, "");
    let mom = choices.iter().find(|choice| choice["label"] == "1 · call mom").unwrap();
    chat.say(mom["message"].as_str().unwrap()).await;
    assert_eq!(titles(&chat, "status=completed").await, "call mom");

    assert_eq!(chat.tools("complete milk").await, [("complete_task".to_owned(), true)]);
    assert_eq!(chat.tools("reopen 1").await, [("reopen_task".to_owned(), true)]);
    assert_eq!(chat.tools("delete the bank task").await, [("delete_task".to_owned(), true)]);
    assert_eq!(titles(&chat, "status=all").await, "call mom, buy milk");
    assert_eq!(chat.tools("complete 99").await, [("complete_task".to_owned(), false)]);
    chat.say("reopen 3").await;
    assert_eq!(chat.tools("delete 99").await, [("delete_task".to_owned(), false)]);
    assert_eq!(chat.tools("mark it done").await, [("complete_task".to_owned(), true)]);
    for nothing in ["delete the unicorn task", "what is the capital of France", "delete everything"]
    {
        assert_eq!(chat.tools(nothing).await, [], "{nothing}");
    }
    assert_eq!(titles(&chat, "status=all").await, "call mom, buy milk");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn lists_are_shown_and_counted(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut chat = Chat::of(app.user("ada").await);
    chat.say("add pay rent tomorrow 9am #home p1").await;
    chat.user.add("buy milk").await;
    let shown = chat.say("show all tasks").await;
    let tasks = shown["actions_taken"][0]["result"]["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 2);
    let text = shown["response"].as_str().unwrap();
    assert!(text.contains("1 · pay rent · tomorrow 09:00 · high · #home"), "{text}");
    let counted = chat.say("how many tasks do I have?").await;
    assert_eq!(counted["actions_taken"][0]["result"]["total"], 2);
    let pending = chat.say("What's pending?").await;
    assert_eq!(pending["actions_taken"][0]["input"]["status"], "pending");
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn history_is_kept_and_deleted(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let user = app.user("ada").await;
    let (mut first, mut second) = (Chat::of(user.clone()), Chat::of(user.clone()));
    first.say("add milk").await;
    second.say("hello").await;
    first.say("thanks").await;

    let all = user.get("/api/chat/history").await.json;
    assert_eq!(
        (&all["total"], &all["messages"], &all["has_more"]),
        (&2.into(), &json!([]), &false.into())
    );
    assert_eq!(user.get("/api/chat/history?limit=1").await.json["has_more"], true);
    let path =
        format!("/api/chat/history?conversation_id={}", first.conversation.as_str().unwrap());
    let one = user.get(&path).await.json;
    let messages = one["messages"].as_array().unwrap();
    let said: Vec<_> =
        messages.iter().map(|message| (&message["role"], &message["content"])).collect();
    assert_eq!(said[0], (&"user".into(), &"add milk".into()));
    assert_eq!((said.len(), said[2]), (4, (&"user".into(), &"thanks".into())));
    assert_eq!(messages[0]["tool_calls"], Value::Null);
    assert_eq!(messages[1]["tool_calls"]["data"][0]["tool"], "add_task");
    assert_eq!(
        (&one["conversations"][0]["title"], &one["conversations"][0]["number"]),
        (&"add milk".into(), &1.into())
    );

    let deleted = user.delete(&path).await.json;
    assert_eq!(
        deleted,
        json!({ "deleted": true, "conversations_deleted": 1, "messages_deleted": 4 })
    );
    assert_eq!(user.get(&path).await.status, 404);
    // It would delete more than it says.
    for query in ["limit=1", "offset=1", "conversation=1"] {
        let refused = user.delete(&format!("/api/chat/history?{query}")).await;
        assert_eq!((refused.status, &refused.json["code"]), (422, &"invalid".into()), "{query}");
    }
    assert_eq!(user.delete("/api/chat/history").await.json["conversations_deleted"], 1);
    for (body, status) in [
        (json!({ "message": " " }), 422),
        (json!({ "message": "x".repeat(4_001) }), 422),
        (json!({ "message": "hi", "conversation_id": "nonsense" }), 422),
        (
            json!({ "message": "hi", "conversation_id": "01920000-0000-7000-8000-000000000000" }),
            404,
        ),
    ] {
        assert_eq!(user.post("/api/chat", body.clone()).await.status, status, "{body}");
    }
    let unknown = "01920000-0000-7000-8000-000000000000";
    let body = json!({ "message": "hi", "conversation_id": unknown });
    let refused = user.post("/api/chat", body).await;
    assert_eq!(refused.json["detail"], "Conversation not found", "as the Phase III system says");
    assert_eq!(user.get("/api/chat/history").await.json["total"], 0);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn undo_passes_over_what_a_button_took_back(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut chat = Chat::of(app.user("ada").await);
    chat.say("add milk").await;
    let added = chat.say("add bread").await;
    let path = format!("/api/changes/{}/undo", added["actions_taken"][0]["result"]["change"]);
    assert_eq!(chat.user.post(&path, json!({})).await.status, 200);
    chat.say("undo").await;
    assert_eq!(chat.user.get("/api/tasks").await.titles(), [""; 0]);

    chat.say("add eggs").await;
    chat.say("add jam").await;
    chat.user.patch("/api/tasks/3", json!({ "title": "six eggs" })).await;
    let half = chat.say("undo the last 2").await;
    let text = half["response"].as_str().unwrap();
    assert!(text.contains("4 · jam") && text.contains("cannot undo"), "{text}");
    assert!(!text.to_lowercase().contains("nothing was changed"), "{text}");
    assert_eq!(chat.user.get("/api/tasks").await.titles(), ["six eggs"]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_turn_at_a_time_in_a_conversation(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut chat = Chat::of(app.user("ada").await);
    chat.say("hello").await;
    let turns = (0..8).map(|number| {
        let (user, conversation) = (chat.user.clone(), chat.conversation.clone());
        tokio::spawn(async move {
            let message = format!("add task {number}");
            let body = json!({ "message": message, "conversation_id": conversation });
            user.post("/api/chat", body).await.status
        })
    });
    let mut done = 0;
    for turn in turns.collect::<Vec<_>>() {
        match turn.await.unwrap() {
            200 => done += 1,
            status => assert_eq!(status, 409),
        }
    }
    assert!(done > 0);
    // Whatever was added, the conversation knows and can take back.
    chat.say(&format!("undo the last {done}")).await;
    assert_eq!(chat.user.get("/api/tasks").await.titles(), [""; 0]);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_turn_that_failed_blocks_nobody_for_long(#[case] backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut chat = Chat::of(app.user("ada").await);
    chat.say("hello").await;
    // A message without an answer, as a process leaves it that ended in between.
    let user = domain::UserId(chat.user.id().await);
    let store = app.store().await;
    let mut work = store.begin(&user).await.unwrap();
    let id = domain::ConversationId(chat.conversation.as_str().unwrap().parse().unwrap());
    let message = storage::NewMessage {
        id: domain::MessageId(domain::uuid_v7(&domain::SystemRandom, app.now())),
        role: storage::Role::User,
        content: "add milk".to_owned(),
        actions: json!([]),
        state: None,
        now: app.now(),
    };
    work.append_message(id, message).await.unwrap();
    work.commit().await.unwrap();

    let body = json!({ "message": "add eggs", "conversation_id": chat.conversation });
    let refused = chat.user.post("/api/chat", body.clone()).await;
    assert_eq!((refused.status, &refused.json["code"]), (409, &"conflict".into()));
    app.wait(10.seconds());
    assert_eq!(chat.user.post("/api/chat", body).await.status, 200);
}
