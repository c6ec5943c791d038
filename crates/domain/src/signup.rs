//! Signing up: an attempt, a code by mail, and then an account.
//!
//! Owns `signup`. Nobody holds an address before its code came back, so an
//! attempt is a row of its own and becomes account, identity and first login
//! session in one batch. An address that has an account is answered like any
//! other; its owner gets a notice instead of a code.

use sql::{Batch, Sql, args};

use crate::account::{self, Created, Holder};
use crate::login::{self, Login};
use crate::mail::{self, Template};
use crate::password::{self, Password};
use crate::profile::{Email, Name, Username};
use crate::{AccountId, App, Error, Kind, Result, SignupId, code};

/// Wrong guesses at one code, at most.
const TRIES: i64 = 5;
/// Codes mailed for one attempt, at most.
const SENDS: i64 = 5;
/// How long an attempt stays open.
const OPEN_MS: i64 = 24 * 60 * 60 * 1_000;

/// What somebody signs up with.
#[derive(Clone, Debug)]
pub struct New {
    /// Where the code goes.
    pub email: Email,
    /// The name shown.
    pub name: Name,
    /// The unique handle, if one was chosen.
    pub username: Option<Username>,
    /// The password.
    pub password: Password,
}

/// An attempt that waits for its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Names the attempt.
    pub signup: SignupId,
    /// Until when its code is good.
    pub expires_at: i64,
}

/// Begins to sign up: stores the attempt and mails its code.
///
/// # Errors
/// When the password is too easy to guess or the username is held.
pub async fn begin(app: &App, new: New) -> Result<Begun> {
    password::demand_strong(app, &new.password, hints(&new)).await?;
    if let Some(username) = &new.username
        && account::holder(app, "username", username.as_str()).await?.is_some()
    {
        return Err(account::username_taken());
    }
    let hash = password::hash(app, new.password).await?;

    let now = app.clock.now_ms();
    let holder = account::holder(app, "email", new.email.as_str()).await?;
    let begun =
        Begun { signup: SignupId::new(&app.clock, &app.entropy), expires_at: now + code::CODE_MS };
    let mut batch = Batch::new();
    let letter = letter(app, begun.signup, &new.email, new.name.as_str(), holder);
    let username = new.username.as_ref().map(Username::as_str);
    let (email, name) = (new.email.as_str(), new.name.as_str());
    batch.run(
        &BEGIN,
        args![begun.signup, email, name, username, hash, letter.code_hash, now, begun.expires_at],
    );
    mail::queue(&mut batch, app, &new.email.address(), letter.template);
    app.db.write(batch).await?;
    Ok(begun)
}

fn hints(new: &New) -> Vec<String> {
    let username = new.username.as_ref().map(ToString::to_string);
    [Some(new.email.to_string()), Some(new.name.to_string()), username]
        .into_iter()
        .flatten()
        .collect()
}

/// What goes to the address, and the hash of the code that it brings.
struct Letter {
    code_hash: code::Hash,
    template: Template,
}

/// A code; or, for an address that has an account, a notice and the hash of
/// nothing that could be typed.
fn letter(app: &App, id: SignupId, email: &Email, name: &str, holder: Option<Holder>) -> Letter {
    let digits = code::digits(&app.entropy);
    let name = name.to_owned();
    let minutes = code::CODE_MS / 60_000;
    match holder {
        None => Letter {
            code_hash: code_hash(app, id, email.as_str(), &digits),
            template: Template::SignUpCode { name, code: digits, minutes },
        },
        Some(holder) => Letter {
            code_hash: app.entropy.bytes(),
            template: Template::AddressKnown { name: holder.name },
        },
    }
}

fn code_hash(app: &App, id: SignupId, email: &str, digits: &str) -> code::Hash {
    code::keyed_hash(
        &app.secrets.code,
        &[b"signup", id.bytes(), email.as_bytes(), digits.as_bytes()],
    )
}

/// Mails another code; the one before is no longer good.
///
/// # Errors
/// When the attempt is over or too many codes were mailed.
pub async fn resend(app: &App, signup: SignupId) -> Result<Begun> {
    let now = app.clock.now_ms();
    let row = app.db.row(&OPEN, args![signup, now - OPEN_MS]).await?.ok_or_else(expired)?;
    let (email, name, sends): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    if sends >= SENDS {
        let detail = "Too many codes were mailed. Start again.";
        return Err(Error::new(Kind::TooMany, "signup.too_many", detail));
    }
    let email = Email::parse(&email)?;
    let holder = account::holder(app, "email", email.as_str()).await?;
    let letter = letter(app, signup, &email, &name, holder);
    let begun = Begun { signup, expires_at: now + code::CODE_MS };
    let mut batch = Batch::new();
    batch.demand(1, &RESEND, args![signup, letter.code_hash, begun.expires_at, sends]);
    mail::queue(&mut batch, app, &email.address(), letter.template);
    match app.db.write(batch).await {
        Ok(_) => Ok(begun),
        // Another request for the same attempt has just mailed a code.
        Err(sql::Error::Demand { .. }) => {
            let row = app.db.row(&OPEN, args![signup, now - OPEN_MS]).await?.ok_or_else(expired)?;
            Ok(Begun { signup, expires_at: row.get(3)? })
        }
        Err(error) => Err(error.into()),
    }
}

