//! Who hears of what.
//!
//! The hub knows which accounts are here, their chats, and the latest number
//! of each counter; the rooms of the transport hold the sockets. It decides
//! by the store and by events alone, never by what a client says. The order
//! of locks is: accounts, then one shard of chats.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use domain::chat::Place;
use domain::presence::Board;
use domain::{AccountId, Caller, ChatId, Event};
use socketio::{Room, Server, Socket};

use super::order::{Order, Turn};
use super::push::{self, Rendered};
use super::{Live, rooms};
use crate::edge::Edge;
use crate::native::socket::login_of;

/// How long an early event waits for those before it.
const PATIENCE: Duration = Duration::from_millis(300);

const SHARDS: usize = 32;

/// Who is here, and what they hear.
#[derive(Default)]
pub(crate) struct Hub {
    server: OnceLock<Server>,
    accounts: Mutex<HashMap<AccountId, Present>>,
    chats: [Mutex<HashMap<ChatId, Heard>>; SHARDS],
    pub(super) board: Mutex<Board>,
    /// Who is watched, by whom, on how many sockets.
    watched: Mutex<HashMap<AccountId, HashMap<AccountId, u32>>>,
    rendered: AtomicU64,
}

/// An account with sockets on this node.
#[derive(Default)]
struct Present {
    sockets: u32,
    chats: Chats,
    /// Its chats have been read from the store.
    is_placed: bool,
    order: Order<Rendered>,
}

/// Chats in the order of their ids: there is such a list for everybody who is
/// here, and a table would take twice its bytes.
#[derive(Default)]
struct Chats(Vec<ChatId>);

impl Chats {
    fn contains(&self, chat: ChatId) -> bool {
        self.0.binary_search(&chat).is_ok()
    }

    /// False if it is there already.
    fn insert(&mut self, chat: ChatId) -> bool {
        let Err(at) = self.0.binary_search(&chat) else { return false };
        if self.0.len() == self.0.capacity() {
            self.0.reserve_exact((self.0.len() / 4).max(4));
        }
        self.0.insert(at, chat);
        true
    }
}

/// A chat that somebody here is in.
#[derive(Default)]
struct Heard {
    accounts: u32,
    order: Order<Rendered>,
}

/// Which chats of a client are behind.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) arev: i64,
    pub(crate) stale: Vec<ChatId>,
}

impl Hub {
    /// The transport, from here on.
    pub(crate) fn serve(&self, server: Server) {
        // A second one would be a fault of boot; the first one stays.
        let _ = self.server.set(server);
    }

    /// How many people are online.
    pub(super) fn online(&self) -> usize {
        lock(&self.board).count()
    }

    /// How many sockets they have.
    pub(super) fn sockets(&self) -> usize {
        lock(&self.board).sockets()
    }

    pub(super) fn rendered(&self) -> u64 {
        self.rendered.load(Ordering::Relaxed)
    }

    pub(super) fn server(&self) -> Option<&Server> {
        self.server.get()
    }

    /// A socket comes: from here on it hears what concerns its account.
    /// Answers whether the account's chats are known already.
    pub(crate) fn enter(&self, caller: &Caller, socket: &Socket) -> bool {
        let mut accounts = lock(&self.accounts);
        let present = accounts.entry(caller.account).or_default();
        present.sockets += 1;
        socket.join(rooms::account(caller.account));
        for chat in &present.chats.0 {
            socket.join(rooms::chat(*chat));
        }
        present.is_placed
    }

    /// What the store says of the account, read after [`Hub::enter`]. Every
    /// socket of the account hears these chats.
    pub(crate) fn place(&self, account: AccountId, socket: &Socket, places: &[Place], arev: i64) {
        let mut accounts = lock(&self.accounts);
        let Some(present) = accounts.get_mut(&account) else { return };
        present.is_placed = true;
        present.order.know(arev);
        let mut new = Vec::with_capacity(places.len());
        for place in places {
            let is_new = present.chats.insert(place.chat);
            let mut shard = self.shard(place.chat);
            let heard = shard.entry(place.chat).or_default();
            // Where others listen already, events are on their way to them.
            if heard.accounts == 0 {
                heard.order.know(place.rev);
            }
            heard.accounts += u32::from(is_new);
            let room = rooms::chat(place.chat);
            if is_new { new.push(room) } else { socket.join(room) }
        }
        if let Some(server) = self.server.get() {
            server.for_each(rooms::account(account), move |socket| {
                new.iter().for_each(|room| socket.join(*room));
            });
        }
    }

