//! A database per test: a SQLite file, or a Postgres database copied from a migrated template.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::postgres;

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file in a folder of its own.
    Sqlite,
    /// A database on a server that belongs to this process.
    Postgres,
}

/// A database that only one test uses.
#[derive(Debug)]
pub struct TestDatabase {
    /// Its address, as `storage::open` wants it.
    pub url: String,
    /// Lives as long as the test.
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A database that is there.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), _folder: None }
    }

    /// A database without tables.
    pub async fn empty(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => {
                let folder = TempDir::new().unwrap();
                let url = format!("sqlite://{}", folder.path().join("todo.db").display());
                Self { url, _folder: Some(folder) }
            }
            Backend::Postgres => Self { url: copy_of("template0").await, _folder: None },
        }
    }

    /// A database with the schema in place.
    pub async fn migrated(backend: Backend) -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        match backend {
            Backend::Sqlite => {
                let database = Self::empty(backend).await;
                storage::migrate(&database.url).await.unwrap();
                database
            }
            Backend::Postgres => {
                let make = || async {
                    let url = copy_of("template0").await;
                    storage::migrate(&url).await.unwrap();
                    url.rsplit('/').next().unwrap().to_owned()
                };
                let url = copy_of(TEMPLATE.get_or_init(make).await).await;
                Self { url, _folder: None }
            }
        }
    }
}

/// Makes a database and returns its address.
async fn copy_of(template: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", process::id());
    let server = postgres::server().await;
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    let create = format!("create database {name} template {template}");
    admin.execute(AssertSqlSafe(create)).await.unwrap();
    admin.close().await.unwrap();
    format!("{server}/{name}")
}
