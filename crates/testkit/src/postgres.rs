//! A Postgres server of our own, from the system's binaries.

use std::{
    env, fs,
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// How long the server may take to be made and to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The address of a server, without a database, that starts with the first call and ends with this process.
pub(crate) async fn server() -> &'static str {
    static SERVER: OnceCell<(Child, String)> = OnceCell::const_new();
    &SERVER.get_or_init(start).await.1
}

async fn start() -> (Child, String) {
    let folder = TempDir::new().unwrap().keep();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // The shell stops the server when its standard input ends, however this process ends.
    // It sorts by a language's rules: a column that must sort by code point and does not say so, shows.
    // Nothing is kept, so nothing is synced.
    let script = r#"
        "$1/initdb" -D "$2/data" -U test -A trust -E UTF8 --locale=C.UTF-8 \
            --locale-provider=icu --icu-locale=en --no-sync </dev/null >"$2/log" || exit
        "$1/postgres" -D "$2/data" -p "$3" -c max_connections=300 -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories= -c fsync=off -c full_page_writes=off </dev/null >>"$2/log" &
        read -r end
        kill -INT $!
        wait $!
        rm -rf "$2""#;
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(binaries())
        .arg(&folder)
        .arg(port.to_string())
        .current_dir(&folder);
    as_ordinary_user(&mut shell, &folder);
    let mut shell = shell
        .stdin(Stdio::piped())
        .stderr(fs::File::create(folder.join("errors")).unwrap())
        .process_group(0) // Ctrl-C is meant for the tests
        .spawn()
        .unwrap();

    let server = format!("postgres://test@127.0.0.1:{port}");
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = PgConnection::connect(&format!("{server}/postgres")).await {
        let errors = fs::read_to_string(folder.join("errors")).unwrap_or_default();
        assert!(shell.try_wait().unwrap().is_none(), "Postgres ended: {errors}");
        assert!(Instant::now() < deadline, "no Postgres: {error}; {errors}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    (shell, server)
}

/// Where `initdb` and `postgres` lie: on the path, or in Debian's folder of the newest version.
fn binaries() -> PathBuf {
    let on_path = env::split_paths(&env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut packaged = versions.map(|entry| entry.unwrap().path().join("bin")).collect::<Vec<_>>();
    packaged.sort();
    let mut folders = on_path.into_iter().chain(packaged.into_iter().rev());
    let found =
        folders.find(|folder| ["initdb", "postgres"].iter().all(|p| folder.join(p).exists()));
    found.expect("Postgres is not installed; `make test` installs it")
}

/// Postgres refuses to run as root; then another account runs it and owns its folder.
fn as_ordinary_user(command: &mut Command, folder: &Path) {
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        let accounts = fs::read_to_string("/etc/passwd").unwrap();
        let account = |name| accounts.lines().find(|line| line.split(':').next() == Some(name));
        let line = account("postgres").or(account("nobody")).expect("no account to run Postgres");
        let ids =
            line.split(':').skip(2).take(2).map(|id| id.parse().unwrap()).collect::<Vec<u32>>();
        chown(folder, Some(ids[0]), Some(ids[1])).unwrap();
        command.uid(ids[0]).gid(ids[1]);
    }
}
