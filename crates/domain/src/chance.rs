//! Chance, as an argument: ids and tokens are made from it.

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// A source of random bytes. A test gives a seeded one.
pub trait Random: Send + Sync {
    /// Fills `bytes` with values that nobody can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's own source.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system's random source answers once the system runs");
    }
}

/// A version 7 UUID (RFC 9562): sorts by the millisecond it was made in.
#[must_use]
pub fn uuid_v7(random: &dyn Random, now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    random.fill(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// `length` characters of `A-Za-z0-9`, each equally likely: how Better Auth writes ids and session tokens.
#[must_use]
pub fn token(random: &dyn Random, length: usize) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    // Bytes from 248 on are thrown away: 248 is the largest multiple of 62 in a byte, so no letter is favoured.
    const FAIR: u8 = 248;
    let mut text = String::with_capacity(length);
    let mut bytes = [0; 48];
    while text.len() < length {
        random.fill(&mut bytes);
        let fair = bytes.iter().filter(|&&byte| byte < FAIR);
        let letters = fair.map(|&byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        text.extend(letters.take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_length_and_letters_and_differ() {
        let [one, two] = [(); 2].map(|()| token(&SystemRandom, 32));
        assert_ne!(one, two);
        assert_eq!(one.len(), 32);
        assert!(one.chars().all(|letter| letter.is_ascii_alphanumeric()));
    }

    #[test]
    fn uuids_are_version_7_and_sort_by_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let early = uuid_v7(&SystemRandom, at(1_000));
        let late = uuid_v7(&SystemRandom, at(1_001));
        assert_eq!(early.get_version_num(), 7);
        assert!(early < late);
    }
}
