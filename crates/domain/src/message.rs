//! Messages: sending, paging, editing, deleting.
//!
//! Owns `message`. Order within a chat is `seq`, never the clock.

use crate::{AccountId, ChatId};

/// A message, or the tombstone of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The chat it stands in.
    pub chat: ChatId,
    /// Its place: dense, from 1.
    pub seq: i64,
    /// The number of countable messages up to here.
    pub n: i64,
    /// The chat's revision at this row's last change.
    pub rev: i64,
    /// Who sent it.
    pub sender: AccountId,
    /// The sender's own id for it.
    pub client_id: String,
    /// `text`, or a kind of system message.
    pub kind: String,
    /// The text; empty once deleted.
    pub body: String,
    /// The message it answers.
    pub reply_to_seq: Option<i64>,
    /// When it was last edited.
    pub edited_at: Option<i64>,
    /// When it was deleted for everyone.
    pub deleted_at: Option<i64>,
    /// When it was stored.
    pub created_at: i64,
}
