//! What of a chat is the caller's alone, on the wire.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::{ChatId, chat};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::reply::{Json, Path, Reply};
use crate::route::{Route, patch};

/// What of a chat is the caller's alone; nobody else is told.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Mine {
    /// Grows with each change: of two the higher one is the later.
    version: i64,
    /// Until when the caller wants no sound of it; `8640000000000000`, the last
    /// moment that a date can name, is for ever.
    muted_until: Option<i64>,
    /// The caller keeps it on top.
    pinned: bool,
    /// The caller has put it away.
    archived: bool,
    /// Marked as unread while `read_seq` is not beyond this place.
    unread_seq: Option<i64>,
    /// The caller has hidden everything up to this place from themselves; 0 is
    /// nothing.
    hidden_upto_seq: i64,
}

impl From<chat::Mine> for Mine {
    fn from(mine: chat::Mine) -> Self {
        Self {
            version: mine.version,
            muted_until: mine.muted_until,
            pinned: mine.pinned,
            archived: mine.archived,
            unread_seq: mine.unread_seq,
            hidden_upto_seq: mine.hidden_upto_seq,
        }
    }
}

/// What of the chat is the caller's alone, as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneMine {
    /// As it is now.
    mine: Mine,
}

/// What to change; a field that is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MinePatch)]
pub struct Patch {
    /// `null` turns the sound on again; `8640000000000000` is for ever.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<i64>)]
    muted_until: Option<Option<i64>>,
    /// Keep it on top, or not.
    pinned: Option<bool>,
    /// Put it away, or not.
    archived: Option<bool>,
    /// How far one has read, to mark the chat as unread: reading on takes the
    /// mark away, and so does `null`.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<i64>)]
    unread_seq: Option<Option<i64>>,
    /// The last message one saw, to delete the chat for oneself: everything up to
    /// there is hidden for good, from the caller alone.
    hidden_upto_seq: Option<i64>,
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        patch("/v1/chats/{id}/mine", set)
            .about("Mutes, pins, archives, marks as unread or hides a chat, for the caller alone.")
            .takes::<Patch>()
            .gives::<OneMine>(200)
            .errors(&[
                "chat.not_found",
                "chat.changing",
                "mine.muted_until",
                "mine.unread_seq",
                "mine.hidden_upto_seq",
            ]),
    ]
}

/// `PATCH /v1/chats/{id}/mine`
async fn set(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Json(body): Json<Patch>,
) -> Reply {
    let change = chat::mine::Change {
        muted_until: body.muted_until,
        pinned: body.pinned,
        archived: body.archived,
        unread_seq: body.unread_seq,
        hidden_upto_seq: body.hidden_upto_seq,
    };
    let mine = chat::mine::set(&edge.app, &caller, chat, &change).await?.into();
    Ok(Json(OneMine { mine }).into_response())
}
