//! `POST /sign-out`: ends the session, if there is one.

use serde::Serialize;

use crate::{Auth, call::Call, failure::Failure, reply::Reply, shape::Shape};

#[derive(Serialize)]
struct Body {
    success: bool,
}

pub(super) async fn sign_out(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    if call.body.is_some() {
        let mut shape = Shape::object(call.body.as_ref())?;
        shape.optional_text("callbackURL");
        shape.optional_bool("disableRedirect");
        shape.optional_text("state");
        shape.finish()?;
    }
    for token in auth.presented(call.secure, call.headers).all() {
        auth.store.delete_session(token).await?;
    }
    call.clear_session();
    Ok(Reply::json(&Body { success: true }))
}
