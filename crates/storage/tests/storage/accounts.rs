//! Sign-in: accounts, sessions, and the end of a user.

use domain::{ChangeNumber, TaskNumber, TaskQuery, UserId, ZoneName};
use rstest::rstest;
use storage::{
    Account, Credential, NewAccount, NewConversation, PasswordChange, Session, StorageError, Store,
    count_queries,
};
use testkit::Backend;

use crate::{NOON, add, add_tag, at, id, idempotency::claim, new_task, store, user};

fn new_account(name: &str) -> NewAccount {
    NewAccount {
        account: Account {
            id: UserId(format!("id-of-{name}")),
            name: String::new(),
            email: format!("{name}@example.com"),
            email_verified: false,
            image: None,
            created_at: at("2026-11-23T12:00:00.123Z"),
            updated_at: at(NOON),
        },
        credential_id: format!("credential-of-{name}"),
        password: "salt:key".to_owned(),
    }
}

fn new_session(name: &str, token: &str) -> Session {
    Session {
        id: format!("session-{token}"),
        token: token.to_owned(),
        user_id: UserId(format!("id-of-{name}")),
        expires_at: at("2026-11-30T12:00:00.456Z"),
        ip_address: Some("127.0.0.1".to_owned()),
        user_agent: None,
        created_at: at(NOON),
        updated_at: at(NOON),
    }
}

