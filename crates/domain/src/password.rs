//! Passwords: what is accepted, how they are hashed, and where.
//!
//! Hashing takes 19 MiB and some 20 ms of a core, so it runs on threads of its
//! own, one per core, behind a bounded queue: a flood of sign-ins is told to
//! come back instead of taking the memory and the cores from the chats.
//! Strength is estimated guesses, never composition rules. Owns no table.

use std::fmt;

use argon2::password_hash as phc;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use unicode_normalization::UnicodeNormalization;

use crate::{App, Error, Result, code};

mod pool;

use pool::Memory;
pub use pool::Pool;

/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// Characters at least (NIST SP 800-63B, 3.1.1.2).
const CHARS_MIN: usize = 8;
/// Bytes at most: more is refused, never cut off.
const BYTES_MAX: usize = 1_000;
/// Fewer guesses than this are too few: all common passwords are below.
const GUESSES_LOG10_MIN: f64 = 7.0;
/// Hints beyond this many are not looked at.
const HINTS_MAX: usize = 16;

/// A hash of nothing: who has no account waits as long as who has.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA\
                     $AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// A password in Unicode NFC, so that it is the same from every keyboard.
/// `Debug` never prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

impl Password {
    /// Takes what was typed to sign in: any text of a possible length.
    ///
    /// # Errors
    /// When it is longer than any password can be.
    pub fn given(text: &str) -> Result<Self> {
        if text.len() > BYTES_MAX {
            return Err(too_long());
        }
        let text: String = text.nfc().collect();
        if text.len() > BYTES_MAX { Err(too_long()) } else { Ok(Self(text)) }
    }

    /// Takes a password that is to be set; how hard it is to guess is for
    /// [`demand_strong`].
    ///
    /// # Errors
    /// When it is too short or too long.
    pub fn new(text: &str) -> Result<Self> {
        let password = Self::given(text)?;
        if password.0.chars().count() < CHARS_MIN {
            let detail = format!("A password has at least {CHARS_MIN} characters.");
            return Err(Error::bad_input("password", "password.too_short", detail));
        }
        Ok(password)
    }
}

fn too_long() -> Error {
    let detail = format!("A password has at most {BYTES_MAX} bytes.");
    Error::bad_input("password", "password.too_long", detail)
}

/// How hard a password is to guess.
#[derive(Clone, Debug, PartialEq)]
pub struct Strength {
    /// From 0, guessed at once, to 4.
    pub score: u8,
    /// The order of magnitude of the guesses needed.
    pub guesses_log10: f64,
    /// What would make it better.
    pub advice: Option<String>,
}

/// Estimates how hard `text` is to guess for somebody who knows `hints`.
///
/// # Errors
/// When it is longer than any password can be, or the queue is full.
pub async fn strength(app: &App, text: &str, hints: Vec<String>) -> Result<Strength> {
    let password = Password::given(text)?;
    let site = app.site.name.clone();
    app.passwords.run(move |_| estimate(&password, hints, site)).await
}

/// Refuses a password that is easy to guess for somebody who knows `hints`.
///
/// # Errors
/// When it is too easy to guess, or the queue is full.
pub(crate) async fn demand_strong(app: &App, new: &Password, hints: Vec<String>) -> Result<()> {
    let (password, site) = (new.clone(), app.site.name.clone());
    let strength = app.passwords.run(move |_| estimate(&password, hints, site)).await?;
    if strength.guesses_log10 >= GUESSES_LOG10_MIN {
        return Ok(());
    }
    let advice = strength.advice.unwrap_or_default();
    let detail = format!("This password is too easy to guess. {advice}");
    Err(Error::bad_input("password", "password.weak", detail.trim_end()))
}

fn estimate(password: &Password, mut hints: Vec<String>, site: String) -> Strength {
    hints.truncate(HINTS_MAX);
    hints.push(site);
    let words: Vec<&str> = hints
        .iter()
        .flat_map(|hint| hint.split(|c: char| !c.is_alphanumeric()).chain([hint.as_str()]))
        .filter(|word| (3..=100).contains(&word.len()))
        .collect();
    let entropy = zxcvbn::zxcvbn(&password.0, &words);
    let advice = entropy.feedback().map(|feedback| {
        let warning = feedback.warning().map(|warning| warning.to_string());
        let suggestions = feedback.suggestions().iter().map(ToString::to_string);
        warning.into_iter().chain(suggestions).collect::<Vec<_>>().join(" ")
    });
    Strength {
        score: u8::from(entropy.score()),
        guesses_log10: entropy.guesses_log10().max(0.0),
        advice: advice.filter(|advice| !advice.is_empty()),
    }
}

/// The stored form: a PHC string with its own salt.
pub(crate) async fn hash(app: &App, password: Password) -> Result<String> {
    let salt: [u8; 16] = app.entropy.bytes();
    let hashed = app.passwords.run(move |memory| to_phc(memory, &password, &salt)).await?;
    hashed.map_err(|error| Error::internal(error.to_string()))
}

/// Whether `password` is the stored one. Without a stored one the answer is
/// no, after the same work.
pub(crate) async fn is_right(
    app: &App,
    password: Password,
    stored: Option<String>,
) -> Result<bool> {
    let fits = app.passwords.run(move |memory| {
        let is_known = stored.is_some();
        let stored = stored.as_deref().unwrap_or(DUMMY);
        fits(memory, &password, stored).map(|fits| fits && is_known)
    });
    fits.await?.map_err(|error| Error::internal(error.to_string()))
}

/// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
fn cost() -> Params {
    Params::new(19 * 1024, 2, 1, Some(HASH_BYTES)).expect("these figures are in range")
}

fn to_phc(memory: &mut Memory, password: &Password, salt: &[u8]) -> phc::Result<String> {
    let cost = cost();
    let output = digest(memory, &cost, password, salt)?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&cost)?,
        salt: Some(Salt::new(salt)?),
        hash: Some(Output::new(&output)?),
    };
    Ok(phc.to_string())
}

/// Whether `password` is what `stored` was made from; the figures are those of
/// `stored`, so that they can be raised later.
fn fits(memory: &mut Memory, password: &Password, stored: &str) -> phc::Result<bool> {
    let stored = PasswordHash::new(stored)?;
    let (Some(salt), Some(hash)) = (&stored.salt, &stored.hash) else { return Ok(false) };
    let output = digest(memory, &Params::try_from(&stored)?, password, salt)?;
    Ok(code::is_equal(&output, hash.as_bytes()))
}

/// Hashes in `memory`, which is made as large as needed and kept.
fn digest(
    memory: &mut Memory,
    cost: &Params,
    password: &Password,
    salt: &[u8],
) -> phc::Result<[u8; HASH_BYTES]> {
    memory.resize(cost.block_count(), Block::new());
    let mut output = [0; HASH_BYTES];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost.clone()).hash_password_into_with_memory(
        password.0.as_bytes(),
        salt,
        &mut output,
        memory,
    )?;
    Ok(output)
}

#[cfg(test)]
mod tests;
