//! The closed lists of words on the wire, as the reference tells them. The
//! domain keeps some of them as text; a test holds real answers against these.

use serde::Serialize;
use utoipa::ToSchema;

/// What an account may do here.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountRole {
    /// Uses it.
    Member,
    /// Runs it.
    Admin,
}

/// What a member may do in a chat.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MemberRole {
    /// Made it.
    Owner,
    /// Helps to run it.
    Admin,
    /// Takes part.
    Member,
}

/// What a chat is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChatKind {
    /// Two friends.
    Direct,
    /// Many.
    Group,
    /// A booked talk.
    Session,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// What somebody wrote.
    Text,
}

/// An event of the account, by the name it has when it is heard live.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum AccountEventKind {
    /// Somebody asks, or was asked.
    #[serde(rename = "friend.request")]
    FriendRequest,
    /// Two became friends.
    #[serde(rename = "friend.accepted")]
    FriendAccepted,
    /// They are nothing to each other any more.
    #[serde(rename = "friend.removed")]
    FriendRemoved,
    /// The account has a chat it did not have.
    #[serde(rename = "chat.new")]
    ChatNew,
    /// The account is in a chat no longer.
    #[serde(rename = "chat.removed")]
    ChatRemoved,
    /// The account chose something about a chat for itself alone.
    #[serde(rename = "mine.updated")]
    MineUpdated,
    /// One's own profile changed.
    #[serde(rename = "account.updated")]
    AccountUpdated,
}
