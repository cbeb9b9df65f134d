//! `POST /sign-in/email`: a new session for who knows the password.

use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::Value;
use storage::Account;

use crate::{
    Auth,
    call::Call,
    email,
    failure::{Failure, Refusal},
    password,
    reply::Reply,
    session::Duration,
    shape::Shape,
    wire::User,
};

struct Form {
    email: String,
    password: String,
    callback: Option<String>,
    duration: Duration,
}

#[derive(Serialize)]
struct Body<'a> {
    redirect: bool,
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    user: User<'a>,
}

pub(super) async fn sign_in(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let Form { email, password, callback, duration } = Form::read(call.body.as_ref())?;
    auth.check_sign_in_page(call)?;
    if !email::is_address(&email) {
        return Err(Refusal::INVALID_EMAIL.into());
    }
    if password::is_too_long(&password) {
        return Err(Refusal::PASSWORD_TOO_LONG.into());
    }
    let (account, hash) = owner(auth, &email, password).await?;

    let session = auth.new_session(call, &account.id, duration, auth.now());
    if !auth.store.sign_in(&session, &hash).await? {
        // It was changed, or the user deleted, while it was verified.
        return Err(Refusal::INVALID_EMAIL_OR_PASSWORD.into());
    }
    call.set_session(&auth.signer, &session.token, duration);
    tracing::info!(user.id = %account.id, "signed in");
    // An empty callback is repeated in the body, but leads nowhere.
    let location = callback.as_deref().filter(|place| !place.is_empty());
    let reply = Reply::json(&Body {
        redirect: location.is_some(),
        token: &session.token,
        url: callback.as_deref(),
        user: User::from(&account),
    });
    Ok(match location.map(|place| HeaderValue::from_bytes(place.as_bytes())) {
        Some(Ok(place)) => reply.header(header::LOCATION, place),
        _ => reply,
    })
}

/// The user of this address and password, and the password's hash. An unknown address takes as long as a wrong password
/// and is refused alike.
async fn owner(auth: &Auth, email: &str, password: String) -> Result<(Account, String), Failure> {
    let credential = auth.store.credential_by_email(email).await?;
    let Some((account, stored)) = credential.and_then(|it| Some((it.account, it.password?))) else {
        auth.hash(password).await?;
        return Err(Refusal::INVALID_EMAIL_OR_PASSWORD.into());
    };
    if auth.verify(password, stored.clone()).await? {
        return Ok((account, stored));
    }
    tracing::info!(user.id = %account.id, "wrong password");
    Err(Refusal::INVALID_EMAIL_OR_PASSWORD.into())
}

impl Form {
    fn read(body: Option<&Value>) -> Result<Self, Refusal> {
        let mut shape = Shape::object(body)?;
        let form = Self {
            email: shape.text("email").to_ascii_lowercase(),
            password: shape.text("password").to_owned(),
            callback: shape.optional_text("callbackURL").map(str::to_owned),
            duration: Duration::of(shape.optional_bool("rememberMe")),
        };
        shape.finish()?;
        Ok(form)
    }
}
