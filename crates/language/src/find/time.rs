//! Clock times: "5pm", "17:00", "at 5", "half past 5", "noon", "3-5pm".

use jiff::civil::Time;

use super::{Phrase, Scan, number, part};
use crate::{
    chart::Meaning,
    due::{Clock, Part},
    token::Kind,
    words,
};

/// A clock time that starts at a token, with its preposition.
pub(super) fn find(scan: &Scan<'_>, at: usize) -> Phrase<Meaning> {
    let lead = scan.after(at, words::BEFORE_A_TIME);
    let start = lead.unwrap_or(at);
    let blocked = lead.is_none() && at > 0 && scan.is(at - 1, words::BARS_A_TIME);
    let clock = range(scan, at).or_else(|| {
        // "dinner for 4" is no time, "a reminder for 4" is.
        let counts = scan.is(at, words::FOR) && !(at > 0 && scan.is(at - 1, words::TASK_NOUNS));
        let bare = lead.filter(|_| !counts).and_then(|start| bare_hour(scan, start));
        let time = (!blocked).then(|| clock(scan, start))?;
        time.or(bare)
    })?;
    Some((clock.0, Meaning::Clock(clock.1)))
}

/// A time that needs no preposition.
fn clock(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    named(scan, at).or_else(|| fraction(scan, at)).or_else(|| hour_first(scan, at))
}

/// "noon", "midnight".
fn named(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    if let Some(end) = scan.after(at, words::NOON) {
        return Some((end, Clock::Exact(scan.context.policy.day.noon)));
    }
    let end = scan.after(at, words::MIDNIGHT).filter(|&end| scan.closes(end))?;
    Some((end, Clock::Midnight))
}

/// "half past 5", "quarter to six", "ten past 4".
fn fraction(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    let start = scan.skip(at, words::ARTICLES);
    let named =
        words::look_up(words::FRACTIONS, scan.text(start)).map(|minutes| (start + 1, minutes));
    let (next, minutes) =
        named.or_else(|| number::small(scan, at).filter(|(_, minutes)| minutes % 5 == 0))?;
    let next = scan.skip(next, words::MINUTES);
    let minutes = i8::try_from(minutes).ok().filter(|minutes| (1..60).contains(minutes))?;
    let (next, to) = match scan.after(next, words::PAST) {
        Some(next) => (next, false),
        None => (scan.after(next, words::TO)?, true),
    };
    let (next, hour) = hour(scan, next)?;
    let (hour, minute) = if to { ((hour + 11) % 12, 60 - minutes) } else { (hour, minutes) };
    with_half_of_day(scan, next, hour, minute).or_else(|| {
        let end = scan.skip(next, words::O_CLOCK);
        (named.is_some() || !to || end > next)
            .then(|| Some((end, Clock::Bare(time(hour % 12, minute)?))))?
    })
}

/// "5pm", "5:30", "17:00", "five thirty pm", "5 o'clock", "7 in the morning".
fn hour_first(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    if let Some((end, hour, minute)) = hour_and_minute(scan, at) {
        return with_half_of_day(scan, end, hour, minute).or_else(|| {
            let padded = scan.text(at).starts_with('0') || !(1..=12).contains(&hour);
            let time = time(if padded { hour } else { hour % 12 }, minute)?;
            Some((end, if padded { Clock::Exact(time) } else { Clock::Bare(time) }))
        });
    }
    let (end, hour) = hour(scan, at)?;
    let (minutes_end, minute) = spoken_minutes(scan, end).unwrap_or((end, 0));
    with_half_of_day(scan, minutes_end, hour, minute)
        .or_else(|| Some((scan.after(end, words::O_CLOCK)?, Clock::Bare(time(hour % 12, 0)?))))
}

/// "5:30", "5.30pm", "17h30": the index behind it, the hour, the minute.
fn hour_and_minute(scan: &Scan<'_>, at: usize) -> Option<(usize, i8, i8)> {
    let token = |at: usize| scan.tokens.get(at).filter(|token| token.kind == Kind::Number);
    let hour = token(at).filter(|hour| hour.text.len() <= 2)?;
    let glued = scan.glued(at + 1) && scan.glued(at + 2);
    let minute = token(at + 2).filter(|minute| glued && minute.text.len() == 2)?;
    let dotted = scan.is(at + 1, &["."]) && half_of_day(scan, at + 3).is_some();
    let (hour, minute) = (small(hour.number()?, 23)?, small(minute.number()?, 59)?);
    (dotted || scan.is(at + 1, &[":", "h"])).then_some((at + 3, hour, minute))
}

