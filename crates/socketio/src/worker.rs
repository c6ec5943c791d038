//! A worker: one thread's sockets, rooms and queues.
//!
//! A worker is reached from its own thread directly and from others through
//! its letter box. Application code is never called while any of its tables
//! is borrowed.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::application::{AckError, Reason, Reply};
use crate::connection::{Connection, Kind, Link};
use crate::counters::{Counters, Queued};
use crate::frame::Frame;
use crate::outbox::{BATCH, Class, Joined, Outbox, Pushed};
use crate::room::{Room, Rooms};
use crate::server::{Emission, Op, Post, Shared, Target};
use crate::slab::{Key, Slab};
use crate::socket::{Id, Socket};
use crate::wheel::Wheel;

/// Connections of a line flushed before other tasks get their turn.
const FLUSHES: usize = 256;

/// Connections whose memory is fetched together before they are written.
const FETCHED: usize = 8;

const READ_BUFFER: usize = 64 * 1024;

/// Emptied queues kept for reuse, and the largest one worth keeping.
const SPARES: usize = 1_024;
const SPARE_FRAMES: usize = 256;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Worker>>> = const { RefCell::new(None) };
}

/// A socket's entry in its worker's table.
pub(crate) struct Entry {
    pub(crate) socket: Socket,
    pub(crate) connection: Rc<Connection>,
    /// Frames that wait for the application to accept the socket.
    pub(crate) held: Option<Vec<(Frame, Class)>>,
    pub(crate) acks: Option<Box<Acks>>,
    /// The last emission that reached this socket, so that being in two of its
    /// rooms does not mean getting it twice.
    stamp: u64,
}

/// Acknowledgements that a client owes.
#[derive(Default)]
pub(crate) struct Acks {
    pub(crate) last: u64,
    pub(crate) pending: HashMap<u64, Pending>,
}

pub(crate) struct Pending {
    pub(crate) answer: oneshot::Sender<Result<Reply, AckError>>,
    pub(crate) due: u64,
}

