//! What Tidings does. Knows no HTTP, no Socket.IO and no cookie.
//!
//! Each file owns its tables and its rules. A verb takes `&App` first and
//! `&Caller` second; a verb that crosses features hands one `&mut Batch`
//! through the files concerned, so each adds its own statements.

pub mod account;
pub mod chat;
pub mod clock;
pub mod code;
pub mod entropy;
pub mod error;
pub mod event;
pub mod friend;
pub mod id;
pub mod job;
pub mod login;
pub mod mail;
pub mod message;
pub mod password;
pub mod people;
pub mod presence;
pub mod profile;
pub mod reaction;
pub mod receipt;
pub mod reset;
pub mod search;
pub mod signup;
pub mod store;
pub mod sweep;
pub mod sync;
pub mod typing;

pub use clock::Clock;
pub use entropy::Entropy;
pub use error::{Error, Kind, Result};
pub use event::{Audience, Event};
pub use id::{AccountId, ChatId, LoginId, SignupId};

/// The only shared state: everything a verb may reach.
pub struct App {
    /// The store: the only place that holds the truth.
    pub db: sql::Db,
    /// Carries events to every interested node; a hint, never the truth.
    pub bus: providers::bus::Bus<Event>,
    /// The time, as a parameter.
    pub clock: Clock,
    /// Randomness, as a parameter.
    pub entropy: Entropy,
    /// Keys derived from the installation's secret.
    pub secrets: Secrets,
    /// What this installation calls itself and where it is reached.
    pub site: Site,
    /// Sends mail.
    pub mailer: providers::mail::Mailer,
    /// What mails look like.
    pub templates: mail::Templates,
    /// Wakes whoever does durable work.
    pub jobs: job::Bell,
    /// What the search index has to look at.
    pub search: search::Due,
    /// The threads that hash passwords.
    pub passwords: password::Pool,
}

/// What this installation calls itself and where it is reached.
#[derive(Clone, Debug)]
pub struct Site {
    /// Shown in mails and on pages.
    pub name: String,
    /// The base of every absolute link, without a trailing slash.
    pub public_url: String,
}

/// Keys of the installation. `Debug` never prints them.
pub struct Secrets {
    /// Signs access tokens.
    pub access: [u8; 32],
    /// Authenticates refresh tokens.
    pub refresh: [u8; 32],
    /// Keys the hashes of mailed codes and tokens.
    pub code: [u8; 32],
}

/// Who is asking. Made only by the edge, from a verified token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account that acts.
    pub account: AccountId,
    /// The login session it acts through.
    pub login: LoginId,
}

/// Every statement that is asked for many rows of arguments at once.
#[must_use]
pub fn each() -> &'static [&'static sql::Each] {
    search::EACH
}

/// Every statement of the domain, for the test that prepares each of them on
/// both engines.
#[must_use]
pub fn statements() -> Vec<&'static sql::Sql> {
    [
        account::STATEMENTS,
        chat::STATEMENTS,
        code::STATEMENTS,
        friend::STATEMENTS,
        job::STATEMENTS,
        login::STATEMENTS,
        message::STATEMENTS,
        people::STATEMENTS,
        presence::STATEMENTS,
        reaction::STATEMENTS,
        search::STATEMENTS,
        signup::STATEMENTS,
        sync::STATEMENTS,
    ]
    .concat()
}
