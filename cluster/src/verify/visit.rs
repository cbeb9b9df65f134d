//! The criteria that a user sees: one visitor goes through them all, and leaves nothing behind.

use crate::{address::Address, forward::Forward, pods, target::Target};
use anyhow::{Result, anyhow, bail};
use smoke::{Failure, Step, Taken, Visitor};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};

/// How fast the first page must come.
const PAGE: Duration = Duration::from_secs(1);

/// How long after a restart an answer may be missing: addresses of new pods take a moment to reach every node.
const SETTLING: Duration = Duration::from_secs(10);

/// One visitor, from the first page to the deletion of their account.
pub struct Visit {
    runtime: Runtime,
    visitor: Visitor,
    url: String,
    /// The way to the application, where it has no address of its own.
    _forward: Option<Forward>,
}

impl Visit {
    /// A visitor of the application at this address.
    pub fn to(target: &Target, address: &Address) -> Result<Self> {
        match address {
            Address::Url(url) => Self::begin(url.clone(), target.origin()?, None),
            Address::Through { .. } => Self::through_a_port(target),
        }
    }

    /// A visitor who comes by a port of this machine, whatever the cluster opens.
    pub fn through_a_port(target: &Target) -> Result<Self> {
        let forward = Forward::open(target)?;
        Self::begin(forward.url(), target.origin()?, Some(forward))
    }

    /// A visitor of an application that is on no cluster.
    pub fn at(url: &str) -> Result<Self> {
        Self::begin(url.to_owned(), None, None)
    }

    fn begin(url: String, origin: Option<String>, forward: Option<Forward>) -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let mut visitor = Visitor::to(&url)?;
        // The backend refuses forms and sign-ins of browsers that call it otherwise.
        if let Some(origin) = origin {
            visitor = visitor.calling_it(&origin);
        }
        Ok(Self { runtime, visitor, url, _forward: forward })
    }

    /// A page comes, soon.
    pub fn page(&mut self) -> Result<String> {
        let page = self.take(Step::Page)?;
        let took = page.took.as_millis();
        if page.took > PAGE {
            bail!("the page took {took} ms");
        }
        Ok(format!("{}: {} in {took} ms", self.url, page.evidence))
    }

    /// A page comes, as soon as it can be had.
    pub fn page_once_settled(&mut self) -> Result<()> {
        self.once_settled(Step::Page).map(drop)
    }

    /// Registering, signing in, and being refused.
    pub fn auth(&mut self) -> Result<String> {
        self.take_all(Step::AUTH)
    }

    /// A new session, as soon as it can be had.
    pub fn sign_in(&mut self) -> Result<()> {
        self.once_settled(Step::SignIn).map(drop)
    }

    /// Tasks by the API and by forms.
    pub fn tasks(&mut self) -> Result<String> {
        self.take_all(Step::TASKS)
    }

    /// A sentence makes a task.
    pub fn chat(&mut self) -> Result<String> {
        Ok(self.take(Step::Chat)?.evidence)
    }

    /// The tasks are there after all pods that hold or fetch them were deleted.
    pub fn outlives_restarts(&mut self, target: &Target) -> Result<String> {
        self.take(Step::List)?;
        let deleted = pods::delete_behind_the_pages(target)?;
        let took = pods::wait(target)?;
        let listed = self.list_once_settled()?;
        Ok(format!(
            "deleted {}, Ready again after {} s: {}",
            deleted.join(", "),
            took.as_secs(),
            listed.evidence
        ))
    }

    /// The visitor's tasks, as soon as they can be had.
    pub fn list_once_settled(&mut self) -> Result<Taken> {
        self.once_settled(Step::List)
    }

    fn once_settled(&mut self, step: Step) -> Result<Taken> {
        let start = Instant::now();
        loop {
            match self.take(step) {
                Err(_) if start.elapsed() < SETTLING => {
                    std::thread::sleep(Duration::from_millis(500));
                }
                taken => return taken,
            }
        }
    }

    /// Deletes the visitor's account.
    pub fn end(&mut self) -> Result<()> {
        self.take(Step::Leave).map(drop)
    }

    fn take_all(&mut self, steps: &[Step]) -> Result<String> {
        let taken: Result<Vec<Taken>> = steps.iter().map(|step| self.take(*step)).collect();
        let parts: Vec<String> = taken?
            .iter()
            .map(|taken| format!("{} {} ms", taken.step.name(), taken.took.as_millis()))
            .collect();
        Ok(parts.join(", "))
    }

    fn take(&mut self, step: Step) -> Result<Taken> {
        let taken = self.runtime.block_on(self.visitor.take(step));
        taken.map_err(|failure: Failure| anyhow!(failure))
    }
}
