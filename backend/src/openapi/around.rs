//! What stands around every handler: headers of requests and answers, and answers that no handler gives.

use http::{Method, StatusCode};
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, ObjectBuilder, Ref, RefOr, Required, Response,
    ResponseBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::{Schema, Type},
};

use super::is_guarded;

const PROBLEM: &str = "application/problem+json";

/// Writes that are no part of the change log: what is chosen, who may come in, what was said. `tasks_parse` writes nothing.
const NOT_LOGGED: [&str; 5] =
    ["tasks_parse", "chat_delete", "settings_edit", "tokens_add", "tokens_delete"];

/// Completes the description of an operation.
pub(super) fn describe(method: &Method, operation: &mut Operation) {
    if is_guarded(operation) {
        add_answers(method, operation);
        add_parameters(method, operation);
    }
    add_headers(method, operation);
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if answer.description.is_empty() {
            let code = status.parse().ok().and_then(|code| StatusCode::from_u16(code).ok());
            let words = code.and_then(|code| code.canonical_reason()).unwrap_or_default();
            words.clone_into(&mut answer.description);
        }
    }
}

/// Answers that come from around the handlers. All that say no are problems.
fn add_answers(method: &Method, operation: &mut Operation) {
    let mut may = vec![
        ("401", "Nobody is signed in"),
        ("403", "A cookie came from a page of another site, or the user may not do this"),
        ("422", "A parameter, header or member breaks a rule; `errors` names it"),
        ("429", "Too many requests; try again after `Retry-After`"),
        ("500", "Our fault; the log has the cause under `request_id`"),
        ("503", "The database is busy or away; try again after `Retry-After`"),
    ];
    if !method.is_safe() {
        may.extend([
            ("400", "The body is no JSON"),
            ("409", "What is there stands in the way; or the first request with this key still runs, or its answer is lost"),
            ("413", "The body is too large"),
        ]);
    }
    if operation.request_body.is_some() {
        may.push(("415", "The body is not sent as JSON"));
    }
    let answers = &mut operation.responses.responses;
    for (status, description) in may {
        let answer = answers.entry(status.to_owned()).or_insert_with(|| Response::default().into());
        if let RefOr::T(answer) = answer
            && answer.description.is_empty()
        {
            description.clone_into(&mut answer.description);
        }
    }
    for (_, answer) in answers.iter_mut().filter(|(status, _)| status.starts_with(['4', '5'])) {
        let RefOr::T(known) = answer else { continue };
        let schema = Ref::from_schema_name("Problem");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        *known = ResponseBuilder::new()
            .description(known.description.clone())
            .content(PROBLEM, content)
            .build();
    }
}

fn add_parameters(method: &Method, operation: &mut Operation) {
    let may = |status: &str| operation.responses.responses.contains_key(status);
    let mut more = vec![parameter(
        "X-Time-Zone",
        "The IANA name of the zone in which local times are meant and days begin; else the user's setting",
    )];
    if !method.is_safe() {
        more.push(parameter(
            "Idempotency-Key",
            "1 to 255 visible ASCII characters: sent again within 24 h, the request writes nothing and gets its first \
             answer",
        ));
    }
    if may("412") {
        more.push(parameter(
            "If-Match",
            "The `ETag` of the version that may be changed, or several between commas",
        ));
    }
    if may("304") {
        more.push(parameter("If-None-Match", "The `ETag` of what the caller has"));
    }
    let parameters = operation.parameters.get_or_insert_default();
    let named = |wanted: &Parameter, known: &[RefOr<Parameter>]| {
        known.iter().any(|known| matches!(known, RefOr::T(known) if known.name == wanted.name))
    };
    for parameter in more {
        if !named(&parameter, parameters) {
            parameters.push(parameter.into());
        }
    }
}

fn parameter(name: &str, description: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(text(Type::String)))
        .build()
}

fn text(kind: Type) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(kind).build().into()
}

fn add_headers(method: &Method, operation: &mut Operation) {
    let guarded = is_guarded(operation);
    let name = operation.operation_id.as_deref().unwrap_or_default();
    let logged = !method.is_safe() && !NOT_LOGGED.contains(&name);
    let answers = &mut operation.responses.responses;
    let has_version = answers.contains_key("304") || answers.contains_key("412");
    let is_list =
        operation.parameters.iter().flatten().any(
            |parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "cursor"),
        );
    for (status, answer) in answers.iter_mut() {
        let RefOr::T(answer) = answer else { continue };
        let mut add = |name: &str, kind: Type, description: &str| {
            let header = header(kind, description).into();
            answer.headers.entry(name.to_owned()).or_insert(header);
        };
        add("X-Request-Id", Type::String, "Names the request in the log");
        match &**status {
            "401" => add("WWW-Authenticate", Type::String, "`Bearer`"),
            "429" | "503" => add("Retry-After", Type::Integer, "Seconds to wait"),
            "409" if guarded => {
                add("Retry-After", Type::Integer, "Seconds to wait, with the code `in_progress`");
            }
            "201" => add("Location", Type::String, "Where a task that was made lies"),
            _ => {}
        }
        let succeeded = guarded && status.starts_with(['2', '3']);
        if !succeeded {
            continue;
        }
        add("X-Time-Zone", Type::String, "The zone in force");
        if has_version && status != "204" {
            add("ETag", Type::String, "The version, for `If-None-Match` and `If-Match`");
        }
        if is_list {
            add("Link", Type::String, "`rel=\"next\"`, when the page is full");
            add("X-Next-Cursor", Type::String, "`cursor` of the next page");
            add("X-Total-Count", Type::Integer, "How many match in all, with `count=true`");
        }
        if logged {
            add(
                "X-Change-Number",
                Type::Integer,
                "The change that undoes the request, if it made one",
            );
        }
        if !method.is_safe() {
            add("Idempotency-Replayed", Type::String, "`true`: the first answer to this key");
        }
    }
}

fn header(kind: Type, description: &str) -> Header {
    HeaderBuilder::new().schema(Some(text(kind))).description(Some(description)).build()
}
