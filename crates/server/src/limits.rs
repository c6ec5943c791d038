//! How often strangers may try. Keyed by account and by network, never by a
//! header that the client chooses; time is the machine's monotonic clock.
//!
//! A network from which an account has signed in before has tries of its own,
//! so an attacker cannot lock the owner out.

mod polling;

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{AccountId, Error, Result};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, RateLimiter};

use crate::config;
use polling::Polling;

/// How many (account, network) pairs are remembered.
const FAMILIAR: usize = 100_000;

/// An account as the client names it: e-mail or username, folded.
type Name = String;

/// Whether a password may be tried for the account that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// There are tries left, or there is no such account.
    Left,
    /// They were spent under another of its names. Saying so would tell that
    /// the two names are one account, so the answer is that of a wrong
    /// password, whatever was given.
    Spent,
}

/// The codes of what limits refuse.
const REFUSALS: [&str; 8] = [
    "limit.code",
    "limit.events",
    "limit.mail",
    "limit.polling",
    "limit.requests",
    "limit.sign_in",
    "limit.sign_up",
    "limit.sockets",
];

/// Who may do what how often.
pub struct Limits {
    is_off: bool,
    sign_in_name: Limit<Name>,
    sign_in_account: Limit<AccountId>,
    familiar_name: Limit<(Name, IpAddr)>,
    familiar_account: Limit<(AccountId, IpAddr)>,
    sign_in_network: Limit<IpAddr>,
    sign_up_network: Limit<IpAddr>,
    code_network: Limit<IpAddr>,
    mail_address: Limit<Name>,
    mail_network: Limit<IpAddr>,
    unsigned_network: Limit<IpAddr>,
    requests_account: Limit<AccountId>,
    sockets_network: Limit<IpAddr>,
    polling: Arc<Polling>,
    familiar: Mutex<Familiar>,
    refused: [AtomicU64; REFUSALS.len()],
}

impl Limits {
    /// The limits the operator chose, or none at all.
    #[must_use]
    pub fn new(rates: &config::Limits, is_off: bool) -> Self {
        Self {
            is_off,
            sign_in_name: Limit::new(rates.sign_in_per_account),
            sign_in_account: Limit::new(rates.sign_in_per_account),
            familiar_name: Limit::new(rates.sign_in_per_account),
            familiar_account: Limit::new(rates.sign_in_per_account),
            sign_in_network: Limit::new(rates.sign_in_per_network),
            sign_up_network: Limit::new(rates.sign_up_per_network),
            code_network: Limit::new(rates.code_per_network),
            mail_address: Limit::new(rates.mail_per_address),
            mail_network: Limit::new(rates.mail_per_network),
            unsigned_network: Limit::new(rates.unsigned_per_network),
            requests_account: Limit::new(rates.requests_per_account),
            sockets_network: Limit::new(rates.sockets_per_network),
            polling: Arc::new(Polling::new(rates.polling_per_network)),
            familiar: Mutex::default(),
            refused: Default::default(),
        }
    }

    /// Before anything is looked up for a sign-in from `network`.
    ///
    /// # Errors
    /// `limit.sign_in`.
    pub fn sign_in_from(&self, network: IpAddr) -> Result<()> {
        self.check(&self.sign_in_network, &wide(network), "limit.sign_in")
    }

    /// Before a password for `name` is tried, which is `account` if anybody.
    /// What was typed is counted alike whether or not somebody has that name;
    /// the account is counted under all of its names together.
    ///
    /// # Errors
    /// `limit.sign_in`.
    pub fn sign_in(
        &self,
        name: &str,
        account: Option<AccountId>,
        network: IpAddr,
    ) -> Result<Tries> {
        let (name, network) = (name.to_owned(), wide(network));
        let Some(account) = account else {
            self.check(&self.sign_in_name, &name, "limit.sign_in")?;
            return Ok(Tries::Left);
        };
        let counted = if self.familiar().contains(&(account, network)) {
            self.check(&self.familiar_name, &(name, network), "limit.sign_in")?;
            self.check(&self.familiar_account, &(account, network), "limit.sign_in")
        } else {
            self.check(&self.sign_in_name, &name, "limit.sign_in")?;
            self.check(&self.sign_in_account, &account, "limit.sign_in")
        };
        Ok(if counted.is_ok() { Tries::Left } else { Tries::Spent })
    }

