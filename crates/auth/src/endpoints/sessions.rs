//! `GET /list-sessions`, `POST /revoke-session`, `/revoke-other-sessions`, `/revoke-sessions`, `/update-session`.

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    reply::{Done, Reply},
    session,
    shape::Shape,
    wire::SessionBody,
};

/// Only soon after signing in: the list has the tokens of all sessions.
pub(super) async fn list(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    let now = auth.now();
    if session::is_stale(&signed_in.session, now) {
        return Err(Refusal::SESSION_NOT_FRESH.into());
    }
    let sessions = auth.store.sessions(&signed_in.account.id, now).await?;
    Ok(Reply::json(&sessions.iter().map(SessionBody::from).collect::<Vec<_>>()))
}

/// A token of somebody else's is answered like one that has ended.
pub(super) async fn revoke(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let body = call.body.take();
    let mut shape = Shape::object(body.as_ref())?;
    let token = shape.text("token");
    shape.finish()?;
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    // Postgres takes no NUL, and no token has one.
    if !token.contains('\0') {
        auth.store.delete_session_of(&signed_in.account.id, token).await?;
    }
    if token == signed_in.session.token {
        call.clear_session();
    }
    Ok(Reply::json(&Done::YES))
}

pub(super) async fn revoke_others(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    let kept = Some(&*signed_in.session.token);
    auth.store.delete_sessions(&signed_in.account.id, kept).await?;
    Ok(Reply::json(&Done::YES))
}

pub(super) async fn revoke_all(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    auth.store.delete_sessions(&signed_in.account.id, None).await?;
    call.clear_session();
    Ok(Reply::json(&Done::YES))
}

/// Sessions have no fields of the application's own.
pub(super) async fn update(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    Shape::record(call.body.as_ref())?.finish()?;
    auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    Err(Refusal::NO_FIELDS_TO_UPDATE.into())
}
