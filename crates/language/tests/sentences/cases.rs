//! Runs every line of the case files: `input, context, expected`, split by tabs.
//!
//! The context is `chat` or `quick`, then maybe `now=`, `order=mdy`, `week=sunday`, `ignore=` (a word of the input). `\n` is
//! a line break. Lines that start with `# ` are comments.

use std::{fs, ops::Range, path::Path};

use jiff::{
    Zoned,
    civil::{DateTime, Weekday},
    tz::TimeZone,
};
use language::{Command, Context, DateOrder, NotUnderstood, Policy, Reason, quick_add, understand};

use crate::{monday, render};

/// The files hold at least so many cases, and so many of them say what must not happen: an empty run is no success.
const CASES: usize = 400;
const NEGATIVE: usize = 200;

struct Case {
    place: String,
    input: String,
    context: String,
    expected: String,
}

impl Case {
    /// Whether it says that nothing happens, or that all of the text stays text.
    fn is_negative(&self) -> bool {
        self.expected.starts_with("nothing") || self.expected == format!("add {:?}", self.input)
    }

    fn setting(&self, name: &str) -> Option<&str> {
        let mut settings = self.context.split(' ');
        settings.find_map(|setting| setting.strip_prefix(name)?.strip_prefix('='))
    }

    fn now(&self) -> Zoned {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let now = self.setting("now").map(|now| now.parse::<DateTime>().expect("a time"));
        now.map_or_else(monday, |now| now.to_zoned(berlin).expect("in range"))
    }

    fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        if self.setting("order") == Some("mdy") {
            policy.date_order = DateOrder::MonthDayYear;
        }
        if self.setting("week") == Some("sunday") {
            policy.week_start = Weekday::Sunday;
        }
        policy
    }

    fn ignore(&self) -> Vec<Range<usize>> {
        let found = self
            .setting("ignore")
            .map(|word| (self.input.find(word).expect("a word of the input"), word.len()));
        found.into_iter().map(|(start, length)| start..start + length).collect()
    }

    fn run(&self) -> String {
        let (now, policy) = (self.now(), self.policy());
        let context = Context { now: &now, policy: &policy };
        if self.context.starts_with("quick") {
            return render::quick_add(&quick_add(&self.input, &self.ignore(), &context));
        }
        assert!(self.context.starts_with("chat"), "{}: {}", self.place, self.context);
        render::understanding(&understand(&self.input, &context))
    }
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let files =
        fs::read_dir(folder).expect("the folder of cases").map(|file| file.expect("a file").path());
    let mut cases: Vec<Case> = files.flat_map(|file| read(&file)).collect();
    cases.sort_by(|one, other| one.place.cmp(&other.place));
    cases
}

fn read(file: &Path) -> Vec<Case> {
    let name = file.file_name().expect("a name").to_string_lossy();
    let text = fs::read_to_string(file).expect("text");
    let lines = text.lines().enumerate().filter(|(_, line)| !line.starts_with("# "));
    let case = |(index, line): (usize, &str)| {
        let place = format!("{name}:{}", index + 1);
        let [input, context, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{place}: not three fields");
        };
        let (context, expected) = (context.to_owned(), expected.to_owned());
        Case { place, input: input.replace("\\n", "\n"), context, expected }
    };
    lines.map(case).collect()
}

#[test]
fn every_case_holds() {
    let cases = cases();
    let negative = cases.iter().filter(|case| case.is_negative()).count();
    assert!(
        cases.len() >= CASES && negative >= NEGATIVE,
        "{} cases, {negative} negative",
        cases.len()
    );
    let wrong: Vec<String> = cases
        .iter()
        .map(|case| (case, case.run()))
        .filter(|(case, got)| *got != case.expected)
        .map(|(case, got)| {
            format!("{}: {:?}\n  want {}\n  got  {got}", case.place, case.input, case.expected)
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} wrong\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn no_sentence_stands_in_two_lines() {
    let mut seen: Vec<(String, String)> =
        cases().into_iter().map(|case| (case.input, case.context)).collect();
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
}

#[test]
fn every_suggestion_is_understood_and_none_destroys() {
    let (now, policy) = (monday(), Policy::default());
    let context = Context { now: &now, policy: &policy };
    for case in cases() {
        let Command::NotUnderstood(NotUnderstood { reason, suggestions }) =
            &understand(&case.input, &context).commands[0].command
        else {
            continue;
        };
        assert!(!suggestions.is_empty() || matches!(reason, Reason::BadDate(_)), "{}", case.input);
        for suggestion in suggestions {
            for understood in understand(suggestion, &context).commands {
                let harmless = matches!(
                    understood.command,
                    Command::Add(_) | Command::List(_) | Command::Help
                );
                assert!(harmless, "{:?} suggests {suggestion:?}: {understood:?}", case.input);
            }
        }
    }
}
