//! What stands between a program and its database, and fails when told.

use std::{future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::sleep,
};

/// Passes connections on to a server, once it is told to.
#[derive(Debug)]
pub struct Proxy {
    /// The address of the server, by way of this.
    pub url: String,
    address: SocketAddr,
    server: SocketAddr,
    serving: Option<JoinHandle<()>>,
    silence: watch::Sender<()>,
    gate: Arc<Gate>,
}

impl Proxy {
    /// In front of the server of `url`, and down.
    pub async fn to(url: &str) -> Self {
        let (start, rest) = url.rsplit_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Self {
            url: format!("{start}@{address}/{database}"),
            address,
            server: server.parse().unwrap(),
            serving: None,
            silence: watch::channel(()).0,
            gate: Arc::default(),
        }
    }

    /// Lets connections in.
    pub async fn up(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (server, silence, gate) = (self.server, self.silence.clone(), self.gate.clone());
        self.serving = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(pass(client, server, silence.subscribe(), gate.clone()));
            }
        }));
    }

    /// Ends all connections and refuses more.
    pub async fn down(&mut self) {
        let serving = self.serving.take().unwrap();
        serving.abort();
        assert!(serving.await.unwrap_err().is_cancelled());
    }

    /// Keeps all connections open and passes nothing more on; new ones work.
    pub fn silence(&self) {
        self.silence.send_replace(());
    }

    /// Lets each message to the server wait.
    pub fn delay(&self, pause: Duration) {
        self.gate.rule.send_modify(|rule| rule.pause = pause);
    }

    /// Passes so many more messages on to the server, of all connections and new ones, and then keeps all to itself.
    pub fn pass(&self, messages: usize) {
        self.gate.rule.send_modify(|rule| rule.left = messages);
    }

    /// Passes on what waits, and all that comes.
    pub fn pass_all(&self) {
        self.gate.rule.send_replace(Rule::default());
    }
}

/// What messages have to pass.
#[derive(Debug)]
struct Gate {
    rule: watch::Sender<Rule>,
}

#[derive(Debug, Clone, Copy)]
struct Rule {
    pause: Duration,
    left: usize,
}

impl Default for Rule {
    fn default() -> Self {
        Self { pause: Duration::ZERO, left: usize::MAX }
    }
}

impl Default for Gate {
    fn default() -> Self {
        Self { rule: watch::channel(Rule::default()).0 }
    }
}

impl Gate {
    async fn pass(&self) {
        let Rule { pause, .. } = *self.rule.borrow();
        sleep(pause).await;
        let mut rule = self.rule.subscribe();
        let take = |rule: &mut Rule| {
            let passes = rule.left > 0;
            rule.left -= usize::from(passes && rule.left < usize::MAX);
            passes
        };
        loop {
            let mut passes = false;
            self.rule.send_if_modified(|rule| {
                passes = take(rule);
                false // nobody waits for less
            });
            if passes {
                return;
            }
            let _ = rule.changed().await;
        }
    }
}

async fn pass(
    client: TcpStream,
    server: SocketAddr,
    mut silence: watch::Receiver<()>,
    gate: Arc<Gate>,
) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let ((client, mut answers), (mut replies, server)) = (client.into_split(), server.into_split());
    tokio::select! {
        () = send(client, server, &gate) => {}
        _ = copy(&mut replies, &mut answers) => {}
        _ = silence.changed() => future::pending().await,
    }
}

async fn send(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, gate: &Gate) {
    let mut message = vec![0; 64 << 10];
    while let Ok(length @ 1..) = client.read(&mut message).await {
        gate.pass().await;
        if server.write_all(&message[..length]).await.is_err() {
            return;
        }
    }
}
