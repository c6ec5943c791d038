//! Login sessions: signing in, refreshing, signing out.
//!
//! Owns `login_session`. The refresh token is the session, its generation and
//! a keyed hash of both, so nothing secret is stored. A generation is used
//! once; using an old one means that a token was stolen and ends the session,
//! except within a short grace in which a lost reply may be asked again.
//! What it writes for a caller is vital: people sign in, stay and sign out
//! while the disk is full and nothing else can be written.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sql::{Batch, Row, Sql, args};

use crate::account::{self, Account, Holder};
use crate::mail::{self, Template};
use crate::password::Password;
use crate::profile::{Email, Username, fold};
use crate::{AccountId, App, Caller, Error, Event, LoginId, Result, code, password};

/// How long a session lasts without being used.
const IDLE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// How long a session lasts however much it is used.
const ABSOLUTE_MS: i64 = 180 * 24 * 60 * 60 * 1_000;
/// How long the token before the last may be used again.
const GRACE_MS: i64 = 10_000;
/// How long an ended session stays on record.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// Characters that count of a name that can be nobody's.
const NOBODY_MAX: usize = 64;
/// Characters of a device's name at most.
const DEVICE_MAX: usize = 200;

/// Where a sign-in comes from; shown in the list of sessions.
#[derive(Clone, Debug)]
pub struct From {
    /// What the device calls itself.
    pub device: String,
    /// The network it is in.
    pub network: String,
}

/// A session that was opened or refreshed. `Debug` never prints its token.
#[derive(Clone)]
pub struct Login {
    /// Its id; goes into the access token.
    pub id: LoginId,
    /// Whose it is.
    pub account: Account,
    /// The token for the next refresh.
    pub refresh_token: String,
    /// When the session ends unless it is refreshed.
    pub expires_at: i64,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: LoginId,
    /// What the device calls itself.
    pub device: String,
    /// The network it was opened from.
    pub network: String,
    /// When it was opened.
    pub created_at: i64,
    /// When it was last opened or refreshed.
    pub last_used_at: i64,
    /// Whether the caller acts through it.
    pub current: bool,
}

/// A session that a batch is about to open.
pub(crate) struct Opening {
    id: LoginId,
    expires_at: i64,
}

/// Whom an address or username names, if anybody: for limits, and to sign in.
/// The client is never told which of the two it was.
pub struct Named {
    spelling: String,
    holder: Option<Holder>,
}

impl Named {
    /// The account, when there is one.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.holder.as_ref().map(|holder| holder.id)
    }

    /// The one spelling of what was typed: another spelling of the same
    /// address must not bring further tries.
    #[must_use]
    pub fn spelling(&self) -> &str {
        &self.spelling
    }

    /// The same as if there were no such account: no password fits.
    #[must_use]
    pub fn as_nobody(self) -> Self {
        Self { holder: None, ..self }
    }
}

/// Looks up whom `who` names.
pub async fn named(app: &App, who: &str) -> Result<Named> {
    let Some((kind, spelling)) = holder_key(who) else {
        return Ok(Named { spelling: nobody(who), holder: None });
    };
    let holder = account::holder(app, kind, &spelling).await?;
    Ok(Named { spelling, holder })
}

/// Signs in as whom was named.
///
/// # Errors
/// When there is no such account or the password is wrong: both take the same
/// time and answer alike.
pub async fn sign_in(app: &App, who: Named, given: &str, from: &From) -> Result<Login> {
    let given = Password::given(given)?;
    let holder = who.holder;
    let stored = holder.as_ref().and_then(|holder| holder.password_hash.clone());
    let is_right = password::is_right(app, given, stored.clone()).await?;
    let (Some(holder), Some(stored), true) = (holder, stored, is_right) else {
        return Err(refused());
    };
    let is_familiar = is_familiar(app, holder.id, from).await?;
    let mut batch = Batch::new();
    batch.vital();
    account::hold_password(&mut batch, holder.id, &stored);
    let opening = open(&mut batch, app, holder.id, from);
    if !is_familiar {
        tell_new_device(&mut batch, app, &holder, from)?;
    }
    match app.db.write(batch).await {
        Ok(_) => Ok(opening.finish(app, account::load(app, holder.id).await?)),
        Err(sql::Error::Demand { .. }) => Err(refused()),
        Err(error) => Err(error.into()),
    }
}

