//! Addresses, files and schemas: what a program meets before its first row.

use domain::{TaskQuery, UserId};
use jiff::Timestamp;
use rstest::rstest;
use sqlx::{Connection, Executor, PgConnection, Row, SqliteConnection};
use storage::StorageError;
use testkit::{Backend, TestDatabase};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{add, new_task, user};

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_may_migrate_at_once(#[case] backend: Backend) {
    let database = TestDatabase::empty(backend).await;
    let processes = (0..6).map(|_| {
        let url = database.url.clone();
        tokio::spawn(async move { storage::migrate(&url).await }) // own pools, as a process has
    });
    for process in processes.collect::<Vec<_>>() {
        process.await.unwrap().unwrap();
    }
    let store = storage::open(&database.url).await.unwrap();
    add(&*store, &user("ada"), new_task("works")).await.unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn ready_once_migrated(#[case] backend: Backend) {
    let database = TestDatabase::empty(backend).await;
    let store = storage::open(&database.url).await.unwrap();
    let (ada, query) = (user("ada"), TaskQuery::default());
    assert!(matches!(store.ready().await, Err(StorageError::NotMigrated)));
    assert!(matches!(store.tasks(&ada, &query).await, Err(StorageError::NotMigrated)));
    assert!(matches!(store.signed_in("token").await, Err(StorageError::NotMigrated)));
    assert!(matches!(store.begin(&ada).await.err(), Some(StorageError::NotMigrated)));
    storage::migrate(&database.url).await.unwrap();
    store.ready().await.unwrap();
    storage::migrate(&database.url).await.unwrap();
    store.ready().await.unwrap();
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test]
async fn an_older_program_runs_on_a_newer_schema(#[case] backend: Backend) {
    let database = TestDatabase::migrated(backend).await;
    let later = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
         select version + 9000, 'later', success, checksum, 0 from _sqlx_migrations where version = 1";
    match backend {
        Backend::Sqlite => {
            let mut direct = SqliteConnection::connect(&database.url).await.unwrap();
            direct.execute(later).await.unwrap();
        }
        Backend::Postgres => {
            let mut direct = PgConnection::connect(&database.url).await.unwrap();
            direct.execute(later).await.unwrap();
        }
    }
    storage::migrate(&database.url).await.unwrap();
    storage::probe(&database.url).await.unwrap();
    let store = storage::open(&database.url).await.unwrap();
    store.ready().await.unwrap();
    add(&*store, &user("ada"), new_task("works")).await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_database_from_being_reached_is_told() {
    let database = TestDatabase::empty(Backend::Postgres).await;
    assert!(matches!(storage::probe(&database.url).await, Err(StorageError::NotMigrated)));
    let (server, _) = database.url.rsplit_once('/').unwrap();
    let (_, place) = server.rsplit_once('@').unwrap();
    for (url, may_pass, words) in [
        (format!("{server}/nothing"), false, r#"database "nothing" does not exist"#),
        (format!("postgres://nobody@{place}/todo"), false, r#"role "nobody" does not exist"#),
        (format!("{}?sslmode=require", database.url), false, "server does not support TLS"),
        ("postgres://test@127.0.0.1:1/todo".to_owned(), true, "Connection refused"),
        ("postgres://test@db.invalid/todo".to_owned(), true, "lookup"),
    ] {
        for error in [storage::probe(&url).await, storage::migrate(&url).await] {
            let error = error.unwrap_err();
            let told = domain::chain(&error);
            assert_eq!((error.may_pass(), error.is_away()), (may_pass, true), "{told}");
            assert!(told.contains(words), "{told}");
        }
    }
}

/// A server that lets nobody in, and its address.
async fn refusing(code: &str, message: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://ada@{}/todo?sslmode=disable", listener.local_addr().unwrap());
    let fields = format!("SFATAL\0C{code}\0M{message}\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap().to_be_bytes();
    let refusal = [b"E", &length[..], fields.as_bytes()].concat();
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            client.read_buf(&mut Vec::with_capacity(1 << 10)).await.unwrap();
            client.write_all(&refusal).await.unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_wrong_password_stays_wrong_and_a_server_that_starts_does_not() {
    let wrong = refusing("28P01", "password authentication failed").await;
    let error = storage::migrate(&wrong).await.unwrap_err();
    assert!(matches!(error, StorageError::Refused(_)) && !error.may_pass(), "{error:?}");
    let told = domain::chain(&error);
    assert!(told.starts_with("the database refuses the user or the password"), "{told}");
    assert!(told.ends_with("password authentication failed"), "{told}");

    for (code, words) in [
        ("57P03", "starting up"),
        ("08P01", "server conn crashed?"),
        ("08006", "connection failure"),
        ("25006", "read-only transaction"),
        ("40P01", "deadlock detected"),
        ("53300", "too many clients already"),
        ("57P05", "idle-session timeout"),
    ] {
        let starting = refusing(code, words).await;
        let error = storage::migrate(&starting).await.unwrap_err();
        assert!(error.may_pass() && domain::chain(&error).ends_with(words), "{error:?}");
    }
}

#[tokio::test]
async fn an_address_must_be_of_a_known_database() {
    for url in ["", "mysql://localhost/todo", "todo.db", "sqlite"] {
        assert!(matches!(storage::check(&url.into()), Err(StorageError::UnknownScheme)), "{url}");
        assert!(matches!(storage::open(url).await, Err(StorageError::UnknownScheme)), "{url}");
        assert!(matches!(storage::migrate(url).await, Err(StorageError::UnknownScheme)), "{url}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_says_why() {
    for (url, reason) in [
        ("postgres://ada:geheim@localhost:port/todo", "invalid port number"),
        ("postgresql://ada:geheim@localhost/todo?port=x", "invalid digit found in string"),
        ("sqlite://todo.db?password=geheim", "unknown query parameter `password`"),
    ] {
        let error = storage::check(&url.into()).unwrap_err();
        let told = error.to_string();
        let rest = told.strip_prefix("the database address cannot be used: ").unwrap();
        assert!(rest.starts_with(reason), "{told}");
        assert!(!told.contains("geheim"), "{told}");
        assert_eq!(domain::chain(&error), told);
        assert_eq!(storage::open(url).await.err().unwrap().to_string(), told);
    }
    for url in [
        "postgres://ada:geheim@localhost/todo?sslmode=require&channel_binding=require",
        "postgres:///todo",
        "sqlite:no/such.db",
    ] {
        storage::check(&url.into()).unwrap();
    }
}

#[tokio::test]
async fn a_folder_that_is_missing_is_no_passing_trouble() {
    let database = TestDatabase::empty(Backend::Sqlite).await;
    let url = database.url.replace("todo.db", "no/such/folder/todo.db");
    assert!(matches!(storage::open(&url).await, Err(StorageError::Address(_))));
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_reads_a_file() {
    use std::{fs, os::unix::fs::PermissionsExt};

    let database = TestDatabase::migrated(Backend::Sqlite).await;
    let store = storage::open(&database.url).await.unwrap();
    add(&*store, &user("ada"), new_task("secret")).await.unwrap();
    let file = database.url.strip_prefix("sqlite://").unwrap();
    for file in [file.to_owned(), format!("{file}-wal"), format!("{file}-shm")] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// The tables as Better Auth 1.3 made them, without three columns of `jwks`; with a table of an older application.
const INHERITED: &str = r#"
    create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique,
        "emailVerified" boolean not null, "image" text, "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
        "updatedAt" timestamptz default CURRENT_TIMESTAMP not null);
    create table "session" ("id" text not null primary key, "expiresAt" timestamptz not null,
        "token" text not null unique, "createdAt" timestamptz default CURRENT_TIMESTAMP not null,
        "updatedAt" timestamptz not null, "ipAddress" text, "userAgent" text,
        "userId" text not null references "user" ("id") on delete cascade);
    create index "session_userId_idx" on "session" ("userId");
    create table "jwks" ("id" text not null primary key, "publicKey" text not null, "privateKey" text not null,
        "createdAt" timestamptz not null);
    create table tasks (id serial primary key, title text not null);
    insert into "user" values ('u', 'Ada', 'ada@example.com', true, null, '2025-01-02 03:04:05.678Z', '2025-01-02Z');
    insert into "session" values ('s', '2027-01-02Z', 't', '2025-01-02Z', '2025-01-02Z', null, null, 'u');
    insert into "jwks" values ('k', 'public', 'private', '2025-01-02Z');
    insert into tasks (title) values ('old');
"#;

#[tokio::test]
async fn an_inherited_database_keeps_its_rows() {
    let rows = async |database: &mut PgConnection| {
        let mut all = Vec::new();
        for table in [r#""user""#, r#""session""#, "tasks"] {
            let select = format!("select to_jsonb(t)::text from {table} t");
            let found = database.fetch_all(sqlx::AssertSqlSafe(select)).await.unwrap();
            all.extend(found.iter().map(|row| row.get::<String, _>(0)));
        }
        all
    };
    let database = TestDatabase::empty(Backend::Postgres).await;
    let mut direct = PgConnection::connect(&database.url).await.unwrap();
    direct.execute(INHERITED).await.unwrap();
    let before = rows(&mut direct).await;

    storage::migrate(&database.url).await.unwrap();

    assert_eq!(rows(&mut direct).await, before);
    let key = r#"select "publicKey", "expiresAt"::text, "alg", "crv" from "jwks""#;
    let key = direct.fetch_one(key).await.unwrap();
    assert_eq!(key.get::<&str, _>(0), "public");
    assert!((1..4).all(|column| key.get::<Option<&str>, _>(column).is_none()));
    let store = storage::open(&database.url).await.unwrap();
    let signed_in = store.signed_in("t").await.unwrap().unwrap();
    assert_eq!(signed_in.account.id, UserId("u".to_owned()));
    let time = "2025-01-02T03:04:05.678Z".parse::<Timestamp>().unwrap();
    assert_eq!((signed_in.account.created_at, signed_in.account.email_verified), (time, true));
}
