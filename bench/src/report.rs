//! `docs/performance.md` and its plots.

use std::{fmt::Write, fs, path::Path, time::Duration};

use anyhow::Result;
use plotters::style::RGBColor;

use crate::{
    costs::Cost,
    people::PEOPLE,
    plot::{self, Line},
    rounds::{Point, Round, Work},
};

/// The page, with a name in braces where something is filled in.
const PAGE: &str = include_str!("performance.md");

/// What is known about goals that are missed, and about what limits the figures.
const REMARKS: &str = include_str!("remarks.md");

/// All that a run found.
pub struct Report {
    pub machine: Vec<(&'static str, String)>,
    /// On Postgres and on SQLite.
    pub costs: (Vec<Cost>, Vec<Cost>),
    /// The mean time for a sentence, and the longest.
    pub sentences: (Duration, Duration),
    pub postgres: Round,
    pub sqlite: Round,
    pub seconds: u32,
}

impl Report {
    /// Writes the page and a plot for each work.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let plots = folder.join("performance");
        fs::create_dir_all(&plots)?;
        for work in Work::ALL {
            let connections: Vec<u32> =
                of(&self.postgres, work).map(|point| point.connections).collect();
            let path = plots.join(format!("{}.svg", work.name()));
            plot::draw(&path, work.title(), &connections, &self.lines(work))?;
        }
        let page = PAGE
            .replace("{machine}", &self.machine())
            .replace("{seconds}", &self.seconds.to_string())
            .replace("{people}", &PEOPLE.to_string())
            .replace("{goals}", &self.goals())
            .replace("{remarks}", REMARKS.trim_end())
            .replace("{loads}", &self.loads())
            .replace("{costs}", &self.costs())
            .replace("{sizes}", &self.sizes());
        let path = folder.join("performance.md");
        fs::write(&path, page)?;
        println!("{}\n\nThe whole of it is in {}", self.goals(), path.display());
        Ok(())
    }

    fn machine(&self) -> String {
        let lines = self.machine.iter().map(|(name, value)| format!("| {name} | {value} |"));
        table("| | |\n|---|---|", lines)
    }

    fn goals(&self) -> String {
        let goals = Goals(self).all();
        table("| what | goal | measured | |\n|---|---|---|---|", goals.iter().map(Goal::line))
    }

    fn loads(&self) -> String {
        let mut text = String::new();
        for work in Work::ALL {
            let name = work.name();
            let _ = write!(text, "### {}\n\n![{name}](performance/{name}.svg)\n\n", heading(work));
            let sqlite = of(&self.sqlite, work);
            let rows = of(&self.postgres, work).zip(sqlite).map(|(postgres, sqlite)| {
                let pgbench = postgres.pgbench.map_or_else(
                    || "| | ".to_owned(),
                    |rate| format!("| {rate:.0} | {:.2} ", postgres.outcome.rate / rate),
                );
                format!("| {} {}{pgbench}{}|", postgres.connections, cells(postgres), cells(sqlite))
            });
            let head = "| connections | Postgres /s | median, p99 ms | pgbench /s | ratio | SQLite /s | median, p99 ms |\n\
                        |---|---|---|---|---|---|---|";
            let _ = write!(text, "{}\n\n", table(head, rows));
        }
        text.trim_end().to_owned()
    }

    fn costs(&self) -> String {
        let row = |name: &str, cost: &Cost| {
            format!(
                "| {} | {name} | {} | {} | {} | {} | {:.1} |",
                cost.name,
                cost.statements,
                cost.sent,
                cost.answered,
                cost.allocations,
                kib(cost.allocated),
            )
        };
        let (postgres, sqlite) = &self.costs;
        let rows = postgres
            .iter()
            .zip(sqlite)
            .flat_map(|(one, other)| [row("Postgres", one), row("SQLite", other)]);
        let head = "| request | database | statements | bytes sent | bytes answered | allocations | KiB allocated |\n\
                    |---|---|---|---|---|---|---|";
        table(head, rows)
    }