/// What nobody can be called, as limits remember it: only its beginning
/// counts, so that they keep little of it.
fn nobody(who: &str) -> String {
    fold(&who.chars().take(NOBODY_MAX).collect::<String>())
}

/// What somebody may be looked up by; nothing for text that is neither.
fn holder_key(who: &str) -> Option<(&'static str, String)> {
    if who.contains('@') {
        Email::parse(who).ok().map(|email| ("email", email.to_string()))
    } else {
        Username::parse(who).ok().map(|name| ("username", name.to_string()))
    }
}

/// Whether the account has a session on record that came from there.
async fn is_familiar(app: &App, account: AccountId, from: &From) -> Result<bool> {
    let args = args![account, shorten(&from.device), shorten(&from.network)];
    Ok(app.db.row(&FAMILIAR, args).await?.is_some())
}

/// Tells the owner of a sign-in on a device or network not seen before.
fn tell_new_device(batch: &mut Batch, app: &App, holder: &Holder, from: &From) -> Result<()> {
    let to = Email::parse(&holder.email)?.address();
    let template = Template::NewSignIn {
        name: holder.name.clone(),
        device: shorten(&from.device),
        network: shorten(&from.network),
        at: app.clock.now_ms(),
    };
    mail::queue(batch, app, &to, template);
    Ok(())
}

fn refused() -> Error {
    Error::unauthenticated("login.refused", "The address or the password is wrong.")
}

fn expired() -> Error {
    Error::unauthenticated("login.expired", "This sign-in has ended. Sign in again.")
}

/// Adds a session to the batch that makes or proves the account.
pub(crate) fn open(batch: &mut Batch, app: &App, account: AccountId, from: &From) -> Opening {
    let now = app.clock.now_ms();
    let id = LoginId::new(&app.clock, &app.entropy);
    let expires_at = now + IDLE_MS;
    let (device, network) = (shorten(&from.device), shorten(&from.network));
    batch.demand(1, &OPEN, args![id, account, device, network, now, expires_at]);
    Opening { id, expires_at }
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(DEVICE_MAX).collect()
}

impl Opening {
    /// What the device gets, once the batch is committed.
    pub(crate) fn finish(self, app: &App, account: Account) -> Login {
        let refresh_token = token(app, self.id, 1);
        Login { id: self.id, account, refresh_token, expires_at: self.expires_at }
    }
}

/// Exchanges a refresh token for the next one. Parallel exchanges of one token
/// answer the same next token; an old token ends the session.
///
/// # Errors
/// When the token is not ours, or its session has ended or ends by this.
pub async fn refresh(app: &App, refresh_token: &str) -> Result<Login> {
    let (id, generation) = parse(app, refresh_token).ok_or_else(expired)?;
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    batch.vital();
    let args = args![id, generation, now, now + IDLE_MS, ABSOLUTE_MS];
    let rotated_at = batch.run(&ROTATE, args);
    let revoked_at = batch.run(&REVOKE_REUSED, args![id, generation, now, now - GRACE_MS]);
    let state_at = batch.run(&STATE, args![id]);
    let rows = app.db.write(batch).await?;

    let state = rows[state_at].first().ok_or_else(expired)?;
    let account: AccountId = state.get(0)?;
    if !rows[revoked_at].is_empty() {
        tracing::warn!(account.id = %account, login.id = %id, "a refresh token was used twice");
        tell_revoked(app, account, &[id]);
        return Err(expired());
    }
    let is_live = state.get::<Option<i64>>(2)?.is_none() && state.get::<i64>(3)? > now;
    let is_repeat = state.get::<i64>(1)? == generation + 1;
    if rows[rotated_at].is_empty() && !(is_live && is_repeat) {
        return Err(expired());
    }
    let account = account::load(app, account).await.map_err(|error| match error.kind {
        crate::Kind::NotFound => expired(),
        _ => error,
    })?;
    let refresh_token = token(app, id, generation + 1);
    Ok(Login { id, account, refresh_token, expires_at: state.get(3)? })
}

