//! What a user has chosen.

use std::collections::BTreeMap;

use auth::Actor;
use domain::ZoneName;
use jiff::civil::{Time, Weekday, time};
use language::{DateOrder, Policy};
use storage::Numbers;

use crate::{Service, ServiceError};

/// The names of the weekdays.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// The names of the orders of a date.
const ORDERS: [(&str, DateOrder); 2] =
    [("day_month_year", DateOrder::DayMonthYear), ("month_day_year", DateOrder::MonthDayYear)];

/// A question of the policy that a user may answer. Names are stored: never rename one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The first day of a week: `monday`.
    WeekStart,
    /// How a date of numbers is read: `day_month_year`.
    DateOrder,
    /// A clock time, `09:00`.
    Hour(&'static str),
}

impl Question {
    /// All of them. The hours of the parts of a day come in the order in which the day has them.
    pub const ALL: [Self; 11] = [
        Self::WeekStart,
        Self::DateOrder,
        Self::Hour("morning"),
        Self::Hour("noon"),
        Self::Hour("afternoon"),
        Self::Hour("end_of_day"),
        Self::Hour("evening"),
        Self::Hour("tonight"),
        Self::Hour("night"),
        Self::Hour("bare_hour_from"),
        Self::Hour("bare_hour_to"),
    ];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::WeekStart => "week_start",
            Self::DateOrder => "date_order",
            Self::Hour(name) => name,
        }
    }

    /// The question of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.name() == name)
    }

    /// How the policy answers it.
    #[must_use]
    pub fn answer(self, policy: &Policy) -> String {
        match self {
            Self::WeekStart => name_of(&WEEKDAYS, policy.week_start).to_owned(),
            Self::DateOrder => name_of(&ORDERS, policy.date_order).to_owned(),
            Self::Hour(name) => {
                let hour = *hour(&mut policy.clone(), name);
                format!("{:02}:{:02}", hour.hour(), hour.minute())
            }
        }
    }

    /// Lets the policy answer it so.
    fn settle(self, policy: &mut Policy, answer: &str) -> Result<(), ServiceError> {
        match self {
            Self::WeekStart => {
                let day = named(&WEEKDAYS, answer);
                policy.week_start = day.ok_or_else(|| self.must("be a weekday, such as monday"))?;
            }
            Self::DateOrder => {
                let order = named(&ORDERS, answer);
                let rule = "be day_month_year or month_day_year";
                policy.date_order = order.ok_or_else(|| self.must(rule))?;
            }
            Self::Hour(name) => {
                let rule = "be a clock time from 00:00 to 23:59";
                let said = clock_time(answer).ok_or_else(|| self.must(rule))?;
                // Up to the end of that minute.
                let last = time(said.hour(), said.minute(), 59, 999_999_999);
                *hour(policy, name) = if name == "bare_hour_to" { last } else { said };
            }
        }
        Ok(())
    }

    fn must(self, rule: &str) -> ServiceError {
        let field = self.name();
        ServiceError::Invalid { field, message: format!("{field} must {rule}") }
    }
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn name_of<T: Copy + PartialEq>(names: &[(&'static str, T)], value: T) -> &'static str {
    names.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

fn hour<'p>(policy: &'p mut Policy, name: &str) -> &'p mut Time {
    let day = &mut policy.day;
    match name {
        "morning" => &mut day.morning,
        "noon" => &mut day.noon,
        "afternoon" => &mut day.afternoon,
        "end_of_day" => &mut day.end,
        "evening" => &mut day.evening,
        "tonight" => &mut day.tonight,
        "night" => &mut day.night,
        "bare_hour_from" => &mut policy.bare_hour_from,
        _ => &mut policy.bare_hour_to,
    }
}

/// `08:30`.
fn clock_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// What may not come before what.
const IN_ORDER: [(&str, &str); 7] = [
    ("morning", "noon"),
    ("noon", "afternoon"),
    ("afternoon", "evening"),
    ("evening", "tonight"),
    ("tonight", "night"),
    ("morning", "end_of_day"),
    ("bare_hour_from", "bare_hour_to"),
];

fn check_order(policy: &Policy) -> Result<(), ServiceError> {
    let mut policy = policy.clone();
    let mut at = |name| *hour(&mut policy, name);
    for (first, then) in IN_ORDER {
        if at(first) > at(then) {
            let message = format!("{then} must not be before {first}");
            return Err(ServiceError::Invalid { field: then, message });
        }
    }
    Ok(())
}

/// The answers that a user gave, by the names of the questions. What a newer program stored is kept.
fn given(stored: Option<&str>) -> BTreeMap<String, String> {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn policy_with(given: &BTreeMap<String, String>) -> Policy {
    let mut policy = Policy::default();
    for (name, answer) in given {
        if let Some(question) = Question::of(name) {
            // What a newer program allows is the default here.
            let _ = question.settle(&mut policy, answer);
        }
    }
    policy
}

/// The policy in force, from what is stored.
#[must_use]
pub fn policy(stored: Option<&str>) -> Policy {
    stored.map_or_else(Policy::default, |_| policy_with(&given(stored)))
}

/// What is in force for a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// The time zone, if one is known.
    pub zone: Option<ZoneName>,
    /// How open questions of language are answered.
    pub policy: Policy,
}

/// Changes of settings. `Some(None)` goes back to the default.
#[derive(Debug, Clone, Default)]
pub struct SettingsEdit {
    /// The time zone.
    pub zone: Option<Option<ZoneName>>,
    /// Answers to questions.
    pub answers: Vec<(Question, Option<String>)>,
}

/// What is stored of a user's choices.
///
/// # Errors
/// The database's.
pub async fn stored_settings(
    app: &Service,
    actor: &Actor,
) -> Result<storage::UserSettings, ServiceError> {
    Ok(app.store.settings(actor.user_id()).await?)
}

/// What is in force.
///
/// # Errors
/// The database's.
pub async fn settings(app: &Service, actor: &Actor) -> Result<InForce, ServiceError> {
    let stored = stored_settings(app, actor).await?;
    Ok(InForce { zone: stored.zone, policy: policy(stored.policy.as_deref()) })
}

/// Changes settings, all or none.
///
/// # Errors
/// [`ServiceError::Invalid`]: an answer that is none, or hours out of order; the database's.
pub async fn edit_settings(
    app: &Service,
    actor: &Actor,
    edit: SettingsEdit,
) -> Result<InForce, ServiceError> {
    let mut work = app.begin_giving(actor, Numbers::NONE).await?;
    let mut stored = work.settings().await?;
    let mut answers = given(stored.policy.as_deref());
    for (question, answer) in edit.answers {
        let name = question.name().to_owned();
        match answer {
            Some(answer) => {
                question.settle(&mut Policy::default(), &answer)?;
                answers.insert(name, answer);
            }
            None => _ = answers.remove(&name),
        }
    }
    let policy = policy_with(&answers);
    check_order(&policy)?;
    if let Some(zone) = edit.zone {
        stored.zone = zone;
    }
    stored.policy = (!answers.is_empty()).then(|| serde_json::json!(answers).to_string());
    work.set_settings(&stored).await?;
    work.commit().await?;
    tracing::info!(user.id = %actor.user_id(), "settings changed");
    Ok(InForce { zone: stored.zone, policy })
}

/// Takes choices over that were made elsewhere: the zone where none is known, the answers where the user gave none. One that
/// says what is the default anyway is no choice.
///
/// # Errors
/// As [`edit_settings`], whether they are taken over or not.
pub(crate) async fn adopt_settings(
    app: &Service,
    actor: &Actor,
    edit: SettingsEdit,
) -> Result<(), ServiceError> {
    let default = Policy::default();
    let mut answers = BTreeMap::new();
    for (question, answer) in edit.answers {
        let Some(answer) = answer else { continue };
        question.settle(&mut Policy::default(), &answer)?;
        if answer != question.answer(&default) {
            answers.insert(question.name().to_owned(), answer);
        }
    }
    check_order(&policy_with(&answers))?;
    let mut work = app.begin_giving(actor, Numbers::NONE).await?;
    let before = work.settings().await?;
    let answers = (!answers.is_empty()).then(|| serde_json::json!(answers).to_string());
    let adopted = storage::UserSettings {
        zone: before.zone.clone().or(edit.zone.flatten()),
        policy: before.policy.clone().or(answers),
    };
    if adopted != before {
        work.set_settings(&adopted).await?;
        work.commit().await?;
        tracing::info!(user.id = %actor.user_id(), "settings taken over");
    }
    Ok(())
}

/// Stores the zone unless there is one; returns the one in force.
///
/// # Errors
/// The database's.
pub async fn remember_zone(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
) -> Result<ZoneName, ServiceError> {
    Ok(app.store.remember_zone(actor.user_id(), zone).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_lead_back_to_themselves() {
        let default = Policy::default();
        for question in Question::ALL {
            let mut policy = Policy::default();
            question.settle(&mut policy, &question.answer(&default)).unwrap();
            assert_eq!(policy, default, "{question:?}");
            assert_eq!(Question::of(question.name()), Some(question));
        }
        check_order(&default).unwrap();
    }

    #[test]
    fn what_this_program_cannot_read_is_the_default() {
        let stored = r#"{"morning": "08:30", "noon": "late", "siesta": "14:00"}"#;
        let mut expected = Policy::default();
        expected.day.morning = time(8, 30, 0, 0);
        assert_eq!(policy(Some(stored)), expected);
        assert_eq!(policy(Some("nonsense")), Policy::default());
    }

    #[test]
    fn only_clock_times_are_hours() {
        assert_eq!(clock_time("08:30"), Some(time(8, 30, 0, 0)));
        for text in ["", "8:30", "24:00", "08:60", "08:30:00", "+8:30", "0830", "08:3x"] {
            assert_eq!(clock_time(text), None, "{text}");
        }
    }
}
