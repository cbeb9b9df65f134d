//! `POST /send-verification-email`, `GET /verify-email`.
//!
//! We send no mail, but Better Auth may have, before us and with the same secret: its links go on working.

use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Auth,
    call::Call,
    email,
    failure::{Failure, Refusal},
    jwt,
    reply::Reply,
    shape::Shape,
};

#[derive(Serialize)]
struct Body {
    status: bool,
    user: Option<()>,
}

pub(super) fn send(call: &Call<'_>) -> Result<Reply, Failure> {
    let mut shape = Shape::object(call.body.as_ref())?;
    shape.email("email");
    shape.optional_text("callbackURL");
    shape.finish()?;
    Err(Refusal::VERIFICATION_EMAIL_NOT_ENABLED.into())
}

/// With a place to go on to, it is told by a redirect.
pub(super) async fn verify(auth: &Auth, call: &Call<'_>) -> Result<Reply, Failure> {
    let token = call.query("token").ok_or_else(|| {
        let fault = "[query.token] Invalid input: expected string, received undefined";
        Refusal::validation(fault.to_owned())
    })?;
    auth.check_places(call)?;
    let place = call.query("callbackURL");
    match (confirm(auth, token).await, place) {
        (Ok(()), None) => Ok(Reply::json(&Body { status: true, user: None })),
        (Ok(()), Some(place)) => Ok(Reply::redirect(place)),
        (Err(Failure::Refused(refusal)), Some(place)) => {
            Ok(Reply::redirect_with(place, "error", refusal.code()))
        }
        (Err(failure), _) => Err(failure),
    }
}

/// Notes that the user of the token's address reads its mail. A token for another address (`updateTo`) is none that we
/// can follow up, since the next step is a mail.
async fn confirm(auth: &Auth, token: &str) -> Result<(), Failure> {
    let secret = auth.signer.secret().expose_secret().as_bytes();
    let claims = jwt::verified(token, &DecodingKey::from_secret(secret), Algorithm::HS256);
    let claims = claims.ok_or(Refusal::TOKEN_INVALID)?;
    let expires = claims.get("exp").and_then(Value::as_i64).ok_or(Refusal::TOKEN_INVALID)?;
    let now = auth.now();
    if expires <= now.as_second() {
        return Err(Refusal::TOKEN_EXPIRED.into());
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let address = text("email").filter(|address| email::is_address(address));
    let address = address.filter(|_| text("updateTo").is_none()).ok_or(Refusal::TOKEN_INVALID)?;
    let credential = auth.store.credential_by_email(&address.to_ascii_lowercase()).await?;
    let account = credential.ok_or(Refusal::USER_NOT_FOUND)?.account;
    if text("userId").is_some_and(|id| id != account.id.0) {
        return Err(Refusal::TOKEN_INVALID.into());
    }
    if !account.email_verified {
        auth.store.verify_email(&account.id, now).await?;
        tracing::info!(user.id = %account.id, "e-mail address confirmed");
    }
    Ok(())
}