/// The refresh token of a generation: the same for all who ask within the
/// grace, and nothing without the key.
fn token(app: &App, id: LoginId, generation: i64) -> String {
    let mac = mac(app, id, generation);
    format!("{}.{generation}.{}", id.0.simple(), URL_SAFE_NO_PAD.encode(mac))
}

fn mac(app: &App, id: LoginId, generation: i64) -> code::Hash {
    code::keyed_hash(&app.secrets.refresh, &[b"refresh", id.bytes(), &generation.to_be_bytes()])
}

fn parse(app: &App, token: &str) -> Option<(LoginId, i64)> {
    let mut parts = token.splitn(3, '.');
    let id = LoginId(uuid::Uuid::try_parse(parts.next()?).ok()?);
    let generation: i64 = parts.next()?.parse().ok()?;
    let given = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
    code::is_equal(&given, &mac(app, id, generation)).then_some((id, generation))
}

/// Ends the caller's own session. Ending it twice is no error.
pub async fn sign_out(app: &App, caller: &Caller) -> Result<()> {
    end(app, caller.account, caller.login).await.map(|_| ())
}

/// Ends one of the caller's sessions, here or elsewhere.
///
/// # Errors
/// When the caller has no such session.
pub async fn revoke(app: &App, caller: &Caller, id: LoginId) -> Result<()> {
    if end(app, caller.account, id).await? {
        Ok(())
    } else {
        Err(Error::not_found("login.not_found"))
    }
}

async fn end(app: &App, account: AccountId, id: LoginId) -> Result<bool> {
    let mut batch = Batch::new();
    batch.vital();
    batch.run(&REVOKE, args![id, account, app.clock.now_ms()]);
    let rows = app.db.write(batch).await?;
    let is_ended = !rows[0].is_empty();
    if is_ended {
        tell_revoked(app, account, &[id]);
    }
    Ok(is_ended)
}

/// Ends all of the caller's sessions, this one too.
pub async fn sign_out_everywhere(app: &App, caller: &Caller) -> Result<()> {
    let mut batch = Batch::new();
    batch.vital();
    let revoked_at = revoke_all(&mut batch, caller.account, app.clock.now_ms());
    let rows = app.db.write(batch).await?;
    tell_revoked(app, caller.account, &ids(&rows[revoked_at])?);
    Ok(())
}

/// Ends all sessions of `account`; the rows at the place answered are their
/// ids, for [`tell_revoked`] after the commit.
pub(crate) fn revoke_all(batch: &mut Batch, account: AccountId, now: i64) -> usize {
    batch.run(&REVOKE_ALL, args![account, now])
}

/// The ids that a revoking statement answered.
pub(crate) fn ids(rows: &[Row]) -> Result<Vec<LoginId>> {
    rows.iter().map(|row| Ok(row.get(0)?)).collect()
}

/// Makes ended sessions felt: every node that hears of it refuses their access
/// tokens and closes their sockets.
pub(crate) fn tell_revoked(app: &App, account: AccountId, logins: &[LoginId]) {
    for &login in logins {
        app.bus.publish(&Event::LoginRevoked { account, login });
    }
}

/// The caller's live sessions, the last used first.
pub async fn list(app: &App, caller: &Caller) -> Result<Vec<Session>> {
    let rows = app.db.rows(&LIST, args![caller.account, app.clock.now_ms()]).await?;
    rows.iter()
        .map(|row| {
            let id = row.get(0)?;
            Ok(Session {
                id,
                device: row.get(1)?,
                network: row.get(2)?,
                created_at: row.get(3)?,
                last_used_at: row.get(4)?,
                current: id == caller.login,
            })
        })
        .collect()
}

