//! Events as the native dialect spells them.
//!
//! Each event is rendered once, or twice where its causer sees more than the
//! others do; the same bytes go to every socket. Who gets them is decided in
//! `hub`.

use std::convert::Infallible;

use domain::{AccountId, ChatId, Event};
use serde::Serialize;
use socketio::Frame;
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::native::me::Account;
use crate::native::message::Message;
use crate::native::mine::Mine;
use crate::native::people::Person;
use crate::schema::EventDoc;

/// The namespace of the native dialect.
pub const NAMESPACE: &str = "/v1";

/// `ready`: the socket hears everything from here on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready<'a> {
    /// Who is signed in.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// The store's epoch: another one means to start afresh.
    pub epoch: &'a str,
    /// The number of the account's latest event.
    pub arev: i64,
}

/// `message.new`, `message.updated`, `message.deleted`. A new message also
/// moves its sender's marks to its own place.
#[derive(Debug, Serialize, ToSchema)]
pub struct MessageEvent<'a> {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// The number of this change in the chat.
    pub rev: i64,
    /// The place of the message.
    pub seq: i64,
    /// The number of countable messages up to it.
    pub n: i64,
    /// The message as it is now.
    pub message: Message<'a>,
    /// The store's epoch.
    pub epoch: &'a str,
}

/// `chat.new`: the account has a chat it did not have; ask for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatNew {
    /// The number of this event in the account.
    pub arev: i64,
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
}

/// `chat.updated`: the chat itself changed; ask for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatUpdated {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// The number of this change in it.
    pub rev: i64,
}

/// `receipt`: a member's marks moved.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Whose marks.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// Everything up to here was read.
    pub read_seq: i64,
    /// The countable number that belongs to `read_seq`.
    pub read_n: i64,
    /// Everything up to here reached a device.
    pub delivered_seq: i64,
}

/// `typing`: forget it after 6 seconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Typing {
    /// Where.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// Who.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// Whether they write, or have stopped.
    pub on: bool,
}

/// `presence`: a friend came or left.
#[derive(Debug, Serialize, ToSchema)]
pub struct Presence {
    /// Who.
    #[schema(value_type = String)]
    pub account: AccountId,
    /// Whether they are here.
    pub online: bool,
    /// When they were last here, if ever.
    pub last_seen_at: Option<i64>,
}

/// `online.count`: how many people are here.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnlineCount {
    /// People, not sockets.
    pub count: usize,
}

/// `login.revoked`: this sign-in was ended; the socket closes.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoginRevoked {
    /// Always `signed_out` yet.
    pub reason: &'static str,
}

/// `sync.required`: events were dropped; call `sync`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SyncRequired {}

/// `server.drain`: connect again after this time.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drain {
    /// How long to wait first, in milliseconds.
    pub after_ms: u64,
}

/// `friend.request`, `friend.removed`: what somebody is to the account has
/// changed; the relation says to what.
#[derive(Debug, Serialize, ToSchema)]
pub struct FriendEvent {
    /// The number of this event in the account.
    pub arev: i64,
    /// Who, as the account sees them now.
    pub person: Person,
}

/// `friend.accepted`: two became friends.
#[derive(Debug, Serialize, ToSchema)]
pub struct FriendAccepted {
    /// The number of this event in the account.
    pub arev: i64,
    /// The new friend.
    pub person: Person,
    /// Their direct chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
}

/// `mine.updated`: the account chose something about a chat for itself alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct MineUpdated {
    /// The number of this event in the account.
    pub arev: i64,
    /// The chat.
    #[schema(value_type = String)]
    pub chat: ChatId,
    /// What of it is the account's alone, as it is now.
    pub mine: Mine,
}

/// `account.updated`: one's own profile changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountUpdated {
    /// The number of this event in the account.
    pub arev: i64,
    /// The account as it is now.
    pub account: Account,
}

/// What the server says.
pub(crate) fn events() -> Vec<EventDoc> {
    let friend = |name, about| EventDoc::to_client::<FriendEvent>(name, about);
    let message = |name, about| EventDoc::to_client::<MessageEvent<'_>>(name, about);
    vec![
        EventDoc::to_client::<Ready<'_>>("ready", "The socket hears everything from here on."),
        message("message.new", "A message. It moves its sender's marks to its place."),
        message("message.updated", "A message has another body or other reactions."),
        message("message.deleted", "A message is a tombstone now."),
        EventDoc::to_client::<ChatNew>("chat.new", "A chat the account did not have."),
        EventDoc::to_client::<ChatUpdated>("chat.updated", "The chat itself changed: ask for it."),
        EventDoc::to_client::<Receipt>("receipt", "A member's marks moved."),
        EventDoc::to_client::<Typing>("typing", "Somebody writes; forget it after 6 seconds."),
        EventDoc::to_client::<Presence>("presence", "A watched friend came or left."),
        EventDoc::to_client::<OnlineCount>("online.count", "How many people are here."),
        friend("friend.request", "Somebody asks, or was asked."),
        EventDoc::to_client::<FriendAccepted>("friend.accepted", "Two became friends."),
        friend("friend.removed", "They are nothing to each other any more."),
        EventDoc::to_client::<MineUpdated>(
            "mine.updated",
            "What of a chat is one's alone changed.",
        ),
        EventDoc::to_client::<AccountUpdated>("account.updated", "One's own profile changed."),
        EventDoc::to_client::<LoginRevoked>("login.revoked", "This sign-in was ended."),
        EventDoc::to_client::<SyncRequired>("sync.required", "Events were dropped: call sync."),
        EventDoc::to_client::<Drain>("server.drain", "Connect again after this time."),
    ]
}

