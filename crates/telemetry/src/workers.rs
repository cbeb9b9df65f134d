//! The threads that a program's asynchronous work runs on.

use std::{io, num::NonZero};

use settings::Mistakes;
use tokio::runtime::Builder;

/// How many threads answer requests.
#[derive(Debug, Clone, clap::Args)]
pub struct WorkerArguments {
    /// Threads that answer requests; as many as there are processors if absent.
    #[arg(long = "workers", env = "WORKERS")]
    pub workers: Option<String>,
}

/// How many threads answer requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workers(Option<NonZero<u16>>);

impl WorkerArguments {
    /// More threads only wait for each other.
    const MOST: u16 = 1024;

    /// The number; a mistake if it is none.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<Workers> {
        let text = self.workers.as_deref().unwrap_or_default();
        if text.is_empty() {
            return Some(Workers(None));
        }
        let number = text.parse::<NonZero<u16>>().ok().filter(|number| number.get() <= Self::MOST);
        let number = number.ok_or("must be a whole number from 1 to 1024");
        mistakes.check("WORKERS", number).map(Some).map(Workers)
    }
}

impl Workers {
    /// Runs a server to its end.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn run<T>(self, server: impl Future<Output = T>) -> io::Result<T> {
        let mut builder = Builder::new_multi_thread();
        if let Some(number) = self.0 {
            builder.worker_threads(number.get().into());
        }
        Ok(builder.enable_all().build()?.block_on(server))
    }
}

/// Runs a command that does one thing after the other, on this thread.
///
/// # Errors
/// The system gives no event queue.
pub fn run<T>(command: impl Future<Output = T>) -> io::Result<T> {
    Ok(Builder::new_current_thread().enable_all().build()?.block_on(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_threads_or_none() {
        let read = |text: Option<&str>| {
            let mut mistakes = Mistakes::default();
            let arguments = WorkerArguments { workers: text.map(str::to_owned) };
            let workers = arguments.read(&mut mistakes);
            assert_eq!(workers.is_none(), mistakes.message("").contains("\n  WORKERS: must be"));
            workers
        };
        assert_eq!(read(None), Some(Workers(None)));
        assert_eq!(read(Some("")), Some(Workers(None)));
        assert_eq!(read(Some("3")), Some(Workers(NonZero::new(3))));
        for wrong in ["0", "-1", "2.0", "many", "1025"] {
            assert_eq!(read(Some(wrong)), None, "{wrong}");
        }
    }

    #[test]
    fn as_many_threads_as_were_asked_for() {
        let count = async { tokio::runtime::Handle::current().metrics().num_workers() };
        assert_eq!(Workers(NonZero::new(3)).run(count).unwrap(), 3);
    }
}
