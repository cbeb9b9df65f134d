//! What an operator and a container run beside the servers.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use testkit::{Backend, Process, TestDatabase, ended, stopped_at};

use crate::{ANY_PORT, SECRET, binary};

const NOWHERE: (&str, &str) = ("DATABASE_URL", "postgres://todo@127.0.0.1:1/todo");

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_asked_of_the_server_in_the_container() {
    let listen = format!("0.0.0.0:{}", free_port());
    let listen = ("LISTEN", &*listen);
    let database = TestDatabase::empty(Backend::Postgres).await;
    let url = ("DATABASE_URL", &*database.url);
    let (code, said) = ended(&binary("todo-backend"), &["healthcheck"], &[listen]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("does not answer: "), "{said}");

    let _backend = Process::start(&binary("todo-backend"), &["serve"], &[url, SECRET, listen]);
    for program in ["todo-backend", "todo-frontend"] {
        let (code, said) = ended(&binary(program), &["healthcheck"], &[listen]);
        assert_eq!((code, said.lines().count()), (Some(0), 1), "{said}");
    }
    let ready =
        |settings: &[_]| ended(&binary("todo-backend"), &["healthcheck", "--ready"], settings);
    let (code, said) = ready(&[listen, url]);
    assert_eq!((code, said.lines().count()), (Some(1), 1), "{said}");
    assert!(said.contains("lacks migrations"), "{said}");
    let (code, said) = ready(&[listen, NOWHERE]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("answers 503") && said.contains("Connection refused"), "{said}");
    let (_, said) = ready(&[listen]);
    assert!(said.contains("DATABASE_URL: is missing"), "{said}");

    assert_eq!(ended(&binary("todo-backend"), &["migrate"], &[url]).0, Some(0));
    let (code, said) = ready(&[listen]);
    assert_eq!(code, Some(0), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_waits_for_its_database() {
    let database = TestDatabase::empty(Backend::Postgres).await;
    let (_, place) = database.url.rsplit_once('@').unwrap();
    let (server, name) = place.split_once('/').unwrap();
    let (server, port) = (server.to_owned(), free_port());
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1)); // the database is slow to start
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        for client in listener.incoming() {
            pass(client.unwrap(), &server);
        }
    });
    let query = "sslmode=prefer&channel_binding=require";
    let url = format!("postgres://test@127.0.0.1:{port}/{name}?{query}");
    let (code, said) = ended(&binary("todo-backend"), &["migrate"], &[("DATABASE_URL", &url)]);
    assert_eq!(code, Some(0), "{said}");
    let waiting = said.lines().filter(|line| line.contains("waiting for the database"));
    assert_eq!(waiting.count(), 1, "{said}");
    assert!(said.contains("Connection refused") && said.contains("up to date"), "{said}");
    assert!(!said.contains("channel_binding"), "{said}");
}

/// Carries bytes both ways until one end closes.
fn pass(client: TcpStream, server: &str) {
    let server = TcpStream::connect(server).unwrap();
    let ways = [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)];
    for (mut from, mut to) in ways {
        thread::spawn(move || std::io::copy(&mut from, &mut to));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_waits_no_longer_than_told_and_not_for_what_stays_wrong() {
    let start = Instant::now();
    let (code, said) = ended(&binary("todo-backend"), &["migrate", "--wait", "1"], &[NOWHERE]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("gave up after 1 s") && said.contains("Connection refused"), "{said}");
    assert!((1..5).contains(&start.elapsed().as_secs()), "{:?}", start.elapsed());

    let (code, said) = stopped_at("waiting", &binary("todo-backend"), &["migrate"], &[NOWHERE]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("told to stop"), "{said}");

    let database = TestDatabase::empty(Backend::Postgres).await;
    let (server, _) = database.url.rsplit_once('/').unwrap();
    let url = format!("{server}/nothing");
    let (code, said) = ended(&binary("todo-backend"), &["migrate"], &[("DATABASE_URL", &url)]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("no database of the name in its address"), "{said}");
    assert!(!said.contains("waiting"), "{said}");
    let (code, said) = ended(&binary("todo-backend"), &["migrate", "--wait", "soon"], &[]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("--wait: must be") && said.contains("DATABASE_URL: is"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_come_from_the_files_of_a_pod() {
    let database = TestDatabase::empty(Backend::Postgres).await;
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("credentials");
    fs::create_dir(&secrets).unwrap();
    fs::write(secrets.join("database-url"), "postgres://nobody@127.0.0.1:1/pooled").unwrap();
    fs::write(secrets.join("database-direct-url"), &database.url).unwrap();
    fs::write(secrets.join("openai-api-key"), "not read yet").unwrap();
    let config = folder.path().join("todo.json");
    fs::write(&config, r#"{"colour": "red", "workers": 1, "log": "info"}"#).unwrap();
    let paths = [&secrets, &config].map(|path| path.display().to_string());
    let files = [("CREDENTIALS_DIRECTORY", &*paths[0]), ("TODO_CONFIG", &*paths[1])];

    let (code, said) = ended(&binary("todo-backend"), &["migrate"], &files);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("colour is no setting of this program"), "{said}");
    fs::write(&config, r#"{"workers": 1, "auth_sign_up": "closed"}"#).unwrap();
    let (code, said) = ended(&binary("todo-backend"), &["migrate"], &files);
    assert_eq!(code, Some(0), "the settings of serve are known to migrate too: {said}");

    fs::write(secrets.join("database-url"), &database.url).unwrap();
    let (code, said) = ended(&binary("todo-backend"), &["credentials", &paths[0]], &[]);
    assert_eq!(code, Some(1), "{said}");
    fs::write(secrets.join("postgres-password"), "trusted anyway").unwrap();
    let (code, said) = ended(&binary("todo-backend"), &["credentials", &paths[0]], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("better-auth-secret: made") && said.contains("database-url: kept"));
    let backend =
        Process::start(&binary("todo-backend"), &["serve"], &[files[0], files[1], ANY_PORT]);
    let listen = ("LISTEN", backend.base.strip_prefix("http://").unwrap());
    let (code, said) =
        ended(&binary("todo-backend"), &["healthcheck", "--ready"], &[files[0], listen]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(backend.stop(), Some(0));
}
