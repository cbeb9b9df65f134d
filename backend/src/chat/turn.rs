//! `POST /api/chat`.

use api::{ChatAnswer, ChatMetadata, ChatRequest, Problem};
use assistant::Caller;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::ConversationId;

use crate::{
    app::App,
    error::ApiError,
    extract::Json,
    signed_in::{SignedIn, UserPolicy, Zone},
    tasks::with_change,
};

/// Says something to the chatbot: it understands, does it, and tells what it did.
///
/// Each `result` in `actions_taken` has its change; `X-Change-Number` is the last of them.
#[utoipa::path(
    post, path = "/api/chat", tag = "chat", request_body = ChatRequest,
    responses(
        (status = 200, body = ChatAnswer), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem),
    ),
)]
pub(crate) async fn turn(
    State(app): State<App>,
    SignedIn(actor): SignedIn,
    Zone(zone): Zone,
    UserPolicy(policy): UserPolicy,
    Json(body): Json<ChatRequest>,
) -> Result<Response, ApiError> {
    let conversation = body.conversation_id.map(ConversationId);
    let caller = Caller { actor: &actor, zone: &zone, policy: &policy };
    let turn = assistant::turn(&app.service, caller, conversation, &body.message).await?;
    let change = turn.last_change();
    let answer = ChatAnswer {
        response: turn.response,
        conversation_id: turn.conversation.0,
        actions_taken: turn.actions,
        choices: turn.choices,
        metadata: ChatMetadata {
            message_count: turn.message_count,
            model: "built-in".to_owned(),
            offline: true,
        },
    };
    Ok(with_change(Json(answer).into_response(), change))
}
