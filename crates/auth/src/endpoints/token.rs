//! `GET /token`: a JWT for who is signed in.

use serde::Serialize;

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    reply::Reply,
};

#[derive(Serialize)]
struct Body {
    token: String,
}

pub(super) async fn token(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    let token = auth.issue_jwt(auth.base(call.client), &signed_in.account).await?;
    Ok(Reply::json(&Body { token }))
}
