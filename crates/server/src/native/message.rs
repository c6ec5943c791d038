//! Messages on the wire: one command each for REST and for the socket.

use axum::response::{IntoResponse, Response};
use domain::message::{self, Body, Budget, Edit, Held, MAX_CHANGES, New, Part};
use domain::{AccountId, ChatId, Error, Result, chat};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::Done;
use crate::native::chat::Member;
use crate::native::reaction::Reaction;
use crate::native::word::MessageKind;
use crate::reply::{Json, Path, Query, Reply};
use crate::route::{Route, delete, get, patch, post};
use crate::schema::EventDoc;

/// Messages on a page, when the client does not say.
const PAGE: i64 = 20;

/// Messages on a page at most.
const MAX_PAGE: i64 = 100;

/// A message, or the tombstone of one: `deleted_at` set and an empty `body`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message<'a> {
    /// The chat it stands in.
    #[schema(value_type = String)]
    chat: ChatId,
    /// Its place in the chat: dense, from 1.
    seq: i64,
    /// The number of countable messages up to here.
    n: i64,
    /// The chat's rev at this message's last change.
    rev: i64,
    /// Who sent it.
    #[schema(value_type = String)]
    sender: AccountId,
    /// The sender's own id for it, told to the sender only.
    client_id: Option<&'a str>,
    /// What it is.
    #[schema(value_type = MessageKind)]
    kind: &'a str,
    /// What it says; empty when it was deleted.
    body: &'a str,
    /// The place of the message it answers.
    reply_to_seq: Option<i64>,
    /// Always empty yet.
    #[schema(value_type = Vec<Object>)]
    attachments: [(); 0],
    /// What it was answered with, in the order of their first use.
    reactions: Vec<Reaction<'a>>,
    /// When its body was last changed.
    edited_at: Option<i64>,
    /// When it was deleted; then this is a tombstone.
    deleted_at: Option<i64>,
    /// When it was sent.
    created_at: i64,
}

impl<'a> Message<'a> {
    /// The message as `viewer` sees it; `None` is everybody but the sender.
    #[must_use]
    pub fn of(message: &'a message::Message, viewer: Option<AccountId>) -> Self {
        Self {
            chat: message.chat,
            seq: message.seq,
            n: message.n,
            rev: message.rev,
            sender: message.sender,
            client_id: (viewer == Some(message.sender)).then_some(&message.client_id),
            kind: &message.kind,
            body: &message.body,
            reply_to_seq: message.reply_to_seq,
            attachments: [],
            reactions: Reaction::all(&message.reactions),
            edited_at: message.edited_at,
            deleted_at: message.deleted_at,
            created_at: message.created_at,
        }
    }

    /// Several messages as `viewer` sees them.
    #[must_use]
    pub fn all(messages: &'a [message::Message], viewer: AccountId) -> Vec<Self> {
        messages.iter().map(|message| Self::of(message, Some(viewer))).collect()
    }
}

/// One message.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneMessage<'a> {
    /// The message.
    pub message: Message<'a>,
}

/// `message.send`: at least once from the client, exactly once in effect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// Where to.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Chosen by the client, 1 to 64 printable ASCII characters; the same one
    /// on every retry.
    pub client_id: String,
    /// 1 to 4,096 characters, not all white space.
    pub body: String,
    /// The place of the message it answers.
    pub reply_to_seq: Option<i64>,
}

impl SendMessage {
    /// Sends it.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<message::Sent> {
        let new = New::parse(self.client_id, self.body, self.reply_to_seq)?;
        let sent = message::send(&edge.app, &caller, self.chat, new).await?;
        edge.live.hub.gone_out(self.chat, sent.message.rev).await;
        Ok(sent)
    }
}

/// `message.edit`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditMessage {
    /// The chat it stands in.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Its place there.
    pub seq: i64,
    /// What it says from now on, as in a new message.
    pub body: String,
    /// The message's rev as its writer saw it. Refused when it was changed
    /// since, so that a late repeat never undoes a newer edit; without it the
    /// edit has the last word.
    pub seen_rev: Option<i64>,
}

