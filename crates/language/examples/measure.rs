//! How the engine does on sentences of others: `measure FILE...`, with rows `source, intent, text` and a header.
//!
//! Prints, for each intent, how many sentences there are, how many are understood, how many would change tasks, and what
//! became of them, and how long a sentence takes. `--show INTENT` prints the sentences of one intent instead.

use std::{
    collections::BTreeMap,
    io::Write,
    time::{Duration, Instant},
};

use language::{Command, Context, Policy, understand};

#[derive(Default)]
struct Count {
    sentences: usize,
    understood: usize,
    changes: usize,
    commands: BTreeMap<&'static str, usize>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut files = Vec::new();
    let mut shown = None;
    while let Some(argument) = arguments.next() {
        if argument == "--show" { shown = arguments.next() } else { files.push(argument) }
    }
    let now = "2026-11-23T10:00[Europe/Berlin]".parse()?;
    let context = Context { now: &now, policy: &Policy::default() };
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut out = std::io::stdout().lock();
    let (mut sentences, mut taken) = (0, Duration::ZERO);
    for file in files {
        for line in std::fs::read_to_string(file)?.lines().skip(1) {
            let mut fields = line.split('\t').skip(1);
            let (Some(intent), Some(text)) = (fields.next(), fields.next()) else { continue };
            let start = Instant::now();
            let understanding = understand(text, &context);
            (sentences, taken) = (sentences + 1, taken + start.elapsed());
            let command = &understanding.commands[0].command;
            if shown.as_deref() == Some(intent) {
                writeln!(out, "{}\t{text}\t{command:?}", name(command))?;
            }
            count(counts.entry(intent.to_owned()).or_default(), command);
        }
    }
    if shown.is_none() {
        writeln!(out, "{sentences} sentences, {:?} each", taken / sentences.max(1))?;
        for (intent, count) in counts {
            let Count { sentences, understood, changes, commands } = count;
            writeln!(
                out,
                "{intent:24} {sentences:5} understood {understood:5} changes {changes:5}  {commands:?}"
            )?;
        }
    }
    Ok(())
}

fn count(count: &mut Count, command: &Command) {
    let changes = matches!(name(command), "add" | "complete" | "reopen" | "delete" | "undo");
    count.sentences += 1;
    count.understood += usize::from(!matches!(command, Command::NotUnderstood(_)));
    count.changes += usize::from(changes);
    *count.commands.entry(name(command)).or_default() += 1;
}

fn name(command: &Command) -> &'static str {
    match command {
        Command::Add(_) => "add",
        Command::List(_) => "list",
        Command::Complete(_) => "complete",
        Command::Reopen(_) => "reopen",
        Command::Delete(_) => "delete",
        Command::Undo { .. } => "undo",
        Command::Help => "help",
        Command::Greeting => "greeting",
        Command::Thanks => "thanks",
        Command::NotUnderstood(_) => "nothing",
    }
}
