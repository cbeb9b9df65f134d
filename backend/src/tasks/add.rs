//! `POST /api/tasks`: a task by its fields, or quick add.

use std::ops::Range;

use api::{Added, NewTask, ParsedSpan, Problem, TaskBody};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Recurrence, TagName, ZoneName};
use http::{HeaderValue, StatusCode, header};
use language::{Context, Policy, QuickAdd, Span, Value};
use service::{TagChoice, TaskDraft};

use serde_json::json;

use super::{
    anchor, description, position, priority, recurrence_end, recurrence_rule, remind_at, rule,
    tag_choice, title, with_change,
};
use crate::{
    app::App,
    due,
    error::ApiError,
    extract::Json,
    signed_in::{SignedIn, UserPolicy, Zone},
};

/// Adds a task: by its fields, or with `text` through the language engine.
#[utoipa::path(
    post, path = "/api/tasks", tag = "tasks", request_body = NewTask,
    responses((status = 201, body = Added), (status = 401, body = Problem), (status = 422, body = Problem)),
)]
pub(crate) async fn add(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    UserPolicy(policy): UserPolicy,
    Json(body): Json<NewTask>,
) -> Result<Response, ApiError> {
    let (draft, parsed) = match &body.text {
        Some(text) => {
            let (draft, spans) = quick(text, &body.ignore, &zone, &policy, app.service.now())?;
            (draft, Some(spans))
        }
        None => (by_fields(body, &zone)?, None),
    };
    let written = service::add_task(&app.service, &actor, draft).await?;
    let task = TaskBody::from(&written.value);
    let location = format!("/api/tasks/{}", task.number);
    let location = HeaderValue::from_str(&location).expect("a path and digits");
    let answer =
        (StatusCode::CREATED, [(header::LOCATION, location)], Json(Added { task, parsed }));
    Ok(with_change(answer.into_response(), written.change))
}

/// How the task repeats; what belongs to a rule needs one.
fn recurrence(body: &NewTask, zone: &ZoneName) -> Result<Option<Recurrence>, ApiError> {
    let anchor = body.recurrence_anchor.as_deref().map(anchor).transpose()?;
    let end = body.recurrence_end_date.as_deref();
    let end = end.map(|text| recurrence_end(text, zone)).transpose()?;
    let Some(rule) = &body.recurrence_rule else {
        let needs_rule = |field| Err(ApiError::must(field, "stand beside a recurrence_rule"));
        return match (anchor, end) {
            (Some(_), _) => needs_rule("recurrence_anchor"),
            (_, Some(_)) => needs_rule("recurrence_end_date"),
            (None, None) => Ok(None),
        };
    };
    let anchor = anchor.unwrap_or_default();
    Ok(Some(Recurrence { anchor, end, ..Recurrence::new(recurrence_rule(rule)?) }))
}

fn by_fields(body: NewTask, zone: &ZoneName) -> Result<TaskDraft, ApiError> {
    let missing = || ApiError::invalid("title", "title must not be blank");
    let recurrence = recurrence(&body, zone)?;
    let tags = tag_choice(body.tags, body.tag_ids)?;
    Ok(TaskDraft {
        title: title(&body.title.ok_or_else(missing)?)?,
        description: body.description.as_deref().map(description).transpose()?.flatten(),
        due: body.due_date.map(|text| due::parse("due_date", &text, zone)).transpose()?,
        priority: body.priority.map(priority).transpose()?,
        completed: body.completed.unwrap_or(false),
        tags: tags.unwrap_or(TagChoice::Names(Vec::new())),
        recurrence,
        remind_at: body.remind_at.map(|text| remind_at(&text, zone)).transpose()?,
        position: body.position.map(position).transpose()?,
    })
}

fn quick(
    text: &str,
    ignore: &[[usize; 2]],
    zone: &ZoneName,
    policy: &Policy,
    now: jiff::Timestamp,
) -> Result<(TaskDraft, Vec<ParsedSpan>), ApiError> {
    let understood = understood(text, ignore, zone, policy, now)?;
    let add = understood.add;
    let names = add.tags.iter().map(|name| TagName::parse(name).map_err(rule("text")));
    let draft = TaskDraft {
        description: add.description.as_deref().map(description).transpose()?.flatten(),
        due: add.due,
        recurrence: add.recurrence.map(Recurrence::new),
        priority: add.priority,
        tags: TagChoice::Names(names.collect::<Result<_, _>>()?),
        ..TaskDraft::new(title(&add.title)?)
    };
    Ok((draft, understood.spans.iter().map(|span| parsed(text, span)).collect()))
}

/// What quick add makes of a line.
pub(super) fn understood(
    text: &str,
    ignore: &[[usize; 2]],
    zone: &ZoneName,
    policy: &Policy,
    now: jiff::Timestamp,
) -> Result<QuickAdd, ApiError> {
    let now = now.to_zoned(zone.time_zone());
    let ignore = ignore.iter().map(|&range| bytes(text, range)).collect::<Option<Vec<_>>>();
    let outside = || ApiError::must("ignore", "hold ranges that lie in the text");
    let context = Context { now: &now, policy };
    Ok(language::quick_add(text, &ignore.ok_or_else(outside)?, &context))
}

/// The bytes of a range in UTF-16 code units; none when it does not lie between characters of the text.
fn bytes(text: &str, [start, end]: [usize; 2]) -> Option<Range<usize>> {
    let mut units = 0;
    let mut places = text.char_indices().map(|(byte, letter)| {
        let place = (units, byte);
        units += letter.len_utf16();
        place
    });
    let places: Vec<_> = places.by_ref().collect();
    let end_of_text = (text.encode_utf16().count(), text.len());
    let byte_of = |unit| {
        let found = places.iter().chain([&end_of_text]).find(|place| place.0 == unit);
        found.map(|place| place.1)
    };
    (start <= end).then_some(())?;
    Some(byte_of(start)?..byte_of(end)?)
}

pub(super) fn parsed(text: &str, span: &Span) -> ParsedSpan {
    let units = |byte: usize| text[..byte].encode_utf16().count();
    ParsedSpan {
        kind: span.value.kind().to_owned(),
        start: units(span.range.start),
        end: units(span.range.end),
        text: text[span.range.clone()].to_owned(),
        value: match &span.value {
            Value::Date(day) => json!(day),
            Value::Time(time) => json!(time),
            Value::DateTime(moment) => json!(moment),
            Value::Priority(priority) => json!(priority.map(u8::from)),
            Value::Repeat(rule) => json!(rule),
            Value::Tag(text) | Value::Description(text) => json!(text),
            Value::Number(number) => json!(number),
        },
        alternatives: Vec::new(), // quick add does not ask back
    }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn ranges_count_utf_16_units() {
        assert_eq!(bytes("a😀b", [1, 3]), Some(1..5));
        assert_eq!(bytes("a😀b", [3, 4]), Some(5..6));
        assert_eq!(bytes("a😀b", [2, 3]), None);
        assert_eq!(bytes("ab", [0, 3]), None);
        assert_eq!(bytes("ab", [2, 1]), None);
        assert_eq!(bytes("", [0, 0]), Some(0..0));
    }
}
