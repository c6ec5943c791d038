//! `10/15m`: ten at once, and again ten spread over 15 minutes.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use governor::Quota;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: NonZeroU32,
    secs: NonZeroU32,
}

impl Rate {
    /// `count` in `secs`; less than one of either counts as one.
    #[must_use]
    pub fn of(count: u32, secs: u32) -> Self {
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { count: at_least_one(count), secs: at_least_one(secs) }
    }

    /// The same for the limiter.
    #[must_use]
    pub fn quota(self) -> Quota {
        let each = std::time::Duration::from_secs(u64::from(self.secs.get())) / self.count.get();
        Quota::with_period(each).unwrap_or(Quota::per_second(self.count)).allow_burst(self.count)
    }
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let (count, time) = text.split_once('/')?;
            let (number, unit) = time.split_at_checked(time.len().checked_sub(1)?)?;
            let unit = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 3_600,
                "d" => 86_400,
                _ => return None,
            };
            let secs = number.parse::<u32>().ok()?.checked_mul(unit)?;
            Some(Self { count: count.parse().ok()?, secs: NonZeroU32::new(secs)? })
        };
        read().ok_or_else(|| format!("`{text}` is not COUNT/TIME, such as `10/15m`"))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secs = self.secs.get();
        let (number, unit) = match secs {
            secs if secs % 86_400 == 0 => (secs / 86_400, 'd'),
            secs if secs % 3_600 == 0 => (secs / 3_600, 'h'),
            secs if secs % 60 == 0 => (secs / 60, 'm'),
            secs => (secs, 's'),
        };
        write!(f, "{}/{number}{unit}", self.count)
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}