    /// After the right password of `account` came from `network`.
    pub fn signed_in(&self, account: AccountId, network: IpAddr) {
        self.familiar().add((account, wide(network)));
    }

    /// Before a sign-up begins.
    ///
    /// # Errors
    /// `limit.sign_up`.
    pub fn sign_up(&self, network: IpAddr) -> Result<()> {
        self.check(&self.sign_up_network, &wide(network), "limit.sign_up")
    }

    /// Before a mailed code or link is tried.
    ///
    /// # Errors
    /// `limit.code`.
    pub fn code(&self, network: IpAddr) -> Result<()> {
        self.check(&self.code_network, &wide(network), "limit.code")
    }

    /// Before a stranger causes a mail to `address`.
    ///
    /// # Errors
    /// `limit.mail`.
    pub fn mail(&self, address: &str, network: IpAddr) -> Result<()> {
        self.check(&self.mail_network, &wide(network), "limit.mail")?;
        self.check(&self.mail_address, &address.trim().to_lowercase(), "limit.mail")
    }

    /// Before any request to the API that nobody signed.
    ///
    /// # Errors
    /// `limit.requests`.
    pub fn unsigned(&self, network: IpAddr) -> Result<()> {
        self.check(&self.unsigned_network, &wide(network), "limit.requests")
    }

    /// Before any request to the API that `account` signed.
    ///
    /// # Errors
    /// `limit.requests`.
    pub fn signed(&self, account: AccountId) -> Result<()> {
        self.check(&self.requests_account, &account, "limit.requests")
    }

    /// Before a socket's handshake is answered, when nobody has signed anything
    /// yet. For one that polls the answer is a pass: its network has it for as
    /// long as it polls.
    ///
    /// # Errors
    /// `limit.sockets`, `limit.polling`.
    pub fn socket(&self, network: IpAddr, polls: bool) -> Result<Option<socketio::Pass>> {
        let network = wide(network);
        self.check(&self.sockets_network, &network, "limit.sockets")?;
        if self.is_off || !polls {
            return Ok(None);
        }
        let pass = self.polling.enter(network);
        pass.map(Some).inspect_err(|error| self.count(error.code))
    }

    /// Forgets who has been quiet long enough to have all tries again.
    pub fn sweep(&self) {
        self.sign_in_name.0.retain_recent();
        self.sign_in_account.0.retain_recent();
        self.familiar_name.0.retain_recent();
        self.familiar_account.0.retain_recent();
        self.requests_account.0.retain_recent();
        self.mail_address.0.retain_recent();
        for limit in [
            &self.sign_in_network,
            &self.sign_up_network,
            &self.code_network,
            &self.mail_network,
            &self.unsigned_network,
            &self.sockets_network,
        ] {
            limit.0.retain_recent();
        }
    }

