//! Why storage did not do what it was asked.

use std::io::ErrorKind;

use domain::TaskNumber;
use sqlx::{error::DatabaseError, migrate::MigrateError, sqlite::SqliteError};

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The task is gone or no longer has the expected version. Read again, then decide.
    #[error("task {0} was changed meanwhile")]
    Stale(TaskNumber),
    /// Something that must be unique is there already: an e-mail address, or a tag's name. As after every failed
    /// statement, nothing more can be done in that unit of work.
    #[error("{0} exists already")]
    Exists(&'static str),
    /// Another request used the `Idempotency-Key`.
    #[error("another request used this Idempotency-Key")]
    KeyUsed,
    /// What should be changed is not there (any more).
    #[error("{0} not found")]
    Missing(&'static str),
    /// No connection, no lock or no answer in time. Trying later may help; after `commit` the outcome is unknown.
    #[error("the database is busy or away")]
    Busy(#[source] Option<sqlx::Error>),
    /// A statement of this unit of work failed earlier, so `commit` stored nothing.
    #[error("an earlier statement of this unit of work failed")]
    Broken,
    /// The address is neither `postgres://` nor `sqlite:`.
    #[error("the database address must begin with postgres:// or sqlite://")]
    UnknownScheme,
    /// A part of the address cannot be used, or its file cannot be made. The reason holds no password.
    #[error("the database address cannot be used: {0}")]
    Address(String),
    /// The server does not let this user in.
    #[error("the database refuses the user or the password of its address")]
    Refused(#[source] sqlx::Error),
    /// The server has no such database.
    #[error("the server has no database of the name in its address")]
    NoDatabase(#[source] sqlx::Error),
    /// The connection cannot be encrypted as the address asks, or the server cannot prove who it is.
    #[error(
        "no TLS connection to the database (the certificate of an authority of your own goes into EXTRA_CA_FILE)"
    )]
    Tls(#[source] sqlx::Error),
    /// The database is older than this program: run the program's `migrate`.
    #[error("the database lacks migrations: run `todo-backend migrate`")]
    NotMigrated,
    /// A stored value that this program cannot read.
    #[error("a stored {0} cannot be read")]
    Unreadable(&'static str),
    /// Everything else the database says: our fault, or the operator's.
    #[error("database error")]
    Database(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("migration failed")]
    Migrate(#[from] MigrateError),
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            error if is_tls(&error) => Self::Tls(error),
            error if is_busy(&error) => Self::Busy(Some(error)),
            error if has_code(&error, &["28P01", "28000"]) => Self::Refused(error),
            error if has_code(&error, &["3D000"]) => Self::NoDatabase(error),
            error if is_missing_table(&error) => Self::NotMigrated,
            sqlx::Error::Configuration(reason) => Self::Address(reason.to_string()),
            error => Self::Database(error),
        }
    }
}

impl StorageError {
    /// Whether waiting may mend it: the database is starting, or the way to it is broken. A wrong password is not.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Busy(_))
    }

    /// Whether it says that the database cannot be used now, whoever asks for what.
    #[must_use]
    pub fn is_away(&self) -> bool {
        use StorageError::{Busy, NoDatabase, NotMigrated, Refused, Tls};
        matches!(self, Busy(_) | Refused(_) | NoDatabase(_) | Tls(_) | NotMigrated)
    }

    /// [`StorageError::Exists`] where a unique key refused the row.
    pub(crate) fn or_exists(self, what: &'static str) -> Self {
        let unique = |error: &dyn DatabaseError| error.is_unique_violation();
        match self {
            Self::Database(error) if error.as_database_error().is_some_and(unique) => {
                Self::Exists(what)
            }
            other => other,
        }
    }
}

/// What Postgres says while it, or the way to it, is not what it will be a little later; all of class 53 beside it, for a
/// server that lacks memory, connections or room on its disk, and all of class 08, for a connection that broke: a pooler
/// says 08P01 when its server has died.
const POSTGRES: [&str; 6] = [
    "25006", // read only: a standby, or the primary that was, while another takes over
    "40001", // what was read is no more: conflicts with recovery on a standby end so
    "40P01", // a deadlock: the other one goes on, and this one may begin again
    "55P03", // no lock in time
    "57014", // no end in time
    "57P03", // starting up
];

/// The same of SQLite. Not that the file is none of its own or damaged: no waiting mends that.
const SQLITE: [i32; 4] = [
    5,  // someone else has the lock
    10, // the disk fails, or is away
    13, // the disk is full
    14, // the file cannot be opened: its disk is away, or too many files are open
];

/// Whether the same may well succeed a little later.
pub(crate) fn is_busy(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::PoolTimedOut) || is_cut(error) {
        return true;
    }
    let Some(error) = error.as_database_error() else { return false };
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<SqliteError>().is_some() {
        // The last byte is the kind; those before it say which of its forms.
        return code.parse::<i32>().is_ok_and(|code| SQLITE.contains(&(code & 0xff)));
    }
    POSTGRES.contains(&&*code) || code.starts_with("08") || code.starts_with("53")
}

/// Whether the connection broke off: nothing more can be asked on it, another may do.
pub(crate) fn is_cut(error: &sqlx::Error) -> bool {
    // The server was stopped, has crashed, or ended a session; of class 08 what says that a connection is no more.
    const CUT: [&str; 7] = ["57P01", "57P02", "57P05", "25P03", "08P01", "08006", "08003"];
    matches!(error, sqlx::Error::Io(_)) || has_code(error, &CUT)
}

fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    let code = error.as_database_error().and_then(DatabaseError::code);
    code.is_some_and(|code| codes.contains(&&*code))
}

/// A certificate that is not accepted comes as invalid data on the connection.
fn is_tls(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(error) => error.kind() == ErrorKind::InvalidData,
        _ => false,
    }
}

fn is_missing_table(error: &sqlx::Error) -> bool {
    const POSTGRES: &str = "42P01";
    const SQLITE: &str = "no such table";
    let says = |error: &dyn DatabaseError| {
        error.code().is_some_and(|code| code == POSTGRES) || error.message().starts_with(SQLITE)
    };
    error.as_database_error().is_some_and(says)
}

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Executor, SqliteConnection};

    use super::*;

    /// What SQLite says to the last of some statements.
    async fn said(statements: &[&'static str]) -> StorageError {
        let mut database = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let (last, before) = statements.split_last().unwrap();
        for statement in before {
            database.execute(*statement).await.unwrap();
        }
        database.execute(*last).await.unwrap_err().into()
    }

    #[tokio::test]
    async fn a_full_or_absent_disk_may_pass_and_a_wrong_statement_does_not() {
        let full = [
            "pragma max_page_count = 2",
            "create table t (c)",
            "insert into t values (zeroblob(9999))",
        ];
        let absent = SqliteConnection::connect("sqlite:///nowhere/at/all.db").await.unwrap_err();
        for error in [said(&full).await, absent.into()] {
            assert!(error.may_pass(), "{error:?}");
        }
        let wrong = said(&["create table t (c not null)", "insert into t values (null)"]).await;
        assert!(matches!(wrong, StorageError::Database(_)), "{wrong:?}");
    }
}
