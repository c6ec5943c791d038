//! Searching in messages.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::search::{self, Ask, Words};
use domain::{AccountId, ChatId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::message::{Message, limit};
use crate::reply::{Json, Query, Reply};
use crate::route::{Route, get};

/// Messages on a page, when the client does not say.
const PAGE: i64 = 20;

/// Messages on a page at most.
const MAX_PAGE: i64 = 50;

/// What to search by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    q: String,
    chat: Option<ChatId>,
    sender: Option<AccountId>,
    until: Option<i64>,
    before: Option<String>,
    limit: Option<i64>,
}

/// A part of what was found, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundMessages<'a> {
    /// The newest first.
    messages: Vec<Message<'a>>,
    /// Give it as `before` to go on; null at the end. A page may be short, even
    /// empty, and yet not the last.
    next: Option<String>,
    /// The index has not come far enough: what is here is right, and older
    /// messages may be missing for a while.
    behind: bool,
}

/// `GET /v1/messages?q=`
async fn find(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Query(query): Query<Search>,
) -> Reply {
    let ask = Ask {
        words: Words::parse(&query.q)?,
        chat: query.chat,
        sender: query.sender,
        until: query.until,
        before: query.before.map(|before| before.parse()).transpose()?,
        limit: usize::try_from(limit(query.limit, PAGE, MAX_PAGE)?).unwrap_or_default(),
    };
    let found = search::search(&edge.app, &caller, &ask).await?;
    Ok(Json(FoundMessages {
        messages: Message::all(&found.messages, caller.account),
        next: found.next.map(|next| next.to_string()),
        behind: found.is_behind,
    })
    .into_response())
}

/// Where it answers.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/v1/messages", find)
            .about("Messages that hold the words, newest first.")
            .query("q", "words, each as it begins, all of them in any order; 2 to 128 characters")
            .query("chat", "only in this chat")
            .query("sender", "only what this account wrote")
            .query("until", "only what was sent before, in Unix milliseconds")
            .query("before", "the `next` of the page before")
            .query("limit", "at most 50; 20 without it")
            .gives::<FoundMessages<'_>>(200)
            .errors(&[
                "chat.not_found",
                "messages.cursor",
                "messages.too_long",
                "messages.too_short",
                "request.query",
            ]),
    ]
}
