//! `POST /sign-up/email`: a new user, signed in at once.

use domain::UserId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use storage::{Account, NewAccount, StorageError};

use crate::{
    Auth,
    call::Call,
    failure::{Failure, Refusal},
    password,
    reply::Reply,
    session::Duration,
    shape::Shape,
    wire::User,
};

struct Form {
    name: String,
    email: String,
    password: String,
    image: Option<String>,
    duration: Duration,
}

#[derive(Serialize)]
struct Body<'a> {
    token: &'a str,
    user: User<'a>,
}

pub(super) async fn sign_up(auth: &Auth, call: &mut Call<'_>) -> Result<Reply, Failure> {
    let form = Form::read(call.body.as_ref())?;
    auth.check_sign_in_page(call)?;
    if !auth.settings.sign_up_open {
        return Err(Refusal::SIGN_UP_DISABLED.into());
    }
    form.check()?;
    if auth.store.credential_by_email(&form.email).await?.is_some() {
        return Err(Refusal::USER_ALREADY_EXISTS.into());
    }
    let hash = auth.hash(form.password).await?;

    let now = auth.now();
    let account = new_account(UserId(auth.new_id()), form.name, form.email, form.image, now);
    let session = auth.new_session(call, &account.id, form.duration, now);
    let new = NewAccount { account, credential_id: auth.new_id(), password: hash };
    auth.store.sign_up(new.clone(), &session).await.map_err(|error| match error {
        // Someone else took the address while the password was hashed.
        StorageError::Exists(_) => Refusal::USER_ALREADY_EXISTS.into(),
        error => Failure::from(error),
    })?;
    call.set_session(&auth.signer, &session.token, form.duration);
    tracing::info!(user.id = %new.account.id, "signed up");
    Ok(Reply::json(&Body { token: &session.token, user: User::from(&new.account) }))
}

impl Form {
    fn read(body: Option<&Value>) -> Result<Self, Refusal> {
        let mut shape = Shape::open_object(body)?;
        let form = Self {
            name: shape.text("name").to_owned(),
            email: shape.email("email").to_ascii_lowercase(),
            password: shape.filled_text("password").to_owned(),
            image: shape.optional_text("image").map(str::to_owned),
            duration: {
                shape.optional_text("callbackURL");
                Duration::of(shape.optional_bool("rememberMe"))
            },
        };
        shape.finish()?;
        Ok(form)
    }

    fn check(&self) -> Result<(), Refusal> {
        if password::is_too_short(&self.password) {
            return Err(Refusal::PASSWORD_TOO_SHORT);
        }
        if password::is_too_long(&self.password) {
            return Err(Refusal::PASSWORD_TOO_LONG);
        }
        // Postgres stores no NUL; Better Auth's statement fails there, and this is what it then says.
        let nul = |text: &str| text.contains('\0');
        if nul(&self.name) || self.image.as_deref().is_some_and(nul) {
            return Err(Refusal::FAILED_TO_CREATE_USER);
        }
        Ok(())
    }
}

fn new_account(
    id: UserId,
    name: String,
    email: String,
    image: Option<String>,
    now: Timestamp,
) -> Account {
    Account { id, name, email, email_verified: false, image, created_at: now, updated_at: now }
}
