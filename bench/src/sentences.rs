//! How long the language engine takes for a sentence.

use std::time::{Duration, Instant};

use anyhow::Result;
use language::{Context, Policy, understand};

/// Sentences of several kinds: adding, asking, changing, and none of the engine's business.
const SENTENCES: [&str; 8] = [
    "add buy groceries tomorrow at 5pm #home p1",
    "pay rent every 1st of the month",
    "what is due this week",
    "mark buy groceries as done",
    "move the dentist to next friday",
    "delete all completed tasks",
    "how is the weather in Berlin today",
    "remind me to call mum in two hours and buy milk",
];

/// The mean and the longest of the means of each sentence.
pub fn measure() -> Result<(Duration, Duration)> {
    const ROUNDS: u32 = 2_000;
    let now = "2026-11-23T10:00[Europe/Berlin]".parse()?;
    let context = Context { now: &now, policy: &Policy::default() };
    let mean = |sentence: &str| {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            std::hint::black_box(understand(std::hint::black_box(sentence), &context));
        }
        start.elapsed() / ROUNDS
    };
    let means = SENTENCES.map(mean);
    let sum: Duration = means.iter().sum();
    let count = u32::try_from(SENTENCES.len())?;
    Ok((sum / count, means.into_iter().max().unwrap_or_default()))
}
