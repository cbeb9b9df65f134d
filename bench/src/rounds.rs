//! The loads of one database, in turn with pgbench's.

use std::{path::Path, process::Command, thread, time::Duration};

use anyhow::{Context, Result, ensure};
use testkit::PostgresServer;

use crate::{
    SECRET,
    client::Client,
    load::{Outcome, load},
    page,
    people::{LISTED, PEOPLE, Person},
    pgbench::{self, Recording},
    server::{Server, program},
    step,
};

/// More completions than a second can hold: each needs a task of its own.
const COMPLETIONS: u32 = 6_000;

/// Tasks of each creator before the load, which pgbench completes.
const CREATED: usize = 100;

/// After each load: wrk leaves with requests under way, and what they cost is not to be the next load's.
const REST: Duration = Duration::from_secs(2);

/// How long, and over how many connections.
pub struct Plan<'a> {
    pub seconds: u32,
    pub connections: &'a [u32],
}

/// What is asked of the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    List,
    ListBySession,
    Create,
    Complete,
    Page,
    SignIn,
    Chat,
}

impl Work {
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::ListBySession,
        Self::Create,
        Self::Complete,
        Self::Page,
        Self::Chat,
        Self::SignIn,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::List => "list of 50 with tags",
            Self::ListBySession => "the same list, by session",
            Self::Create => "create a task",
            Self::Complete => "complete a task",
            Self::Page => "page of 50 tasks",
            Self::SignIn => "sign in",
            Self::Chat => "chat command",
        }
    }

    /// The name of its plot.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::ListBySession => "list-by-session",
            Self::Create => "create",
            Self::Complete => "complete",
            Self::Page => "page",
            Self::SignIn => "sign-in",
            Self::Chat => "chat",
        }
    }
}

/// What one load came to.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    pub work: Work,
    pub connections: u32,
    pub outcome: Outcome,
    /// pgbench's transactions a second, where it can do the same.
    pub pgbench: Option<f64>,
}

/// All that was measured on one database.
pub struct Round {
    pub points: Vec<Point>,
    /// Seconds to the first answer, the median of ten starts.
    pub started: f64,
    /// MiB of the server of the API at rest, the most under load, and the most with sign-ins, of which each hash takes 32.
    pub memory: (f64, f64, f64),
    /// The same of the server of pages, where it is another.
    pub frontend_memory: Option<(f64, f64)>,
    /// Bytes for a page that a browser has never seen.
    pub first_load: usize,
    /// Name and MiB of each program.
    pub sizes: Vec<(&'static str, f64)>,
}

/// Backend and frontend as two processes, on a Postgres that syncs.
pub async fn on_postgres(plan: &Plan<'_>) -> Result<Round> {
    step("Postgres, todo-backend and todo-frontend");
    let database = PostgresServer::durable().await;
    let url = database.url();
    let settings = settings(&url);
    let backend = program("todo-backend")?;
    let migrated = Command::new(&backend).arg("migrate").env("DATABASE_URL", &url).output()?;
    ensure!(migrated.status.success(), "{}", String::from_utf8_lossy(&migrated.stderr));
    let started = start_time(&backend, &settings).await?;
    let server = Server::start(&backend, &["serve"], &settings).await?;
    let frontend = [("BACKEND_URL", &*server.base)];
    let frontend = Server::start(&program("todo-frontend")?, &[], &frontend).await?;
    let idle = (server.memory()?, frontend.memory()?);
    let crowd = Crowd::gather(&server, plan).await?;
    pgbench::analyze(&url).await?;
    server.forget_most_memory()?;
    let first_load = page::first_load(&Client::new(&frontend.base), &crowd.listers[0]).await?;
    let recordings = crowd.record(&database, &settings).await?;
    let mut points = Vec::new();
    let mut most = 0.0;
    for work in Work::ALL {
        if work == Work::SignIn {
            most = server.most_memory()?;
        }
        let base = if work == Work::Page { &frontend.base } else { &server.base };
        for (level, &connections) in plan.connections.iter().enumerate() {
            let pgbench = recordings.rate(work, &crowd, &url, connections, plan.seconds)?;
            points.push(crowd.point(plan, work, base, level, connections, pgbench)?);
        }
    }
    Ok(Round {
        points,
        started,
        memory: (idle.0, most, server.most_memory()?),
        frontend_memory: Some((idle.1, frontend.most_memory()?)),
        first_load,
        sizes: vec![size("todo-backend")?, size("todo-frontend")?],
    })
}

/// The one program `todo` over its embedded SQLite.
pub async fn on_sqlite(plan: &Plan<'_>) -> Result<Round> {
    step("SQLite, todo");
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("todo.db").display());
    let settings = settings(&url);
    let todo = program("todo")?;
    let server = Server::start(&todo, &["serve"], &settings).await?;
    let idle = server.memory()?;
    let crowd = Crowd::gather(&server, plan).await?;
    server.forget_most_memory()?;
    let first_load = page::first_load(&Client::new(&server.base), &crowd.listers[0]).await?;
    let mut points = Vec::new();
    let mut most = 0.0;
    for work in Work::ALL {
        if work == Work::SignIn {
            most = server.most_memory()?;
        }
        for (level, &connections) in plan.connections.iter().enumerate() {
            points.push(crowd.point(plan, work, &server.base, level, connections, None)?);
        }
    }
    let memory = (idle, most, server.most_memory()?);
    drop(server);
    let started = start_time(&todo, &settings).await?;
    let sizes = vec![size("todo")?];
    Ok(Round { points, started, memory, frontend_memory: None, first_load, sizes })
}