impl EditMessage {
    /// Gives the message its new body.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<message::Message> {
        let edit = Edit { body: Body::parse(self.body)?, seen_rev: self.seen_rev };
        let edited = message::edit(&edge.app, &caller, (self.chat, self.seq), edit).await?;
        edge.live.hub.gone_out(self.chat, edited.rev).await;
        Ok(edited)
    }
}

/// `message.delete`: for everyone, leaving a tombstone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteMessage {
    /// The chat it stands in.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Its place there.
    pub seq: i64,
}

impl DeleteMessage {
    /// Deletes it.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Done> {
        let deleted = message::delete(&edge.app, &caller, (self.chat, self.seq)).await?;
        edge.live.hub.gone_out(self.chat, deleted.rev).await;
        Ok(Done {})
    }
}

/// What `POST …/messages` takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMessage)]
pub struct SendBody {
    /// Chosen by the client, 1 to 64 printable ASCII characters; the same one
    /// on every retry.
    client_id: String,
    /// 1 to 4,096 characters, not all white space.
    body: String,
    /// The place of the message it answers.
    reply_to_seq: Option<i64>,
}

/// What `PATCH …/messages/{seq}` takes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    /// What it says from now on, as in a new message.
    body: String,
    /// The message's rev as its writer saw it. Refused when it was changed
    /// since, so that a late repeat never undoes a newer edit; without it the
    /// edit has the last word.
    seen_rev: Option<i64>,
}

/// Which part of the history; at most one of the three places.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageQuery {
    before_seq: Option<i64>,
    after_seq: Option<i64>,
    around_seq: Option<i64>,
    limit: Option<i64>,
}

/// A part of the history, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessagePage<'a> {
    /// The newest first.
    messages: Vec<Message<'a>>,
    /// There are more in the direction that was asked for.
    has_more: bool,
}

/// What the client holds of the chat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangesQuery {
    rev: Option<i64>,
    seq: Option<i64>,
    limit: Option<i64>,
}

/// What is new or changed since then.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Changes)]
pub struct ChatChanges<'a> {
    /// Every change up to here is in the answer.
    rev: i64,
    /// Rows new or changed, by ascending place.
    messages: Vec<Message<'a>>,
    /// All of them: receipts are not in `rev`.
    members: Vec<Member>,
    /// Rows were left out: forget what you held of this chat.
    limited: bool,
}

/// What the socket understands.
pub(crate) fn events() -> Vec<EventDoc> {
    vec![
        EventDoc::to_server::<SendMessage>(
            "message.send",
            "Sends a message; repeat it until acknowledged.",
        )
        .ack::<OneMessage<'_>>(),
        EventDoc::to_server::<EditMessage>(
            "message.edit",
            "Gives one's own message another body; repeat it until acknowledged.",
        )
        .ack::<OneMessage<'_>>(),
        EventDoc::to_server::<DeleteMessage>(
            "message.delete",
            "Deletes one's own message for everyone.",
        )
        .ack::<Done>(),
    ]
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/v1/chats/{id}/messages", page)
            .about("A part of the history, newest first. Give one of the three places, or none.")
            .query("before_seq", "the newest below this place")
            .query("after_seq", "the oldest above this place")
            .query("around_seq", "this place and its neighbours")
            .query("limit", "at most 100; 20 without it")
            .gives::<MessagePage<'_>>(200)
            .errors(&["chat.not_found", "request.query"]),
        post("/v1/chats/{id}/messages", send)
            .about("Sends a message. 200 with the first one when the client_id was used before.")
            .takes::<SendBody>()
            .gives::<OneMessage<'_>>(201)
            .gives::<OneMessage<'_>>(200)
            .errors(&[
                "chat.not_found",
                "chat.closed",
                "message.body_empty",
                "message.body_too_long",
                "message.body_control",
                "message.client_id",
                "message.client_id_reused",
                "message.reply_not_found",
            ]),
        patch("/v1/chats/{id}/messages/{seq}", edit)
            .about("Gives one's own message another body.")
            .takes::<EditBody>()
            .gives::<OneMessage<'_>>(200)
            .errors(&[
                "chat.not_found",
                "chat.closed",
                "message.not_found",
                "message.not_yours",
                "message.deleted",
                "message.changed",
                "message.body_empty",
                "message.body_too_long",
                "message.body_control",
            ]),
        delete("/v1/chats/{id}/messages/{seq}", remove)
            .about("Deletes one's own message for everyone; a tombstone stays.")
            .gives_nothing()
            .errors(&["chat.not_found", "chat.closed", "message.not_found", "message.not_yours"]),
        get("/v1/chats/{id}/changes", changes)
            .about("What is new or changed in a chat since what the client holds.")
            .query("rev", "every change up to here is held")
            .query("seq", "every message up to here is held")
            .query("limit", "at most 100 new messages; beyond, the newest 20 and `limited`")
            .gives::<ChatChanges<'_>>(200)
            .errors(&["chat.not_found", "request.query"]),
    ]
}

