//! Signing up: the attempt, its code, and the account it becomes.

use axum::extract::State;
use axum::response::IntoResponse;
use domain::password::Password;
use domain::profile::{Email, Name, Username};
use domain::{SignupId, signup};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::edge::Edge;
use crate::gate::Client;
use crate::native::login::{Tokens, answer};
use crate::reply::{Json, Reply};
use crate::route::{Route, post};

/// What somebody signs up with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAccount)]
pub struct Register {
    /// Where the code goes.
    email: String,
    /// The name others see.
    name: String,
    /// A handle to be found and to sign in by.
    username: Option<String>,
    /// 8 characters to 1,000 bytes, and not easy to guess.
    password: String,
}

/// An attempt that waits for its code.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Signup)]
pub struct Begun {
    /// Names the attempt.
    #[schema(value_type = String)]
    signup: SignupId,
    /// Until when the code is good.
    expires_at: i64,
}

impl From<signup::Begun> for Begun {
    fn from(begun: signup::Begun) -> Self {
        Self { signup: begun.signup, expires_at: begun.expires_at }
    }
}

/// The code that came by mail.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// The attempt.
    #[schema(value_type = String)]
    signup: SignupId,
    /// Six digits.
    code: String,
    /// Whether the tokens come in the body instead of cookies.
    #[serde(default)]
    tokens: bool,
}

/// Asks for another code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resend {
    /// The attempt.
    #[schema(value_type = String)]
    signup: SignupId,
}

/// `POST /v1/accounts`
pub async fn register(
    State(edge): State<Edge>,
    client: Client,
    Json(body): Json<Register>,
) -> Reply {
    edge.limits.sign_up(client.network)?;
    let email = Email::parse(&body.email)?;
    edge.limits.mail(email.as_str(), client.network)?;
    let new = signup::New {
        email,
        name: Name::parse(&body.name)?,
        username: body.username.as_deref().map(Username::parse).transpose()?,
        password: Password::new(&body.password)?,
    };
    let begun = signup::begin(&edge.app, new).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::from(begun))).into_response())
}

/// `POST /v1/accounts/verify`
pub async fn verify(State(edge): State<Edge>, client: Client, Json(body): Json<Verify>) -> Reply {
    edge.limits.code(client.network)?;
    let login = signup::verify(&edge.app, body.signup, &body.code, &client.into()).await?;
    Ok(answer(&edge, StatusCode::CREATED, login, body.tokens))
}

/// `POST /v1/accounts/resend`
pub async fn resend(State(edge): State<Edge>, client: Client, Json(body): Json<Resend>) -> Reply {
    edge.limits.mail(&body.signup.to_string(), client.network)?;
    let begun = signup::resend(&edge.app, body.signup).await?;
    Ok((StatusCode::ACCEPTED, Json(Begun::from(begun))).into_response())
}

/// Where these answer.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        post("/v1/accounts", register)
            .about("Begins to sign up; a code goes to the address.")
            .open()
            .takes::<Register>()
            .gives::<Begun>(202)
            .errors(&[
                "email.invalid",
                "name.invalid",
                "username.invalid",
                "account.username_taken",
                "password.too_short",
                "password.too_long",
                "password.weak",
            ]),
        post("/v1/accounts/verify", verify)
            .about("Brings the code back: makes the account and signs in.")
            .open()
            .takes::<Verify>()
            .gives::<Tokens>(201)
            .errors(&[
                "code.wrong",
                "code.expired",
                "code.too_many_tries",
                "account.email_taken",
                "account.username_taken",
            ]),
        post("/v1/accounts/resend", resend)
            .about("Mails another code; the one before is no longer good.")
            .open()
            .takes::<Resend>()
            .gives::<Begun>(202)
            .errors(&["code.expired", "signup.too_many"]),
    ]
}
