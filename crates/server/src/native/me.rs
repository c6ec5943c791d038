//! One's own account.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::AccountId;
use domain::account::{self, Change};
use domain::profile::{Bio, Name, Username};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::reply::{Json, Reply};
use crate::route::{Route, get, patch};

/// An account as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    #[schema(value_type = String)]
    id: AccountId,
    email: String,
    name: String,
    username: Option<String>,
    bio: String,
    photo: Option<String>,
    /// `member` or `admin`.
    role: String,
    created_at: i64,
}

impl From<account::Account> for Account {
    fn from(account: account::Account) -> Self {
        Self {
            id: account.id,
            email: account.email,
            name: account.name,
            username: account.username,
            bio: account.bio,
            photo: account.photo,
            role: account.role,
            created_at: account.created_at,
        }
    }
}

/// The account.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    account: Account,
}

/// What to change; a field that is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProfilePatch)]
pub struct Patch {
    name: Option<String>,
    /// `null` gives the username up.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    username: Option<Option<String>>,
    bio: Option<String>,
}

/// Tells a field that is `null` from one that is absent.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// `GET /v1/me`
pub async fn show(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let account = account::load(&edge.app, caller.account).await?.into();
    Ok(Json(Me { account }).into_response())
}

/// `PATCH /v1/me`
pub async fn update(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Json(body): Json<Patch>,
) -> Reply {
    let username = body.username.map(|name| name.as_deref().map(Username::parse).transpose());
    let change = Change {
        name: body.name.as_deref().map(Name::parse).transpose()?,
        username: username.transpose()?,
        bio: body.bio.as_deref().map(Bio::parse).transpose()?,
    };
    let account = account::update(&edge.app, &caller, &change).await?.into();
    Ok(Json(Me { account }).into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        get("/v1/me", show).about("One's own account.").gives::<Me>(200),
        patch("/v1/me", update)
            .about("Changes one's own profile.")
            .takes::<Patch>()
            .gives::<Me>(200)
            .errors(&[
                "name.invalid",
                "username.invalid",
                "bio.too_long",
                "account.username_taken",
            ]),
    ]
}
