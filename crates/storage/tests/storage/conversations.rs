//! Conversations keep their messages in order and go with them.

use domain::{ConversationId, ConversationNumber, MessageId};
use rstest::rstest;
use serde_json::json;
use storage::{Conversation, Message, NewConversation, NewMessage, Role, StorageError, Store};
use testkit::Backend;

use crate::{NOON, at, id, store, user};

fn new_conversation(title: &str) -> NewConversation {
    NewConversation { id: ConversationId(id()), title: title.to_owned(), now: at(NOON) }
}

fn new_message(content: &str, time: &str) -> NewMessage {
    NewMessage {
        id: MessageId(id()),
        role: Role::User,
        content: content.to_owned(),
        actions: json!([]),
        state: None,
        now: at(time),
    }
}

/// One conversation with these messages, all of one moment.
async fn talk(store: &dyn Store, owner: &str, contents: &[&str], time: &str) -> Conversation {
    let mut work = store.begin(&user(owner)).await.unwrap();
    let conversation = work.insert_conversation(new_conversation(contents[0])).await.unwrap();
    for content in contents {
        work.append_message(conversation.id, new_message(content, time)).await.unwrap();
    }
    work.commit().await.unwrap();
    Conversation { updated_at: at(time), ..conversation }
}

fn contents(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.content.as_str()).collect()
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn messages_keep_content_and_order(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let talk = talk(&*store, "ada", &["1", "2", "3", "4"], NOON).await;
    let new = NewMessage {
        role: Role::Assistant,
        actions: json!([{"did": "complete", "tasks": [1, 2]}]),
        state: Some(json!({"shown": [1], "text": "ä\n\""})),
        ..new_message("Done.", "2026-11-23T13:00:00Z")
    };
    let mut work = store.begin(&ada).await.unwrap();
    let answer = work.append_message(talk.id, new.clone()).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!((&answer.content, &answer.state), (&new.content, &new.state));

    let (messages, all) = store.messages(&ada, talk.id, 10, 0).await.unwrap();
    assert_eq!((contents(&messages), all), (vec!["1", "2", "3", "4", "Done."], 5));
    assert_eq!(messages.last(), Some(&answer));
    let (messages, all) = store.messages(&ada, talk.id, 2, 1).await.unwrap();
    assert_eq!((contents(&messages), all), (vec!["2", "3"], 5));
    let (messages, all) = store.messages(&ada, talk.id, 2, 9).await.unwrap();
    assert_eq!((contents(&messages), all), (vec![], 5));
    let mut work = store.begin(&ada).await.unwrap();
    let last = work.last_messages(talk.id, 2).await.unwrap();
    drop(work);
    assert_eq!(contents(&last), ["4", "Done."]);
    let touched = store.conversation(&ada, talk.id).await.unwrap();
    assert_eq!(touched, Some(Conversation { updated_at: answer.created_at, ..talk }));
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn the_newest_comes_first(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (user("ada"), user("bob"));
    let new = talk(&*store, "ada", &["new", "x"], "2026-11-23T12:00:00.000001Z").await;
    let old = talk(&*store, "ada", &["old"], NOON).await;
    let foreign = talk(&*store, "bob", &["Bob's"], NOON).await;
    assert_eq!((new.number, old.number), (ConversationNumber(1), ConversationNumber(2)));
    assert_eq!(foreign.number, ConversationNumber(1));

    let list = async |limit, offset| {
        let (summaries, all) = store.conversations(&ada, limit, offset).await.unwrap();
        let counts = summaries.into_iter().map(|one| (one.conversation.title, one.messages));
        (counts.collect::<Vec<_>>(), all)
    };
    let both = [("new".to_owned(), 2), ("old".to_owned(), 1)];
    assert_eq!(list(10, 0).await, (both.to_vec(), 2));
    assert_eq!(list(1, 1).await, (both[1..].to_vec(), 2));
    assert_eq!(list(1, 2).await, (vec![], 2));

    assert_eq!(store.conversation(&bob, new.id).await.unwrap(), None);
    assert_eq!(store.messages(&bob, new.id, 10, 0).await.unwrap(), (vec![], 0));
    let mut work = store.begin(&bob).await.unwrap();
    assert_eq!(work.last_messages(new.id, 10).await.unwrap(), []);
    drop(work);
    let mut work = store.begin(&bob).await.unwrap();
    let intruded = work.append_message(new.id, new_message("hi", NOON)).await;
    assert!(matches!(intruded, Err(StorageError::Missing("Conversation"))));
    assert_eq!(work.delete_conversations(Some(new.id)).await.unwrap(), (0, 0));
    work.commit().await.unwrap();
    assert_eq!(store.messages(&ada, new.id, 10, 0).await.unwrap().1, 2);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn are_deleted_with_their_messages(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = user("ada");
    let one = talk(&*store, "ada", &["one", "x"], NOON).await;
    for title in ["two", "three"] {
        talk(&*store, "ada", &[title], NOON).await;
    }
    let foreign = talk(&*store, "bob", &["Bob's"], NOON).await;

    let mut work = store.begin(&ada).await.unwrap();
    assert_eq!(work.delete_conversations(Some(one.id)).await.unwrap(), (1, 2));
    let late = work.append_message(one.id, new_message("late", NOON)).await;
    assert!(matches!(late, Err(StorageError::Missing("Conversation"))));
    work.commit().await.unwrap();
    assert_eq!(store.conversation(&ada, one.id).await.unwrap(), None);
    assert_eq!(store.messages(&ada, one.id, 10, 0).await.unwrap(), (vec![], 0));

    let mut work = store.begin(&ada).await.unwrap();
    assert_eq!(work.delete_conversations(None).await.unwrap(), (2, 2));
    assert_eq!(work.delete_conversations(None).await.unwrap(), (0, 0));
    work.commit().await.unwrap();
    assert_eq!(store.conversations(&ada, 10, 0).await.unwrap(), (vec![], 0));
    assert_eq!(store.conversation(&user("bob"), foreign.id).await.unwrap(), Some(foreign));
    let next = talk(&*store, "ada", &["next"], NOON).await;
    assert_eq!(next.number, ConversationNumber(4), "a number is not given twice");
}
