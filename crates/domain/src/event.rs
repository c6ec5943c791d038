//! The closed list of what clients may be told. An event is a hint, published
//! only after its write is committed; the store is the truth.

use std::sync::Arc;

use crate::account::Account;
use crate::chat::{Mine, Receipt};
use crate::friend::Person;
use crate::message::Message;
use crate::{AccountId, ChatId, LoginId};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event {
    /// A message took its place in a chat.
    MessageSent(Arc<Message>),
    /// A message has a new body.
    MessageEdited(Arc<Message>),
    /// A message has other reactions.
    MessageReacted(Arc<Message>),
    /// A message was deleted for everyone and is a tombstone now.
    MessageDeleted(Arc<Message>),
    /// `account` has a chat it did not have, or has it again.
    ChatOpened { account: AccountId, chat: ChatId, arev: i64 },
    /// The chat's own row changed: title, photo, opened, closed.
    ChatUpdated { chat: ChatId, rev: i64, is_open: bool },
    /// `account` chose something about a chat for itself alone.
    MineUpdated { account: AccountId, arev: i64, chat: ChatId, mine: Mine },
    /// A member's read or delivered mark moved.
    ReceiptMoved(Receipt),
    /// A member read on in a chat that is closed: only they are told.
    OwnReadMoved(Receipt),
    /// Somebody started or stopped typing.
    TypingChanged { chat: ChatId, account: AccountId, on: bool },
    /// An account came online or left; only these friends may know.
    PresenceChanged {
        account: AccountId,
        friends: Vec<AccountId>,
        online: bool,
        last_seen_at: Option<i64>,
    },
    /// `account` was asked by, became a friend of, or is no longer connected
    /// with `person`; the relation inside is the one seen by `account`.
    FriendChanged { account: AccountId, arev: i64, person: Person, chat: Option<ChatId> },
    /// The account's own profile changed.
    AccountUpdated { arev: i64, account: Arc<Account> },
    /// A login session ended: its sockets must close.
    LoginRevoked { account: AccountId, login: LoginId },
}

/// Who may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Every member of the chat.
    Chat(ChatId),
    /// Every device of these accounts.
    Accounts(Vec<AccountId>),
}

impl Event {
    /// Who may be told.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::MessageSent(message)
            | Self::MessageEdited(message)
            | Self::MessageReacted(message)
            | Self::MessageDeleted(message) => Audience::Chat(message.chat),
            Self::ChatUpdated { chat, .. } | Self::TypingChanged { chat, .. } => {
                Audience::Chat(*chat)
            }
            Self::ReceiptMoved(receipt) => Audience::Chat(receipt.chat),
            Self::AccountUpdated { account, .. } => Audience::Accounts(vec![account.id]),
            Self::OwnReadMoved(receipt) => Audience::Accounts(vec![receipt.account]),
            Self::PresenceChanged { friends, .. } => Audience::Accounts(friends.clone()),
            Self::ChatOpened { account, .. }
            | Self::MineUpdated { account, .. }
            | Self::FriendChanged { account, .. }
            | Self::LoginRevoked { account, .. } => Audience::Accounts(vec![*account]),
        }
    }
}