/// One address makes all requests, so its limits are off; all else is as it comes.
fn settings(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("DATABASE_URL", url),
        ("BETTER_AUTH_SECRET", SECRET),
        ("AUTH_RATE_LIMITS", "off"),
        ("AUTH_JWT_SECONDS", "86400"),
    ]
}

/// The median of ten starts over a database with its tables.
async fn start_time(program: &Path, settings: &[(&str, &str)]) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..10 {
        times.push(Server::start(program, &["serve"], settings).await?.started.as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

#[expect(clippy::cast_precision_loss, reason = "a few million bytes")]
fn size(name: &'static str) -> Result<(&'static str, f64)> {
    let bytes = program(name)?.metadata()?.len();
    Ok((name, bytes as f64 / f64::from(1 << 20)))
}

/// All users of a round.
struct Crowd {
    listers: Vec<Person>,
    creators: Vec<Person>,
    completers: Vec<Person>,
    /// Tasks of each completer for each load.
    completions: usize,
}

impl Crowd {
    async fn gather(server: &Server, plan: &Plan<'_>) -> Result<Self> {
        println!("    registering {} users and giving them tasks", 3 * PEOPLE);
        let client = Client::new(&server.base);
        let completions = usize::try_from(COMPLETIONS * plan.seconds)? / PEOPLE + 1;
        let (mut listers, mut creators, mut completers) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..PEOPLE {
            for (group, name, tasks) in [
                (&mut listers, "lister", LISTED),
                (&mut creators, "creator", CREATED),
                (&mut completers, "completer", completions * plan.connections.len()),
            ] {
                let person = Person::sign_up(&client, &format!("{name}{number}")).await?;
                person.fill(&client, tasks, name == "lister").await?;
                group.push(person);
            }
        }
        Ok(Self { listers, creators, completers, completions })
    }

    /// The requests of a load. Those that can be sent but once are others in each.
    fn requests(&self, work: Work, level: usize) -> Vec<String> {
        let each = |people: &[Person], request: fn(&Person) -> String| -> Vec<String> {
            people.iter().map(request).collect()
        };
        match work {
            Work::List => each(&self.listers, Person::list),
            Work::ListBySession => each(&self.listers, Person::list_by_session),
            Work::Page => each(&self.listers, Person::page),
            Work::SignIn => each(&self.listers, Person::sign_in),
            Work::Create => each(&self.creators, Person::create),
            Work::Chat => each(&self.creators, Person::chat),
            Work::Complete => {
                let first = level * self.completions;
                (first + 1..=first + self.completions)
                    .flat_map(|number| self.completers.iter().map(move |one| one.complete(number)))
                    .collect()
            }
        }
    }

    fn point(
        &self,
        plan: &Plan<'_>,
        work: Work,
        base: &str,
        level: usize,
        connections: u32,
        pgbench: Option<f64>,
    ) -> Result<Point> {
        let requests = self.requests(work, level);
        let once = work == Work::Complete;
        let outcome = load(base, connections, plan.seconds, &requests, once)?;
        thread::sleep(REST);
        let point = Point { work, connections, outcome, pgbench };
        tell(&point);
        Ok(point)
    }

    /// Has one backend answer one request of each kind, and reads from Postgres' log what it asked.
    async fn record(
        &self,
        database: &PostgresServer,
        settings: &[(&str, &str)],
    ) -> Result<Recordings> {
        let url = database.url();
        pgbench::log_statements(&url, true).await?;
        let server = Server::start(&program("todo-backend")?, &["serve"], settings).await?;
        let client = Client::new(&server.base);
        let length = || Ok::<_, std::io::Error>(std::fs::metadata(database.log())?.len());
        let record = |person: &Person, from: u64| {
            Recording::read(&database.log(), usize::try_from(from)?, &person.id)
        };
        let jwt = |person: &Person| format!("authorization: Bearer {}", person.jwt);
        let (lister, creator) = (&self.listers[0], &self.creators[0]);
        let from = length()?;
        client.get("/api/tasks?limit=50", &jwt(lister)).await?;
        let list = record(lister, from)?.since("with page")?;
        let from = length()?;
        let task = serde_json::json!({
            "title": "A task of ordinary length", "due_date": "2026-12-01"
        });
        client.post("/api/tasks", &jwt(creator), &task).await?;
        let create = record(creator, from)?.since("begin")?;
        let from = length()?;
        let none = serde_json::json!({});
        client.post("/api/tasks/1/complete", &jwt(creator), &none).await?;
        let complete = record(creator, from)?.since("begin")?;
        pgbench::log_statements(&url, false).await?;
        Ok(Recordings { list, create, complete })
    }
}

/// What pgbench can do as the backend does it.
struct Recordings {
    list: Recording,
    create: Recording,
    complete: Recording,
}

impl Recordings {
    fn rate(
        &self,
        work: Work,
        crowd: &Crowd,
        url: &str,
        connections: u32,
        seconds: u32,
    ) -> Result<Option<f64>> {
        let (recording, people) = match work {
            Work::List => (&self.list, &crowd.listers),
            Work::Create => (&self.create, &crowd.creators),
            Work::Complete => (&self.complete, &crowd.creators),
            _ => return Ok(None),
        };
        if connections > 256 {
            return Ok(None); // more than the server lets in
        }
        let users: Vec<&str> = people.iter().map(|person| &*person.id).collect();
        let rate = recording.rate(url, &users, CREATED, connections, seconds);
        rate.map(Some).context(work.title())
    }
}

fn tell(point: &Point) {
    let Point { work, connections, outcome, pgbench } = point;
    let Outcome { rate, median, p99, broken, refused, .. } = outcome;
    let ratio = pgbench.map_or_else(String::new, |pgbench| {
        format!(", {:.2} of pgbench's {pgbench:.0}", rate / pgbench)
    });
    let errors = if broken + refused == 0 {
        String::new()
    } else {
        format!(", {broken} broken, {refused} refused")
    };
    println!(
        "    {:26} {connections:4} connections: {rate:7.0}/s, {median:.1} ms, p99 {p99:.1} ms{ratio}{errors}",
        work.title(),
    );
}
