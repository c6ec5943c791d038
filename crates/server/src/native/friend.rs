//! Friends, requests and blocks.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::{AccountId, ChatId, friend};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::people::{Person, Relation};
use crate::reply::{Json, Path, Reply};
use crate::route::{Route, delete, get, put};

/// The caller's friends.
#[derive(Debug, Serialize, ToSchema)]
pub struct Friends {
    /// By name.
    friends: Vec<Person>,
}

/// The requests that wait for an answer, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Requests {
    /// They asked the caller.
    incoming: Vec<Person>,
    /// The caller asked them.
    outgoing: Vec<Person>,
}

/// Whom the caller blocks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Blocks {
    /// By name.
    blocked: Vec<Person>,
}

/// What the two are to each other now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Befriended)]
pub struct Standing {
    /// What the other one is to the caller.
    relation: Relation,
    /// Their direct chat, when they are friends.
    #[schema(value_type = Option<String>)]
    chat: Option<ChatId>,
}

fn wire(people: Vec<friend::Person>) -> Vec<Person> {
    people.into_iter().map(Person::from).collect()
}

/// `GET /v1/friends`
pub async fn list(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let friends = wire(friend::list(&edge.app, &caller).await?);
    Ok(Json(Friends { friends }).into_response())
}

/// `GET /v1/friends/requests`
pub async fn requests(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let open = friend::requests(&edge.app, &caller).await?;
    let (incoming, outgoing) = (wire(open.incoming), wire(open.outgoing));
    Ok(Json(Requests { incoming, outgoing }).into_response())
}

/// `PUT /v1/friends/{account}`
pub async fn want(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(account): Path<AccountId>,
) -> Reply {
    let standing = friend::want(&edge.app, &caller, account).await?;
    let (relation, chat) = (standing.relation.into(), standing.chat);
    Ok(Json(Standing { relation, chat }).into_response())
}

/// `DELETE /v1/friends/{account}`
pub async fn drop(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(account): Path<AccountId>,
) -> Reply {
    friend::drop(&edge.app, &caller, account).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `GET /v1/blocks`
pub async fn blocked(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let blocked = wire(friend::blocked(&edge.app, &caller).await?);
    Ok(Json(Blocks { blocked }).into_response())
}

/// `PUT /v1/blocks/{account}`
pub async fn block(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(account): Path<AccountId>,
) -> Reply {
    friend::block(&edge.app, &caller, account).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /v1/blocks/{account}`
pub async fn unblock(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(account): Path<AccountId>,
) -> Reply {
    friend::unblock(&edge.app, &caller, account).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    let absent = &["person.not_found", "friend.oneself"];
    vec![
        get("/v1/friends", list).about("The caller's friends.").gives::<Friends>(200),
        get("/v1/friends/requests", requests)
            .about("The requests that wait for an answer.")
            .gives::<Requests>(200),
        put("/v1/friends/{account}", want)
            .about("Asks to be friends, or accepts when they have asked.")
            .gives::<Standing>(200)
            .errors(&[
                "person.not_found",
                "friend.oneself",
                "friend.blocked",
                "friend.too_many",
                "friend.too_soon",
            ]),
        delete("/v1/friends/{account}", drop)
            .about("Declines, withdraws, or ends the friendship.")
            .gives_nothing()
            .errors(absent),
        get("/v1/blocks", blocked).about("Whom the caller blocks.").gives::<Blocks>(200),
        put("/v1/blocks/{account}", block)
            .about("Blocks somebody: they no longer find the caller, and all else ends.")
            .gives_nothing()
            .errors(absent),
        delete("/v1/blocks/{account}", unblock)
            .about("Takes a block back.")
            .gives_nothing()
            .errors(absent),
    ]
}