    fn check<K>(&self, limit: &Limit<K>, key: &K, code: &'static str) -> Result<()>
    where
        K: Clone + Eq + Hash,
    {
        if self.is_off {
            return Ok(());
        }
        limit.check(key, code).inspect_err(|_| self.count(code))
    }

    /// Counts a refusal that was decided elsewhere.
    pub(crate) fn count(&self, code: &str) {
        if let Some(at) = REFUSALS.iter().position(|known| *known == code) {
            self.refused[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each code was the answer since the start.
    pub fn refusals(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let counts = self.refused.iter().map(|count| count.load(Ordering::Relaxed));
        REFUSALS.into_iter().zip(counts)
    }

    fn familiar(&self) -> std::sync::MutexGuard<'_, Familiar> {
        self.familiar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Limit<K: Clone + Eq + Hash>(DefaultKeyedRateLimiter<K>);

impl<K: Clone + Eq + Hash> Limit<K> {
    fn new(rate: config::Rate) -> Self {
        Self(RateLimiter::keyed(rate.quota()))
    }

    fn check(&self, key: &K, code: &'static str) -> Result<()> {
        self.0.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            Error::too_many(code, u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
        })
    }
}

/// The pairs that have signed in, the oldest forgotten first.
#[derive(Default)]
struct Familiar {
    known: HashSet<(AccountId, IpAddr)>,
    order: VecDeque<(AccountId, IpAddr)>,
}

impl Familiar {
    fn contains(&self, pair: &(AccountId, IpAddr)) -> bool {
        self.known.contains(pair)
    }

    fn add(&mut self, pair: (AccountId, IpAddr)) {
        if !self.known.insert(pair) {
            return;
        }
        self.order.push_back(pair);
        if self.order.len() > FAMILIAR
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

/// One household or one machine: an IPv4 address, or the first 64 bits of an
/// IPv6 address, of which anybody has as many as they like.
fn wide(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits::new(&config::Limits::default(), false)
    }

    fn at(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn ann() -> Option<AccountId> {
        Some("01980000-0000-7000-8000-000000000001".parse().unwrap())
    }

    #[test]
    fn guesses_at_a_name_end_wherever_they_come_from_and_whoever_it_is() {
        for account in [ann(), None] {
            let limits = limits();
            let try_from =
                |n| limits.sign_in("ann@example.org", account, at(&format!("192.0.2.{n}")));
            assert_eq!((0..100).filter(|n| try_from(*n).is_ok()).count(), 10);
            let error = try_from(200).unwrap_err();
            assert_eq!(error.code, "limit.sign_in");
            assert!(error.retry_after_ms.unwrap() <= 90_000, "{error:?}");
            limits.sign_in("bob@example.org", None, at("192.0.2.200")).unwrap();
        }
    }

    #[test]
    fn two_names_of_an_account_share_its_tries_and_do_not_tell() {
        let limits = limits();
        let tries = |name, n| limits.sign_in(name, ann(), at(&format!("192.0.2.{n}")));
        for n in 0..10 {
            assert_eq!(tries("ann@example.org", n).unwrap(), Tries::Left);
        }
        // A stranger's name would be refused after as many, and no earlier.
        for n in 0..10 {
            assert_eq!(tries("ann", n).unwrap(), Tries::Spent);
        }
        assert_eq!(tries("ann", 10).unwrap_err().code, "limit.sign_in");
    }

    #[test]
    fn the_owner_still_gets_in_from_where_they_were_before() {
        let limits = limits();
        let home = at("198.51.100.7");
        limits.signed_in(ann().unwrap(), home);
        for n in 0..50 {
            let _ = limits.sign_in("ann@example.org", ann(), at(&format!("192.0.2.{n}")));
        }
        for name in ["ann@example.org", "ann"] {
            assert_eq!(limits.sign_in(name, ann(), home).unwrap(), Tries::Left);
        }
    }

    #[test]
    fn an_account_asks_as_often_as_people_do() {
        let limits = limits();
        let asked = (0..10_000).take_while(|_| limits.signed(ann().unwrap()).is_ok()).count();
        assert!((1_000..2_000).contains(&asked), "{asked}");
    }

    #[test]
    fn a_network_is_a_whole_v6_prefix() {
        let limits = limits();
        let tried =
            (0..100).filter(|n| limits.sign_up(at(&format!("2001:db8::{n:x}"))).is_ok()).count();
        assert_eq!(tried, 20);
        limits.sign_up(at("2001:db8:0:1::1")).unwrap();
    }

    #[test]
    fn none_are_counted_when_switched_off() {
        let limits = Limits::new(&config::Limits::default(), true);
        assert!((0..10_000).all(|_| limits.unsigned(at("192.0.2.1")).is_ok()));
    }
}
