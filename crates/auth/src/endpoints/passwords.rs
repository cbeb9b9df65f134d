//! `POST /change-password`, `/verify-password`, `/request-password-reset`, `/reset-password`, and the link of a reset.

use serde::Serialize;
use storage::{Account, PasswordChange, SignedIn};

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    password,
    reply::{Done, Reply},
    session::Duration,
    shape::Shape,
    wire::User,
};

#[derive(Serialize)]
struct Changed<'a> {
    token: Option<&'a str>,
    user: User<'a>,
}

pub(super) async fn change(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let body = call.body.take();
    let mut shape = Shape::object(body.as_ref())?;
    let new = shape.text("newPassword");
    let current = shape.text("currentPassword");
    let revoke = shape.optional_bool("revokeOtherSessions") == Some(true);
    shape.finish()?;
    let SignedIn { account, .. } = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    check_new(new)?;
    let old = check_current(auth, &account, current).await?;

    let hash = auth.hash_for(&account.id, new.to_owned()).await?;
    let now = auth.now();
    // As in Better Auth, a session that ends with the browser becomes one of a week whose cookie ends with the browser.
    let session = revoke.then(|| auth.new_session(call, &account.id, Duration::Week, now));
    let change = PasswordChange { old: &old, new: &hash };
    if !auth.store.change_password(&account.id, change, session.as_ref(), now).await? {
        return Err(Refusal::INVALID_PASSWORD.into()); // another change came first
    }
    if let Some(session) = &session {
        call.renew_session(&auth.signer, &session.token);
    }
    tracing::info!(user.id = %account.id, "password changed");
    let token = session.as_ref().map(|session| &*session.token);
    Ok(Reply::json(&Changed { token, user: User::from(&account) }))
}

pub(super) async fn verify(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let body = call.body.take();
    let mut shape = Shape::object(body.as_ref())?;
    let password = shape.text("password");
    shape.finish()?;
    let SignedIn { account, .. } = auth.session(call).await?.ok_or(Refusal::UNAUTHORIZED)?;
    match check_current(auth, &account, password).await {
        Err(Failure::Refused(refusal)) if refusal == Refusal::CREDENTIAL_ACCOUNT_NOT_FOUND => {
            Err(Refusal::INVALID_PASSWORD.into())
        }
        checked => checked.map(|_| Reply::json(&Done::YES)),
    }
}

/// We send no mail.
pub(super) fn request_reset(call: &Call<'_>) -> Result<Reply, Failure> {
    let mut shape = Shape::object(call.body.as_ref())?;
    shape.email("email");
    shape.optional_text("redirectTo");
    shape.finish()?;
    Err(Refusal::RESET_PASSWORD_DISABLED.into())
}

/// We have sent no token, so none is valid.
pub(super) fn reset(call: &Call<'_>) -> Result<Reply, Failure> {
    let mut shape = Shape::object(call.body.as_ref())?;
    let new = shape.text("newPassword");
    let token = shape.optional_text("token").filter(|token| !token.is_empty());
    shape.finish()?;
    if token.or_else(|| call.query("token")).is_some() {
        check_new(new)?;
    }
    Err(Refusal::INVALID_TOKEN.into())
}

/// The link of a mail leads here, and on to the page that it names.
pub(super) fn follow_reset(auth: &Auth, call: &Call<'_>) -> Result<Reply, Failure> {
    let place = call.query("callbackURL").ok_or_else(|| {
        Refusal::validation(
            "[query.callbackURL] Invalid input: expected string, received undefined".to_owned(),
        )
    })?;
    auth.check_places(call)?;
    let base = if place.starts_with('/') { auth.base(call.client).as_str() } else { "" };
    Ok(Reply::redirect_with(&format!("{base}{place}"), "error", "INVALID_TOKEN"))
}

fn check_new(password: &str) -> Result<(), Refusal> {
    if password::is_too_short(password) {
        return Err(Refusal::PASSWORD_TOO_SHORT);
    }
    if password::is_too_long(password) {
        return Err(Refusal::PASSWORD_TOO_LONG);
    }
    Ok(())
}

/// The hash of the user's password, if it is this one.
pub(super) async fn check_current(
    auth: &Auth,
    account: &Account,
    password: &str,
) -> Result<String, Failure> {
    if password::is_too_long(password) {
        return Err(Refusal::PASSWORD_TOO_LONG.into());
    }
    let credential = auth.store.credential(&account.id).await?;
    let stored = credential.and_then(|credential| credential.password);
    let stored = stored.ok_or(Refusal::CREDENTIAL_ACCOUNT_NOT_FOUND)?;
    if auth.verify_for(&account.id, password.to_owned(), stored.clone()).await? {
        Ok(stored)
    } else {
        Err(Refusal::INVALID_PASSWORD.into())
    }
}
