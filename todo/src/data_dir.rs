//! The folder that holds the user's data: the database, and the secret that signs cookies.

use std::{
    fs::{DirBuilder, read_to_string},
    io::{self, ErrorKind},
    os::unix::fs::DirBuilderExt,
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
    let wrong = |error: io::Error| format!("{}: {error}", path.display());
    match read_to_string(&path) {
        Ok(secret) if secret.trim().is_empty() => {
            let path = path.display();
            Err(format!(
                "{path} is empty: delete it to have a new one made; everybody signs in again"
            ))
        }
        Ok(secret) => Ok(secret.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = token(&SystemRandom, 43); // 256 bits
            settings::write_once(&path, &secret, 0o600).map_err(wrong)?;
            read_to_string(&path).map_err(wrong) // another process may have been faster
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
        assert_eq!(folder.read_dir().unwrap().count(), 1, "no draft is left behind");
        let mode = |path| metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(folder.clone()), 0o700);
        assert_eq!(mode(folder.join("better-auth-secret")), 0o600);
    }

    #[test]
    fn an_empty_secret_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("better-auth-secret"), "\n").unwrap();
        let told = secret(folder.path()).unwrap_err();
        assert!(told.contains("better-auth-secret is empty"), "{told}");
    }
}
