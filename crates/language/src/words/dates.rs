//! English words for days and times.

use jiff::civil::{Date, Weekday};

use super::Unit;
use crate::due::Part;

pub(crate) const DAYS: &[(&str, i32)] = &[
    ("today", 0),
    ("2day", 0),
    ("tomorrow", 1),
    ("tomorow", 1),
    ("tommorow", 1),
    ("tommorrow", 1),
    ("tomorrrow", 1),
    ("tmrw", 1),
    ("tmr", 1),
    ("tmw", 1),
    ("tomoz", 1),
];
/// Short forms that are also names; read only beside a clock time.
pub(crate) const DAYS_OR_NAMES: &[(&str, i32)] = &[("tod", 0), ("tom", 1)];
pub(crate) const DAY_AFTER_TOMORROW: &[&[&str]] = &[&["day"], &["after"], &["tomorrow", "tmrw"]];

pub(crate) const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("mon", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("tues", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("wed", Weekday::Wednesday),
    ("weds", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("thur", Weekday::Thursday),
    ("thurs", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("fri", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sat", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("sun", Weekday::Sunday),
];
/// Short weekdays that are also other words.
pub(crate) const WEEKDAYS_OR_WORDS: &[&str] = &["mon", "wed", "weds", "sat", "sun"];

pub(crate) const MONTHS: &[(&str, i8)] = &[
    ("january", 1),
    ("jan", 1),
    ("february", 2),
    ("feb", 2),
    ("march", 3),
    ("mar", 3),
    ("april", 4),
    ("apr", 4),
    ("may", 5),
    ("june", 6),
    ("jun", 6),
    ("july", 7),
    ("jul", 7),
    ("august", 8),
    ("aug", 8),
    ("september", 9),
    ("sept", 9),
    ("sep", 9),
    ("october", 10),
    ("oct", 10),
    ("november", 11),
    ("nov", 11),
    ("december", 12),
    ("dec", 12),
];
/// Months that are also other words: "march 5 miles".
pub(crate) const MONTHS_OR_WORDS: &[&str] = &["march", "mar", "may"];

pub(crate) const NUMBERS: &[(&str, i32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("ninety", 90),
];
pub(crate) const ORDINALS: &[(&str, i8)] = &[
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("eleventh", 11),
    ("twelfth", 12),
    ("thirteenth", 13),
    ("fourteenth", 14),
    ("fifteenth", 15),
    ("sixteenth", 16),
    ("seventeenth", 17),
    ("eighteenth", 18),
    ("nineteenth", 19),
    ("twentieth", 20),
    ("thirtieth", 30),
];
pub(crate) const ORDINAL_ENDINGS: &[&str] = &["st", "nd", "rd", "th"];
pub(crate) const SPOKEN_MINUTES: &[(&str, i8)] =
    &[("ten", 10), ("fifteen", 15), ("twenty", 20), ("thirty", 30), ("forty", 40), ("fifty", 50)];
pub(crate) const FRACTIONS: &[(&str, i32)] = &[("half", 30), ("quarter", 15)];

pub(crate) const UNITS: &[(&str, Unit)] = &[
    ("minute", Unit::Minute),
    ("minutes", Unit::Minute),
    ("min", Unit::Minute),
    ("mins", Unit::Minute),
    ("hour", Unit::Hour),
    ("hours", Unit::Hour),
    ("hr", Unit::Hour),
    ("hrs", Unit::Hour),
    ("day", Unit::Day),
    ("days", Unit::Day),
    ("week", Unit::Week),
    ("weeks", Unit::Week),
    ("month", Unit::Month),
    ("months", Unit::Month),
    ("year", Unit::Year),
    ("years", Unit::Year),
];
pub(crate) const ENDS: &[(&str, Unit)] =
    &[("eod", Unit::Day), ("eow", Unit::Week), ("eom", Unit::Month), ("eoy", Unit::Year)];

pub(crate) const PARTS: &[(&str, Part)] = &[
    ("morning", Part::Morning),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Night),
];
pub(crate) const NIGHT: &[&str] = &["night"];
pub(crate) const TONIGHT: &[&str] = &["tonight", "tonite", "2nite"];
pub(crate) const NOON: &[&str] = &["noon", "midday"];
pub(crate) const MIDNIGHT: &[&str] = &["midnight"];

/// Whether the half of the day is the second one.
pub(crate) const HALVES: &[(&str, bool)] = &[("am", false), ("pm", true)];
pub(crate) const HALF_LETTERS: &[(&str, bool)] = &[("a", false), ("p", true)];
pub(crate) const O_CLOCK: &[&str] = &["o'clock", "oclock"];
pub(crate) const HOURS: &[&str] = &["hours", "hrs"];
pub(crate) const MINUTES: &[&str] = &["minutes", "minute", "mins", "min"];
pub(crate) const HALF_AN_HOUR: &[&[&str]] =
    &[&["half", "an", "hour"], &["half", "a", "hour"], &["a", "half", "hour"], &["half", "hour"]];
pub(crate) const A_COUPLE_OF: &[&[&str]] =
    &[&["a", "couple", "of"], &["a", "couple"], &["couple", "of"]];
pub(crate) const AHEAD_OF_TIME: &[&[&str]] =
    &[&["before"], &["beforehand"], &["in", "advance"], &["ahead"], &["earlier"], &["early"]];

pub(crate) const THIS: &[&str] = &["this"];
pub(crate) const NEXT: &[&str] = &["next"];
pub(crate) const COMING: &[&str] = &["coming", "upcoming"];
pub(crate) const WEEK: &[&str] = &["week"];
pub(crate) const MONTH: &[&str] = &["month"];
pub(crate) const YEAR: &[&str] = &["year"];
pub(crate) const WEEKEND: &[&str] = &["weekend"];
pub(crate) const THE: &[&str] = &["the"];
pub(crate) const ARTICLES: &[&str] = &["a", "an"];
pub(crate) const OF: &[&str] = &["of"];
pub(crate) const IN: &[&str] = &["in", "within"];
pub(crate) const AT: &[&str] = &["at", "by"];
pub(crate) const TO: &[&str] = &["to", "til", "till", "before"];
pub(crate) const PAST: &[&str] = &["past", "after"];
pub(crate) const FROM: &[&str] = &["from", "between"];
pub(crate) const UNTIL: &[&str] = &["to", "until", "till", "til", "and"];
pub(crate) const NOW: &[&str] = &["now", "today"];
pub(crate) const BEFORE: &[&str] = &["before"];
pub(crate) const FROM_OR_AFTER: &[&str] = &["from", "after"];
pub(crate) const MIDDLE: &[&str] = &["mid", "middle"];
pub(crate) const MID_PREFIXES: &[&str] = &["mid-"];
pub(crate) const END: &[&str] = &["end"];

pub(crate) const DUE: &[&str] = &["due"];
pub(crate) const BEFORE_A_DAY: &[&str] = &["on", "by", "for", "before"];
pub(crate) const SURELY_BEFORE_A_DAY: &[&str] = &["on", "by", "due", "before"];
pub(crate) const BEFORE_A_TIME: &[&str] = &["at", "by", "@", "around", "before", "for"];
pub(crate) const FOR: &[&str] = &["for"];
pub(crate) const BEFORE_A_DISTANCE: &[&str] = &["on", "by", "for"];
/// Behind these a day is not when something is due: "wait until friday", "the monday meeting".
pub(crate) const BARS_A_DAY: &[&str] = &[
    "the", "a", "an", "some", "my", "our", "your", "his", "her", "their", "its", "every", "each",
    "last", "past", "previous", "until", "till", "til", "after", "since", "from", "through", "to",
    "of", "about", "than", "black", "good", "easter", "ash", "palm", "cyber", "casual", "between",
    "not", "i", "we", "he", "she", "they", "it", "re", "and", "or", "called", "named", "like",
];
pub(crate) const BARS_A_TIME: &[&str] = &[
    "until", "till", "til", "after", "since", "than", "from", "to", "the", "my", "our", "between",
    "not", "about",
];
/// Fractions, and dates that are names, as (day, month) or (month, day) as typed.
pub(crate) const FRACTIONS_OR_NAMES: &[(i16, i16)] = &[
    (1, 2),
    (1, 3),
    (2, 3),
    (1, 4),
    (3, 4),
    (1, 5),
    (1, 8),
    (24, 7),
    (9, 11),
    (7, 11),
    (50, 50),
    (4, 4),
    (2, 2),
];

pub(crate) const EVERY: &[&str] = &["every", "each"];
/// A word that says how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Adverb {
    pub unit: Unit,
    pub count: i32,
    pub part: Option<Part>,
}

const fn each(count: i32, unit: Unit) -> Adverb {
    Adverb { unit, count, part: None }
}

pub(crate) const REPEATEDLY: &[(&str, Adverb)] = &[
    ("daily", each(1, Unit::Day)),
    ("weekly", each(1, Unit::Week)),
    ("biweekly", each(2, Unit::Week)),
    ("fortnightly", each(2, Unit::Week)),
    ("monthly", each(1, Unit::Month)),
    ("quarterly", each(3, Unit::Month)),
    ("yearly", each(1, Unit::Year)),
    ("annually", each(1, Unit::Year)),
    ("nightly", Adverb { unit: Unit::Day, count: 1, part: Some(Part::Night) }),
];
pub(crate) const ON_DAYS: &[&str] = &["weekdays", "weekends"];
pub(crate) const HOURLY: &[&str] = &["hourly"];
pub(crate) const OTHER: &[&str] = &["other"];
pub(crate) const LAST: &[&str] = &["last"];
pub(crate) const WORKDAYS: &[&str] = &["weekday", "weekdays", "workday", "workdays"];
pub(crate) const WEEKENDS: &[&str] = &["weekend", "weekends"];
pub(crate) const QUARTERS: &[&str] = &["quarter", "quarters"];
pub(crate) const FORTNIGHTS: &[&str] = &["fortnight", "fortnights"];
pub(crate) const JOINS_DAYS: &[&str] = &["and", "&"];
pub(crate) const OF_THE_MONTH: &[&[&str]] = &[
    &["of", "the", "month"],
    &["of", "each", "month"],
    &["of", "every", "month"],
    &["of", "month"],
    &["in", "the", "month"],
];
/// Behind a repetition these begin what ends it or leaves days out.
pub(crate) const BOUNDS_A_REPETITION: &[&str] = &[
    "until",
    "till",
    "til",
    "through",
    "except",
    "excluding",
    "but",
    "unless",
    "for",
    "starting",
    "beginning",
    "from",
    "since",
    "after",
    "times",
    "x",
    "!",
    "between",
];
pub(crate) const REPEAT_WORDS: &[&str] = &[
    "other", "second", "third", "last", "first", "!", "nd", "rd", "th", "st", "single", "two",
    "three", "four", "six",
];
pub(crate) const REPEAT_UNITS: &[&str] =
    &["weekday", "weekdays", "weekend", "weekends", "workday", "workdays", "quarter", "fortnight"];

/// Words that may follow a complete day or time; before any other word it may be part of a name.
pub(crate) const AFTER_A_TIME: &[&str] = &[
    "to", "at", "on", "by", "in", "for", "with", "about", "and", "then", "because", "so", "if",
    "or", "but", "from", "before", "after", "until", "every", "next", "this", "today", "tomorrow",
    "tmrw", "tonight", "please", "tagged", "high", "medium", "low", "urgent", "priority", "that",
    "sharp", "via", "due", "as", "when", "labeled", "label",
];

const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn month_name(date: Date) -> &'static str {
    let index = usize::try_from(date.month()).unwrap_or(1) - 1;
    MONTH_NAMES[index]
}

/// Tells the user that a month, given by its first day, lacks a day.
pub(crate) fn no_such_day(first: Date, day: i8, with_year: bool) -> String {
    let month = month_name(first);
    let days = if with_year || first.month() != 2 { first.days_in_month() } else { 29 };
    let year = if with_year { format!(" {}", first.year()) } else { String::new() };
    format!("There is no {day} {month}{year}: the month has {days} days.")
}

/// Tells the user that a date falls on another weekday.
pub(crate) fn wrong_weekday(date: Date, said: Weekday) -> String {
    let (day, month, year) = (date.day(), month_name(date), date.year());
    let (is, said) = (weekday_name(date.weekday()), weekday_name(said));
    format!("{day} {month} {year} is a {is}, not a {said}.")
}