pub(crate) struct Worker {
    pub(crate) index: u16,
    pub(crate) shared: Arc<Shared>,
    post: Arc<Post>,
    pub(crate) connections: RefCell<Slab<Rc<Connection>>>,
    pub(crate) sockets: RefCell<Slab<Entry>>,
    pub(crate) rooms: RefCell<Rooms>,
    pub(crate) sids: RefCell<HashMap<Id, Key>>,
    pub(crate) wheel: RefCell<Wheel>,
    pub(crate) buffer: RefCell<Vec<u8>>,
    pub(crate) joined: RefCell<Joined>,
    pub(crate) requests: Cell<usize>,
    dirty: RefCell<VecDeque<Rc<Connection>>>,
    /// Before those: an acknowledgement does not wait behind what a large room
    /// is told.
    urgent: RefCell<VecDeque<Rc<Connection>>>,
    lagging: RefCell<Vec<Rc<Connection>>>,
    overrun: RefCell<Vec<Rc<Connection>>>,
    resumed: RefCell<Vec<Rc<Connection>>>,
    gone: RefCell<Vec<(Socket, Reason)>>,
    spares: RefCell<Vec<VecDeque<Frame>>>,
    pump: RefCell<Option<Waker>>,
    is_pumping: Cell<bool>,
    emissions: Cell<u64>,
    ping: Frame,
    born: Instant,
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, index: u16, width: Duration) -> Worker {
        Worker {
            index,
            post: shared.posts[usize::from(index)].clone(),
            shared,
            connections: RefCell::default(),
            sockets: RefCell::default(),
            rooms: RefCell::default(),
            sids: RefCell::default(),
            wheel: RefCell::new(Wheel::new(width)),
            buffer: RefCell::new(vec![0; READ_BUFFER]),
            joined: RefCell::default(),
            requests: Cell::new(0),
            dirty: RefCell::default(),
            urgent: RefCell::default(),
            lagging: RefCell::default(),
            overrun: RefCell::default(),
            resumed: RefCell::default(),
            gone: RefCell::default(),
            spares: RefCell::default(),
            pump: RefCell::default(),
            is_pumping: Cell::new(false),
            emissions: Cell::new(0),
            ping: Frame::text("2"),
            born: Instant::now(),
        }
    }

    /// Makes this the worker of the calling thread, or none.
    pub(crate) fn install(worker: Option<Rc<Worker>>) {
        CURRENT.with(|current| *current.borrow_mut() = worker);
    }

    pub(crate) fn current() -> Option<Rc<Worker>> {
        CURRENT.with(|current| current.borrow().clone())
    }

    /// The calling thread's worker, if it is that one of that server.
    pub(crate) fn current_of(shared: &Arc<Shared>, index: u16) -> Option<Rc<Worker>> {
        CURRENT.with(|current| {
            let current = current.borrow();
            let worker = current.as_ref()?;
            (worker.index == index && Arc::ptr_eq(&worker.shared, shared)).then(|| worker.clone())
        })
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.post.counters
    }

    /// Milliseconds since the worker began.
    pub(crate) fn now(&self) -> u64 {
        self.born.elapsed().as_millis() as u64
    }

    pub(crate) fn connection(&self, key: Key) -> Option<Rc<Connection>> {
        self.connections.borrow().get(key).cloned()
    }

    pub(crate) fn connection_of(&self, socket: &Socket) -> Option<Rc<Connection>> {
        self.sockets.borrow().get(socket.0.key).map(|entry| entry.connection.clone())
    }

    pub(crate) fn add_connection(&self, kind: Kind, link: Link) -> Rc<Connection> {
        let sid = Id::random(self.index);
        let mut made = None;
        let key = self
            .connections
            .borrow_mut()
            .insert_with(|key| made.insert(Rc::new(Connection::new(key, sid, kind, link))).clone());
        self.sids.borrow_mut().insert(sid, key);
        self.counters().connections.bump();
        self.counters().opened.bump();
        made.expect("the table has made it")
    }

    pub(crate) fn add_socket(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        namespace: u8,
    ) -> Socket {
        let mut made = None;
        self.sockets.borrow_mut().insert_with(|key| {
            let socket = Socket(Arc::new(crate::socket::Inner {
                id: Id::random(self.index),
                key,
                worker: self.index,
                namespace,
                shared: self.shared.clone(),
                data: std::sync::OnceLock::new(),
            }));
            Entry {
                socket: made.insert(socket).clone(),
                connection: connection.clone(),
                held: Some(Vec::new()),
                acks: None,
                stamp: 0,
            }
        });
        let socket = made.expect("the table has made it");
        connection.sockets.borrow_mut().push(socket.clone());
        self.counters().sockets.bump();
        socket
    }

    /// Takes a socket out of all tables. The application hears of it at the
    /// next turn of the pump, never in the middle of a call of its own.
    pub(crate) fn remove_socket(&self, socket: &Socket, reason: Reason) {
        let Some(entry) = self.sockets.borrow_mut().remove(socket.0.key) else { return };
        self.rooms.borrow_mut().forget(socket.0.key.slot);
        entry.connection.sockets.borrow_mut().retain(|other| other != socket);
        self.counters().sockets.drop_one();
        if entry.held.is_none() {
            self.gone.borrow_mut().push((socket.clone(), reason));
            self.wake_pump();
        }
    }

    pub(crate) fn join(&self, socket: &Socket, room: Room) {
        if self.sockets.borrow().get(socket.0.key).is_some() {
            self.rooms.borrow_mut().join(socket.0.key.slot, socket.0.namespace, room);
        }
    }

    pub(crate) fn leave(&self, socket: &Socket, room: Room) {
        if self.sockets.borrow().get(socket.0.key).is_some() {
            self.rooms.borrow_mut().leave(socket.0.key.slot, socket.0.namespace, room);
        }
    }

    pub(crate) fn sockets_in(&self, room: Room) -> Vec<Socket> {
        let (sockets, rooms) = (self.sockets.borrow(), self.rooms.borrow());
        (0..self.shared.namespaces.len() as u8)
            .flat_map(|namespace| rooms.members(namespace, room))
            .filter_map(|slot| sockets.at(slot).map(|entry| entry.socket.clone()))
            .collect()
    }

    pub(crate) fn queued(&self) -> Queued {
        let connections = self.connections.borrow();
        let each = connections.iter().map(|connection| connection.out.borrow().queued());
        each.fold(Queued::default(), Queued::and)
    }

    /// Gives a frame to everybody an emission is for, each once.
    pub(crate) fn emit(&self, emission: &Emission) {
        let Some(namespace) = self.shared.namespace(emission.frame.namespace()) else { return };
        let stamp = self.emissions.get() + 1;
        self.emissions.set(stamp);
        let mut hot = Vec::new();
        {
            let mut sockets = self.sockets.borrow_mut();
            let rooms = self.rooms.borrow();
            // Whoever bears the stamp has had its share.
            for slot in emission.without.iter().flat_map(|room| rooms.members(namespace, *room)) {
                if let Some(entry) = sockets.at_mut(slot) {
                    entry.stamp = stamp;
                }
            }
            let mut give = |entry: &mut Entry| {
                if entry.stamp != stamp && emission.except.as_ref() != Some(&entry.socket) {
                    entry.stamp = stamp;
                    self.give(entry, &emission.frame, emission.class, &mut hot);
                }
            };
            let mut room = |room: Room| {
                for some in rooms.list(namespace, room).chunks(FETCHED) {
                    for member in some {
                        sockets.at(member.socket).inspect(|entry| entry.connection.fetch());
                    }
                    for member in some {
                        sockets.at_mut(member.socket).map(&mut give);
                    }
                }
            };
            match &emission.to {
                Target::One(name) => room(*name),
                Target::Many(names) => names.iter().for_each(|name| room(*name)),
                Target::All => sockets
                    .iter_mut()
                    .filter(|entry| entry.socket.0.namespace == namespace)
                    .for_each(give),
            }
        }
        for connection in hot {
            self.flush(&connection);
        }
    }

    /// Gives a frame to one socket.
    pub(crate) fn send(&self, socket: &Socket, frame: &Frame, class: Class) {
        let mut hot = Vec::new();
        if let Some(entry) = self.sockets.borrow_mut().get_mut(socket.0.key) {
            self.give(entry, frame, class, &mut hot);
        }
        for connection in hot {
            self.flush(&connection);
        }
    }

    fn give(&self, entry: &mut Entry, frame: &Frame, class: Class, hot: &mut Vec<Rc<Connection>>) {
        self.counters().deliveries.bump();
        match &mut entry.held {
            // Nobody has accepted this socket yet, so nobody may fill memory for it.
            Some(held) if held.len() >= self.shared.config.limits.queue_frames => {
                self.counters().dropped.bump();
                self.overrun.borrow_mut().push(entry.connection.clone());
                self.wake_pump();
            }
            Some(held) => held.push((frame.clone(), class)),
            None => self.push(&entry.connection, frame, class, hot),
        }
    }

    /// Queues a frame and sees to it that it gets written. A queue that is
    /// long enough for a full write is left in `hot` for its caller to flush.
    pub(crate) fn push(
        &self,
        connection: &Rc<Connection>,
        frame: &Frame,
        class: Class,
        hot: &mut Vec<Rc<Connection>>,
    ) {
        if !connection.is_open() {
            return;
        }
        let mut out = connection.out.borrow_mut();
        if out.lacks_storage() {
            out.lend(self.spares.borrow_mut().pop().unwrap_or_default());
        }
        match out.push(frame.clone(), class, &self.shared.config.limits) {
            Pushed::Queued => {
                if out.len() == BATCH {
                    hot.push(connection.clone());
                }
                drop(out);
                match class {
                    Class::Ordinary => self.mark_dirty(connection),
                    Class::Urgent => self.mark_urgent(connection),
                }
            }
            Pushed::Lagged => {
                self.counters().lagged.bump();
                self.counters().dropped.bump();
                self.lagging.borrow_mut().push(connection.clone());
                self.wake_pump();
            }
            Pushed::Dropped => self.counters().dropped.bump(),
            Pushed::Overrun => {
                self.overrun.borrow_mut().push(connection.clone());
                self.wake_pump();
            }
        }
    }

    /// Queues a frame of the transport itself.
    pub(crate) fn push_now(&self, connection: &Rc<Connection>, frame: &Frame) {
        let mut hot = Vec::new();
        self.push(connection, frame, Class::Urgent, &mut hot);
        for connection in hot {
            self.flush(&connection);
        }
    }

    pub(crate) fn push_ping(&self, connection: &Rc<Connection>) {
        self.push_now(connection, &self.ping);
    }

    pub(crate) fn mark_dirty(&self, connection: &Rc<Connection>) {
        if !connection.is_dirty.replace(true) {
            self.dirty.borrow_mut().push_back(connection.clone());
            self.wake_pump();
        }
    }

    /// Like [`Worker::mark_dirty`], before those that are dirty already.
    fn mark_urgent(&self, connection: &Rc<Connection>) {
        if !connection.is_urgent.replace(true) {
            self.urgent.borrow_mut().push_back(connection.clone());
            self.wake_pump();
        }
    }

    /// Writes to the first of a line. A connection stands in it once at most,
    /// until its turn has come, whatever is written to it meanwhile.
    fn flush_line(
        &self,
        line: &RefCell<VecDeque<Rc<Connection>>>,
        is_in_line: impl Fn(&Connection) -> &Cell<bool>,
    ) {
        for number in 0..FLUSHES {
            if number % FETCHED == 0 {
                line.borrow().iter().take(FETCHED).for_each(|connection| connection.fetch());
            }
            let Some(connection) = line.borrow_mut().pop_front() else { break };
            is_in_line(&connection).set(false);
            self.flush(&connection);
        }
    }

    /// Takes back the storage of an emptied queue.
    pub(crate) fn take_back(&self, out: &mut Outbox) {
        let Some(storage) = out.reclaim() else { return };
        let mut spares = self.spares.borrow_mut();
        if storage.capacity() <= SPARE_FRAMES && spares.len() < SPARES {
            spares.push(storage);
        }
    }

    /// A flush may happen inside a call of the application, so what it sets
    /// free starts at the pump's next turn.
    pub(crate) fn resume_later(&self, connection: &Rc<Connection>) {
        self.resumed.borrow_mut().push(connection.clone());
        self.wake_pump();
    }

    fn wake_pump(&self) {
        if !self.is_pumping.replace(true)
            && let Some(pump) = &*self.pump.borrow()
        {
            pump.wake_by_ref();
        }
    }

    /// Letters first, then what the application must hear, then the writes.
    fn pump(self: &Rc<Self>) {
        for op in self.post.take() {
            match op {
                Op::Emit(emission) => self.emit(&emission),
                Op::Send { socket, frame, class } => self.send(&socket, &frame, class),
                Op::Run(act) => act(self),
            }
        }
        for connection in self.lagging.take() {
            self.tell_lagged(&connection);
        }
        for connection in self.overrun.take() {
            self.counters().slow_closed.bump();
            self.lose(&connection, Reason::SlowConsumer);
        }
        for connection in self.resumed.take() {
            self.resume(&connection);
        }
        for (socket, reason) in self.gone.take() {
            self.tell_gone(&socket, reason);
        }
        self.flush_line(&self.urgent, |connection| &connection.is_urgent);
        self.flush_line(&self.dirty, |connection| &connection.is_dirty);
    }

    fn is_idle(&self) -> bool {
        self.dirty.borrow().is_empty()
            && self.urgent.borrow().is_empty()
            && self.lagging.borrow().is_empty()
            && self.overrun.borrow().is_empty()
            && self.resumed.borrow().is_empty()
            && self.gone.borrow().is_empty()
    }
}

/// The one task that empties the letter box and writes. It is woken once per
/// turn however much there is, and stands behind every task that was ready
/// before it: what those emit goes out in the same writes.
pub(crate) struct Pump;

impl Future for Pump {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Some(worker) = Worker::current() else { return Poll::Ready(()) };
        worker.post.waker.register(cx.waker());
        *worker.pump.borrow_mut() = Some(cx.waker().clone());
        worker.pump();
        worker.is_pumping.set(!worker.is_idle());
        if worker.is_pumping.get() {
            cx.waker().wake_by_ref();
        }
        Poll::Pending
    }
}
