//! `GET /get-session`: who am I?

use serde::Serialize;

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    reply::Reply,
    wire::{SessionBody, User},
};

#[derive(Serialize)]
struct Body<'a> {
    session: SessionBody<'a>,
    user: User<'a>,
}

pub(super) async fn get_session(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    call.no_store();
    call.clear_session_data();
    let signed_in = auth.session(call).await?;
    if let Some(signed_in) = &signed_in {
        let jwt = auth.issue_jwt(auth.base(call.client), &signed_in.account).await?;
        call.set_jwt(&jwt);
    }
    let body = signed_in.as_ref().map(|signed_in| Body {
        session: SessionBody::from(&signed_in.session),
        user: User::from(&signed_in.account),
    });
    Ok(Reply::json(&body))
}

/// `POST /get-session` belongs to a mode of Better Auth that we do not have.
pub(super) fn post_get_session(call: &mut Call<'_>) -> Failure {
    call.no_store();
    Refusal::POST_GET_SESSION.into()
}
