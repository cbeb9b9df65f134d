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

/// What makes a server that lives no longer than its tests fast: nothing is synced.
const FLEETING: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// The file in its folder that all its processes write to.
const LOG: &str = "log";

/// How long the server may take to be made and to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// The address of a server, without a database, that starts with the first call and ends with this process.
pub(crate) async fn server() -> &'static str {
    static SERVER: OnceCell<(Child, String)> = OnceCell::const_new();
    let start = || async {
        let (folder, port) = place();
        (run(&folder, port, true, &FLEETING).await, address(port))
    };
    &SERVER.get_or_init(start).await.1
}

/// A server that one test has for itself and may stop.
#[derive(Debug)]
pub struct PostgresServer {
    folder: PathBuf,
    port: u16,
    settings: &'static [&'static str],
    shell: Option<Child>,
}

impl PostgresServer {
    /// Makes and starts one that syncs nothing.
    pub async fn start() -> Self {
        Self::with(&FLEETING).await
    }

    /// Makes and starts one that keeps what it has confirmed, and is as fast as one that does.
    pub async fn durable() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &'static [&'static str]) -> Self {
        let (folder, port) = place();
        let shell = Some(run(&folder, port, false, settings).await);
        Self { folder, port, settings, shell }
    }

    /// The address of the database that every server has.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/postgres", address(self.port))
    }

    /// Where it writes what it has to say.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.join(LOG)
    }

    /// Ends it as a failure would: connections break off, and new ones are refused.
    pub fn stop(&mut self) {
        let mut shell = self.shell.take().unwrap();
        drop(shell.stdin.take());
        shell.wait().unwrap();
    }

    /// Starts it again where it was, with what it had stored.
    pub async fn start_again(&mut self) {
        assert!(self.shell.is_none(), "it runs");
        self.shell = Some(run(&self.folder, self.port, false, self.settings).await);
    }

    /// Halts all its processes: connections stay open and are silent, new ones are never answered.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let shell = self.shell.as_ref().unwrap().id();
        let processes = descendants(shell).iter().map(ToString::to_string).collect::<Vec<_>>();
        // One may have ended meanwhile.
        let _ = Command::new("kill").arg(signal).args(processes).stderr(Stdio::null()).status();
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.shell.is_some() {
            self.thaw();
            self.stop();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The processes below a process.
fn descendants(ancestor: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc").unwrap().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    // `pid (name) state parent …`; a name may hold anything, so what counts stands behind the last bracket.
    let parent = |id: u32| -> Option<u32> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
    };
    let pairs = ids.filter_map(|id| Some((id, parent(id)?))).collect::<Vec<_>>();
    let (mut found, mut next) = (Vec::new(), vec![ancestor]);
    while let Some(parent) = next.pop() {
        let children = pairs.iter().filter(|pair| pair.1 == parent).map(|pair| pair.0);
        next.extend(children.clone());
        found.extend(children);
    }
    found
}

fn place() -> (PathBuf, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    (TempDir::new().unwrap().keep(), port)
}

fn address(port: u16) -> String {
    format!("postgres://test@127.0.0.1:{port}")
}

/// Starts a server in a folder, which it makes when it is empty, and waits until it answers.
async fn run(folder: &Path, port: u16, remove: bool, settings: &[&str]) -> Child {
    // The shell stops the server when its standard input ends, however this process ends.
    // It sorts by a language's rules: a column that must sort by code point and does not say so, shows.
    let script = r#"
        binaries=$1 folder=$2 port=$3 after=$4
        shift 4
        test -d "$folder/data" || "$binaries/initdb" -D "$folder/data" -U test -A trust -E UTF8 \
            --locale=C.UTF-8 --locale-provider=icu --icu-locale=en --no-sync </dev/null >/dev/null || exit
        "$binaries/postgres" -D "$folder/data" -p "$port" -c max_connections=300 \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories= "$@" </dev/null &
        read -r end
        kill -CONT $!
        kill -QUIT $!
        wait $!
        test "$after" = keep || rm -rf "$folder""#;
    let mut shell = Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(binaries())
        .arg(folder)
        .arg(port.to_string())
        .arg(if remove { "remove" } else { "keep" })
        .args(settings.iter().flat_map(|setting| ["-c", *setting]))
        .current_dir(folder);
    as_ordinary_user(&mut shell, folder);
    let mut shell = shell
        .stdin(Stdio::piped())
        .stderr(fs::File::create(folder.join(LOG)).unwrap())
        .process_group(0) // Ctrl-C is meant for the tests
        .spawn()
        .unwrap();

    let server = address(port);
    let deadline = Instant::now() + PATIENCE;
    while let Err(error) = PgConnection::connect(&format!("{server}/postgres")).await {
        let errors = fs::read_to_string(folder.join(LOG)).unwrap_or_default();
        assert!(shell.try_wait().unwrap().is_none(), "Postgres ended: {errors}");
        assert!(Instant::now() < deadline, "no Postgres: {error}; {errors}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shell
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
