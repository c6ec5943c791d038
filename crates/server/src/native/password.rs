//! Passwords: how strong one is, and what to do when it is forgotten.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::password::{self, Password};
use domain::profile::Email;
use domain::reset;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::edge::Edge;
use crate::gate::Client;
use crate::reply::{Json, Reply};
use crate::route::{Route, post};

/// A password that somebody thinks of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The password.
    password: String,
    /// What others know of its owner: address, name, username.
    #[serde(default)]
    hints: Vec<String>,
}

/// How hard it is to guess.
#[derive(Debug, Serialize, ToSchema)]
pub struct Strength {
    /// From 0, guessed at once, to 4.
    score: u8,
    /// The order of magnitude of the guesses needed; from 7 on it is accepted.
    guesses_log10: f64,
    /// What would make it better.
    advice: Option<String>,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgot {
    /// Where the link goes, if it has an account.
    email: String,
}

/// Says the same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {}

/// The token of the mailed link, and the password to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// From the mailed link.
    token: String,
    /// 8 characters to 1,000 bytes, and not easy to guess.
    password: String,
}

/// `POST /v1/password/strength`
pub async fn strength(State(edge): State<Edge>, Json(body): Json<Estimate>) -> Reply {
    let found = password::strength(&edge.app, &body.password, body.hints).await?;
    let (score, guesses_log10) = (found.score, found.guesses_log10);
    Ok(Json(Strength { score, guesses_log10, advice: found.advice }).into_response())
}

/// `POST /v1/password/forgot`
pub async fn forgot(State(edge): State<Edge>, client: Client, Json(body): Json<Forgot>) -> Reply {
    let email = Email::parse(&body.email)?;
    edge.limits.mail(email.as_str(), client.network)?;
    reset::forgot(&edge.app, &email).await?;
    Ok((StatusCode::ACCEPTED, Json(Asked {})).into_response())
}

/// `POST /v1/password/reset`
pub async fn renew(State(edge): State<Edge>, client: Client, Json(body): Json<Reset>) -> Reply {
    edge.limits.code(client.network)?;
    reset::reset(&edge.app, &body.token, Password::new(&body.password)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        post("/v1/password/strength", strength)
            .about("Estimates how hard a password is to guess.")
            .open()
            .takes::<Estimate>()
            .gives::<Strength>(200)
            .errors(&["password.too_long", "password.busy"]),
        post("/v1/password/forgot", forgot)
            .about("Mails a link to set a new password, if the address has an account.")
            .open()
            .takes::<Forgot>()
            .gives::<Asked>(202)
            .errors(&["email.invalid", "limit.mail"]),
        post("/v1/password/reset", renew)
            .about("Sets a new password by the mailed token and ends every sign-in.")
            .open()
            .takes::<Reset>()
            .gives_nothing()
            .errors(&[
                "password.token_invalid",
                "password.too_short",
                "password.too_long",
                "password.weak",
            ]),
    ]
}
