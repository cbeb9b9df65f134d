//! `POST /delete-user`: the user and all that is theirs.

use serde::Serialize;
use serde_json::Value;
use storage::SignedIn;

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    password,
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
        Some(password) => check_password(auth, &account.id, password).await?,
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

async fn check_password(
    auth: &Auth,
    user: &domain::UserId,
    password: String,
) -> Result<(), Failure> {
    if password::is_too_long(&password) {
        return Err(Refusal::PASSWORD_TOO_LONG.into());
    }
    let credential = auth.store.credential(user).await?;
    let stored = credential.and_then(|credential| credential.password);
    let stored = stored.ok_or(Refusal::CREDENTIAL_ACCOUNT_NOT_FOUND)?;
    if auth.verify(password, stored).await? {
        Ok(())
    } else {
        Err(Refusal::INVALID_PASSWORD.into())
    }
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
