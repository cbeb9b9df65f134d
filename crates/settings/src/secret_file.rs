//! Files that hold one secret.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use domain::{SystemRandom, token};

/// Writes a secret with exactly this mode, unless the file is there: then it stays as it is. Whatever cuts it short, the
/// file is there whole or not at all, and of two processes one is first.
///
/// # Errors
/// The folder is not there or cannot be written to.
pub fn write_once(path: &Path, secret: &str, mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Begins with a dot: who reads the folder meanwhile takes it for no credential.
    let draft = folder.join(format!(".{}", token(&SystemRandom, 16)));
    let written = write(&draft, secret, mode).and_then(|()| fs::hard_link(&draft, path));
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    match written {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
        Ok(()) => File::open(folder)?.sync_all(),
    }
}

fn write(path: &Path, secret: &str, mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(secret.as_bytes())?;
    file.set_permissions(Permissions::from_mode(mode))?; // whatever the umask
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_once_whole_and_with_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        for secret in ["first", "second"] {
            write_once(&path, secret, 0o440).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        }
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o440);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "no draft is left behind");
        let nowhere = folder.path().join("no/such/folder/secret");
        assert_eq!(write_once(&nowhere, "x", 0o440).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[test]
    fn of_many_at_once_one_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let read = |number: usize| {
            write_once(&path, &number.to_string(), 0o440).unwrap();
            fs::read_to_string(&path).unwrap()
        };
        let secrets = std::thread::scope(|scope| {
            let read = &read;
            let threads: Vec<_> = (0..16).map(|number| scope.spawn(move || read(number))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(secrets.iter().all(|secret| *secret == secrets[0]), "{secrets:?}");
    }
}
