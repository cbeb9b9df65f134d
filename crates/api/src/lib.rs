//! What goes over the wire between the backend and its callers: bodies, problems, and a typed client.
//!
//! The client sends through a [`Transport`]: HTTP to a backend elsewhere, or a call inside the process. Who uses it
//! cannot tell which, and need not.

mod auth;
mod caller;
mod changes;
mod chat;
mod client;
mod official;
mod patch;
mod portability;
mod problem;
mod settings;
mod tags;
mod tasks;
mod time;
mod tokens;
mod transport;

pub use self::{
    auth::{AuthProblem, Session, SignIn, SignUp, User},
    caller::{
        BROWSER_ZONE, CHANGE_NUMBER, Caller, IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED, NEXT_CURSOR,
        REQUEST_ID, TOTAL_COUNT, ZONE,
    },
    changes::{ChangeBody, ChangeListQuery, SnapshotBody},
    chat::{
        Action, ChatAnswer, ChatHistory, ChatMetadata, ChatRequest, Choice, ConversationBody,
        DeletedChat, DeletedQuery, HistoryQuery, MessageBody, ToolCalls,
    },
    client::{Answer, Client, Failure},
    official::{
        NewOfficialTask, OfficialChatAnswer, OfficialChatRequest, OfficialCompletion,
        OfficialListQuery, OfficialTask, OfficialTaskEdit, OfficialToolCall,
    },
    portability::{
        EXPORT_FORMAT, Export, ExportQuery, ExportedConversation, ExportedTask, Import,
        ImportConversation, ImportMessage, ImportTag, ImportTagOfTask, ImportTask, Imported,
    },
    problem::{FieldError, Problem},
    settings::{SettingsBody, SettingsPatch},
    tags::{NewTag, TagBody, TagInTask, TagPatch, TagWithCount},
    tasks::{
        Added, BatchAction, BatchDone, Completed, NewTask, ParseLine, ParsedLine, ParsedSpan,
        TagList, TaskBatch, TaskBody, TaskListQuery, TaskPatch, TaskRef, Undone,
    },
    time::{DueBody, Instant},
    tokens::{NewToken, NewTokenBody, TokenBody, TokenScope},
    transport::{BadAddress, Http, InProcess, Transport, Unreachable},
};
