//! pgbench running the statements of a request, to compare with: the same server, the same run.
//!
//! The statements are not written down here. They are read from the server's log after one request, so that pgbench always
//! runs what the backend runs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sqlx::{Connection, Executor, PgConnection};

/// A statement as the server logged it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    sql: String,
    /// The values of `$1`, `$2`, …, as SQL.
    values: Vec<String>,
}

/// The statements of one request, with whose they were.
pub struct Recording {
    statements: Vec<Statement>,
    user: String,
}

/// Brings what the planner knows up to date, as the server itself does a minute after so many rows came.
pub async fn analyze(url: &str) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute("vacuum analyze").await?;
    Ok(connection.close().await?)
}

/// Switches the log of statements of connections to come on or off.
pub async fn log_statements(url: &str, on: bool) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let change = if on {
        "alter role test set log_statement = 'all'"
    } else {
        "alter role test reset log_statement"
    };
    connection.execute(change).await?;
    Ok(connection.close().await?)
}

impl Recording {
    /// What was logged behind `from`, a length of the log before the request.
    pub fn read(log: &Path, from: usize, user: &str) -> Result<Self> {
        let text = fs::read_to_string(log)?;
        let statements = statements(text.get(from..).context("the log has shrunk")?);
        if statements.is_empty() {
            bail!("the server has logged no statement");
        }
        Ok(Self { statements, user: user.to_owned() })
    }

    /// Only the first that begins so, and what follows: what comes before finds out who asks.
    pub fn since(mut self, beginning: &str) -> Result<Self> {
        let first = self.statements.iter().position(|one| one.sql.starts_with(beginning));
        let first = first.with_context(|| format!("no statement begins with {beginning}"))?;
        self.statements.drain(..first);
        Ok(self)
    }

    /// A script of pgbench's for the same request of one of several users, at random.
    fn script(&self, users: &[&str], tasks: usize) -> String {
        let all = format!("(array['{}'])[:u]", users.join("','"));
        let most = users.len();
        let mut script = format!("\\set number random(1, {tasks})\n\\set u random(1, {most})\n");
        for statement in &self.statements {
            script += &statement.for_pgbench().replace(&format!("'{}'", self.user), &all);
            script.push('\n');
        }
        script
    }

    /// Transactions a second: as many clients, each in the name of some user, who have so many
    /// tasks.
    pub fn rate(
        &self,
        url: &str,
        users: &[&str],
        tasks: usize,
        connections: u32,
        seconds: u32,
    ) -> Result<f64> {
        let folder = tempfile::tempdir()?;
        let mut pgbench = Command::new(program());
        pgbench
            .args(["--no-vacuum", "--protocol", "prepared", "--jobs", "1"])
            .args(["--client", &connections.to_string()])
            .args(["--time", &seconds.to_string()]);
        let file = folder.path().join("script");
        fs::write(&file, self.script(users, tasks))?;
        pgbench.arg("--file").arg(&file);
        let output = pgbench.arg(url).output().context("cannot run pgbench")?;
        let text = String::from_utf8_lossy(&output.stdout);
        let rate = text.lines().find_map(|line| line.strip_prefix("tps = "));
        let rate = rate.and_then(|rest| rest.split(' ').next()?.parse().ok());
        rate.filter(|_| output.status.success()).with_context(|| {
            format!("pgbench failed: {text}{}", String::from_utf8_lossy(&output.stderr))
        })
    }
}

impl Statement {
    /// What must be another value in each transaction comes from what the transaction has read, as in the backend: the
    /// numbers of the counter row, and a task's version. All else is as it was in the request.
    fn for_pgbench(&self) -> String {
        let begins = |beginning: &str| self.sql.starts_with(beginning);
        if begins("begin;") {
            return "begin;".to_owned(); // in one message with what follows, which pgbench cannot do
        }
        let mut values = self.values.clone();
        let mut take = "";
        if begins("insert into counter ") {
            take = " \\gset c_";
        } else if begins("insert into task ") {
            ":c_task".clone_into(&mut values[1]);
            "gen_random_uuid()".clone_into(&mut values[2]);
        } else if begins("insert into change ") {
            ":c_change".clone_into(&mut values[1]);
        } else if begins("select number") && self.sql.contains(" number in (-1, $") {
            ":number".clone_into(values.last_mut().expect("it has a number"));
            take = " \\gset t_";
        } else if begins("update task ") {
            let last = values.len() - 1;
            ":number".clone_into(&mut values[last - 1]);
            ":t_version".clone_into(&mut values[last]);
        }
        let mut sql = self.sql.clone();
        for (at, value) in values.iter().enumerate().rev() {
            sql = sql.replace(&format!("${}", at + 1), value);
        }
        if take.is_empty() { sql + ";" } else { sql + take }
    }
}

/// Reads lines `LOG:  execute name: …` and `LOG:  statement: …`, with the values behind `DETAIL:  parameters: `.
fn statements(log: &str) -> Vec<Statement> {
    let mut found: Vec<Statement> = Vec::new();
    for line in log.lines() {
        if let Some((_, rest)) = line.split_once("LOG:  execute ") {
            let sql = rest.split_once(": ").map_or(rest, |(_, sql)| sql);
            found.push(Statement { sql: sql.to_owned(), values: Vec::new() });
        } else if let Some((_, sql)) = line.split_once("LOG:  statement: ") {
            found.push(Statement { sql: sql.to_owned(), values: Vec::new() });
        } else if let Some((_, values)) = line.split_once("DETAIL:  parameters: ")
            && let Some(last) = found.last_mut()
        {
            last.values = read_values(values);
        }
    }
    found
}

/// Reads `$1 = 'it''s', $2 = NULL`.
fn read_values(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let end = if value.starts_with('\'') { end_of_quoted(value) } else { value.find(',') };
        let end = end.unwrap_or(value.len());
        values.push(value[..end].to_owned());
        rest = &value[end..];
    }
    values
}

/// Where a quoted value ends, in which a quote stands twice.
fn end_of_quoted(value: &str) -> Option<usize> {
    let mut quotes = value.match_indices('\'').map(|(at, _)| at).skip(1).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return Some(at + 1);
        }
    }
    None
}

/// On the path, or in Debian's folder of the newest version.
fn program() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = versions.map(|version| version.path().join("bin/pgbench")).collect();
    found.retain(|path| path.is_file());
    found.sort();
    found.pop().unwrap_or_else(|| "pgbench".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_read() {
        let log = "LOG:  statement: begin\n\
            LOG:  execute sqlx_s_1: select number from task where user_id = $1 limit $2\n\
            DETAIL:  parameters: $1 = 'it''s, ada', $2 = NULL\n";
        let read = statements(log);
        assert_eq!(read[0], Statement { sql: "begin".to_owned(), values: vec![] });
        assert_eq!(read[1].values, ["'it''s, ada'", "NULL"]);
        let script = read[1].for_pgbench();
        assert_eq!(script, "select number from task where user_id = 'it''s, ada' limit NULL;");
    }
}
