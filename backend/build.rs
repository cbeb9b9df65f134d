//! Names the build: a hash of all code that is in it, the same wherever it is built.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let mut hash = DefaultHasher::new();
    let crates = inside(Path::new("../crates"))?;
    let parts = crates.iter().flat_map(|path| [path.join("src"), path.join("migrations")]);
    let parts = parts.chain([PathBuf::from("src"), PathBuf::from("../Cargo.lock")]);
    for part in parts.filter(|part| part.exists()) {
        println!("cargo::rerun-if-changed={}", part.display());
        add(&mut hash, &part)?;
    }
    println!("cargo::rustc-env=BUILD={:016x}", hash.finish());
    Ok(())
}

fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.iter().map(fs::DirEntry::path).collect();
    paths.sort();
    Ok(paths)
}

/// A file's name and content, or those of all in a folder.
fn add(hash: &mut DefaultHasher, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return inside(path)?.iter().try_for_each(|path| add(hash, path));
    }
    hash.write(path.file_name().unwrap_or_default().as_encoded_bytes());
    hash.write(&fs::read(path)?);
    Ok(())
}
