//! Catching up on the wire.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::IntoResponse;
use domain::message::Held;
use domain::sync::{self, DEFAULT_LIMIT, DEFAULT_MESSAGES, MAX_LIMIT};
use domain::{ChatId, Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::chat::Chat;
use crate::native::message::{self, Message};
use crate::native::word::AccountEventKind;
use crate::reply::{Json, LongJson, Reply};
use crate::route::{Route, post};
use crate::schema::EventDoc;

/// `sync`: what the client holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SyncRequest)]
pub struct Sync {
    /// The epoch it was told last.
    pub epoch: Option<String>,
    /// Every event of the account up to here; 0 at first.
    #[serde(default)]
    #[schema(required)]
    pub arev: i64,
    /// Its chats: `{id: [rev, seq, marks]}`.
    #[serde(default)]
    #[schema(required, value_type = HashMap<String, (i64, i64, i64)>)]
    pub chats: HashMap<ChatId, (i64, i64, i64)>,
    /// Chats with rows, at most 100; the others come as counters.
    pub limit: Option<i64>,
    /// How many of the newest messages of a chat to give, when not all.
    pub messages: Option<i64>,
}

/// What the client is missing.
pub struct Answer {
    epoch: String,
    viewer: domain::AccountId,
    answer: sync::Answer,
}

/// What happened to the account.
#[derive(Debug, Serialize, ToSchema)]
struct SyncEvent {
    /// Its number in the account.
    arev: i64,
    /// The name it has when it is heard live.
    #[schema(value_type = AccountEventKind)]
    kind: String,
    /// The payload of the live event, without `arev`.
    #[schema(value_type = Object)]
    body: Box<RawValue>,
}

/// A chat that is new or changed, with what was said there.
#[derive(Debug, Serialize, ToSchema)]
struct SyncChat<'a> {
    #[serde(flatten)]
    chat: Chat<'a>,
    /// Rows were left out: forget what you held of this chat.
    limited: bool,
    /// Rows new or changed, by ascending place.
    messages: Vec<Message<'a>>,
}

/// A chat that did not fit into this answer.
#[derive(Debug, Serialize, ToSchema)]
struct SyncMore {
    /// The chat.
    #[schema(value_type = String)]
    id: ChatId,
    /// The number of its latest change.
    rev: i64,
    /// The place of its last message.
    seq: i64,
    /// How many messages the caller has not read.
    unread: i64,
}

/// What the client is missing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncAnswer<'a> {
    /// Hold it for the next time.
    epoch: &'a str,
    /// Every event of the account up to here is in the answer.
    arev: i64,
    /// Forget everything held: this answer starts afresh.
    reset: bool,
    /// What happened to the account, in order.
    events: Vec<SyncEvent>,
    /// The chats that are new or changed.
    chats: Vec<SyncChat<'a>>,
    /// Those that did not fit: ask again with these in mind.
    more: Vec<SyncMore>,
    /// Chats of the request that are the caller's no longer.
    #[schema(value_type = Vec<String>)]
    gone: &'a [ChatId],
}

impl Sync {
    /// Compares it with the store.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Answer> {
        let most = i64::try_from(MAX_LIMIT).unwrap_or(i64::MAX);
        let limit = message::limit(self.limit, -1, most)?;
        let messages = message::limit(self.messages, DEFAULT_MESSAGES, 100)?;
        // After a restart everybody asks at once; those who wait would time
        // out together.
        let _turn = edge.live.syncs.try_acquire().map_err(|_| {
            Error::unavailable("sync.busy", "Many clients are catching up. Try again.")
        })?;
        let chats = self.chats.into_iter();
        let request = sync::Request {
            epoch: self.epoch,
            arev: self.arev,
            chats: chats.map(|(id, (rev, seq, marks))| (id, (Held { rev, seq }, marks))).collect(),
            limit: usize::try_from(limit).unwrap_or(DEFAULT_LIMIT),
            messages,
        };
        let answer = sync::catch_up(&edge.app, &caller, &edge.live.epoch, request).await?;
        Ok(Answer { epoch: edge.live.epoch.clone(), viewer: caller.account, answer })
    }
}

impl Answer {
    /// Hands the wire form to `with`: it borrows from what was read.
    pub fn render<T>(self, with: impl FnOnce(&SyncAnswer<'_>) -> T) -> Result<T> {
        let Self { epoch, viewer, mut answer } = self;
        let last: Vec<_> =
            answer.chats.iter_mut().map(|behind| behind.chat.last_message.take()).collect();
        let rows: Vec<_> =
            answer.chats.iter_mut().map(|b| std::mem::take(&mut b.changes)).collect();
        let chats = answer.chats.into_iter().zip(last.iter().zip(&rows));
        let more = answer.more.iter().map(|chat| SyncMore {
            id: chat.id,
            rev: chat.rev,
            seq: chat.seq,
            unread: chat.unread(),
        });
        Ok(with(&SyncAnswer {
            epoch: &epoch,
            arev: answer.arev,
            reset: answer.reset,
            events: answer.events.into_iter().map(event).collect::<Result<_>>()?,
            chats: chats
                .map(|(behind, (last, changes))| SyncChat {
                    chat: Chat::of(behind.chat, last.as_ref(), viewer),
                    limited: changes.limited,
                    messages: Message::all(&changes.messages, viewer),
                })
                .collect(),
            more: more.collect(),
            gone: &answer.gone,
        }))
    }
}

fn event(event: sync::AccountEvent) -> Result<SyncEvent> {
    let body = RawValue::from_string(event.body).map_err(Error::internal)?;
    Ok(SyncEvent { arev: event.arev, kind: event.kind, body })
}

/// What the socket understands.
pub(crate) fn events() -> Vec<EventDoc> {
    vec![
        EventDoc::to_server::<Sync>("sync", "What is missing since what the client holds.")
            .ack::<SyncAnswer<'_>>(),
    ]
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        post("/v1/sync", catch_up)
            .about("What is missing since what the client holds, after a second or a month.")
            .takes::<Sync>()
            .gives::<SyncAnswer<'_>>(200)
            .errors(&["sync.busy", "sync.too_many"]),
    ]
}

/// `POST /v1/sync`
async fn catch_up(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    LongJson(sync): LongJson<Sync>,
) -> Reply {
    let answer = sync.run(&edge, caller).await?;
    Ok(answer.render(|missing| Json(missing).into_response())?)
}
