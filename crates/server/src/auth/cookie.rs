//! Cookies: how a browser holds its tokens, where no script can read them.

use axum::extract::FromRequestParts;
use domain::login::Login;
use http::header::{COOKIE, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;

use super::ACCESS_SECS;
use crate::config::Config;
use crate::edge::Edge;

/// The cookies we set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Carries the access token to every route.
    Access,
    /// Carries the refresh token to `/v1/login…` alone.
    Refresh,
    /// Says to the page's own scripts that a login may exist, so that a first
    /// visit asks nothing that is sure to be refused. Holds no secret and
    /// proves nothing.
    Mark,
}

impl Name {
    /// The prefixes bind a cookie to https and, for the first, to this very
    /// host; browsers refuse them on the plain http of `--dev`.
    #[must_use]
    pub fn text(self, config: &Config) -> &'static str {
        match (self, is_plain(config)) {
            (Self::Access, false) => "__Host-tidings_access",
            (Self::Refresh, false) => "__Secure-tidings_refresh",
            (Self::Access, true) => "tidings_access",
            (Self::Refresh, true) => "tidings_refresh",
            (Self::Mark, _) => "tidings_signed_in",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Access | Self::Mark => "/",
            Self::Refresh => "/v1/login",
        }
    }
}

fn is_plain(config: &Config) -> bool {
    config.dev && config.public_url().starts_with("http:")
}

/// The first cookie of that name.
#[must_use]
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// The tokens of an answer, all `null` when they went into cookies.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Credentials {
    /// For `authorization: Bearer`.
    pub access_token: Option<String>,
    /// For `POST /v1/login/refresh`.
    pub refresh_token: Option<String>,
    /// How long the access token lives, in seconds.
    pub expires_in: i64,
}

/// Hands tokens to the client: in the body when it asked for that, else in
/// cookies, which the returned headers set.
#[must_use]
pub fn hand_out(edge: &Edge, login: &Login, in_body: bool) -> (HeaderMap, Credentials) {
    let now_ms = edge.app.clock.now_ms();
    let caller = domain::Caller { account: login.account.id, login: login.id };
    let access = edge.access.issue(caller, now_ms);
    let mut headers = HeaderMap::new();
    if in_body {
        let (access_token, refresh_token) = (Some(access), Some(login.refresh_token.clone()));
        return (headers, Credentials { access_token, refresh_token, expires_in: ACCESS_SECS });
    }
    let refresh_secs = (login.expires_at - now_ms) / 1_000;
    set(&mut headers, edge, Name::Access, (&access, ACCESS_SECS));
    set(&mut headers, edge, Name::Refresh, (&login.refresh_token, refresh_secs));
    set(&mut headers, edge, Name::Mark, ("1", refresh_secs));
    (headers, Credentials { access_token: None, refresh_token: None, expires_in: ACCESS_SECS })
}

/// Headers that take the cookies back.
#[must_use]
pub fn take_back(edge: &Edge) -> HeaderMap {
    let mut headers = HeaderMap::new();
    set(&mut headers, edge, Name::Access, ("", 0));
    set(&mut headers, edge, Name::Refresh, ("", 0));
    set(&mut headers, edge, Name::Mark, ("", 0));
    headers
}

fn set(headers: &mut HeaderMap, edge: &Edge, name: Name, (value, secs): (&str, i64)) {
    let (text, path) = (name.text(&edge.config), name.path());
    let secure = if is_plain(&edge.config) { "" } else { "; Secure" };
    let hidden = if name == Name::Mark { "" } else { "; HttpOnly" };
    let cookie =
        format!("{text}={value}; Path={path}; Max-Age={secs}{hidden}; SameSite=Lax{secure}");
    let cookie = HeaderValue::try_from(cookie).expect("tokens are plain ASCII");
    headers.append(SET_COOKIE, cookie);
}

/// The refresh token that a browser's cookie carries.
#[derive(Clone, Debug)]
pub struct RefreshCookie(pub Option<String>);

impl FromRequestParts<Edge> for RefreshCookie {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Self::Rejection> {
        let name = Name::Refresh.text(&edge.config);
        Ok(Self(find(&parts.headers, name).map(str::to_owned)))
    }
}
