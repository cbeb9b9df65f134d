//! The steps of a visit, and taking them.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::{Failure, Surprise, Visitor};

/// One step of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// A stranger gets a page: title, security headers.
    Page,
    /// A user of their own, with a random address and password.
    SignUp,
    /// A wrong password is refused.
    WrongPassword,
    /// Tasks are refused to who is not signed in.
    NoToken,
    /// Address and password are good for a session.
    SignIn,
    /// The session is the user's.
    Session,
    /// A task by the API.
    Create,
    /// A task by the form of the page, as a browser without scripts sends it.
    CreateByForm,
    /// The first task is done, by the API.
    Complete,
    /// The second task is done, by the form.
    CompleteByForm,
    /// Every task made so far is in the list, as it was left.
    List,
    /// "Add buy groceries" makes a task, at once.
    Chat,
    /// The user is deleted, and their session no longer works. Needed after a step that failed, too.
    Leave,
}

impl Step {
    /// The pages.
    pub const PAGE: &[Self] = &[Self::Page];
    /// Signing up and in.
    pub const AUTH: &[Self] =
        &[Self::SignUp, Self::WrongPassword, Self::NoToken, Self::SignIn, Self::Session];
    /// Tasks; after [`Step::AUTH`].
    pub const TASKS: &[Self] =
        &[Self::Create, Self::CreateByForm, Self::Complete, Self::CompleteByForm, Self::List];
    /// The chat; after [`Step::AUTH`].
    pub const CHAT: &[Self] = &[Self::Chat];

    /// What it is called.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::SignUp => "sign up",
            Self::WrongPassword => "wrong password",
            Self::NoToken => "no token",
            Self::SignIn => "sign in",
            Self::Session => "session",
            Self::Create => "create",
            Self::CreateByForm => "create by form",
            Self::Complete => "complete",
            Self::CompleteByForm => "complete by form",
            Self::List => "list",
            Self::Chat => "chat",
            Self::Leave => "leave",
        }
    }
}

/// A step that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub step: Step,
    /// What was seen, one short line.
    pub evidence: String,
    /// How long it took.
    pub took: Duration,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { step, evidence, took } = self;
        write!(f, "{:<16} {:>5} ms  {evidence}", step.name(), took.as_millis())
    }
}

impl Visitor {
    /// Takes one step.
    ///
    /// # Errors
    /// The application did something else than it should.
    pub async fn take(&mut self, step: Step) -> Result<Taken, Failure> {
        let start = Instant::now();
        let evidence = self.go(step).await.map_err(|surprise| Failure { step, surprise })?;
        Ok(Taken { step, evidence, took: start.elapsed() })
    }

    async fn go(&mut self, step: Step) -> Result<String, Surprise> {
        match step {
            Step::Page => self.page().await,
            Step::SignUp => self.sign_up().await,
            Step::WrongPassword => self.wrong_password().await,
            Step::NoToken => self.no_token().await,
            Step::SignIn => self.sign_in().await,
            Step::Session => self.session().await,
            Step::Create => self.create().await,
            Step::CreateByForm => self.create_by_form().await,
            Step::Complete => self.complete().await,
            Step::CompleteByForm => self.complete_by_form().await,
            Step::List => self.list().await,
            Step::Chat => self.chat().await,
            Step::Leave => self.leave().await,
        }
    }
}

/// Takes steps until one fails, and tells each as it is done.
///
/// # Errors
/// Of the first step that fails.
pub async fn take(
    visitor: &mut Visitor,
    steps: &[Step],
    mut tell: impl FnMut(&Taken),
) -> Result<(), Failure> {
    for &step in steps {
        tell(&visitor.take(step).await?);
    }
    Ok(())
}

/// The whole visit. Leaves at last, also after a step that failed; nothing stays behind.
///
/// # Errors
/// Of the first step that fails. That the user could not be deleted after it is told in its words.
pub async fn visit(visitor: &mut Visitor, mut tell: impl FnMut(&Taken)) -> Result<(), Failure> {
    let steps = [Step::PAGE, Step::AUTH, Step::TASKS, Step::CHAT].concat();
    let visited = take(visitor, &steps, &mut tell).await;
    let left = visitor.take(Step::Leave).await;
    match (visited, left) {
        (Ok(()), Ok(left)) => {
            tell(&left);
            Ok(())
        }
        (Err(failure), Ok(_)) | (Ok(()), Err(failure)) => Err(failure),
        (Err(failure), Err(left)) => Err(failure.and_then(&left)),
    }
}
