//! Import of JSON.

use std::fmt::Display;

use api::{ImportTag, ImportTagOfTask, ImportTask};
use domain::{
    Anchor, Color, Description, Position, Priority, Recurrence, RecurrenceRule, TagName, TaskId,
    TaskNumber, Title, ZoneName,
};
use jiff::{Timestamp, civil::Date};
use service::{Import, ImportedTask, MOST_TAGS};

use super::{MOST_TASKS, conversations, source_id::SourceIds};
use crate::{due, error::ApiError, extract::from_json};

/// Reads an export, or a list of tasks. Clock times without a zone are meant in `zone`.
pub(super) fn read(body: &[u8], zone: &ZoneName) -> Result<Import, ApiError> {
    let given = if body.trim_ascii_start().starts_with(b"[") {
        api::Import { tasks: from_json(body)?, ..api::Import::default() }
    } else {
        from_json(body)?
    };
    if given.tasks.len() > MOST_TASKS {
        let rule = format_args!("hold at most {MOST_TASKS} in one file");
        return Err(ApiError::must("tasks", rule));
    }
    let mut import = Import {
        settings: conversations::settings(given.settings)?,
        conversations: conversations::read(given.conversations, zone)?,
        ..Import::default()
    };
    for (place, tag) in given.tags.iter().enumerate() {
        import.tags.push(read_tag(tag, &format!("tags[{place}]"))?);
    }
    let mut ids = SourceIds::default();
    for (place, task) in given.tasks.into_iter().enumerate() {
        let field = format!("tasks[{place}]");
        for tag in &task.tags {
            if let ImportTagOfTask::Tag(tag) = tag {
                import.tags.push(read_tag(tag, &format!("{field}.tags"))?);
            }
        }
        let id = task.id.unwrap_or_else(|| {
            let words = serde_json::to_string(&task).expect("made of text and numbers");
            ids.next(&["json", &words])
        });
        import.tasks.push(Reader { field: &field, zone }.task(TaskId(id), task)?);
    }
    Ok(import)
}

fn read_tag(tag: &ImportTag, field: &str) -> Result<(TagName, Color), ApiError> {
    let name = TagName::parse(&tag.name).map_err(|rule| ApiError::invalid(field, rule))?;
    let color = tag.color.as_deref().map(Color::parse).transpose();
    let color = color.map_err(|rule| ApiError::invalid(field, rule))?;
    Ok((name, color.unwrap_or_default()))
}

/// Reads one task; its mistakes are told by its place in the file.
struct Reader<'a> {
    field: &'a str,
    zone: &'a ZoneName,
}

impl Reader<'_> {
    fn task(&self, id: TaskId, task: ImportTask) -> Result<ImportedTask, ApiError> {
        let recurrence = self.recurrence(&task)?;
        let tags = self.tags(&task.tags)?;
        let due_zone = self.parsed("due_zone", task.due_zone.as_deref(), ZoneName::parse)?;
        let due_zone = due_zone.as_ref().unwrap_or(self.zone);
        let due = task.due_date.map(|text| due::parse(&self.name("due_date"), &text, due_zone));
        let description = task.description.as_deref();
        let created_at = self.instant("created_at", task.created_at)?;
        let updated_at = self.instant("updated_at", task.updated_at)?;
        let completed_at = self.instant("completed_at", task.completed_at)?;
        let completed = task.completed.unwrap_or(completed_at.is_some());
        // The Phase III system does not tell since when.
        let done_since = completed_at.or(updated_at).or(created_at);
        Ok(ImportedTask {
            id,
            number: task.number.filter(|number| *number > 0).map(TaskNumber),
            title: Title::parse(&task.title).map_err(|rule| self.invalid("title", rule))?,
            description: self.parsed("description", description, Description::parse)?.flatten(),
            due: due.transpose()?,
            priority: self.parsed("priority", task.priority, Priority::try_from)?,
            completed_at: completed.then(|| done_since.unwrap_or(Timestamp::UNIX_EPOCH)),
            tags,
            recurrence,
            previous: task.parent_task_id.map(TaskId),
            remind_at: self.instant("remind_at", task.remind_at)?,
            position: self.parsed("position", task.position, Position::new)?,
            created_at,
            updated_at,
        })
    }

    fn recurrence(&self, task: &ImportTask) -> Result<Option<Recurrence>, ApiError> {
        let rule = task.recurrence_rule.as_deref();
        let Some(rule) = self.parsed("recurrence_rule", rule, RecurrenceRule::parse)? else {
            return Ok(None);
        };
        let known = |name| Anchor::from_name(name).ok_or("must be schedule or completion");
        let anchor = self.parsed("recurrence_anchor", task.recurrence_anchor.as_deref(), known)?;
        let end = task.recurrence_end_date.as_deref().map(|text| self.day(text)).transpose()?;
        Ok(Some(Recurrence { anchor: anchor.unwrap_or_default(), end, ..Recurrence::new(rule) }))
    }

    fn tags(&self, tags: &[ImportTagOfTask]) -> Result<Vec<TagName>, ApiError> {
        if tags.len() > MOST_TAGS {
            return Err(self.invalid("tags", format_args!("a task has at most {MOST_TAGS} tags")));
        }
        let names = tags.iter().map(|tag| match tag {
            ImportTagOfTask::Name(name) => name,
            ImportTagOfTask::Tag(tag) => &tag.name,
        });
        names.map(|name| TagName::parse(name).map_err(|rule| self.invalid("tags", rule))).collect()
    }

    /// The Phase III system writes an instant, in UTC and without saying so: its day counts.
    fn day(&self, text: &str) -> Result<Date, ApiError> {
        let utc = ZoneName::utc();
        Ok(due::parse(&self.name("recurrence_end_date"), text, &utc)?.day_in(&utc.time_zone()))
    }

    fn instant(&self, member: &str, text: Option<String>) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = text else { return Ok(None) };
        due::instant(&self.name(member), &text, self.zone).map(Some)
    }

    fn parsed<T, U, E: Display>(
        &self,
        member: &str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Result<Option<U>, ApiError> {
        value.map(parse).transpose().map_err(|rule| self.invalid(member, rule))
    }

    fn invalid(&self, member: &str, rule: impl Display) -> ApiError {
        ApiError::invalid(self.name(member), rule)
    }

    fn name(&self, member: &str) -> String {
        format!("{}.{member}", self.field)
    }
}
