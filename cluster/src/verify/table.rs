//! Criteria as a table for people, row by row.

use super::row::{Outcome, Row};

/// Room for the longest criterion.
const WIDTH: usize = 19;

/// One row, as it comes.
pub fn line(number: usize, row: &Row, is_coloured: bool) -> String {
    let Row { criterion, seconds, .. } = row;
    // On the line stays what fits there; a longer cause goes on below, under its column.
    let evidence = row.evidence.trim().replace('\n', &format!("\n{}", " ".repeat(WIDTH + 25)));
    let outcome = word(row.outcome, is_coloured);
    format!("{number:>2}  {outcome}  {criterion:WIDTH$}  {seconds:>6.1} s  {evidence}")
}

fn word(outcome: Outcome, is_coloured: bool) -> String {
    let (word, colour) = match outcome {
        Outcome::Passed => ("ok", 32),
        Outcome::Failed => ("FAILED", 31),
        Outcome::Missing => ("missing", 33),
    };
    let padded = format!("{word:7}");
    if is_coloured { format!("\u{1b}[{colour}m{padded}\u{1b}[0m") } else { padded }
}

/// A line that sums them up.
pub fn sum(rows: &[Row]) -> String {
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    format!(
        "{} criteria: {} hold, {} failed, {} missing",
        rows.len(),
        count(Outcome::Passed),
        count(Outcome::Failed),
        count(Outcome::Missing)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    fn rows() -> Vec<Row> {
        let mut rows = vec![
            Row::of("Pods running", || Ok("3 of 3".to_owned())),
            Row::of("Chat works", || Err(anyhow!("no answer\nnor a task"))),
            Row::missing("kubectl-ai works", "not built"),
        ];
        for row in &mut rows {
            row.seconds = 1.23;
        }
        rows
    }

    #[test]
    fn columns_are_aligned() {
        let expected = "
 1  ok       Pods running            1.2 s  3 of 3
 2  FAILED   Chat works              1.2 s  no answer
                                            nor a task
 3  missing  kubectl-ai works        1.2 s  not built
3 criteria: 1 hold, 1 failed, 1 missing";
        let rows = rows();
        let mut text = String::new();
        for (number, row) in (1..).zip(&rows) {
            text = format!("{text}\n{}", line(number, row, false));
        }
        assert_eq!(format!("{text}\n{}", sum(&rows)), expected);
    }

    #[test]
    fn colours_come_on_demand() {
        let [_, failed, _] = &rows()[..] else { panic!("three rows") };
        assert!(line(2, failed, true).contains("\u{1b}[31mFAILED \u{1b}[0m"));
        assert!(!line(2, failed, false).contains('\u{1b}'));
    }

    #[test]
    fn rows_are_json() {
        let json = serde_json::to_value(rows()).unwrap();
        assert_eq!(json[1]["outcome"], "failed");
        assert_eq!(json[0]["evidence"], "3 of 3");
    }
}
