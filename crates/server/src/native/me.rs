//! One's own account.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::AccountId;
use domain::account::{self, Change};
use domain::profile::{Bio, Name, Username};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::edge::Edge;
use crate::native::word::AccountRole;
use crate::reply::{Json, Reply};
use crate::route::{Route, get, patch};

/// An account as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Account {
    /// Names it.
    #[schema(value_type = String)]
    id: AccountId,
    /// Where its mail goes, and what it signs in by.
    email: String,
    /// The name others see.
    name: String,
    /// Its handle, if it chose one.
    username: Option<String>,
    /// A few words; may be empty.
    bio: String,
    /// Where its photo is.
    photo: Option<String>,
    /// What it may do here.
    #[schema(value_type = AccountRole)]
    role: String,
    /// When it was made.
    created_at: i64,
}

impl From<&account::Account> for Account {
    fn from(account: &account::Account) -> Self {
        account.clone().into()
    }
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
    /// The caller's own.
    account: Account,
}

/// What to change; a field that is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProfilePatch)]
pub struct Patch {
    /// Another name.
    name: Option<String>,
    /// `null` gives the username up.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>)]
    username: Option<Option<String>>,
    /// Other words; empty text takes them back.
    bio: Option<String>,
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
