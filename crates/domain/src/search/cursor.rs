//! Where a page of what was found ends, and the next one goes on.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::message::Message;
use crate::{ChatId, Error};

/// The order of what is found; more is newer.
pub(super) type Key = (i64, ChatId, i64);

/// Below it the next page goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// In one chat, by place.
    InChat(i64),
    /// In all of them, by time, then by chat and place.
    Everywhere(i64, ChatId, i64),
}

/// How what is found is put in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    ByPlace,
    ByTime,
}

impl Order {
    pub(super) fn key(self, message: &Message) -> Key {
        let first = match self {
            Self::ByPlace => message.seq,
            Self::ByTime => message.created_at,
        };
        (first, message.chat, message.seq)
    }

    /// Goes on below what has this key.
    pub(super) fn below(self, (first, chat, seq): Key) -> Cursor {
        match self {
            Self::ByPlace => Cursor::InChat(seq),
            Self::ByTime => Cursor::Everywhere(first, chat, seq),
        }
    }

    /// Goes on with what is `first` or older.
    pub(super) fn from(self, first: i64) -> Cursor {
        let above = first.saturating_add(1);
        match self {
            Self::ByPlace => Cursor::InChat(above),
            Self::ByTime => Cursor::Everywhere(above, ChatId(Uuid::nil()), 0),
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InChat(seq) => write!(f, "{seq}"),
            Self::Everywhere(at, chat, seq) => write!(f, "{at}.{seq}.{chat}"),
        }
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut parts = text.splitn(3, '.');
        let number = |text: Option<&str>| text?.parse().ok().filter(|number| *number >= 0);
        let read = match number(parts.next()) {
            Some(seq) if !text.contains('.') => Some(Self::InChat(seq)),
            Some(at) => number(parts.next()).and_then(|seq| {
                parts.next()?.parse().ok().map(|chat| Self::Everywhere(at, chat, seq))
            }),
            None => None,
        };
        read.ok_or_else(wrong)
    }
}

/// It is none, or one of another kind of search.
pub(super) fn wrong() -> Error {
    let detail = "This is not where a page of this search ended.";
    Error::bad_input("before", "messages.cursor", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_read_as_they_are_written() {
        let chat = "01980000-0000-7000-8000-000000000001".parse().unwrap();
        for cursor in [Cursor::InChat(7), Cursor::Everywhere(1_800_000_000_000, chat, 9)] {
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
        for text in ["", "x", "-1", "7.", "7.8", "7.8.x", ".8", "7.8.9.10", "99999999999999999999"]
        {
            assert_eq!(text.parse::<Cursor>().unwrap_err().code, "messages.cursor", "{text:?}");
        }
    }
}
