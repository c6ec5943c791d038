//! A chat and its members as one of the members sees them: values without a
//! store, read in the file above.

use super::{ChatKind, Mine};
use crate::message::Message;
use crate::{AccountId, ChatId};

/// A member as the members see one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Who it is.
    pub account: AccountId,
    /// `owner`, `admin` or `member`.
    pub role: String,
    /// The name shown.
    pub name: String,
    /// The unique handle, if one was chosen.
    pub username: Option<String>,
    /// Where the photo is.
    pub photo: Option<String>,
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    pub read_n: i64,
    /// Everything up to here reached a device.
    pub delivered_seq: i64,
    /// The chat's last place when they joined.
    pub joined_seq: i64,
    /// When they left.
    pub left_at: Option<i64>,
    /// The chat's revision at this row's last change, receipts apart.
    pub rev: i64,
}

impl Listed {
    /// Shows the viewer their own mark, which may be ahead of what others see.
    pub(super) fn read_on(&mut self, viewer: AccountId, (read_seq, read_n): (i64, i64)) {
        if self.account == viewer && self.read_seq < read_seq {
            (self.read_seq, self.read_n) = (read_seq, read_n);
            self.delivered_seq = self.delivered_seq.max(read_seq);
        }
    }
}

/// A chat as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// Its id.
    pub id: ChatId,
    /// What it is for.
    pub kind: ChatKind,
    /// The title of a group.
    pub title: Option<String>,
    /// Where the photo of a group is.
    pub photo: Option<String>,
    /// Since when it can only be read.
    pub closed_at: Option<i64>,
    /// The number of its latest change.
    pub rev: i64,
    /// The place of its last message.
    pub seq: i64,
    /// How many countable messages it has had.
    pub n: i64,
    /// The place of the oldest message kept.
    pub first_seq: i64,
    /// When the last message came.
    pub last_at: i64,
    /// When it was made.
    pub created_at: i64,
    /// How far the caller has read.
    pub read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    pub read_n: i64,
    /// What of it is the caller's alone.
    pub mine: Mine,
    /// Everybody in it, and who was.
    pub members: Vec<Listed>,
    /// The newest message the caller may see.
    pub last_message: Option<Message>,
}

impl Chat {
    /// What the caller has not read. Computed, never counted along.
    #[must_use]
    pub fn unread(&self) -> i64 {
        self.n - self.read_n
    }

    /// The sum of all marks: it tells a client whether its ticks are stale.
    #[must_use]
    pub fn marks(&self) -> i64 {
        self.members.iter().map(|member| member.read_seq + member.delivered_seq).sum()
    }
}
