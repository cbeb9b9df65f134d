//! `docs/api.md`: its examples are run, and say what it says.

use std::process::Command;

use rstest::rstest;
use serde_json::Value;
use testkit::Backend;

use crate::support::TestApp;

/// Where the guide's application listens.
const ADDRESS: &str = "http://127.0.0.1:3000";
/// Stands between the outputs of two examples.
const BETWEEN: &str = "\u{1e}";

/// Commands, and what they print.
struct Example {
    script: String,
    output: String,
}

/// The examples of the guide; those marked `<!-- needs: … -->` only where the document has what they need.
fn examples(guide: &str) -> Vec<Example> {
    let document = serde_json::to_value(backend::document()).unwrap();
    let mut examples: Vec<Example> = Vec::new();
    let (mut lines, mut is_there) = (guide.lines(), true);
    while let Some(line) = lines.next() {
        if let Some(need) = line.strip_prefix("<!-- needs: ") {
            is_there = has(&document, need.trim_end_matches(" -->"));
        }
        let Some(kind) = line.strip_prefix("```").filter(|kind| !kind.is_empty()) else { continue };
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        match kind {
            "sh" if is_there => {
                examples.push(Example { script: block.join("\n"), output: String::new() });
            }
            "text" if is_there => examples.last_mut().unwrap().output = block.join("\n"),
            "text" => is_there = true,
            "sh" => {}
            other => panic!("a block of {other} is no example"),
        }
    }
    examples
}

/// Whether there is such an operation, or such an answer of one.
fn has(document: &Value, need: &str) -> bool {
    let (media_type, operation) = match need.split_once(" of ") {
        Some((media_type, operation)) => (Some(media_type), operation),
        None => (None, need),
    };
    let (method, path) = operation.split_once(' ').unwrap();
    let operation = &document["paths"][path][method.to_lowercase()];
    let content = &operation["responses"]["200"]["content"];
    media_type.map_or(!operation.is_null(), |media_type| !content[media_type].is_null())
}

/// Whether a text is what the guide shows, in which `…` stands for anything.
fn is_shown(text: &str, shown: &str) -> bool {
    let mut pieces = shown.split('…');
    let Some(mut rest) = text.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut open_end = false;
    for piece in pieces {
        open_end = piece.is_empty();
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    open_end || rest.is_empty()
}

#[test]
fn dots_stand_for_anything() {
    for (text, shown) in
        [("a", "a"), ("abc", "a…"), ("abc", "a…c"), ("a1b2", "a…b…"), ("a\nb", "a…b")]
    {
        assert!(is_shown(text, shown), "{text} {shown}");
    }
    for (text, shown) in [("ab", "a"), ("abc", "a…b"), ("b", "a…"), ("", "a")] {
        assert!(!is_shown(text, shown), "{text} {shown}");
    }
}

#[rstest]
#[case::sqlite(Backend::Sqlite)]
#[case::postgres(Backend::Postgres)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_of_the_guide_run(#[case] backend: Backend) {
    let guide = include_str!("../../../docs/api.md");
    let examples = examples(guide);
    assert!(examples.len() >= 10, "only {} examples were found", examples.len());
    let app = TestApp::start(backend).await;
    assert!(guide.contains(ADDRESS));
    let scripts: Vec<_> = examples.iter().map(|example| &*example.script).collect();
    let script = scripts.join(&format!("\nprintf '{BETWEEN}'\n")).replace(ADDRESS, &app.base());
    let folder = tempfile::tempdir().unwrap();
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).current_dir(folder.path());
    let run = tokio::task::spawn_blocking(move || bash.output().unwrap()).await.unwrap();
    let printed = String::from_utf8(run.stdout).unwrap().replace('\r', "");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{printed}\n{errors}");
    let outputs: Vec<_> = printed.split(BETWEEN).collect();
    assert_eq!(outputs.len(), examples.len(), "{printed}\n{errors}");
    for (example, output) in examples.iter().zip(outputs) {
        // A body ends without a line break; the guide gives each a line.
        let (output, shown) = (output.replace('\n', ""), example.output.replace('\n', ""));
        assert!(
            is_shown(&output, &shown),
            "{}\nprints\n{output}\nand not\n{shown}",
            example.script
        );
    }
}
