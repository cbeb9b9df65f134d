//! How a program ends.

use std::{fmt::Display, process::ExitCode};

/// The exit code of a program that ran; what went wrong is told in one line, causes included.
pub fn ended<E: Display>(program: &str, result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {error:#}");
            ExitCode::FAILURE
        }
    }
}