/// What an attempt holds once its code was right.
struct Attempt {
    code_hash: Vec<u8>,
    new: account::New,
}

/// Brings the code back: makes the account and signs in.
///
/// # Errors
/// When the code is wrong, old, or was guessed at too often, or somebody got
/// hold of the address or the username in the meantime.
pub async fn verify(
    app: &App,
    signup: SignupId,
    digits: &str,
    from: &login::From,
) -> Result<Login> {
    let attempt = guess(app, signup, digits).await?;
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    let spent_at = batch.demand(1, &SPEND, args![signup, attempt.code_hash.as_slice()]);
    let created = account::create(&mut batch, &attempt.new, now);
    let opening = login::open(&mut batch, app, attempt.new.id, from);
    match app.db.write(batch).await {
        Ok(_) => Ok(opening.finish(app, account::load(app, attempt.new.id).await?)),
        Err(sql::Error::Demand { statement, .. }) if statement == spent_at => Err(expired()),
        Err(sql::Error::Demand { statement, .. }) if created.is_at(statement) => {
            Err(taken(created, statement))
        }
        Err(error) => Err(error.into()),
    }
}

/// Counts a guess, which no later failure takes back, and then compares.
async fn guess(app: &App, signup: SignupId, digits: &str) -> Result<Attempt> {
    let now = app.clock.now_ms();
    let mut batch = Batch::new();
    batch.run(&COUNT, args![signup, TRIES, now]);
    let rows = app.db.write(batch).await?;
    let Some(row) = rows[0].first() else { return Err(refusal(app, signup, now).await?) };
    let (email, username): (String, Option<String>) = (row.get(1)?, row.get(3)?);
    let stored: Vec<u8> = row.get(0)?;
    if !code::is_equal(&stored, &code_hash(app, signup, &email, digits)) {
        return Err(Error::bad_input("code", "code.wrong", "This is not the code we mailed."));
    }
    let new = account::New {
        id: AccountId::new(&app.clock, &app.entropy),
        email: Email::parse(&email)?,
        name: Name::parse(&row.get::<String>(2)?)?,
        username: username.as_deref().map(Username::parse).transpose()?,
        password_hash: Some(row.get(4)?),
    };
    Ok(Attempt { code_hash: stored, new })
}

/// Why a guess was not even compared.
async fn refusal(app: &App, signup: SignupId, now: i64) -> Result<Error> {
    let row = app.db.row(&SPENT, args![signup, now]).await?;
    match row {
        Some(row) if row.get::<i64>(0)? >= TRIES => Ok(Error::bad_input(
            "code",
            "code.too_many_tries",
            "Too many wrong guesses. Ask for a new code.",
        )),
        _ => Ok(expired()),
    }
}

fn expired() -> Error {
    Error::bad_input("code", "code.expired", "This code is no longer good. Ask for a new one.")
}

/// What the demand at `statement` says: somebody holds the name, or the
/// address.
fn taken(created: Created, statement: usize) -> Error {
    if created.username_at == Some(statement) {
        return account::username_taken();
    }
    let detail = "This address has an account by now. Sign in instead.";
    Error { field: Some("email"), ..Error::conflict("account.email_taken", detail) }
}

/// Removes attempts of which nothing came; nothing waits for it.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(&SWEEP, args![app.clock.now_ms() - OPEN_MS]);
    app.db.write(batch).await?;
    Ok(())
}

pub(crate) const STATEMENTS: &[&Sql] = &[&BEGIN, &OPEN, &RESEND, &COUNT, &SPENT, &SPEND, &SWEEP];

const BEGIN: Sql = Sql::new(
    "insert into signup
     (id, email, name, username, password_hash, code_hash, attempts, sends, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, 0, 1, $7, $8)",
);

const OPEN: Sql =
    Sql::new("select email, name, sends, expires_at from signup where id = $1 and created_at > $2");

const RESEND: Sql = Sql::new(
    "update signup set code_hash = $2, attempts = 0, sends = sends + 1, expires_at = $3
     where id = $1 and sends = $4",
);

const COUNT: Sql = Sql::new(
    "update signup set attempts = attempts + 1
     where id = $1 and attempts < $2 and expires_at > $3
     returning code_hash, email, name, username, password_hash",
);

const SPENT: Sql = Sql::new("select attempts from signup where id = $1 and expires_at > $2");

const SPEND: Sql = Sql::new("delete from signup where id = $1 and code_hash = $2");

const SWEEP: Sql = Sql::new(
    "delete from signup where id in (select id from signup where created_at <= $1 limit 500)",
);
