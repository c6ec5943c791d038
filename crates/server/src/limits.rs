//! How often strangers may try. Keyed by account and by network, never by a
//! header that the client chooses; time is the machine's monotonic clock.
//!
//! A network from which an account has signed in before has tries of its own,
//! so an attacker cannot lock the owner out.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use domain::{Error, Result};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, RateLimiter};

use crate::config;

/// How many (account, network) pairs are remembered.
const FAMILIAR: usize = 100_000;

/// An account as the client names it: e-mail or username, folded.
type Name = String;

/// Who may do what how often.
pub struct Limits {
    is_off: bool,
    sign_in_account: Limit<Name>,
    sign_in_familiar: Limit<(Name, IpAddr)>,
    sign_in_network: Limit<IpAddr>,
    sign_up_network: Limit<IpAddr>,
    code_network: Limit<IpAddr>,
    mail_address: Limit<Name>,
    mail_network: Limit<IpAddr>,
    unsigned_network: Limit<IpAddr>,
    familiar: Mutex<Familiar>,
}

impl Limits {
    /// The limits the operator chose, or none at all.
    #[must_use]
    pub fn new(rates: &config::Limits, is_off: bool) -> Self {
        Self {
            is_off,
            sign_in_account: Limit::new(rates.sign_in_per_account),
            sign_in_familiar: Limit::new(rates.sign_in_per_account),
            sign_in_network: Limit::new(rates.sign_in_per_network),
            sign_up_network: Limit::new(rates.sign_up_per_network),
            code_network: Limit::new(rates.code_per_network),
            mail_address: Limit::new(rates.mail_per_address),
            mail_network: Limit::new(rates.mail_per_network),
            unsigned_network: Limit::new(rates.unsigned_per_network),
            familiar: Mutex::default(),
        }
    }

    /// Before a password for `name` is tried.
    ///
    /// # Errors
    /// `limit.sign_in`.
    pub fn sign_in(&self, name: &str, network: IpAddr) -> Result<()> {
        let (name, network) = (name.trim().to_lowercase(), wide(network));
        self.check(&self.sign_in_network, &network, "limit.sign_in")?;
        let pair = (name, network);
        if self.familiar().contains(&pair) {
            self.check(&self.sign_in_familiar, &pair, "limit.sign_in")
        } else {
            self.check(&self.sign_in_account, &pair.0, "limit.sign_in")
        }
    }

    /// After the right password for `name` came from `network`.
    pub fn signed_in(&self, name: &str, network: IpAddr) {
        self.familiar().add((name.trim().to_lowercase(), wide(network)));
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

    /// Forgets who has been quiet long enough to have all tries again.
    pub fn sweep(&self) {
        self.sign_in_account.0.retain_recent();
        self.sign_in_familiar.0.retain_recent();
        self.mail_address.0.retain_recent();
        for limit in [
            &self.sign_in_network,
            &self.sign_up_network,
            &self.code_network,
            &self.mail_network,
            &self.unsigned_network,
        ] {
            limit.0.retain_recent();
        }
    }

    fn check<K>(&self, limit: &Limit<K>, key: &K, code: &'static str) -> Result<()>
    where
        K: Clone + Eq + Hash,
    {
        if self.is_off { Ok(()) } else { limit.check(key, code) }
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
    known: HashSet<(Name, IpAddr)>,
    order: VecDeque<(Name, IpAddr)>,
}

impl Familiar {
    fn contains(&self, pair: &(Name, IpAddr)) -> bool {
        self.known.contains(pair)
    }

    fn add(&mut self, pair: (Name, IpAddr)) {
        if !self.known.insert(pair.clone()) {
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

    #[test]
    fn guesses_at_an_account_end_wherever_they_come_from() {
        let limits = limits();
        let tried = (0..100)
            .filter(|n| limits.sign_in("Ann@example.org ", at(&format!("192.0.2.{n}"))).is_ok())
            .count();
        assert_eq!(tried, 10);
        let error = limits.sign_in("ann@example.org", at("192.0.2.200")).unwrap_err();
        assert_eq!(error.code, "limit.sign_in");
        assert!(error.retry_after_ms.unwrap() <= 90_000, "{error:?}");
        limits.sign_in("bob@example.org", at("192.0.2.200")).unwrap();
    }

    #[test]
    fn the_owner_still_gets_in_from_where_they_were_before() {
        let limits = limits();
        limits.signed_in("ann@example.org", at("198.51.100.7"));
        for n in 0..50 {
            let _ = limits.sign_in("ann@example.org", at(&format!("192.0.2.{n}")));
        }
        limits.sign_in("ann@example.org", at("198.51.100.7")).unwrap();
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
