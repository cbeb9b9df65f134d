//! One address before several replicas, as a deployment has it.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

/// Passes connections on to servers in turn. One that takes none is left out.
#[derive(Debug)]
pub struct Balancer {
    /// `http://address:port`.
    pub base: String,
    serving: JoinHandle<()>,
}

impl Balancer {
    /// Before servers that are called `http://address:port`. The first connection goes to the first of them.
    pub async fn before(servers: &[&str]) -> Self {
        let address = |base: &&str| base.strip_prefix("http://").unwrap().parse().unwrap();
        let mut servers: Vec<SocketAddr> = servers.iter().map(address).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                connections.spawn(pass(client, servers.clone()));
                servers.rotate_left(1);
            }
        });
        Self { base, serving }
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// To the first server that takes it, until either end has had enough.
async fn pass(mut client: TcpStream, servers: Vec<SocketAddr>) {
    for server in servers {
        if let Ok(mut server) = TcpStream::connect(server).await {
            let _ = copy_bidirectional(&mut client, &mut server).await;
            return;
        }
    }
}
