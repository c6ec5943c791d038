//! Chats on the wire.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::message::Message as Stored;
use domain::{AccountId, ChatId, chat};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::message::Message;
use crate::native::mine::Mine;
use crate::native::word::{ChatKind, MemberRole};
use crate::reply::{Json, Path, Reply};
use crate::route::{Route, get};

/// A member as the members see one another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member {
    /// Whose membership it is.
    #[schema(value_type = String)]
    account: AccountId,
    /// What they may do in the chat.
    #[schema(value_type = MemberRole)]
    role: String,
    /// The name shown.
    name: String,
    /// Their handle, if they chose one.
    username: Option<String>,
    /// Where their photo is.
    photo: Option<String>,
    /// Everything up to here was read.
    read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    read_n: i64,
    /// Everything up to here reached a device.
    delivered_seq: i64,
    /// The place after which they see the chat; 0 is all of it.
    joined_seq: i64,
    /// When they left; `null` while they are in.
    left_at: Option<i64>,
    /// The chat's rev at this row's last change; receipts do not move it.
    rev: i64,
}

impl From<chat::Listed> for Member {
    fn from(listed: chat::Listed) -> Self {
        Self {
            account: listed.account,
            role: listed.role,
            name: listed.name,
            username: listed.username,
            photo: listed.photo,
            read_seq: listed.read_seq,
            read_n: listed.read_n,
            delivered_seq: listed.delivered_seq,
            joined_seq: listed.joined_seq,
            left_at: listed.left_at,
            rev: listed.rev,
        }
    }
}

/// A chat as one of its members sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chat<'a> {
    /// Names the chat.
    #[schema(value_type = String)]
    id: ChatId,
    /// What it is.
    #[schema(value_type = ChatKind)]
    kind: &'static str,
    /// What its members call it; `null` for two friends.
    title: Option<String>,
    /// Where its photo is.
    photo: Option<String>,
    /// Since when it can only be read.
    closed_at: Option<i64>,
    /// The number of its latest change.
    rev: i64,
    /// The place of its last message.
    seq: i64,
    /// How many countable messages it has had.
    n: i64,
    /// The first place the caller can see.
    first_seq: i64,
    /// When something was last said; the order of the list.
    last_at: i64,
    /// When it began.
    created_at: i64,
    /// How far the caller has read.
    read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    read_n: i64,
    /// The sum of all members' `read_seq` and `delivered_seq`.
    marks: i64,
    /// `n - read_n`.
    unread: i64,
    /// What of it is the caller's alone.
    mine: Mine,
    /// Everybody who is or was in it.
    members: Vec<Member>,
    /// What was last said, or its tombstone.
    last_message: Option<Message<'a>>,
}

impl<'a> Chat<'a> {
    /// The chat as `viewer` sees it; `last` is its last message, which was
    /// taken out to be borrowed.
    #[must_use]
    pub fn of(chat: chat::Chat, last: Option<&'a Stored>, viewer: AccountId) -> Self {
        Self {
            marks: chat.marks(),
            unread: chat.unread(),
            id: chat.id,
            kind: chat.kind.word(),
            title: chat.title,
            photo: chat.photo,
            closed_at: chat.closed_at,
            rev: chat.rev,
            seq: chat.seq,
            n: chat.n,
            first_seq: chat.first_seq,
            last_at: chat.last_at,
            created_at: chat.created_at,
            read_seq: chat.read_seq,
            read_n: chat.read_n,
            mine: chat.mine.into(),
            members: chat.members.into_iter().map(Member::from).collect(),
            last_message: last.map(|message| Message::of(message, Some(viewer))),
        }
    }
}

/// Every chat of the caller, the most active first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatList<'a> {
    /// The most active first.
    chats: Vec<Chat<'a>>,
}

/// One chat.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneChat<'a> {
    /// The chat.
    chat: Chat<'a>,
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/v1/chats", list)
            .about("Every chat of the caller, the most active first.")
            .gives::<ChatList<'_>>(200),
        get("/v1/chats/{id}", one)
            .about("One chat.")
            .gives::<OneChat<'_>>(200)
            .errors(&["chat.not_found"]),
    ]
}

/// `GET /v1/chats`
async fn list(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let mut chats = chat::list(&edge.app, &caller).await?;
    let last: Vec<_> = chats.iter_mut().map(|chat| chat.last_message.take()).collect();
    let seen = chats.into_iter().zip(&last);
    let chats = seen.map(|(chat, last)| Chat::of(chat, last.as_ref(), caller.account)).collect();
    Ok(Json(ChatList { chats }).into_response())
}

/// `GET /v1/chats/{id}`
async fn one(State(edge): State<Edge>, Caller(caller): Caller, Path(chat): Path<ChatId>) -> Reply {
    let mut chat = chat::get(&edge.app, &caller, chat).await?;
    let last = chat.last_message.take();
    Ok(Json(OneChat { chat: Chat::of(chat, last.as_ref(), caller.account) }).into_response())
}
