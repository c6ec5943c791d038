//! Presence: who is online, and when somebody was last here.
//!
//! Owns no table. Being online is never written: it is a count of sockets on
//! this node. Only friends may know. A leave counts after [`GRACE_MS`], so
//! that a reconnect is not seen.

use std::collections::HashMap;

use sql::{Batch, Sql, args};

use crate::{AccountId, App, Caller, Error, Result, account, friend};

/// How long a person without a socket still counts as online.
pub const GRACE_MS: i64 = 20_000;

/// How often "last seen" is stored for somebody who stays online.
pub const SEEN_EVERY_MS: i64 = 5 * 60_000;

/// How many people one client may watch.
pub const MAX_WATCHED: usize = 200;

/// Who has sockets on this node.
#[derive(Debug, Default)]
pub struct Board {
    here: HashMap<AccountId, Here>,
}

#[derive(Debug)]
struct Here {
    sockets: u32,
    since: i64,
}

impl Board {
    /// A socket came. Answers whether the account comes online with it.
    pub fn came(&mut self, account: AccountId, now: i64) -> bool {
        let is_new = !self.here.contains_key(&account);
        let here = self.here.entry(account).or_insert(Here { sockets: 0, since: now });
        here.sockets += 1;
        here.since = now;
        is_new
    }

    /// A socket went.
    pub fn went(&mut self, account: AccountId, now: i64) {
        if let Some(here) = self.here.get_mut(&account) {
            here.sockets = here.sockets.saturating_sub(1);
            here.since = now;
        }
    }

    /// Takes out whoever has been without a socket for the grace, with the
    /// time of their last socket's end.
    pub fn sweep(&mut self, now: i64) -> Vec<(AccountId, i64)> {
        let gone = |here: &Here| here.sockets == 0 && now - here.since >= GRACE_MS;
        let left: Vec<_> = self
            .here
            .iter()
            .filter(|(_, here)| gone(here))
            .map(|(account, here)| (*account, here.since))
            .collect();
        self.here.retain(|_, here| !gone(here));
        left
    }

    /// Those online whose "last seen" is due to be stored.
    pub fn due(&mut self, now: i64) -> Vec<AccountId> {
        let mut due = Vec::new();
        for (account, here) in &mut self.here {
            if here.sockets > 0 && now - here.since >= SEEN_EVERY_MS {
                here.since = now;
                due.push(*account);
            }
        }
        due
    }

    /// Those with a socket.
    #[must_use]
    pub fn here(&self) -> Vec<AccountId> {
        let here = self.here.iter().filter(|(_, here)| here.sockets > 0);
        here.map(|(account, _)| *account).collect()
    }

    /// Whether the account is online.
    #[must_use]
    pub fn is_online(&self, account: AccountId) -> bool {
        self.here.contains_key(&account)
    }

    /// How many sockets there are.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.here.values().map(|here| here.sockets as usize).sum()
    }

    /// How many accounts are online.
    #[must_use]
    pub fn count(&self) -> usize {
        self.here.len()
    }
}

/// Stores when accounts were last here. Never goes back.
pub async fn saw(app: &App, seen: &[(AccountId, i64)]) -> Result<()> {
    let mut batch = Batch::new();
    // In one order everywhere, so that two batches never wait for each other.
    let mut seen = seen.to_vec();
    seen.sort_unstable();
    for (account, at) in &seen {
        account::seen(&mut batch, *account, *at);
    }
    app.db.write(batch).await?;
    Ok(())
}

/// When each of these was last here, for those who were.
pub async fn last_seen(app: &App, accounts: &[AccountId]) -> Result<HashMap<AccountId, i64>> {
    let mut seen = HashMap::new();
    for account in accounts {
        let row = app.db.row(&LAST_SEEN, args![*account]).await?;
        if let Some(at) = row.map(|row| row.get::<Option<i64>>(0)).transpose()?.flatten() {
            seen.insert(*account, at);
        }
    }
    Ok(seen)
}

/// Those of `wanted` whose presence the caller may know, in the order asked.
pub async fn visible(app: &App, caller: &Caller, wanted: &[AccountId]) -> Result<Vec<AccountId>> {
    if wanted.len() > MAX_WATCHED {
        return Err(Error::bad_input(
            "accounts",
            "presence.too_many",
            format!("At most {MAX_WATCHED} people can be watched."),
        ));
    }
    friend::among(app, caller.account, wanted).await
}

pub(crate) const STATEMENTS: &[&Sql] = &[&LAST_SEEN];

static LAST_SEEN: Sql = Sql::new("select last_seen_at from account where id = $1");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Entropy};

    #[test]
    fn a_leave_counts_after_the_grace() {
        let ann = AccountId::new(&Clock::settable(0), &Entropy::seeded(1));
        let mut board = Board::default();
        assert!(board.came(ann, 0));
        assert!(!board.came(ann, 1), "a second device");
        board.went(ann, 10);
        assert!(board.sweep(100_000).is_empty(), "one device is left");
        board.went(ann, 100_000);
        assert!(board.sweep(119_999).is_empty());
        assert!(!board.came(ann, 119_999), "back within the grace");
        board.went(ann, 120_000);
        assert_eq!(board.sweep(140_000), [(ann, 120_000)]);
        assert!(!board.is_online(ann));
        assert_eq!(board.count(), 0);
        assert!(board.came(ann, 150_000));
    }

    #[test]
    fn who_stays_is_stored_every_five_minutes() {
        let ann = AccountId::new(&Clock::settable(0), &Entropy::seeded(1));
        let mut board = Board::default();
        board.came(ann, 0);
        assert!(board.due(SEEN_EVERY_MS - 1).is_empty());
        assert_eq!(board.due(SEEN_EVERY_MS), [ann]);
        assert!(board.due(SEEN_EVERY_MS + 1).is_empty());
    }
}
