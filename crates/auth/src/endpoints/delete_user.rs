//! `POST /delete-user`: the user and all that is theirs.

use serde::Serialize;
use serde_json::Value;
use storage::SignedIn;

use super::passwords;
use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    reply::Reply,
    session,
    shape::Shape,
};

struct Form {
    password: Option<String>,
    token: Option<String>,
}

#[derive(Serialize)]
struct Body {
    success: bool,
    message: &'static str,
}

pub(super) async fn delete_user(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let form = Form::read(call.body.as_ref())?;
    let SignedIn { session, account, .. } =
        auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    match form.password {
        Some(password) => drop(passwords::check_current(auth, &account, &password).await?),
        None if form.token.is_none() && session::is_stale(&session, auth.now()) => {
            return Err(Refusal::SESSION_EXPIRED.into());
        }
        None => {}
    }
    if form.token.is_some() {
        return Err(Refusal::INVALID_DELETION_TOKEN.into());
    }
    auth.store.delete_user(&account.id).await?;
    call.clear_session();
    tracing::info!(user.id = %account.id, "user deleted");
    Ok(Reply::json(&Body { success: true, message: "User deleted" }))
}

impl Form {
    /// Empty texts count as absent.
    fn read(body: Option<&Value>) -> Result<Self, Refusal> {
        let mut shape = Shape::object(body)?;
        shape.optional_text("callbackURL");
        let filled = |text: Option<&str>| text.filter(|text| !text.is_empty()).map(str::to_owned);
        let password = filled(shape.optional_text("password"));
        let token = filled(shape.optional_text("token"));
        shape.finish()?;
        Ok(Self { password, token })
    }
}
