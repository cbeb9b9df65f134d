//! `todo-backend credentials DIR`: the secrets of an installation that has none yet.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use clap::Args;
use domain::{Random, SystemRandom};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

#[derive(Debug, Clone, Args)]
pub(crate) struct CredentialsArguments {
    /// The folder to write to; `CREDENTIALS_DIRECTORY` of the programs that read it.
    dir: PathBuf,
    /// Host and port of the Postgres that the password is for.
    #[arg(long, default_value = "db:5432")]
    host: String,
    /// The user of that password.
    #[arg(long, default_value = "todo")]
    user: String,
    /// The database.
    #[arg(long, default_value = "todo")]
    database: String,
}

/// Its owner and the group of the folder's readers; nobody writes.
const MODE: u32 = 0o440;

/// Writes `better-auth-secret`, `postgres-password` and `database-url`, each unless it is there.
///
/// The password comes before the address that holds it: cut short in between, the next run makes the address of the
/// password that is there.
pub(crate) fn credentials(arguments: &CredentialsArguments) -> anyhow::Result<()> {
    let folder = &arguments.dir;
    let has_password = read(&folder.join("postgres-password"))?.is_some();
    let has_address = read(&folder.join("database-url"))?.is_some();
    ensure!(
        has_password || !has_address,
        "{folder} has a database-url and no postgres-password: add the password of its user, or delete the database-url",
        folder = folder.display()
    );
    keep_or_make(folder, "better-auth-secret", random)?;
    let password = keep_or_make(folder, "postgres-password", random)?;
    keep_or_make(folder, "database-url", || address(arguments, &password))?;
    Ok(())
}

fn keep_or_make(
    folder: &Path,
    name: &str,
    make: impl FnOnce() -> String,
) -> anyhow::Result<String> {
    let path = folder.join(name);
    if let Some(secret) = read(&path)? {
        tell(&format!("{name}: kept"));
        return Ok(secret);
    }
    let wrong = || path.display().to_string();
    settings::write_once(&path, &make(), MODE).with_context(wrong)?;
    tell(&format!("{name}: made"));
    read(&path)?.with_context(wrong) // another process may have been faster
}

/// What the file says, if it is there.
fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        text => text.with_context(|| path.display().to_string())?,
    };
    let secret = text.trim_end_matches(['\r', '\n']).to_owned();
    ensure!(!secret.is_empty(), "{} is empty: delete it to have it made", path.display());
    Ok(Some(secret))
}

/// 256 bits.
fn random() -> String {
    let mut bytes = [0; 32];
    SystemRandom.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn address(arguments: &CredentialsArguments, password: &str) -> String {
    const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    let part = |text| utf8_percent_encode(text, PART);
    let CredentialsArguments { host, user, database, .. } = arguments;
    format!("postgres://{}:{}@{host}/{}", part(user), part(password), part(database))
}

#[expect(clippy::print_stdout, reason = "the result of this command")]
fn tell(line: &str) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    const NAMES: [&str; 3] = ["better-auth-secret", "postgres-password", "database-url"];

    fn run(folder: &TempDir) -> anyhow::Result<[String; 3]> {
        credentials(&CredentialsArguments {
            dir: folder.path().to_owned(),
            host: "db:5432".to_owned(),
            user: "todo".to_owned(),
            database: "todo".to_owned(),
        })?;
        Ok(NAMES.map(|name| fs::read_to_string(folder.path().join(name)).unwrap()))
    }

    #[test]
    fn they_are_made_once() {
        let folder = TempDir::new().unwrap();
        let [secret, password, address] = run(&folder).unwrap();
        assert_eq!((secret.len(), password.len()), (43, 43));
        assert_ne!(secret, password);
        assert_eq!(address, format!("postgres://todo:{password}@db:5432/todo"));
        assert!(storage::check(&(&address).into()).is_ok());
        for name in NAMES {
            let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o440, "{name}");
        }
        assert_eq!(run(&folder).unwrap(), [secret, password, address]);
        assert_eq!(folder.path().read_dir().unwrap().count(), 3);
    }

    #[test]
    fn what_a_cut_left_out_is_made_and_what_is_there_stays() {
        for lost in [&NAMES[..1], &NAMES[2..]] {
            let folder = TempDir::new().unwrap();
            let before = run(&folder).unwrap();
            for name in lost {
                fs::remove_file(folder.path().join(name)).unwrap();
            }
            let after = run(&folder).unwrap();
            assert_eq!(before[1..], after[1..], "the address is that of the password");
        }
    }

    #[test]
    fn a_password_of_ones_own_is_escaped() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("postgres-password"), "p@ss/wörd\n").unwrap();
        let [_, password, address] = run(&folder).unwrap();
        assert_eq!(password, "p@ss/wörd\n");
        assert_eq!(address, "postgres://todo:p%40ss%2Fw%C3%B6rd@db:5432/todo");
    }

    #[test]
    fn half_of_a_pair_and_empty_files_are_told_and_nothing_is_written() {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("database-url"), "postgres://ada@localhost/todo").unwrap();
        let told = run(&folder).unwrap_err().to_string();
        assert!(told.contains("no postgres-password"), "{told}");
        fs::write(folder.path().join("postgres-password"), "\n").unwrap();
        let told = run(&folder).unwrap_err().to_string();
        assert!(told.contains("postgres-password is empty"), "{told}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 2);
    }

    #[test]
    fn a_folder_that_is_missing_is_told() {
        let folder = TempDir::new().unwrap();
        fs::remove_dir(folder.path()).unwrap();
        let told = format!("{:#}", run(&folder).unwrap_err());
        assert!(told.contains("better-auth-secret: No such file"), "{told}");
    }
}
