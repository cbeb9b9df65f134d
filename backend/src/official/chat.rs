//! `POST /api/{user_id}/chat`.

use api::{OfficialChatAnswer, OfficialChatRequest, OfficialToolCall, Problem};
use assistant::Caller;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use domain::ConversationNumber;

use super::Own;
use crate::{
    app::App,
    error::ApiError,
    extract::Json,
    signed_in::{UserPolicy, Zone},
    tasks::with_change,
};

/// Says something to the chatbot: it understands, does it, and tells what it did.
///
/// Each `result` in `tool_calls` has its change; `X-Change-Number` is the last of them.
#[utoipa::path(
    post, path = "/api/{user_id}/chat", tag = "official", request_body = OfficialChatRequest,
    params(("user_id" = String, Path, description = "The signed-in user's id")),
    responses(
        (status = 200, body = OfficialChatAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem),
    ),
)]
pub(crate) async fn chat(
    State(app): State<App>,
    Own(actor): Own,
    Zone(zone): Zone,
    UserPolicy(policy): UserPolicy,
    Json(said): Json<OfficialChatRequest>,
) -> Result<Response, ApiError> {
    let known = match said.conversation_id.map(ConversationNumber) {
        Some(number) => Some(service::conversation_by_number(&app.service, &actor, number).await?),
        None => None,
    };
    let id = known.as_ref().map(|conversation| conversation.id);
    let caller = Caller { actor: &actor, zone: &zone, policy: &policy };
    let turn = assistant::turn(&app.service, caller, id, &said.message).await?;
    let number = match known {
        Some(conversation) => conversation.number,
        None => service::conversation(&app.service, &actor, turn.conversation).await?.number,
    };
    let change = turn.last_change();
    let answer = OfficialChatAnswer {
        conversation_id: number.0,
        response: turn.response,
        tool_calls: turn.actions.into_iter().map(OfficialToolCall::from).collect(),
    };
    Ok(with_change(Json(answer).into_response(), change))
}
