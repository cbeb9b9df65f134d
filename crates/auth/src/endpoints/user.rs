//! `POST /update-user`, `/change-email`; `GET /list-accounts`.

use serde::Serialize;
use serde_json::Value;
use storage::{LinkedAccount, SignedIn, UserEdit};

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    reply::{Done, Reply},
    shape::Shape,
    wire::Millis,
};

pub(super) async fn update(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let body = call.body.take();
    let mut shape = Shape::record(body.as_ref())?;
    let name = shape.optional_text("name").map(str::to_owned);
    let image = shape.nullable_text("image").map(|image| image.map(str::to_owned));
    shape.finish()?;
    let SignedIn { session, account, .. } =
        auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    if body.as_ref().and_then(|body| body.get("email")).is_some_and(is_something) {
        return Err(Refusal::EMAIL_CAN_NOT_BE_UPDATED.into());
    }
    if name.is_none() && image.is_none() {
        return Err(Refusal::NO_FIELDS_TO_UPDATE.into());
    }
    // Postgres stores no NUL; as at sign-up.
    let nul = |text: &String| text.contains('\0');
    if name.as_ref().is_some_and(nul) || image.iter().flatten().any(nul) {
        return Err(Refusal::FAILED_TO_UPDATE_USER.into());
    }
    auth.store.edit_user(&account.id, UserEdit { name, image }, auth.now()).await?;
    call.renew_session(&auth.signer, &session.token);
    Ok(Reply::json(&Done::YES))
}

/// What JavaScript takes for true, of the values that an address may be given as.
fn is_something(value: &Value) -> bool {
    let is_nothing = matches!(value, Value::Null | Value::Bool(false));
    !is_nothing && value.as_str() != Some("") && value.as_f64() != Some(0.0)
}

/// Another address has to be confirmed by mail, which we do not send.
pub(super) async fn change_email(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let body = call.body.take();
    let mut shape = Shape::object(body.as_ref())?;
    let email = shape.email("newEmail").to_ascii_lowercase();
    shape.optional_text("callbackURL");
    shape.finish()?;
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    if email == signed_in.account.email {
        return Err(Refusal::EMAIL_IS_THE_SAME.into());
    }
    Err(Refusal::NO_VERIFICATION_EMAIL.into())
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Linked<'a> {
    account_id: &'a str,
    provider_id: &'a str,
    user_id: &'a str,
    created_at: Millis,
    updated_at: Millis,
    id: &'a str,
    scopes: Vec<&'a str>,
}

impl<'a> From<&'a LinkedAccount> for Linked<'a> {
    fn from(account: &'a LinkedAccount) -> Self {
        let scopes = account.scope.as_deref().unwrap_or_default().split([',', ' ']);
        Self {
            account_id: &account.account_id,
            provider_id: &account.provider_id,
            user_id: &account.user_id.0,
            created_at: Millis(account.created_at),
            updated_at: Millis(account.updated_at),
            id: &account.id,
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
        }
    }
}

pub(super) async fn list_accounts(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let signed_in = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    let accounts = auth.store.linked_accounts(&signed_in.account.id).await?;
    Ok(Reply::json(&accounts.iter().map(Linked::from).collect::<Vec<_>>()))
}
