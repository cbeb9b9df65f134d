//! A server that is told to stop, and clients that keep their connections.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use telemetry::{Shutdown, serve};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

/// A server, and the way to stop it.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let slow = async || {
            sleep(Duration::from_secs(3)).await;
            "slow"
        };
        let app = Router::new().route("/", get(async || "hello")).route("/slow", get(slow));
        let (stop, stopped) = oneshot::channel();
        let shutdown = Shutdown::when(async move { stopped.await.unwrap() });
        let running = tokio::spawn(serve(listener, app, shutdown));
        Self { address, stop, running }
    }

    /// Tells it to stop, and says how long it took to end.
    fn stop(self) -> JoinHandle<Duration> {
        self.stop.send(()).unwrap();
        let start = Instant::now();
        tokio::spawn(async move {
            self.running.await.unwrap().unwrap();
            start.elapsed()
        })
    }
}

/// A connection that is kept open.
struct Kept(BufReader<TcpStream>);

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    body: String,
    is_last: bool,
}

impl Kept {
    async fn to(address: SocketAddr) -> Self {
        Self(BufReader::new(TcpStream::connect(address).await.unwrap()))
    }

    async fn ask(&mut self, path: &str) -> std::io::Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        self.0.write_all(request.as_bytes()).await?;
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.0.read_line(&mut head).await? == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let length = head.split("content-length: ").nth(1).unwrap();
        let mut body = vec![0; length.split("\r\n").next().unwrap().parse().unwrap()];
        self.0.read_exact(&mut body).await?;
        let is_last = head.contains("connection: close");
        Ok(Answer { body: String::from_utf8(body).unwrap(), is_last })
    }
}

#[tokio::test]
async fn what_is_sent_on_an_open_connection_is_still_answered() {
    let server = Server::start().await;
    let mut connected = Vec::new();
    for delay in (0..=1000).step_by(20) {
        let mut client = Kept::to(server.address).await;
        assert!(!client.ask("/").await.unwrap().is_last);
        connected.push((delay, client));
    }
    let ended = server.stop();
    let mut clients = JoinSet::new();
    for (delay, mut client) in connected {
        clients.spawn(async move {
            sleep(Duration::from_millis(delay)).await;
            client.ask("/").await.map(|answer| (delay, answer))
        });
    }
    while let Some(answer) = clients.join_next().await {
        let (delay, answer) = answer.unwrap().unwrap();
        // The first may be quicker than the word that the server stops.
        assert_eq!((&*answer.body, answer.is_last || delay == 0), ("hello", true), "{delay} ms");
    }
    assert!(ended.await.unwrap() < Duration::from_secs(2), "nobody is connected any more");
}

#[tokio::test]
async fn it_ends_at_once_when_nobody_is_connected() {
    let server = Server::start().await;
    drop(Kept::to(server.address).await);
    let mut client = Kept::to(server.address).await;
    client.ask("/").await.unwrap();
    drop(client);
    assert!(server.stop().await.unwrap() < Duration::from_millis(500));
}

#[tokio::test]
async fn idle_connections_are_closed_after_a_while_and_requests_that_run_are_finished() {
    let server = Server::start().await;
    let (mut idle, mut busy) = (Kept::to(server.address).await, Kept::to(server.address).await);
    idle.ask("/").await.unwrap();
    busy.ask("/").await.unwrap();
    let running = tokio::spawn(async move { busy.ask("/slow").await });
    sleep(Duration::from_millis(100)).await; // the request is under way
    let ended = server.stop();
    assert_eq!(idle.0.read_line(&mut String::new()).await.unwrap(), 0, "it is closed");
    assert_eq!(running.await.unwrap().unwrap().body, "slow");
    let ended = ended.await.unwrap();
    assert!((2..4).contains(&ended.as_secs()), "{ended:?}");
}

#[tokio::test]
async fn work_apart_from_connections_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let shutdown = Shutdown::when(std::future::ready(()));
    let work = shutdown.hold();
    let mut running = tokio::spawn(serve(listener, Router::new(), shutdown));
    let still = timeout(Duration::from_millis(300), &mut running).await;
    assert!(still.is_err(), "it ended before the work did");
    drop(work);
    timeout(Duration::from_secs(5), running).await.unwrap().unwrap().unwrap();
}
