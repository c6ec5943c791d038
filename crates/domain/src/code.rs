//! Secrets sent by mail: six-digit codes and link tokens.
//!
//! Owns `code`. Only keyed hashes are stored, bound to their purpose and to
//! what they are for, so a code of one purpose is nothing in another. An
//! expired secret is refused by the clock; the sweep only tidies up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sql::{Batch, Sql, args};
use subtle::ConstantTimeEq;

use crate::{AccountId, App, Entropy, Result};

/// How long a mailed code is good.
pub const CODE_MS: i64 = 5 * 60 * 1_000;
/// How long a mailed link is good.
pub const LINK_MS: i64 = 60 * 60 * 1_000;
/// Another link within this time would only flood the mailbox.
const LINK_PAUSE_MS: i64 = 60 * 1_000;

/// A keyed hash of a secret, as stored.
pub(crate) type Hash = [u8; 32];

/// HMAC-SHA256 over `parts`, each with its length before it, so that no two
/// lists of parts have one text.
pub(crate) fn keyed_hash(key: &[u8; 32], parts: &[&[u8]]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Compares in constant time, so a wrong secret takes as long as a right one.
pub(crate) fn is_equal(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// Six random digits.
pub(crate) fn digits(entropy: &Entropy) -> String {
    format!("{:06}", entropy.below(1_000_000))
}

/// A token for a link: whose it is, and 256 random bits.
pub(crate) fn link_token(entropy: &Entropy, account: AccountId) -> String {
    let mut bytes = [0; 48];
    bytes[..16].copy_from_slice(account.bytes());
    bytes[16..].copy_from_slice(&entropy.bytes::<32>());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whose a token claims to be; nothing is proven by that.
pub(crate) fn link_account(token: &str) -> Option<AccountId> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let bytes = <[u8; 48]>::try_from(bytes).ok()?;
    let mut id = [0; 16];
    id.copy_from_slice(&bytes[..16]);
    Some(AccountId(uuid::Uuid::from_bytes(id)))
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new password.
    Reset,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Reset => "reset",
        }
    }
}

/// The stored form of a link's token.
pub(crate) fn link_hash(app: &App, purpose: Purpose, token: &str) -> Hash {
    keyed_hash(&app.secrets.code, &[purpose.as_str().as_bytes(), token.as_bytes()])
}

/// Adds a new link for `account`, in place of an earlier one; undoes the batch
/// when the last one was made a moment ago.
pub(crate) fn put_link(batch: &mut Batch, app: &App, account: AccountId, hash: Hash) {
    let now = app.clock.now_ms();
    let latest = now + LINK_MS - LINK_PAUSE_MS;
    batch.demand(1, &PUT, args![account, Purpose::Reset.as_str(), hash, now + LINK_MS, latest]);
}

/// Whether the link is good now. Using it is [`spend_link`].
pub(crate) async fn is_link_good(app: &App, account: AccountId, hash: Hash) -> Result<bool> {
    let args = args![account, Purpose::Reset.as_str(), app.clock.now_ms()];
    let row = app.db.row(&GOOD, args).await?;
    match row {
        Some(row) => Ok(is_equal(&row.get::<Vec<u8>>(0)?, &hash)),
        None => Ok(false),
    }
}

/// Uses the link up; undoes the batch when it is not good, or no longer.
pub(crate) fn spend_link(batch: &mut Batch, account: AccountId, hash: Hash, now: i64) -> usize {
    batch.demand(1, &SPEND, args![account, Purpose::Reset.as_str(), hash, now])
}

/// Removes expired secrets; nothing waits for it.
pub(crate) async fn sweep(app: &App) -> Result<()> {
    let mut batch = Batch::new();
    batch.run(&SWEEP, args![app.clock.now_ms()]);
    app.db.write(batch).await?;
    Ok(())
}

pub(crate) const STATEMENTS: &[&Sql] = &[&PUT, &GOOD, &SPEND, &SWEEP];

const PUT: Sql = Sql::new(
    "insert into code (account_id, purpose, secret_hash, attempts, expires_at)
     values ($1, $2, $3, 0, $4)
     on conflict (account_id, purpose) do update
     set secret_hash = excluded.secret_hash, attempts = 0, expires_at = excluded.expires_at
     where code.expires_at <= $5",
);

const GOOD: Sql = Sql::new(
    "select secret_hash from code where account_id = $1 and purpose = $2 and expires_at > $3",
);

const SPEND: Sql = Sql::new(
    "delete from code
     where account_id = $1 and purpose = $2 and secret_hash = $3 and expires_at > $4",
);

const SWEEP: Sql = Sql::new(
    "delete from code where (account_id, purpose) in
     (select account_id, purpose from code where expires_at <= $1 limit 500)",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_bound_to_key_and_parts() {
        let hash = keyed_hash(&[1; 32], &[b"reset", b"token"]);
        assert_eq!(hash, keyed_hash(&[1; 32], &[b"reset", b"token"]));
        assert_ne!(hash, keyed_hash(&[2; 32], &[b"reset", b"token"]));
        assert_ne!(hash, keyed_hash(&[1; 32], &[b"resett", b"oken"]));
        assert_ne!(hash, keyed_hash(&[1; 32], &[b"login", b"token"]));
    }

    #[test]
    fn digits_are_six_and_cover_their_range() {
        let entropy = Entropy::seeded(7);
        let codes: Vec<String> = (0..2_000).map(|_| digits(&entropy)).collect();
        assert!(codes.iter().all(|c| c.len() == 6 && c.bytes().all(|b| b.is_ascii_digit())));
        for first in '0'..='9' {
            assert!(codes.iter().any(|code| code.starts_with(first)), "none starts with {first}");
        }
    }

    #[test]
    fn a_link_names_its_account() {
        let account = AccountId(uuid::Uuid::from_u128(42));
        let token = link_token(&Entropy::seeded(1), account);
        assert_eq!(link_account(&token), Some(account));
        assert_eq!(link_account("short"), None);
        assert_eq!(link_account(&format!("{token}x")), None);
    }
}
