//! Finding people.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::{AccountId, friend, people};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::reply::{Json, Path, Query, Reply};
use crate::route::{Route, get};

/// What the other one is to the caller.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Relation {
    /// Nothing.
    None,
    /// The caller asked them.
    Asked,
    /// They asked the caller.
    Asking,
    /// Friends.
    Friend,
    /// The caller blocks them.
    Blocked,
}

impl From<friend::Relation> for Relation {
    fn from(relation: friend::Relation) -> Self {
        match relation {
            friend::Relation::None => Self::None,
            friend::Relation::Asked => Self::Asked,
            friend::Relation::Asking => Self::Asking,
            friend::Relation::Friend => Self::Friend,
            friend::Relation::Blocked => Self::Blocked,
        }
    }
}

/// An account as another one sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Person {
    /// Who it is.
    #[schema(value_type = String)]
    id: AccountId,
    /// The name shown.
    name: String,
    /// Their handle, if they chose one.
    username: Option<String>,
    /// Where their photo is.
    photo: Option<String>,
    /// What they are to the one who looks.
    relation: Relation,
}

impl From<friend::Person> for Person {
    fn from(person: friend::Person) -> Self {
        Self {
            id: person.id,
            name: person.name,
            username: person.username,
            photo: person.photo,
            relation: person.relation.into(),
        }
    }
}

/// Who was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Found {
    /// At most 20.
    people: Vec<Person>,
}

/// Somebody the caller has to do with.
#[derive(Debug, Serialize, ToSchema)]
pub struct One {
    /// The person.
    person: Person,
    /// What they say of themselves; empty when they say nothing.
    bio: String,
}

/// What to search by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Search {
    q: String,
}

/// `GET /v1/people?q=`
pub async fn search(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Query(query): Query<Search>,
) -> Reply {
    let found = people::search(&edge.app, &caller, &query.q).await?;
    Ok(Json(Found { people: found.into_iter().map(Person::from).collect() }).into_response())
}

/// `GET /v1/people/{account}`
pub async fn show(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(account): Path<AccountId>,
) -> Reply {
    let friend::Profile { person, bio } = friend::profile(&edge.app, &caller, account).await?;
    Ok(Json(One { person: person.into(), bio }).into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/v1/people", search)
            .about("People whose name or username holds the text, at most 20.")
            .query("q", "two characters at least")
            .gives::<Found>(200)
            .errors(&["people.too_short", "people.too_long"]),
        get("/v1/people/{account}", show)
            .about("Somebody the caller has to do with.")
            .gives::<One>(200)
            .errors(&["person.not_found"]),
    ]
}
