//! Reactions on the wire: one command for REST and for the socket.

use axum::response::{IntoResponse, Response};
use domain::reaction::{self, Emoji};
use domain::{AccountId, ChatId, Result, message};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::message::{Message, OneMessage};
use crate::reply::{Json, Path, Reply};
use crate::route::{Route, delete, put};
use crate::schema::EventDoc;

/// One emoji on a message.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reaction<'a> {
    /// The emoji, in the form that Unicode recommends.
    emoji: &'a str,
    /// How many gave it.
    count: i64,
    /// Who did, the oldest first; at most 100 of them.
    #[schema(value_type = Vec<String>)]
    accounts: &'a [AccountId],
}

impl<'a> Reaction<'a> {
    /// Those of a message, the same for everybody.
    #[must_use]
    pub fn all(reactions: &'a [reaction::Reaction]) -> Vec<Self> {
        let one = |it: &'a reaction::Reaction| Self {
            emoji: &it.emoji,
            count: it.count,
            accounts: &it.accounts,
        };
        reactions.iter().map(one).collect()
    }
}

/// `reaction.set`: an emoji of one's own on a message, there or not.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetReaction {
    /// The chat the message stands in.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// The message's place there.
    pub seq: i64,
    /// One emoji, with or without invisible selectors.
    pub emoji: String,
    /// Whether it is there from now on.
    pub on: bool,
}

impl SetReaction {
    /// Gives it or takes it back.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<message::Message> {
        let emoji = Emoji::parse(&self.emoji)?;
        let at = (self.chat, self.seq);
        let reacted = reaction::set(&edge.app, &caller, at, emoji, self.on).await?;
        edge.live.hub.gone_out(self.chat, reacted.rev).await;
        Ok(reacted)
    }
}

/// What the socket understands.
pub(crate) fn events() -> Vec<EventDoc> {
    vec![
        EventDoc::to_server::<SetReaction>(
            "reaction.set",
            "Gives a message an emoji, or takes it back; repeat it until acknowledged.",
        )
        .ack::<OneMessage<'_>>(),
    ]
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        put("/v1/chats/{id}/messages/{seq}/reactions/{emoji}", give)
            .about("Gives a message an emoji. What is there already stays as it is.")
            .gives::<OneMessage<'_>>(200)
            .errors(&[
                "chat.not_found",
                "chat.closed",
                "message.not_found",
                "message.deleted",
                "reaction.emoji",
                "reaction.too_many",
                "reaction.too_many_own",
            ]),
        delete("/v1/chats/{id}/messages/{seq}/reactions/{emoji}", take)
            .about("Takes one's own emoji off a message. Where there is none, none stays.")
            .gives::<OneMessage<'_>>(200)
            .errors(&["chat.not_found", "chat.closed", "message.not_found", "reaction.emoji"]),
    ]
}

/// `PUT /v1/chats/{id}/messages/{seq}/reactions/{emoji}`
async fn give(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path((chat, seq, emoji)): Path<(ChatId, i64, String)>,
) -> Reply {
    let reacted = SetReaction { chat, seq, emoji, on: true }.run(&edge, caller).await?;
    Ok(one(&reacted, caller))
}

/// `DELETE /v1/chats/{id}/messages/{seq}/reactions/{emoji}`
async fn take(
    edge: axum::extract::State<Edge>,
    Caller(caller): Caller,
    Path((chat, seq, emoji)): Path<(ChatId, i64, String)>,
) -> Reply {
    let reacted = SetReaction { chat, seq, emoji, on: false }.run(&edge, caller).await?;
    Ok(one(&reacted, caller))
}

fn one(message: &message::Message, caller: domain::Caller) -> Response {
    Json(OneMessage { message: Message::of(message, Some(caller.account)) }).into_response()
}
