//! `POST /chat`: saying something to the chatbot.

use api::{ChatRequest, Choice, Failure};
use axum::{
    extract::Form,
    response::{IntoResponse, Redirect, Response},
};
use http::StatusCode;
use serde::Deserialize;

use super::redraw;
use crate::{
    pages::{
        chat::{ChatPage, Talk, Turn},
        problem::{Field, Typed},
        show,
        update::{Said, Update},
    },
    visit::Visit,
    words,
};

/// The box of the chat, or a button with a ready answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChatForm {
    message: String,
    conversation_id: String,
    back: String,
}

pub(crate) async fn say(visit: Visit, Form(form): Form<ChatForm>) -> Response {
    let back = visit.back(&form.back);
    let message = form.message.trim().to_owned();
    let request = ChatRequest {
        message: message.clone(),
        conversation_id: form.conversation_id.parse().ok(),
    };
    let answer = match visit.api.chat(&request).await {
        Ok(answer) => answer,
        Err(failure) if failure.status() == StatusCode::UNAUTHORIZED => {
            return visit.sign_in(if visit.htmx { &back } else { "/chat" });
        }
        Err(failure) => {
            let error = Some(words::failure(&failure));
            let conversation = form.conversation_id;
            let talk = Talk { conversation, text: message, error, back, ..Talk::default() };
            return again(&visit, &failure, talk).await;
        }
    };
    if !visit.htmx {
        return plain(&visit, answer.body.choices).await;
    }
    let now = visit.zone(answer.zone.as_deref()).at(visit.now);
    let wrote = answer.body.actions_taken.iter().any(|action| action.result["change"].is_i64());
    let said = Said {
        turns: vec![Turn::mine(&message, &back), Turn::answer(&answer.body, &now, &back)],
        talk: Talk {
            conversation: answer.body.conversation_id.to_string(),
            choices: answer.body.choices,
            back: back.clone(),
            ..Talk::default()
        },
    };
    let update = Update { said: Some(said), ..Update::default() };
    if wrote {
        redraw(&visit, &back, StatusCode::OK, update).await
    } else {
        show(StatusCode::OK, &update)
    }
}

/// Without script: to the conversation, unless there is a choice, which the history does not hold.
async fn plain(visit: &Visit, choices: Vec<Choice>) -> Response {
    if choices.is_empty() {
        return Redirect::to("/chat#message").into_response();
    }
    match ChatPage::load(visit, false).await {
        Ok(page) => {
            let page = ChatPage { talk: Talk { choices, ..page.talk }, ..page };
            show(StatusCode::OK, &page)
        }
        Err(failure) => visit.refuse(&failure, "/chat"),
    }
}

/// The box once more, with what was typed and why there is no answer.
async fn again(visit: &Visit, failure: &Failure, refused: Talk) -> Response {
    let status = failure.status();
    if visit.htmx {
        let said = Some(Said { turns: Vec::new(), talk: refused });
        return show(status, &Update { said, ..Update::default() });
    }
    if let Ok(page) = ChatPage::load(visit, false).await {
        let Talk { text, error, .. } = refused;
        let page = ChatPage { talk: Talk { text, error, ..page.talk }, ..page };
        return show(status, &page);
    }
    let fields = vec![
        Field::text("Message", "message", refused.text),
        Field::hidden("conversation_id", refused.conversation),
        Field::hidden("back", refused.back),
    ];
    let typed = Typed { action: "/chat".to_owned(), fields };
    visit.refuse_form(failure, "/chat", Some(typed))
}
