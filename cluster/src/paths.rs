//! Where things lie on disk.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the root")
}

/// The Helm chart.
pub fn chart() -> PathBuf {
    root().join("helm/todo-chatbot")
}

/// The programs of the testbed, a cluster on this machine without a registry.
pub fn testbed() -> PathBuf {
    root().join(std::env::var_os("TESTBED").unwrap_or_else(|| "../shared/testbed".into()))
}