    /// A socket is gone.
    pub(crate) fn leave(&self, account: AccountId) {
        let mut accounts = lock(&self.accounts);
        let Some(present) = accounts.get_mut(&account) else { return };
        present.sockets = present.sockets.saturating_sub(1);
        if present.sockets > 0 {
            return;
        }
        let Some(present) = accounts.remove(&account) else { return };
        for chat in present.chats.0 {
            let mut shard = self.shard(chat);
            if let Some(heard) = shard.get_mut(&chat) {
                heard.accounts = heard.accounts.saturating_sub(1);
                if heard.accounts == 0 {
                    shard.remove(&chat);
                }
            }
        }
    }

    /// Compares a client's counters with the latest known, without the store.
    pub(crate) fn check(&self, account: AccountId, open: &[(ChatId, i64)]) -> Checked {
        let accounts = lock(&self.accounts);
        let Some(present) = accounts.get(&account) else {
            return Checked { arev: 0, stale: open.iter().map(|held| held.0).collect() };
        };
        let is_stale = |held: &&(ChatId, i64)| {
            let shard = self.shard(held.0);
            let have = shard.get(&held.0).and_then(|heard| heard.order.have());
            !present.chats.contains(held.0) || have.is_none_or(|have| have > held.1)
        };
        Checked {
            arev: present.order.have().unwrap_or(0),
            stale: open.iter().filter(is_stale).map(|held| held.0).collect(),
        }
    }

    /// A socket watches these instead of those.
    pub(crate) fn watch(&self, watcher: AccountId, old: &[AccountId], new: &[AccountId]) {
        let mut watched = lock(&self.watched);
        for account in old {
            let Some(watchers) = watched.get_mut(account) else { continue };
            if let Some(count) = watchers.get_mut(&watcher) {
                *count -= 1;
                if *count == 0 {
                    watchers.remove(&watcher);
                }
            }
            if watchers.is_empty() {
                watched.remove(account);
            }
        }
        for account in new {
            *watched.entry(*account).or_default().entry(watcher).or_default() += 1;
        }
    }

    /// Those here that watch the account.
    pub(super) fn watchers(&self, account: AccountId) -> Vec<AccountId> {
        let watched = lock(&self.watched);
        watched.get(&account).map(|by| by.keys().copied().collect()).unwrap_or_default()
    }

    fn shard(&self, chat: ChatId) -> MutexGuard<'_, HashMap<ChatId, Heard>> {
        let bytes = chat.bytes();
        lock(&self.chats[usize::from(bytes[15]) % SHARDS])
    }

    /// Runs `act` with the order of the counter, if somebody here hears it.
    fn ordered<T>(
        &self,
        counter: Counter,
        act: impl FnOnce(&mut Order<Rendered>) -> T,
    ) -> Option<T> {
        match counter {
            Counter::Chat(chat) => {
                self.shard(chat).get_mut(&chat).map(|heard| act(&mut heard.order))
            }
            Counter::Account(account) => {
                lock(&self.accounts).get_mut(&account).map(|present| act(&mut present.order))
            }
        }
    }

    /// Ends once the change of the chat has gone out from here, or nobody here
    /// hears of it: what is acknowledged after that comes after its event. It
    /// waits no longer than an early event does.
    pub(crate) async fn gone_out(&self, chat: ChatId, rev: i64) {
        let waits = self.ordered(Counter::Chat(chat), |order| Some(order.early(rev)?.gone()));
        if let Some(gone) = waits.flatten() {
            // The sender says nothing: it is dropped with the event.
            let _gone = gone.await;
        }
    }

    /// Called with the order of the counter held: what goes out follows it.
    fn emit_all(&self, counter: Counter, events: &[Rendered]) {
        events.iter().for_each(|event| self.emit(counter.room(), event));
    }

    fn emit(&self, to: Room, rendered: &Rendered) {
        let Some(server) = self.server.get() else { return };
        match &rendered.apart {
            None => server.emit(to, &rendered.all),
            Some((account, own)) => {
                let devices = rooms::account(*account);
                server.emit_apart(to, &rendered.all, devices);
                if let Some(own) = own {
                    server.emit(devices, own);
                }
            }
        }
    }
}

impl Live {
    fn render(&self, event: &Event) -> Rendered {
        let rendered = push::render(event, &self.epoch);
        let is_seen_apart = matches!(rendered.apart, Some((_, Some(_))));
        self.hub.rendered.fetch_add(1 + u64::from(is_seen_apart), Ordering::Relaxed);
        rendered
    }
}

