//! Where a program listens, and how it ends.

use std::{error::Error, net::SocketAddr, process::ExitCode};

/// `LISTEN`: where to listen.
///
/// # Errors
/// Not an address with a port.
pub fn listen(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:3000")
}

/// The exit code of a program that ran; what went wrong is told in one line, causes included.
pub fn ended<E>(program: &str, result: Result<(), E>) -> ExitCode
where
    E: AsRef<dyn Error + Send + Sync>,
{
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {}", domain::chain(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}
