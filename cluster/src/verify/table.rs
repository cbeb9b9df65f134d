//! Criteria as a table for people.

use super::row::{Outcome, Row};

/// All rows, and a line that sums them up.
pub fn of(rows: &[Row], is_coloured: bool) -> String {
    let width = rows.iter().map(|row| row.criterion.len()).max().unwrap_or(0);
    let mut lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            let Row { criterion, seconds, .. } = row;
            // On the line stays what fits there; a longer cause goes on below, under its column.
            let evidence =
                row.evidence.trim().replace('\n', &format!("\n{}", " ".repeat(width + 25)));
            let outcome = word(row.outcome, is_coloured);
            format!("{:>2}  {outcome}  {criterion:width$}  {seconds:>6.1} s  {evidence}", index + 1)
        })
        .collect();
    lines.push(String::new());
    lines.push(sum(rows));
    lines.join("\n") + "\n"
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

fn sum(rows: &[Row]) -> String {
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
 1  ok       Pods running         1.2 s  3 of 3
 2  FAILED   Chat works           1.2 s  no answer
                                         nor a task
 3  missing  kubectl-ai works     1.2 s  not built

3 criteria: 1 hold, 1 failed, 1 missing
";
        assert_eq!(format!("\n{}", of(&rows(), false)), expected);
    }

    #[test]
    fn colours_come_on_demand() {
        assert!(of(&rows(), true).contains("\u{1b}[31mFAILED \u{1b}[0m"));
        assert!(!of(&rows(), false).contains('\u{1b}'));
    }

    #[test]
    fn rows_are_json() {
        let json = serde_json::to_value(rows()).unwrap();
        assert_eq!(json[1]["outcome"], "failed");
        assert_eq!(json[0]["evidence"], "3 of 3");
    }
}