    fn sizes(&self) -> String {
        let (backend, frontend) = (&self.postgres.memory, self.postgres.frontend_memory);
        let (idle, most) = frontend.unwrap_or_default();
        let size = |name: &str| {
            let mut sizes = self.postgres.sizes.iter().chain(&self.sqlite.sizes);
            sizes.find(|size| size.0 == name).map_or(0.0, |size| size.1)
        };
        let line = |name: &str, memory: (f64, f64, f64), started: Option<f64>| {
            let started =
                started.map_or_else(String::new, |seconds| format!("{:.0}", seconds * 1e3));
            let (idle, most, with_hashes) = memory;
            format!(
                "| `{name}` | {:.1} | {idle:.1} | {most:.1} | {with_hashes:.1} | {started} |",
                size(name)
            )
        };
        let rows = [
            line("todo-backend", *backend, Some(self.postgres.started)),
            line("todo-frontend", (idle, most, most), None),
            line("todo", self.sqlite.memory, Some(self.sqlite.started)),
        ];
        let head = "| program | MiB on disk | MiB at rest | most MiB under load | with sign-ins | ms to the first answer |\n\
                    |---|---|---|---|---|---|";
        table(head, rows)
    }

    fn lines(&self, work: Work) -> Vec<Line> {
        let rates = |round, rate: fn(&Point) -> Option<f64>| of(round, work).map(rate).collect();
        let mut lines = vec![
            Line {
                name: "Postgres",
                color: RGBColor(37, 99, 235),
                rates: rates(&self.postgres, |point| Some(point.outcome.rate)),
            },
            Line {
                name: "SQLite",
                color: RGBColor(217, 119, 6),
                rates: rates(&self.sqlite, |point| Some(point.outcome.rate)),
            },
        ];
        let pgbench: Vec<Option<f64>> = rates(&self.postgres, |point| point.pgbench);
        if pgbench.iter().any(Option::is_some) {
            lines.push(Line { name: "pgbench", color: RGBColor(107, 114, 128), rates: pgbench });
        }
        lines
    }
}

fn of(round: &Round, work: Work) -> impl Iterator<Item = &Point> {
    round.points.iter().filter(move |point| point.work == work)
}

fn cells(point: &Point) -> String {
    let outcome = point.outcome;
    let errors = match outcome.broken + outcome.refused {
        0 => String::new(),
        errors => format!(", {errors} refused"),
    };
    format!("| {:.0} | {:.1}, {:.1}{errors} ", outcome.rate, outcome.median, outcome.p99)
}

fn heading(work: Work) -> String {
    let title = work.title();
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes of one request")]
fn kib(bytes: u64) -> f64 {
    bytes as f64 / 1024.0
}

fn table(head: &str, rows: impl IntoIterator<Item = String>) -> String {
    let mut text = head.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(&row);
    }
    text
}

/// A goal of the architecture beside what was measured.
struct Goal {
    what: &'static str,
    at_best: &'static str,
    measured: String,
    is_met: bool,
}

impl Goal {
    fn line(&self) -> String {
        let mark = if self.is_met { "met" } else { "**missed**" };
        format!("| {} | {} | {} | {mark} |", self.what, self.at_best, self.measured)
    }
}

/// The goals that a bench can look at, in the order of the architecture.
struct Goals<'a>(&'a Report);