/// `POST /v1/chats/{id}/messages`
async fn send(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Json(new): Json<SendBody>,
) -> Reply {
    let SendBody { client_id, body, reply_to_seq } = new;
    let sent = SendMessage { chat, client_id, body, reply_to_seq }.run(&edge, caller).await?;
    let status = if sent.repeated { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, one(&sent.message, caller)).into_response())
}

/// `PATCH /v1/chats/{id}/messages/{seq}`
async fn edit(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path((chat, seq)): Path<(ChatId, i64)>,
    Json(EditBody { body, seen_rev }): Json<EditBody>,
) -> Reply {
    Ok(one(&EditMessage { chat, seq, body, seen_rev }.run(&edge, caller).await?, caller))
}

/// `DELETE /v1/chats/{id}/messages/{seq}`
async fn remove(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path((chat, seq)): Path<(ChatId, i64)>,
) -> Reply<StatusCode> {
    DeleteMessage { chat, seq }.run(&edge, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v1/chats/{id}/messages`
async fn page(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Query(query): Query<PageQuery>,
) -> Reply {
    let part = part(&query)?;
    let limit = limit(query.limit, PAGE, MAX_PAGE)?;
    let page = message::page(&edge.app, &caller, chat, part, limit).await?;
    let messages = Message::all(&page.messages, caller.account);
    Ok(Json(MessagePage { messages, has_more: page.has_more }).into_response())
}

/// `GET /v1/chats/{id}/changes`
async fn changes(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Query(query): Query<ChangesQuery>,
) -> Reply {
    let all_upto = limit(query.limit, MAX_CHANGES, MAX_CHANGES)?;
    let member = chat::member(&edge.app, &caller, chat).await?;
    let held = Held { rev: query.rev.unwrap_or(0), seq: query.seq.unwrap_or(0) };
    let budget = Budget { all_upto, newest: all_upto.min(PAGE) };
    let changes = message::changes(&edge.app, &member, held, budget).await?;
    let members = chat::members(&edge.app, &member).await?;
    Ok(Json(ChatChanges {
        rev: member.rev(),
        messages: Message::all(&changes.messages, caller.account),
        members: members.into_iter().map(Member::from).collect(),
        limited: changes.limited,
    })
    .into_response())
}

fn one(message: &message::Message, caller: domain::Caller) -> Response {
    Json(OneMessage { message: Message::of(message, Some(caller.account)) }).into_response()
}

fn part(query: &PageQuery) -> Result<Part> {
    match (query.before_seq, query.after_seq, query.around_seq) {
        (None, None, None) => Ok(Part::End),
        (Some(seq), None, None) => Ok(Part::Before(seq)),
        (None, Some(seq), None) => Ok(Part::After(seq)),
        (None, None, Some(seq)) => Ok(Part::Around(seq)),
        _ => Err(Error::bad_input(
            "before_seq",
            "request.query",
            "Give one of before_seq, after_seq and around_seq.",
        )),
    }
}

/// A larger limit is the largest; one below 1 is a mistake.
pub(super) fn limit(asked: Option<i64>, default: i64, most: i64) -> Result<i64> {
    match asked {
        Some(limit) if limit < 1 => {
            Err(Error::bad_input("limit", "request.query", "A limit is 1 or more."))
        }
        Some(limit) => Ok(limit.min(most)),
        None => Ok(default),
    }
}