/// Hears everything that happens, from here on.
pub(crate) fn follow(edge: &Edge) {
    let hears = edge.clone();
    edge.app.bus.subscribe(move |event| pass(&hears, event));
}

/// Tells those whom the event concerns and who are here.
fn pass(edge: &Edge, event: &Event) {
    match event {
        Event::MessageSent(message)
        | Event::MessageEdited(message)
        | Event::MessageReacted(message)
        | Event::MessageDeleted(message) => {
            in_turn(edge, event, Counter::Chat(message.chat), message.rev);
        }
        Event::ChatUpdated { chat, rev, .. } => in_turn(edge, event, Counter::Chat(*chat), *rev),
        Event::ReceiptMoved(receipt) => at_once(edge, event, receipt.chat),
        Event::TypingChanged { chat, .. } => at_once(edge, event, *chat),
        Event::ChatOpened { account, chat, arev } => {
            open(&edge.live, *account, *chat);
            in_turn(edge, event, Counter::Account(*account), *arev);
        }
        Event::FriendChanged { account, arev, .. } | Event::MineUpdated { account, arev, .. } => {
            in_turn(edge, event, Counter::Account(*account), *arev);
        }
        Event::AccountUpdated { account, arev } => {
            in_turn(edge, event, Counter::Account(account.id), *arev);
        }
        Event::OwnReadMoved(receipt) => {
            let rendered = edge.live.render(event);
            edge.live.hub.emit(rooms::account(receipt.account), &rendered);
        }
        Event::PresenceChanged { account, friends, .. } => {
            tell_watchers(&edge.live, event, *account, friends);
        }
        Event::LoginRevoked { .. } => end_login(&edge.live, event),
    }
}

/// A counter whose events go out in its order.
#[derive(Clone, Copy)]
enum Counter {
    /// `rev` of a chat.
    Chat(ChatId),
    /// `arev` of an account.
    Account(AccountId),
}

impl Counter {
    /// Where those are who hear its events.
    fn room(self) -> Room {
        match self {
            Self::Chat(chat) => rooms::chat(chat),
            Self::Account(account) => rooms::account(account),
        }
    }
}

/// An event with a place in the order of a counter. One that is early waits
/// for those before it, for a moment.
fn in_turn(edge: &Edge, event: &Event, counter: Counter, number: i64) {
    let hub = &edge.live.hub;
    let turn = hub.ordered(counter, |order| match order.came(number, edge.live.render(event)) {
        Turn::Go(ready) => {
            hub.emit_all(counter, &ready);
            None
        }
        Turn::Wait => None,
        Turn::First(wait) => Some(wait),
    });
    if let Some(Some(wait)) = turn {
        let edge = edge.clone();
        tokio::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            let hub = &edge.live.hub;
            hub.ordered(counter, |order| hub.emit_all(counter, &order.let_go(wait)));
        });
    }
}

/// An event without a place, in a chat that somebody here is in.
fn at_once(edge: &Edge, event: &Event, chat: ChatId) {
    if edge.live.hub.shard(chat).contains_key(&chat) {
        edge.live.hub.emit(rooms::chat(chat), &edge.live.render(event));
    }
}

/// The account has a chat it did not have: its sockets hear it from here on.
fn open(live: &Live, account: AccountId, chat: ChatId) {
    let mut accounts = lock(&live.hub.accounts);
    let Some(present) = accounts.get_mut(&account) else { return };
    if present.chats.insert(chat) {
        live.hub.shard(chat).entry(chat).or_default().accounts += 1;
    }
    if let Some(server) = live.hub.server.get() {
        server.join_all(rooms::account(account), rooms::chat(chat));
    }
}

fn tell_watchers(live: &Live, event: &Event, account: AccountId, friends: &[AccountId]) {
    let watchers = live.hub.watchers(account).into_iter();
    let told: Vec<Room> =
        watchers.filter(|watcher| friends.contains(watcher)).map(rooms::account).collect();
    if let (Some(server), false) = (live.hub.server(), told.is_empty()) {
        server.emit_to_many(&told, &live.render(event).all, None);
    }
}

/// Tells the sockets of a sign-in that it was ended, and closes them. They are
/// looked for among those of their account: a room for each sign-in would be
/// paid for by everybody who is here.
pub(crate) fn end_login(live: &Live, event: &Event) {
    if let (Some(server), Event::LoginRevoked { account, login }) = (live.hub.server(), event) {
        let (ended, told) = (*login, live.render(event).all);
        server.for_each(rooms::account(*account), move |socket| {
            if login_of(socket) == Some(ended) {
                socket.emit_urgent(&told);
                socket.disconnect();
            }
        });
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
