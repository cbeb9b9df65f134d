//! Programs of ours, started as a person or a cluster starts them.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// How long a program may take to listen, or to end.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that runs until it is stopped or forgotten.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// `http://address:port`.
    pub base: String,
}

impl Process {
    /// Starts a program and waits until it says where it listens.
    #[must_use]
    pub fn start(program: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Self {
        let mut child = command(program, arguments, settings).spawn().unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // Reads on to the end, so that the program never waits for us.
            for line in log.lines().map_while(Result::ok) {
                let base = line.split_once("listening on ").map(|(_, rest)| rest);
                let base = base.and_then(|rest| rest.split([',', ' ']).next());
                if let Some(base) = base {
                    let _ = tell.send(base.to_owned());
                }
            }
        });
        let base = told.recv_timeout(PATIENCE);
        Self {
            child,
            base: base.unwrap_or_else(|_| panic!("{} does not listen", program.display())),
        }
    }

    /// Its number, by which the system knows it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop, as Kubernetes does, and returns its exit code.
    #[must_use]
    pub fn stop(mut self) -> Option<i32> {
        terminate(&self.child);
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program to its end: its exit code and what it said.
#[must_use]
pub fn ended(
    program: &Path,
    arguments: &[&str],
    settings: &[(&str, &str)],
) -> (Option<i32>, String) {
    let output = command(program, arguments, settings).stdout(Stdio::piped()).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

/// Runs a program until it says `word`, tells it to stop, and returns its exit code and what it said last.
#[must_use]
pub fn stopped_at(
    word: &str,
    program: &Path,
    arguments: &[&str],
    settings: &[(&str, &str)],
) -> (Option<i32>, String) {
    let mut child = command(program, arguments, settings).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(
        lines.any(|line| line.contains(word)),
        "{} ended without saying {word}",
        program.display()
    );
    terminate(&child);
    let last = lines.last().unwrap_or_default();
    (child.wait().unwrap().code(), last)
}

fn terminate(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

fn command(program: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("LOG_FORMAT", "text").envs(settings.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}
