//! Names the build: a hash of all code that is in it, the same wherever it is built.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    io,
    path::Path,
};

fn main() -> io::Result<()> {
    let mut hash = DefaultHasher::new();
    for path in ["src", "../crates", "../Cargo.lock"] {
        println!("cargo::rerun-if-changed={path}");
        add(&mut hash, Path::new(path))?;
    }
    println!("cargo::rustc-env=BUILD={:016x}", hash.finish());
    Ok(())
}

/// A file's name and content, or those of all in a folder. Tests are not there in an image's build.
fn add(hash: &mut DefaultHasher, path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default();
    if name == "tests" || name == "examples" {
        return Ok(());
    }
    if path.is_dir() {
        let mut inside = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        inside.sort_by_key(fs::DirEntry::file_name);
        return inside.iter().try_for_each(|entry| add(hash, &entry.path()));
    }
    hash.write(name.as_encoded_bytes());
    hash.write(&fs::read(path)?);
    Ok(())
}
