//! Chats and their members.
//!
//! Owns `chat`, `member` and `account_chat`. A verb that needs membership
//! demands a [`Member`], which only [`member`] gives.

use crate::{AccountId, ChatId};

/// How far a member has come in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The chat.
    pub chat: ChatId,
    /// The member whose marks these are.
    pub account: AccountId,
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    pub read_n: i64,
    /// Everything up to here reached a device.
    pub delivered_seq: i64,
}
