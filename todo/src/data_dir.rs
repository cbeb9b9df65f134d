//! The folder that holds the user's data: the database, and the secret that signs cookies.

use std::{
    fs::{DirBuilder, OpenOptions, read_to_string},
    io::{ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use domain::{SystemRandom, token};
use settings::Environment;

/// The folder when none is named: `$XDG_DATA_HOME/todo-chatbot`, else `~/.local/share/todo-chatbot`.
pub(crate) fn usual(environment: Environment<'_>) -> Option<PathBuf> {
    let set = |name| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let share = set("XDG_DATA_HOME").or_else(|| Some(set("HOME")?.join(".local/share")));
    share.map(|share| share.join("todo-chatbot"))
}

/// Makes the folder if it is missing, readable by its owner alone.
pub(crate) fn prepare(folder: &Path) -> Result<(), String> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|error| format!("{}: {error}", folder.display()))
}

/// The secret that signs cookies: made on the first start, kept in the folder, readable by its owner alone.
pub(crate) fn secret(folder: &Path) -> Result<String, String> {
    let path = folder.join("better-auth-secret");
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut new = OpenOptions::new();
    match new.write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let secret = token(&SystemRandom, 43); // 256 bits
            file.write_all(secret.as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
            Ok(secret)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(read_to_string(&path).map_err(wrong)?.trim().to_owned())
        }
        Err(error) => Err(wrong(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::{fs::metadata, os::unix::fs::MetadataExt};

    use super::*;

    #[test]
    fn the_usual_folder_follows_the_xdg_rules() {
        let of = |pairs: &'static [(&str, &str)]| {
            usual(&|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.to_owned()))
        };
        let path = |text: &str| Some(PathBuf::from(text));
        assert_eq!(of(&[("HOME", "/h")]), path("/h/.local/share/todo-chatbot"));
        assert_eq!(of(&[("HOME", "/h"), ("XDG_DATA_HOME", "/x")]), path("/x/todo-chatbot"));
        assert_eq!(
            of(&[("HOME", "/h"), ("XDG_DATA_HOME", "")]),
            path("/h/.local/share/todo-chatbot")
        );
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn the_secret_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("a/b");
        prepare(&folder).unwrap();
        let first = secret(&folder).unwrap();
        assert_eq!(first.len(), 43);
        assert_eq!(secret(&folder).unwrap(), first);
        let mode = |path| metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(folder.clone()), 0o700);
        assert_eq!(mode(folder.join("better-auth-secret")), 0o600);
    }
}