async fn sign_up(store: &dyn Store, name: &str, token: &str) -> Account {
    let new = new_account(name);
    store.sign_up(new.clone(), &new_session(name, token)).await.unwrap();
    new.account
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn sign_up_and_sessions(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let new = NewAccount {
        account: Account {
            name: "Ada".to_owned(),
            email_verified: true,
            image: Some("https://example.com/a.png".to_owned()),
            ..new_account("ada").account
        },
        ..new_account("ada")
    };
    let session = Session { user_agent: Some("curl".to_owned()), ..new_session("ada", "one") };
    store.sign_up(new.clone(), &session).await.unwrap();
    let account = new.account.clone();

    let credential = Credential { account: account.clone(), password: Some(new.password.clone()) };
    let found = store.credential_by_email("ada@example.com").await.unwrap();
    assert_eq!(found.as_ref(), Some(&credential));
    assert_eq!(store.credential(&account.id).await.unwrap(), Some(credential));
    assert_eq!(store.credential_by_email("bob@example.com").await.unwrap(), None);
    assert_eq!(store.credential(&user("nobody")).await.unwrap(), None);

    let signed_in = store.signed_in("one").await.unwrap().unwrap();
    assert_eq!((&signed_in.session, &signed_in.account), (&session, &account));
    assert_eq!(signed_in.zone, None);
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    store.remember_zone(&account.id, &zone).await.unwrap();
    assert!(store.sign_in(&new_session("ada", "two"), &new.password).await.unwrap());
    let (signed_in, statements) = count_queries(store.signed_in("two")).await;
    let signed_in = signed_in.unwrap().unwrap();
    assert_eq!((signed_in.session, signed_in.zone), (new_session("ada", "two"), Some(zone)));
    assert_eq!(statements, 1);

    let (end, now) = (at("2026-12-05T12:00:00Z"), at("2026-11-28T12:00:00Z"));
    store.extend_session("one", end, now).await.unwrap();
    let extended = Session { expires_at: end, updated_at: now, ..session };
    assert_eq!(store.signed_in("one").await.unwrap().unwrap().session, extended);
    store.delete_session("one").await.unwrap();
    assert_eq!(store.signed_in("one").await.unwrap(), None);
    assert!(store.signed_in("two").await.unwrap().is_some());
    store.delete_session("one").await.unwrap();
    store.extend_session("one", end, now).await.unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_address_signs_up_once(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    sign_up(&*store, "ada", "one").await;
    let second = NewAccount {
        account: Account { email: "ada@example.com".to_owned(), ..new_account("eve").account },
        ..new_account("eve")
    };
    let refused = store.sign_up(second, &new_session("eve", "two")).await;
    assert!(matches!(refused, Err(StorageError::Exists("e-mail address"))), "{refused:?}");
    assert_eq!(store.credential(&user("id-of-eve")).await.unwrap(), None);
    assert_eq!(store.signed_in("two").await.unwrap(), None);
    sign_up(&*store, "eve", "two").await;
}

const CHANGE: PasswordChange<'_> = PasswordChange { old: "salt:key", new: "salt:other" };

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_password_changes_once_and_opens_no_session_then(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = sign_up(&*store, "ada", "one").await.id;
    let new = new_session("ada", "two");
    assert!(store.change_password(&ada, CHANGE, Some(&new), at(NOON)).await.unwrap());
    assert!(store.signed_in("one").await.unwrap().is_none());

    let late = new_session("ada", "three");
    let again = PasswordChange { new: "salt:third", ..CHANGE };
    assert!(!store.change_password(&ada, again, Some(&late), at(NOON)).await.unwrap());
    assert!(!store.sign_in(&late, CHANGE.old).await.unwrap());
    assert!(!store.sign_in(&new_session("eve", "four"), CHANGE.old).await.unwrap());

    assert!(store.signed_in("two").await.unwrap().is_some(), "all of it was rolled back");
    assert!(store.sign_in(&late, CHANGE.new).await.unwrap());
    assert_eq!(store.sessions(&ada, at(NOON)).await.unwrap().len(), 2);
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn no_sign_in_outlives_the_change_it_ran_beside(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    for round in 0..30 {
        let name = format!("ada{round}");
        let ada = sign_up(&*store, &name, &format!("{round}")).await.id;
        let [one, two, new] =
            ["one", "two", "new"].map(|token| new_session(&name, &format!("{token}{round}")));
        let (first, changed, second) = tokio::join!(
            store.sign_in(&one, CHANGE.old),
            store.change_password(&ada, CHANGE, Some(&new), at(NOON)),
            store.sign_in(&two, CHANGE.old),
        );
        first.unwrap();
        second.unwrap();
        assert!(changed.unwrap());
        assert_eq!(store.sessions(&ada, at(NOON)).await.unwrap(), [new]);
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn signing_in_and_changing_go_on_beside_the_end_of_a_user(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    for round in 0..30 {
        let name = format!("ada{round}");
        let ada = sign_up(&*store, &name, &format!("{round}")).await.id;
        let [one, new] = ["one", "new"].map(|token| new_session(&name, &format!("{token}{round}")));
        let (signed_in, changed, deleted) = tokio::join!(
            store.sign_in(&one, CHANGE.old),
            store.change_password(&ada, CHANGE, Some(&new), at(NOON)),
            store.delete_user(&ada),
        );
        signed_in.unwrap();
        changed.unwrap();
        deleted.unwrap();
        assert_eq!(store.credential(&ada).await.unwrap(), None);
        assert_eq!(store.sessions(&ada, at(NOON)).await.unwrap(), []);
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn a_deleted_user_leaves_nothing(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let (ada, bob) = (sign_up(&*store, "ada", "a").await.id, sign_up(&*store, "bob", "b").await.id);
    let zone = ZoneName::parse("Europe/Berlin").unwrap();
    for owner in [&ada, &bob] {
        let mut new = new_task("Milk");
        new.tags = vec![add_tag(&*store, owner, "shop").await];
        add(&*store, owner, new).await.unwrap();
        store.remember_zone(owner, &zone).await.unwrap();
        let mut work = store.begin(owner).await.unwrap();
        let talk = NewConversation {
            id: domain::ConversationId(id()),
            title: "Hi".to_owned(),
            now: at(NOON),
        };
        work.insert_conversation(talk).await.unwrap();
        work.claim(&claim("key", NOON, "2026-11-24T12:00:00Z")).await.unwrap();
        work.commit().await.unwrap();
    }

    store.delete_user(&ada).await.unwrap();

    assert!(store.signed_in("a").await.unwrap().is_none());
    assert!(store.credential(&ada).await.unwrap().is_none());
    assert_eq!(store.tasks(&ada, &TaskQuery::default()).await.unwrap(), []);
    assert_eq!(store.tags(&ada).await.unwrap(), []);
    assert_eq!(store.changes_after(&ada, ChangeNumber(0), 10).await.unwrap().changes, []);
    assert_eq!(store.conversations(&ada, 10, 0).await.unwrap(), (vec![], 0));
    assert_eq!(store.settings(&ada).await.unwrap().zone, None);
    assert_eq!(store.used_key(&ada, "key", at(NOON)).await.unwrap(), None);
    let first = add(&*store, &ada, new_task("new")).await.unwrap();
    assert_eq!(first.number, TaskNumber(1), "the counter went too");

    assert!(store.signed_in("b").await.unwrap().is_some());
    assert_eq!(store.tasks(&bob, &TaskQuery::default()).await.unwrap()[0].tags.len(), 1);
    assert_eq!(store.conversations(&bob, 10, 0).await.unwrap().1, 1);
    assert_eq!(store.settings(&bob).await.unwrap().zone, Some(zone));
    assert!(store.used_key(&bob, "key", at(NOON)).await.unwrap().is_some());
    store.delete_user(&user("nobody")).await.unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn deleting_a_user_waits_for_what_is_being_written(#[case] backend: Backend) {
    let (store, _database) = store(backend).await;
    let ada = sign_up(&*store, "ada", "a").await.id;
    let mut work = store.begin(&ada).await.unwrap();
    work.insert_task(new_task("late")).await.unwrap();
    let deletion = {
        let (store, ada) = (store.clone(), ada.clone());
        tokio::spawn(async move { store.delete_user(&ada).await })
    };
    tokio::task::yield_now().await;
    work.commit().await.unwrap();
    deletion.await.unwrap().unwrap();
    assert_eq!(store.tasks(&ada, &TaskQuery::default()).await.unwrap(), []);
}
