//! Who is asking: tokens, cookies, and the origin a browser speaks from.
//!
//! An access token is a JWT that lives 15 minutes and names its login
//! session; a session that ended is refused at once, by a set in memory. What
//! a caller may do is not decided here but in the domain.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use axum::extract::FromRequestParts;
use domain::{AccountId, Error, LoginId};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};
use http::request::Parts;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::edge::Edge;
use crate::live;
use crate::reply::Failure;

pub mod cookie;
pub mod origin;

/// How long an access token lives.
pub const ACCESS_SECS: i64 = 15 * 60;
/// RFC 9068: tells an access token from every other JWT.
const TOKEN_TYPE: &str = "at+jwt";
const AUDIENCE: &str = "tidings";
/// How often ended sign-ins are read from the store (A8: 5 s at most), and
/// how far back: the clocks of two nodes may differ.
const POLL: std::time::Duration = std::time::Duration::from_secs(3);
const POLL_BACK_MS: i64 = 60_000;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: AccountId,
    sid: LoginId,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Issues and checks access tokens.
pub struct Access {
    sign: EncodingKey,
    verify: DecodingKey,
    rules: Validation,
    issuer: String,
    /// Ended login sessions, each until its last token has expired anyway.
    revoked: RwLock<HashMap<LoginId, i64>>,
}

impl Access {
    /// Signs with `key` as `issuer`. One algorithm is accepted; what the
    /// token's header asks for is never followed.
    #[must_use]
    pub fn new(key: &[u8; 32], issuer: &str) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_audience(&[AUDIENCE]);
        rules.set_issuer(&[issuer]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // Times are checked below, by the clock that tests can set.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        Self {
            sign: EncodingKey::from_secret(key),
            verify: DecodingKey::from_secret(key),
            rules,
            issuer: issuer.to_owned(),
            revoked: RwLock::default(),
        }
    }

    /// A token for `caller` that lives [`ACCESS_SECS`] from `now_ms`.
    ///
    /// # Panics
    /// Never: the claims are text and numbers, and the key is symmetric.
    #[must_use]
    pub fn issue(&self, caller: domain::Caller, now_ms: i64) -> String {
        let now = now_ms.div_euclid(1_000);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: caller.account,
            sid: caller.login,
            iat: now,
            nbf: now,
            exp: now + ACCESS_SECS,
        };
        let header = Header { typ: Some(TOKEN_TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, &claims, &self.sign).expect("text and numbers are signed")
    }

    /// Who `token` speaks for at `now_ms`.
    ///
    /// # Errors
    /// `login.invalid` for a forged token, `login.expired` for an old one,
    /// `login.revoked` when its login session has ended.
    pub fn check(&self, token: &str, now_ms: i64) -> Result<domain::Caller, Error> {
        let refuse = |code, detail: &str| Error::unauthenticated(code, detail);
        let invalid = || refuse("login.invalid", "This token is not one of ours.");
        let decoded = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.rules)
            .map_err(|_| invalid())?;
        if decoded.header.typ.as_deref() != Some(TOKEN_TYPE) {
            return Err(invalid());
        }
        let (claims, now) = (decoded.claims, now_ms.div_euclid(1_000));
        // A minute of grace for the clocks of several nodes.
        let is_early = claims.nbf > now + 60 || claims.iat > now + 60;
        let lives = claims.exp.checked_sub(claims.iat);
        if is_early || !lives.is_some_and(|secs| (1..=ACCESS_SECS).contains(&secs)) {
            return Err(invalid());
        }
        if claims.exp <= now {
            return Err(refuse("login.expired", "Sign in again, or refresh the token."));
        }
        if self.is_revoked(claims.sid) {
            return Err(refuse("login.revoked", "This sign-in was ended."));
        }
        Ok(domain::Caller { account: claims.sub, login: claims.sid })
    }

    /// From now on every token of `login` is refused. Answers whether that is
    /// news.
    pub fn revoke(&self, login: LoginId, now_ms: i64) -> bool {
        let mut revoked = self.revoked.write().unwrap_or_else(PoisonError::into_inner);
        revoked.retain(|_, until| *until > now_ms);
        revoked.insert(login, now_ms + (ACCESS_SECS + 60) * 1_000).is_none()
    }

    /// Whether the login session has ended.
    #[must_use]
    pub fn is_revoked(&self, login: LoginId) -> bool {
        self.revoked.read().unwrap_or_else(PoisonError::into_inner).contains_key(&login)
    }
}

/// The signed-in account. In a handler's signature it means: nobody else.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub domain::Caller);

impl FromRequestParts<Edge> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Failure> {
        // The gate has looked already, and let through whom it found.
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(*caller);
        }
        identify(edge, &parts.headers)?.map(Self).ok_or_else(|| {
            Failure::from(Error::unauthenticated("login.required", "Sign in first."))
        })
    }
}

/// The signed-in account, or nobody. A token that is no good is an error all
/// the same: whoever sends one wants to be known.
#[derive(Clone, Copy, Debug)]
pub struct MaybeCaller(pub Option<domain::Caller>);

impl FromRequestParts<Edge> for MaybeCaller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, edge: &Edge) -> Result<Self, Failure> {
        Ok(Self(identify(edge, &parts.headers)?))
    }
}

/// Who the headers speak for: the Bearer token, else the access cookie.
///
/// # Errors
/// When a token is there but no good.
pub fn identify(edge: &Edge, headers: &HeaderMap) -> Result<Option<domain::Caller>, Error> {
    let token =
        bearer(headers)?.or_else(|| cookie::find(headers, cookie::Name::Access.text(&edge.config)));
    token.map(|token| edge.access.check(token, edge.app.clock.now_ms())).transpose()
}

fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    token.map(Some).ok_or_else(|| {
        Error::unauthenticated("login.invalid", "Send `authorization: Bearer TOKEN`.")
    })
}

/// Whether the request brings its identity by cookie alone, which a browser
/// adds to requests that another page made.
fn is_by_cookie(edge: &Edge, headers: &HeaderMap) -> bool {
    let has = |name: cookie::Name| cookie::find(headers, name.text(&edge.config)).is_some();
    !headers.contains_key(AUTHORIZATION)
        && headers.contains_key(COOKIE)
        && (has(cookie::Name::Access) || has(cookie::Name::Refresh))
}

/// Fills the set of ended login sessions, and keeps it: the bus tells at once.
pub(crate) async fn follow_revocations(edge: &Edge) -> Result<(), Error> {
    let hears = edge.clone();
    edge.app.bus.subscribe(move |event| {
        if let domain::Event::LoginRevoked { login, .. } = event {
            hears.access.revoke(*login, hears.app.clock.now_ms());
        }
    });
    read_revocations(edge, (ACCESS_SECS + 60) * 1_000).await
}

/// Reads again and again what ended elsewhere: the bus may lose an event.
pub(crate) async fn poll_revocations(edge: &Edge) {
    let mut ticks = tokio::time::interval(POLL);
    loop {
        ticks.tick().await;
        if let Err(error) = read_revocations(edge, POLL_BACK_MS).await {
            tracing::warn!(%error, "ended sign-ins cannot be read");
        }
    }
}

async fn read_revocations(edge: &Edge, back_ms: i64) -> Result<(), Error> {
    let now = edge.app.clock.now_ms();
    for (account, login) in domain::login::revoked_since(&edge.app, now - back_ms).await? {
        // What the bus lost it lost for the sockets too.
        if edge.access.revoke(login, now) {
            live::end_login(&edge.live, &domain::Event::LoginRevoked { account, login });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