/// Sessions that ended at `since` or later, with whose they were: the backstop
/// for what the bus lost. A node reads it every few seconds, and once before
/// it serves, back to the age of the oldest access token.
pub async fn revoked_since(app: &App, since: i64) -> Result<Vec<(AccountId, LoginId)>> {
    let rows = app.db.rows(&REVOKED_SINCE, args![since]).await?;
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Removes sessions that ended a day ago; nothing waits for it.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let before = app.clock.now_ms() - KEPT_MS;
    let mut batch = Batch::new();
    batch.run(&SWEEP_EXPIRED, args![before]);
    batch.run(&SWEEP_REVOKED, args![before]);
    app.db.write(batch).await?;
    Ok(())
}

pub(crate) const STATEMENTS: &[&Sql] = &[
    &OPEN,
    &FAMILIAR,
    &ROTATE,
    &REVOKE_REUSED,
    &STATE,
    &REVOKE,
    &REVOKE_ALL,
    &LIST,
    &REVOKED_SINCE,
    &SWEEP_EXPIRED,
    &SWEEP_REVOKED,
];

const OPEN: Sql = Sql::new(
    "insert into login_session
     (id, account_id, generation, rotated_at, device, network, created_at, last_used_at, expires_at)
     values ($1, $2, 1, $5, $3, $4, $5, $5, $6)",
);

const FAMILIAR: Sql = Sql::new(
    "select id from login_session where account_id = $1 and device = $2 and network = $3 limit 1",
);

const ROTATE: Sql = Sql::new(
    "update login_session
     set generation = generation + 1, rotated_at = $3, last_used_at = $3,
         expires_at = case when $4 > created_at + $5 then created_at + $5 else $4 end
     where id = $1 and generation = $2 and revoked_at is null and expires_at > $3
     returning id",
);

const REVOKE_REUSED: Sql = Sql::new(
    "update login_session set revoked_at = $3
     where id = $1 and revoked_at is null
       and (generation - 1 > $2 or (generation - 1 = $2 and rotated_at < $4))
     returning id",
);

const STATE: Sql = Sql::new(
    "select account_id, generation, revoked_at, expires_at from login_session where id = $1",
);

const REVOKE: Sql = Sql::new(
    "update login_session set revoked_at = $3
     where id = $1 and account_id = $2 and revoked_at is null returning id",
);

const REVOKE_ALL: Sql = Sql::new(
    "update login_session set revoked_at = $2
     where account_id = $1 and revoked_at is null returning id",
);

const LIST: Sql = Sql::new(
    "select id, device, network, created_at, last_used_at from login_session
     where account_id = $1 and revoked_at is null and expires_at > $2
     order by last_used_at desc, id limit 100",
);

const REVOKED_SINCE: Sql = Sql::new(
    "select account_id, id from login_session
     where revoked_at is not null and revoked_at >= $1",
);

const SWEEP_EXPIRED: Sql = Sql::new(
    "delete from login_session where id in
     (select id from login_session where expires_at < $1 limit 500)",
);

const SWEEP_REVOKED: Sql = Sql::new(
    "delete from login_session where id in
     (select id from login_session where revoked_at is not null and revoked_at < $1 limit 500)",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_spelling_however_it_is_typed() {
        for typed in ["ÉVA@example.org", " e\u{301}va@Example.ORG "] {
            assert_eq!(holder_key(typed), Some(("email", "éva@example.org".to_owned())));
        }
        assert_eq!(holder_key(" Ann "), Some(("username", "ann".to_owned())));
        assert_eq!(holder_key("No One"), None);
        assert_eq!(nobody("No One"), "no one");
        assert!(nobody(&"\u{fdfa}".repeat(80_000)).len() < 4_096, "a limit keeps it");
    }
}
