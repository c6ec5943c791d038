//! Signing in and out, and the list of sign-ins.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::{Error, LoginId, login};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::auth::cookie::{self, RefreshCookie};
use crate::edge::Edge;
use crate::gate::Client;
use crate::limits::Tries;
use crate::native::me::Account;
use crate::reply::{Failure, Json, MaybeJson, Path, Reply};
use crate::route::{Route, delete, get, post};

/// An address or username, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The e-mail address, or the username.
    email: String,
    /// The password.
    password: String,
    /// Whether the tokens come in the body instead of cookies.
    #[serde(default)]
    tokens: bool,
}

/// The refresh token, unless a cookie brings it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The token that the last answer gave.
    refresh_token: Option<String>,
}

/// Who signed in, and by what further requests are signed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Who signed in.
    account: Account,
    /// For `authorization: Bearer`; `null` when cookies were set.
    access_token: Option<String>,
    /// For `POST /v1/login/refresh`; `null` when cookies were set.
    refresh_token: Option<String>,
    /// How long the access token lives, in seconds.
    expires_in: i64,
}

/// One sign-in on one device.
#[derive(Debug, Serialize, ToSchema)]
pub struct Login {
    /// Names the sign-in.
    #[schema(value_type = String)]
    id: LoginId,
    /// Such as `Firefox on Linux`.
    device: String,
    /// The address it was made from.
    network: String,
    /// When it was made.
    created_at: i64,
    /// When it was made or last refreshed.
    last_used_at: i64,
    /// Whether this request came through it.
    current: bool,
}

impl From<login::Session> for Login {
    fn from(session: login::Session) -> Self {
        Self {
            id: session.id,
            device: session.device,
            network: session.network,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            current: session.current,
        }
    }
}

/// Every live sign-in of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Logins {
    /// The last used first.
    logins: Vec<Login>,
}

impl From<Client> for login::From {
    fn from(client: Client) -> Self {
        Self { device: client.device, network: client.network.to_string() }
    }
}

/// Hands out what a sign-in brings.
pub(crate) fn answer(
    edge: &Edge,
    status: StatusCode,
    login: login::Login,
    in_body: bool,
) -> Response {
    let (headers, given) = cookie::hand_out(edge, &login, in_body);
    let tokens = Tokens {
        account: login.account.into(),
        access_token: given.access_token,
        refresh_token: given.refresh_token,
        expires_in: given.expires_in,
    };
    (status, headers, Json(tokens)).into_response()
}

/// `POST /v1/login`
pub async fn sign_in(State(edge): State<Edge>, client: Client, Json(body): Json<SignIn>) -> Reply {
    let network = client.network;
    edge.limits.sign_in_from(network)?;
    let mut who = login::named(&edge.app, &body.email).await?;
    if edge.limits.sign_in(who.spelling(), who.account(), network)? == Tries::Spent {
        who = who.as_nobody();
    }
    let login = login::sign_in(&edge.app, who, &body.password, &client.into()).await?;
    edge.limits.signed_in(login.account.id, network);
    Ok(answer(&edge, StatusCode::OK, login, body.tokens))
}

/// `POST /v1/login/refresh`. The answer comes the way the token came.
pub async fn refresh(
    State(edge): State<Edge>,
    RefreshCookie(cookie): RefreshCookie,
    MaybeJson(body): MaybeJson<Refresh>,
) -> Reply {
    let body = body.unwrap_or_default();
    let in_body = body.refresh_token.is_some();
    let token = body.refresh_token.or(cookie).ok_or_else(|| {
        Error::unauthenticated("login.expired", "There is no refresh token. Sign in.")
    })?;
    match login::refresh(&edge.app, &token).await {
        Ok(login) => Ok(answer(&edge, StatusCode::OK, login, in_body)),
        // A browser must not go on offering what is dead.
        Err(error) if error.code == "login.expired" && !in_body => {
            Ok((cookie::take_back(&edge), Failure::from(error)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /v1/logout`
pub async fn sign_out(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    login::sign_out(&edge.app, &caller).await?;
    Ok((StatusCode::NO_CONTENT, cookie::take_back(&edge)).into_response())
}

/// `POST /v1/logout/all`
pub async fn sign_out_everywhere(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    login::sign_out_everywhere(&edge.app, &caller).await?;
    Ok((StatusCode::NO_CONTENT, cookie::take_back(&edge)).into_response())
}

/// `GET /v1/logins`
pub async fn list(State(edge): State<Edge>, Caller(caller): Caller) -> Reply {
    let sessions = login::list(&edge.app, &caller).await?;
    let logins = sessions.into_iter().map(Login::from).collect();
    Ok(Json(Logins { logins }).into_response())
}

/// `DELETE /v1/logins/{id}`
pub async fn revoke(
    State(edge): State<Edge>,
    Caller(caller): Caller,
    Path(id): Path<LoginId>,
) -> Reply {
    login::revoke(&edge.app, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        post("/v1/login", sign_in)
            .about("Signs in by e-mail address or username.")
            .open()
            .takes::<SignIn>()
            .gives::<Tokens>(200)
            .errors(&["login.refused", "limit.sign_in", "password.busy"]),
        post("/v1/login/refresh", refresh)
            .about("Exchanges a refresh token for the next one.")
            .open()
            .takes::<Refresh>()
            .gives::<Tokens>(200)
            .errors(&["login.expired"]),
        post("/v1/logout", sign_out).about("Ends this sign-in.").gives_nothing(),
        post("/v1/logout/all", sign_out_everywhere).about("Ends every sign-in.").gives_nothing(),
        get("/v1/logins", list).about("The sign-ins that are live.").gives::<Logins>(200),
        delete("/v1/logins/{id}", revoke)
            .about("Ends one sign-in, here or elsewhere.")
            .gives_nothing()
            .errors(&["login.not_found"]),
    ]
}
