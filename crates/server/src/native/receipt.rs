//! Receipts on the wire.

use axum::extract::State;
use domain::receipt::Mark;
use domain::{ChatId, Result};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::Done;
use crate::reply::{Json, Path, Reply};
use crate::route::{Route, put};
use crate::schema::EventDoc;

/// `chat.read`: everything up to `seq` was read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// The last place that was read.
    pub seq: i64,
}

/// `chat.delivered`: everything up to `seq` reached this device.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// The last place that arrived.
    pub seq: i64,
}

impl Read {
    /// Moves the caller's mark. What was read was also received.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Done> {
        let mark = Mark { read_seq: self.seq, delivered_seq: self.seq };
        run(edge, caller, self.chat, mark).await
    }
}

impl Delivered {
    /// Moves the caller's mark.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Done> {
        run(edge, caller, self.chat, Mark { read_seq: 0, delivered_seq: self.seq }).await
    }
}

/// A place in the chat.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The place, from 1.
    seq: i64,
}

/// What the socket understands.
pub(crate) fn events() -> Vec<EventDoc> {
    vec![
        EventDoc::to_server::<Read>("chat.read", "Everything up to this place was read.")
            .ack::<Done>(),
        EventDoc::to_server::<Delivered>(
            "chat.delivered",
            "Everything up to this place reached this device.",
        )
        .ack::<Done>(),
    ]
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        put("/v1/chats/{id}/read", read)
            .about("Everything up to this place was read.")
            .takes::<Place>()
            .gives_nothing()
            .errors(&["chat.not_found", "chat.changing", "receipt.seq"]),
        put("/v1/chats/{id}/delivered", delivered)
            .about("Everything up to this place reached a device.")
            .takes::<Place>()
            .gives_nothing()
            .errors(&["chat.not_found", "chat.closed", "chat.changing", "receipt.seq"]),
    ]
}

/// `PUT /v1/chats/{id}/read`
async fn read(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Json(Place { seq }): Json<Place>,
) -> Reply<StatusCode> {
    Read { chat, seq }.run(&edge, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /v1/chats/{id}/delivered`
async fn delivered(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(chat): Path<ChatId>,
    Json(Place { seq }): Json<Place>,
) -> Reply<StatusCode> {
    Delivered { chat, seq }.run(&edge, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn run(edge: &Edge, caller: domain::Caller, chat: ChatId, mark: Mark) -> Result<Done> {
    edge.live.receipts.mark(&edge.app, &caller, chat, mark).await.map(|()| Done {})
}
