//! One turn of a conversation.

use api::{Action, Choice};
use auth::Actor;
use domain::{ChangeNumber, ConversationId, Source, ZoneName, message_text};
use language::{Command, Context, NotUnderstood, Policy, Reason};
use serde_json::json;
use service::{Said, Service, ServiceError};

use crate::{reply::Reply, state::State, tools::Tools};

/// What a turn gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The conversation; a new one if none was named.
    pub conversation: ConversationId,
    /// The answer: blocks with a blank line between, each a sentence and a line for every task it is about.
    pub response: String,
    /// What was executed, in order.
    pub actions: Vec<Action>,
    /// Ready answers for buttons.
    pub choices: Vec<Choice>,
    /// How many messages the conversation has now; 0 when the answer could not be stored.
    pub message_count: u64,
}

impl Turn {
    /// The last change that was made.
    #[must_use]
    pub fn last_change(&self) -> Option<ChangeNumber> {
        let changes = self.actions.iter().filter_map(|action| action.result["change"].as_i64());
        changes.max().map(ChangeNumber)
    }
}

/// Who speaks, and how they are understood.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// Who speaks.
    pub actor: &'a Actor,
    /// Where the days of the user begin.
    pub zone: &'a ZoneName,
    /// How open questions of language are answered.
    pub policy: &'a Policy,
}

/// Runs a turn: stores what the user said, does it, stores and returns the answer.
///
/// # Errors
/// [`ServiceError::Invalid`] for a blank or too long message, [`ServiceError::NotFound`] for an unknown conversation,
/// [`ServiceError::StillAnswering`]; the database's when it fails before anything was done.
pub async fn turn(
    app: &Service,
    caller: Caller<'_>,
    conversation: Option<ConversationId>,
    message: &str,
) -> Result<Turn, ServiceError> {
    let Caller { actor, zone, policy } = caller;
    let actor = actor.clone().with_source(Source::Chat);
    let message = message_text(message).map_err(|rule| ServiceError::invalid("message", rule))?;
    let begun = service::begin_turn(app, &actor, conversation, &message).await?;
    let mut state = State::read(begun.state.as_ref());

    let now = app.now().to_zoned(zone.time_zone());
    let mut reply = Reply::default();
    let context = Context { now: &now, policy };
    run(app, &actor, zone, &message, &context, &mut state, &mut reply).await?;

    let response = reply.text();
    let said =
        Said { content: response.clone(), actions: json!(reply.actions), state: state.write() };
    let stored = service::end_turn(app, &actor, begun.conversation, said).await;
    let message_count = match stored {
        Ok(message) => message.number.unsigned_abs(),
        Err(error) if reply.actions.is_empty() => return Err(error),
        Err(error) => {
            // What was done stays done: the user must learn of it, even if the conversation does not.
            tracing::error!(error = %domain::chain(&error), "an answer was not stored");
            0
        }
    };
    let Reply { actions, choices, .. } = reply;
    let conversation = begun.conversation;
    Ok(Turn { conversation, response, actions, choices, message_count })
}

async fn run(
    app: &Service,
    actor: &Actor,
    zone: &ZoneName,
    message: &str,
    context: &Context<'_>,
    state: &mut State,
    reply: &mut Reply,
) -> Result<(), ServiceError> {
    let understanding = language::understand(message, context);
    let now = context.now;
    for understood in understanding.commands {
        let done = execute(Tools { app, actor, zone, now, state, reply }, understood.command).await;
        let Err(error) = done else { continue };
        if reply.actions.is_empty() {
            return Err(error);
        }
        // What was done stays done, and the user must learn of it.
        tracing::error!(error = %domain::chain(&error), "the rest of a turn failed");
        reply.say("The rest failed. Please say it again in a moment.");
        break;
    }
    Ok(())
}

async fn execute(mut tools: Tools<'_>, command: Command) -> Result<(), ServiceError> {
    match command {
        Command::Add(add) => tools.add_task(add).await,
        Command::List(list) => tools.list_tasks(list).await,
        Command::Complete(target) => tools.complete_task(target).await,
        Command::Reopen(target) => tools.reopen_task(target).await,
        Command::Delete(target) => tools.delete_task(target).await,
        Command::Undo { count } => tools.undo(count).await,
        Command::Help => {
            tools.reply.say(HELP);
            tools.reply.suggest(&EXAMPLES.map(str::to_owned));
            Ok(())
        }
        Command::Greeting => {
            tools.reply.say("Hello. Tell me what to add, complete, delete or show.");
            Ok(())
        }
        Command::Thanks => {
            tools.reply.say("You are welcome.");
            Ok(())
        }
        Command::NotUnderstood(not) => {
            ask_back(&not, tools.reply);
            Ok(())
        }
    }
}

const HELP: &str = "I add tasks (“add pay rent tomorrow 9am #home p1”), show them (“what is due today”), complete, \
    reopen and delete them by number, by words or as “it”, and undo what I did.";

const EXAMPLES: [&str; 3] = ["add buy milk tomorrow", "what is due today", "show all tasks"];

fn ask_back(not: &NotUnderstood, reply: &mut Reply) {
    reply.say(match &not.reason {
        Reason::OutOfScope => {
            "I am not sure what to do, so I changed nothing. I can add, show, complete, reopen and delete tasks."
                .to_owned()
        }
        Reason::NotYet(feature) => format!("I cannot do that yet: {feature}. I changed nothing."),
        Reason::BadDate(why) => format!("{why} I changed nothing."),
        Reason::ManyAtOnce => {
            "That would change many tasks at once, so I changed nothing. Name them one by one, by number or by words."
                .to_owned()
        }
        Reason::NoTarget => {
            "Which task do you mean? Tell me its number or a word of its title.".to_owned()
        }
    });
    reply.suggest(&not.suggestions);
}
