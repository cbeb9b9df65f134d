//! Several users with several writers each, and the ledgers that all of it must agree with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use testkit::{Backend, PostgresServer, Process, TestDatabase};
use tokio::{task::JoinSet, time::sleep};

use crate::{
    ANY_PORT, SECRET,
    caller::{Caller, Sent},
    ledger::Ledger,
    size,
    writer::{Seen, Writer},
};

const USERS: usize = 3;
/// Writers of each user.
const WRITERS: usize = 4;

/// A database that survives what is done to it.
pub enum Durable {
    File(TestDatabase),
    Server(PostgresServer),
}

impl Durable {
    pub async fn start(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::File(TestDatabase::migrated(backend).await),
            Backend::Postgres => {
                let server = PostgresServer::durable().await;
                storage::migrate(&server.url()).await.unwrap();
                Self::Server(server)
            }
        }
    }

    pub fn url(&self) -> String {
        match self {
            Self::File(database) => database.url.clone(),
            Self::Server(server) => server.url(),
        }
    }

    pub fn serve(&self) -> Process {
        let (url, no_limits) = (self.url(), ("AUTH_RATE_LIMITS", "off"));
        let settings = [("DATABASE_URL", &*url), SECRET, ANY_PORT, no_limits];
        Process::start(&size::program(), &["serve"], &settings)
    }
}

struct Member {
    caller: Caller,
    seen: Arc<Seen>,
    ledger: Ledger,
}

/// Users and what is known of them.
pub struct Crowd {
    members: Vec<Member>,
    /// Answers that acknowledged a write, so far.
    pub acknowledged: usize,
    /// Writes without an answer, or with 503.
    pub open: usize,
}

/// Writers at work.
pub struct Work {
    stop: Arc<AtomicBool>,
    writers: JoinSet<(usize, Vec<Sent>)>,
}

impl Work {
    /// Tells the writers to stop; a killed process has told them already.
    pub async fn end(self) -> Vec<Vec<Sent>> {
        self.stop.store(true, Ordering::Relaxed);
        let mut all = vec![Vec::new(); USERS];
        for (user, sent) in self.writers.join_all().await {
            all[user].extend(sent);
        }
        all
    }
}

impl Crowd {
    pub async fn sign_up(base: &str) -> Self {
        let mut members = Vec::new();
        for user in 0..USERS {
            let caller = Caller::sign_up(base, &format!("user{user}")).await;
            members.push(Member { caller, seen: Arc::default(), ledger: Ledger::default() });
        }
        Self { members, acknowledged: 0, open: 0 }
    }

    /// How many answers have come so far.
    fn answers(&self) -> usize {
        self.members.iter().map(|member| member.seen.answers.load(Ordering::Relaxed)).sum()
    }

    /// Waits until so many more answers have come.
    pub async fn wait_for_answers(&self, more: usize) {
        let (start, enough) = (Instant::now(), self.answers() + more);
        while self.answers() < enough {
            assert!(start.elapsed() < Duration::from_mins(1), "few answers come");
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets all write to a process.
    pub fn work(&self, base: &str, round: u64) -> Work {
        let (stop, mut writers) = (Arc::default(), JoinSet::new());
        for (user, member) in self.members.iter().enumerate() {
            for writer in 0..WRITERS {
                let writer = Writer {
                    caller: member.caller.at(base),
                    name: format!("{round}-{user}-{writer}"),
                    seen: member.seen.clone(),
                };
                let stop = Arc::clone(&stop);
                writers.spawn(async move { (user, writer.run(stop).await) });
            }
        }
        Work { stop, writers }
    }

    /// Sends every request with a key again, and adds what is answered. `lossless`: nothing but the process went away,
    /// so what was answered once is answered alike.
    pub async fn send_again(&self, base: &str, all: &mut [Vec<Sent>], lossless: bool) {
        for (member, sent) in self.members.iter().zip(all) {
            let caller = member.caller.at(base);
            let mut calls = JoinSet::new();
            for first in sent.iter().filter(|sent| sent.call.key.is_some()).cloned() {
                let caller = caller.clone();
                calls.spawn(async move {
                    let mut call = first.call.clone();
                    call.id += "-again";
                    let again = Sent { answer: caller.send(&call).await, call };
                    agree(&first, &again, lossless);
                    again
                });
            }
            sent.extend(calls.join_all().await);
        }
    }

    /// Compares all that was answered with the logs, and these with what is there.
    pub async fn check(&mut self, base: &str, database: &str, all: &[Vec<Sent>]) {
        for (member, sent) in self.members.iter_mut().zip(all) {
            member.ledger.read_on(&member.caller.at(base), database).await;
            member.ledger.check(sent);
            let answers = || sent.iter().filter_map(|sent| sent.answer.as_ref());
            for answer in answers() {
                let usual = matches!(answer.status, 200 | 201 | 204 | 404 | 409 | 503);
                assert!(usual, "{}: {}", answer.status, answer.json);
            }
            let written = answers().filter(|answer| answer.change().is_some()).count();
            self.acknowledged += written;
            let refused = answers().filter(|answer| answer.status == 503).count();
            self.open += sent.len() - answers().count() + refused;
        }
    }

    /// Reads every log from its beginning once more. Returns how many changes there are.
    pub async fn check_whole(&self, base: &str) -> usize {
        for member in &self.members {
            member.ledger.read_again(&member.caller.at(base)).await;
        }
        self.members.iter().map(|member| member.ledger.len()).sum()
    }
}

/// What was acknowledged under a key is acknowledged again, in the same words.
fn agree(first: &Sent, again: &Sent, lossless: bool) {
    let answered = again.answer.as_ref().unwrap_or_else(|| panic!("no answer: {again:?}"));
    let says = |code: &str| answered.status == 409 && answered.json["code"] == code;
    if says("answer_lost") {
        assert!(answered.is_replayed() && answered.change().is_some(), "{again:?}");
    }
    let Some(before) = first.answer.as_ref().filter(|answer| answer.status < 300) else { return };
    if says("in_progress") && !lossless {
        return; // its answer could not be stored, and nobody knows yet that its process is gone
    }
    assert_eq!(
        (answered.is_replayed(), answered.change()),
        (true, before.change()),
        "{first:?} {again:?}"
    );
    if lossless || answered.status < 300 {
        assert_eq!((answered.status, &answered.json), (before.status, &before.json), "{first:?}");
    }
}
