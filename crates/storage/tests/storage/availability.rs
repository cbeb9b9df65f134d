//! A Postgres that goes away, behind a proxy that fails when told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use storage::StorageError;
use testkit::{Backend, TestDatabase};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// A limit of the store, and some time for a slow machine.
fn limit(seconds: u64) -> Duration {
    Duration::from_secs(seconds + 2)
}
