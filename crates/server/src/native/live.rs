//! What is said while people are here: open chats, typing, presence, the
//! check whether anything was missed.

use axum::extract::State;
use domain::{AccountId, ChatId, Result, chat, presence, typing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::live::push::{OnlineCount, Presence};
use crate::native::Done;
use crate::reply::{Json, Reply};
use crate::route::{Route, get};
use crate::schema::EventDoc;

/// `chat.open`, `chat.close`: the chat is on the screen, or no longer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenChat {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
}

impl OpenChat {
    /// Every socket hears all its chats, so nothing follows from it yet but
    /// the answer whether the chat is the caller's.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Done> {
        chat::member(&edge.app, &caller, self.chat).await?;
        Ok(Done {})
    }
}

/// `typing`: not acknowledged; say it again every few seconds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SayTyping)]
pub struct Typing {
    /// Where.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Whether they write, or have stopped.
    pub on: bool,
}

impl Typing {
    /// Tells the others.
    pub async fn run(self, edge: &Edge, caller: domain::Caller) -> Result<Done> {
        typing::say(&edge.app, &edge.live.typing, &caller, self.chat, self.on).await?;
        Ok(Done {})
    }
}

/// `presence.watch`: whom to be told about, instead of those before. Only
/// friends are watched; others are left out of the answer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Watch {
    /// At most 200.
    #[schema(value_type = Vec<String>)]
    pub accounts: Vec<AccountId>,
}

/// Who of them is here.
#[derive(Debug, Serialize, ToSchema)]
pub struct Watched {
    /// Those of the wanted that are friends.
    presence: Vec<Presence>,
}

impl Watch {
    /// Those of the wanted that the caller may watch.
    pub async fn visible(&self, edge: &Edge, caller: domain::Caller) -> Result<Vec<AccountId>> {
        let mut visible = presence::visible(&edge.app, &caller, &self.accounts).await?;
        visible.sort_unstable();
        visible.dedup();
        Ok(visible)
    }
}

impl Watched {
    /// The presence of accounts that the caller may watch.
    pub async fn of(edge: &Edge, accounts: &[AccountId]) -> Result<Self> {
        let seen = presence::last_seen(&edge.app, accounts).await?;
        let online = crate::live::online(edge, accounts);
        let one = |(account, online): (&AccountId, bool)| Presence {
            account: *account,
            online,
            last_seen_at: seen.get(account).copied(),
        };
        Ok(Self { presence: accounts.iter().zip(online).map(one).collect() })
    }
}

/// `sync.check`: the counters of the account and of the chats on the screen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What the client holds; it compares with the answer itself.
    pub arev: i64,
    /// `[[chat, rev]]`.
    #[schema(value_type = Vec<(String, i64)>)]
    pub open: Vec<(ChatId, i64)>,
}

/// What the server has. A chat that is stale needs its `changes`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Checked {
    /// The number of the account's latest event.
    arev: i64,
    /// Those of the asked whose `rev` is higher, or that are not the caller's.
    #[schema(value_type = Vec<String>)]
    stale: Vec<ChatId>,
}

impl Check {
    /// Answers from memory, so that it can be asked all the time.
    #[must_use]
    pub fn run(&self, edge: &Edge, caller: domain::Caller) -> Checked {
        let checked = edge.live.hub.check(caller.account, &self.open);
        Checked { arev: checked.arev, stale: checked.stale }
    }
}

/// What answers under `/v1`.
pub(crate) fn routes() -> Vec<Route> {
    vec![get("/v1/online", count).about("How many people are here.").gives::<OnlineCount>(200)]
}

/// What the socket understands.
pub(crate) fn events() -> Vec<EventDoc> {
    vec![
        EventDoc::to_server::<OpenChat>("chat.open", "The chat is on the screen.").ack::<Done>(),
        EventDoc::to_server::<OpenChat>("chat.close", "The chat has left the screen.")
            .ack::<Done>(),
        EventDoc::to_server::<Watch>("presence.watch", "Whom to be told about.").ack::<Watched>(),
        EventDoc::to_server::<Check>("sync.check", "Whether anything was missed.").ack::<Checked>(),
        EventDoc::to_server::<Typing>("typing", "The caller writes, or no longer."),
    ]
}

/// `GET /v1/online`
async fn count(State(edge): State<Edge>, Caller(_): Caller) -> Reply<Json<OnlineCount>> {
    Ok(Json(OnlineCount { count: edge.live.online() }))
}