impl Goals<'_> {
    fn all(&self) -> Vec<Goal> {
        let report = self.0;
        let mut goals = vec![self.list(), self.list_by_session(), self.create()];
        goals.extend([self.steady(Work::List), self.steady(Work::Create)]);
        let (idle, most, _) = report.postgres.memory;
        goals.push(Goal {
            what: "memory of the backend, idle / under load",
            at_best: "<= 20 / 45 MiB",
            measured: format!("{idle:.1} / {most:.1} MiB"),
            is_met: idle <= 20.0 && most <= 45.0,
        });
        let started = report.postgres.started * 1e3;
        goals.push(Goal {
            what: "start to first answer",
            at_best: "<= 50 ms",
            measured: format!("{started:.0} ms"),
            is_met: started <= 50.0,
        });
        let bytes = report.postgres.first_load;
        goals.push(Goal {
            what: "a page, first load, all transferred",
            at_best: "<= 40 KB",
            measured: format!(
                "{:.1} KB",
                f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e3
            ),
            is_met: bytes <= 40_000,
        });
        goals.push(self.chat());
        let (mean, longest) = report.sentences;
        goals.push(Goal {
            what: "parse of one sentence",
            at_best: "<= 50 microseconds",
            measured: format!("{} in the mean, at most {}", mean.as_micros(), longest.as_micros()),
            is_met: longest <= Duration::from_micros(50),
        });
        goals
    }

    fn at(&self, work: Work, connections: u32) -> Option<&Point> {
        of(&self.0.postgres, work).find(|point| point.connections == connections)
    }

    /// The rate over pgbench's of `beside`, at 8 connections.
    fn ratio(&self, work: Work, beside: Work) -> (f64, f64) {
        let point = self.at(work, 8);
        let pgbench = self.at(beside, 8).and_then(|point| point.pgbench).unwrap_or(f64::INFINITY);
        point
            .map_or((0.0, f64::INFINITY), |point| (point.outcome.rate / pgbench, point.outcome.p99))
    }

    fn list(&self) -> Goal {
        let (ratio, p99) = self.ratio(Work::List, Work::List);
        Goal {
            what: "list of 50 with tags, 8 connections, by JWT",
            at_best: ">= 0.35 of pgbench, p99 < 5 ms",
            measured: format!("{ratio:.2}, p99 {p99:.1} ms"),
            is_met: ratio >= 0.35 && p99 < 5.0,
        }
    }

    fn list_by_session(&self) -> Goal {
        let (ratio, p99) = self.ratio(Work::ListBySession, Work::List);
        Goal {
            what: "the same by session",
            at_best: ">= 0.25 of pgbench, p99 < 5 ms",
            measured: format!("{ratio:.2}, p99 {p99:.1} ms"),
            is_met: ratio >= 0.25 && p99 < 5.0,
        }
    }

    fn create(&self) -> Goal {
        let (ratio, _) = self.ratio(Work::Create, Work::Create);
        Goal {
            what: "create a task, durable, 64 users, 8 connections",
            at_best: ">= 0.5 of pgbench",
            measured: format!("{ratio:.2}"),
            is_met: ratio >= 0.5,
        }
    }

    /// From 64 connections on the throughput is that of 8, but for what is noise.
    fn steady(&self, work: Work) -> Goal {
        let base = self.at(work, 8).map_or(f64::INFINITY, |point| point.outcome.rate);
        let many = || of(&self.0.postgres, work).filter(|point| point.connections > 8);
        let least = many().map(|point| point.outcome.rate / base).fold(f64::INFINITY, f64::min);
        let errors: u64 = many().map(|point| point.outcome.broken + point.outcome.refused).sum();
        let most = many().map(|point| point.connections).max().unwrap_or(0);
        Goal {
            what: if work == Work::List {
                "many connections, list"
            } else {
                "many connections, create"
            },
            at_best: "as fast as 8 (at least 0.9), no error",
            measured: format!("at least {least:.2} up to {most} connections, {errors} errors"),
            is_met: least >= 0.9 && errors == 0,
        }
    }

    /// On both databases: the one that `make run` has waits for the disk in another way.
    fn chat(&self) -> Goal {
        let [postgres, sqlite] = [&self.0.postgres, &self.0.sqlite].map(|round| {
            let one = of(round, Work::Chat).find(|point| point.connections == 1);
            one.map_or(f64::INFINITY, |point| point.outcome.p99)
        });
        Goal {
            what: "an offline chat command, one caller",
            at_best: "p99 <= 10 ms",
            measured: format!("p99 {postgres:.1} ms, on SQLite {sqlite:.1} ms"),
            is_met: postgres.max(sqlite) <= 10.0,
        }
    }
}
