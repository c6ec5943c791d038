//! Ids: UUIDs behind one type per kind, so that they cannot be mixed up.
//!
//! Accounts, chats and login sessions are UUIDv7 (RFC 9562, 5.7). A direct
//! chat's id is a UUIDv8 made from the two account ids in order, so that a
//! pair has one chat by its primary key.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};
use sql::{FromValue, Value};
use uuid::Uuid;

use crate::{Clock, Entropy};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that sorts by the time it was made.
            #[must_use]
            pub fn new(clock: &Clock, entropy: &Entropy) -> Self {
                Self(v7(clock, entropy))
            }

            /// The 16 bytes as stored.
            #[must_use]
            pub fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            /// Reads the hyphenated form only, so that an id has one spelling.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let id = Uuid::try_parse(text)?;
                if text.len() == 36 { Ok(Self(id)) } else { Uuid::try_parse("").map(Self) }
            }
        }

        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Value::Bytes(id.0.as_bytes().to_vec())
            }
        }

        impl FromValue for $name {
            fn from_value(value: &Value) -> Result<Self, sql::Error> {
                <[u8; 16]>::from_value(value).map(|bytes| Self(Uuid::from_bytes(bytes)))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A person or a bot.
    AccountId,
    /// A direct chat, a group or a session.
    ChatId,
    /// One sign-in on one device.
    LoginId,
    /// An attempt to sign up.
    SignupId,
    /// A piece of durable work.
    JobId,
}

impl ChatId {
    /// The chat of two people, whichever is named first.
    #[must_use]
    pub fn direct(one: AccountId, other: AccountId) -> Self {
        let (low, high) = if one <= other { (one, other) } else { (other, one) };
        let hash = Sha256::new()
            .chain_update(b"tidings direct chat")
            .chain_update(low.bytes())
            .chain_update(high.bytes())
            .finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

fn v7(clock: &Clock, entropy: &Entropy) -> Uuid {
    let ms = u64::try_from(clock.now_ms()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(ms, &entropy.bytes()).into_uuid()
}