/// An event as frames.
#[derive(Debug)]
pub(super) struct Rendered {
    /// For everybody it concerns.
    pub(super) all: Frame,
    /// Its causer, whose devices get this instead, or nothing.
    pub(super) apart: Option<(AccountId, Option<Frame>)>,
    /// Dropped with the event, once it has gone out: who waits for that knows.
    awaited: Vec<oneshot::Sender<Infallible>>,
}

impl Rendered {
    fn one<T: Serialize>(name: &str, payload: &T) -> Self {
        Self::of(frame(name, payload), None)
    }

    fn of(all: Frame, apart: Option<(AccountId, Option<Frame>)>) -> Self {
        Self { all, apart, awaited: Vec::new() }
    }

    /// Ends when this has gone out.
    pub(super) fn gone(&mut self) -> oneshot::Receiver<Infallible> {
        let (awaited, gone) = oneshot::channel();
        self.awaited.push(awaited);
        gone
    }
}

/// A frame of the native dialect.
///
/// # Panics
/// Never: payloads are structs of text and numbers.
#[must_use]
pub fn frame<T: Serialize>(name: &str, payload: &T) -> Frame {
    Frame::event(NAMESPACE, name, payload).expect("structs of text and numbers are JSON")
}

/// Renders the event. The compiler asks for every one.
pub(super) fn render(event: &Event, epoch: &str) -> Rendered {
    match event {
        Event::MessageSent(message) => about_message("message.new", message, epoch),
        Event::MessageEdited(message) | Event::MessageReacted(message) => {
            about_message("message.updated", message, epoch)
        }
        Event::MessageDeleted(message) => about_message("message.deleted", message, epoch),
        Event::ChatOpened { chat, arev, .. } => {
            Rendered::one("chat.new", &ChatNew { arev: *arev, chat: *chat })
        }
        Event::ChatUpdated { chat, rev, .. } => {
            Rendered::one("chat.updated", &ChatUpdated { chat: *chat, rev: *rev })
        }
        Event::ReceiptMoved(receipt) | Event::OwnReadMoved(receipt) => Rendered::one(
            "receipt",
            &Receipt {
                chat: receipt.chat,
                account: receipt.account,
                read_seq: receipt.read_seq,
                read_n: receipt.read_n,
                delivered_seq: receipt.delivered_seq,
            },
        ),
        Event::TypingChanged { chat, account, on } => {
            let payload = Typing { chat: *chat, account: *account, on: *on };
            Rendered::of(frame("typing", &payload), Some((*account, None)))
        }
        Event::PresenceChanged { account, online, last_seen_at, .. } => Rendered::one(
            "presence",
            &Presence { account: *account, online: *online, last_seen_at: *last_seen_at },
        ),
        Event::FriendChanged { arev, person, chat, .. } => {
            let (name, arev) = (person.relation.event(), *arev);
            let person = Person::from(person.clone());
            match chat {
                Some(chat) => Rendered::one(name, &FriendAccepted { arev, person, chat: *chat }),
                None => Rendered::one(name, &FriendEvent { arev, person }),
            }
        }
        Event::MineUpdated { arev, chat, mine, .. } => Rendered::one(
            "mine.updated",
            &MineUpdated { arev: *arev, chat: *chat, mine: (*mine).into() },
        ),
        Event::AccountUpdated { arev, account } => {
            let account = Account::from(&**account);
            Rendered::one("account.updated", &AccountUpdated { arev: *arev, account })
        }
        Event::LoginRevoked { .. } => {
            Rendered::one("login.revoked", &LoginRevoked { reason: "signed_out" })
        }
    }
}

fn about_message(name: &str, message: &domain::message::Message, epoch: &str) -> Rendered {
    let seen_by = |viewer| {
        let wire = Message::of(message, viewer);
        let (chat, rev, seq, n) = (message.chat, message.rev, message.seq, message.n);
        frame(name, &MessageEvent { chat, rev, seq, n, message: wire, epoch })
    };
    Rendered::of(seen_by(None), Some((message.sender, Some(seen_by(Some(message.sender))))))
}