/// "at 5", "by five", "at five thirty", "at 1900": only behind a preposition, and not in "at 5 Elm Street".
fn bare_hour(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    let token = scan.tokens.get(at)?;
    let digits = token.number().filter(|_| token.text.len() == 4);
    if let Some(digits) = digits {
        let time = time(small(digits / 100, 23)?, small(digits % 100, 59)?)?;
        let end = scan.skip(at + 1, words::HOURS);
        return scan.closes(end).then_some((end, Clock::Exact(time)));
    }
    let number = token.number().and_then(|hour| small(hour, 23));
    let (end, hour) = number.map(|hour| (at + 1, hour)).or_else(|| hour(scan, at))?;
    let (end, minute) = spoken_minutes(scan, end).unwrap_or((end, 0));
    let clock = match hour {
        1..=12 => Clock::Bare(time(hour % 12, minute)?),
        _ => Clock::Exact(time(hour, minute)?),
    };
    let over = scan.closes(end) || at == 1;
    (over && scan.ends_word(end)).then_some((end, clock))
}

/// "3-5pm", "from 3 to 5pm", "9:00-10:00": due when it starts.
fn range(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    let lead = scan.after(at, words::FROM);
    let start = lead.unwrap_or_else(|| scan.skip(at, words::BEFORE_A_TIME));
    let (middle, first) = clock(scan, start).or_else(|| plain_hour(scan, start))?;
    let dash = scan.after(middle, &["-"]);
    let next = dash.or_else(|| scan.after(middle, words::UNTIL))?;
    let (end, last) = clock(scan, next).or_else(|| lead.and(plain_hour(scan, next)))?;
    let plain = matches!((first, last), (Clock::Bare(_), Clock::Bare(_)));
    if plain && lead.is_none() && dash.is_none() {
        return None;
    }
    // "3-5pm" starts in the afternoon, "11-1pm" in the morning.
    let first = match (first, last) {
        (Clock::Bare(first), Clock::Exact(last)) if last.hour() >= 12 => {
            let evening = time(first.hour() + 12, first.minute())?;
            Clock::Exact(if evening < last { evening } else { first })
        }
        (Clock::Bare(first), Clock::Exact(_)) => Clock::Exact(first),
        _ => first,
    };
    scan.ends_word(end).then_some((end, first))
}

fn plain_hour(scan: &Scan<'_>, at: usize) -> Phrase<Clock> {
    let (end, hour) = hour(scan, at)?;
    Some((end, Clock::Bare(time(hour % 12, 0)?)))
}

/// An hour of the twelve, in digits or as a word.
fn hour(scan: &Scan<'_>, at: usize) -> Phrase<i8> {
    let (end, hour) = number::small(scan, at)?;
    let hour = i8::try_from(hour).ok().filter(|hour| (1..=12).contains(hour))?;
    Some((end, hour))
}

/// "thirty" in "five thirty".
fn spoken_minutes(scan: &Scan<'_>, at: usize) -> Phrase<i8> {
    let minutes = words::look_up(words::SPOKEN_MINUTES, scan.text(at))?;
    let more = words::look_up(words::NUMBERS, scan.text(at + 1)).filter(|more| *more < 10);
    match more
        .and_then(|more| i8::try_from(more).ok())
        .filter(|_| minutes % 10 == 0 && minutes > 10)
    {
        Some(more) => Some((at + 2, minutes + more)),
        None => Some((at + 1, minutes)),
    }
}

/// A time of the twelve-hour clock whose half of the day is said.
fn with_half_of_day(scan: &Scan<'_>, at: usize, hour: i8, minute: i8) -> Phrase<Clock> {
    let at = scan.skip(at, words::O_CLOCK);
    let (end, afternoon) = half_of_day(scan, at).or_else(|| {
        let (end, part) = part::phrase(scan, at)?;
        Some((end, part != Part::Morning && !(part == Part::Night && hour % 12 < 4)))
    })?;
    let hour = (1..=12).contains(&hour).then_some(hour % 12 + if afternoon { 12 } else { 0 })?;
    Some((end, Clock::Exact(time(hour, minute)?)))
}

/// "am", "p.m.": whether it is the second half.
fn half_of_day(scan: &Scan<'_>, at: usize) -> Phrase<bool> {
    if let Some(afternoon) = words::look_up(words::HALVES, scan.text(at)) {
        return Some((at + 1, afternoon));
    }
    let letter = words::look_up(words::HALF_LETTERS, scan.text(at))?;
    let dotted = scan.is(at + 1, &["."]) && scan.is(at + 2, &["m"]) && scan.glued(at + 2);
    dotted.then(|| (if scan.glued(at + 3) { scan.skip(at + 3, &["."]) } else { at + 3 }, letter))
}

fn small(number: u32, most: i8) -> Option<i8> {
    i8::try_from(number).ok().filter(|number| *number <= most)
}

fn time(hour: i8, minute: i8) -> Option<Time> {
    Time::new(hour, minute, 0, 0).ok()
}

/// "17:00" or "17:00:30" of an ISO 8601 date and time.
pub(super) fn iso(scan: &Scan<'_>, at: usize) -> Phrase<Time> {
    let (end, hour, minute) = hour_and_minute(scan, at)?;
    let second = scan.after(end, &[":"]).filter(|&second| scan.glued(end) && scan.glued(second));
    let second = second.and_then(|at| Some((at + 1, small(scan.tokens.get(at)?.number()?, 59)?)));
    let (end, second) = second.unwrap_or((end, 0));
    Some((end, Time::new(hour, minute, second, 0).ok()?))
}
