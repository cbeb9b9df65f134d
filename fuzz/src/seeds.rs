//! What a target begins with: the cases of our tests, written where libFuzzer looks for inputs.

use std::{fs, path::PathBuf};

/// Adds inputs to the corpus of a target, before it is read.
pub fn seeds<T: AsRef<[u8]>>(target: &str, inputs: impl IntoIterator<Item = T>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    fs::create_dir_all(&folder).expect("a folder for the corpus");
    for (number, input) in inputs.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{number}")), input).expect("a file in the corpus");
    }
}

/// The first column of tables of cases, without comments.
pub fn first_columns<'a>(tables: &[&'a str]) -> Vec<&'a str> {
    let lines = tables.iter().flat_map(|table| table.lines());
    let cases = lines.filter(|line| !line.is_empty() && !line.starts_with("# "));
    cases.filter_map(|line| line.split('\t').next()).collect()
}
