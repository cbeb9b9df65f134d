//! `POST /api/tasks`: a task by its fields, or quick add.

use api::{Added, NewTask, ParsedSpan, Problem, TaskBody};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{Recurrence, TagName, ZoneName};
use http::{HeaderValue, StatusCode, header};
use language::Policy;
use service::{TagChoice, TaskDraft};

use super::{
    anchor, description, position, priority, quick, recurrence_end, recurrence_rule, remind_at,
    rule, tag_choice, title, with_change,
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
    let (understood, spans) = quick::understood(text, ignore, zone, policy, now)?;
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
    Ok((draft, spans))
}
