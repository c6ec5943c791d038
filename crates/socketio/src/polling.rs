//! Long-polling: one GET that waits, one POST that delivers, and the moment
//! when a WebSocket takes over.

use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::application::Handshake;
use crate::connection::{Connection, Drive, Kind, Link, Phase, Polling};
use crate::engine;
use crate::engine::Packet;
use crate::frame::Frame;
use crate::server::{Pass, Shared};
use crate::slab::Key;
use crate::socket::Id;
use crate::stream::Stream;
use crate::websocket::{Violation, protocol};
use crate::worker::Worker;

/// What a poll gets.
pub(crate) enum Polled {
    Now(Vec<u8>),
    Later(oneshot::Receiver<Vec<u8>>, Guard),
    Refused,
}

/// What a POST gets.
pub(crate) enum Posted {
    Taken,
    /// The events wait for their turn, and the client with them.
    Later(oneshot::Receiver<()>),
    Refused,
}

/// Ends the session if the poll it stands for is given up by its client.
pub(crate) struct Guard {
    shared: Arc<Shared>,
    worker: u16,
    connection: Key,
    pub(crate) is_answered: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.is_answered {
            let key = self.connection;
            let act = move |worker: &Rc<Worker>| {
                if let Some(connection) = worker.connection(key) {
                    worker.lose(&connection, crate::application::Reason::TransportClosed);
                }
            };
            match Worker::current_of(&self.shared, self.worker) {
                Some(worker) => act(&worker),
                None => self.shared.post(self.worker, crate::server::Op::Run(Box::new(act))),
            }
        }
    }
}

impl Worker {
    /// Opens a long-polling session; returns its first payload.
    pub(crate) fn open_polling(
        &self,
        kind: Kind,
        handshake: Handshake,
        pass: Option<Pass>,
    ) -> Vec<u8> {
        let polling = Polling { _pass: pass, ..Polling::default() };
        let connection = self.add_connection(kind, Link::Polling(polling));
        *connection.handshake.borrow_mut() = Some(Arc::new(handshake));
        self.start_clocks(&connection);
        let mut payload = Vec::new();
        self.open_packet(&connection).append_payload(&mut payload);
        payload
    }

    /// Opens a connection on a WebSocket that has just been agreed on.
    pub(crate) fn open_websocket(
        self: &Rc<Self>,
        kind: Kind,
        handshake: Handshake,
        stream: Stream,
        early: &[u8],
    ) {
        stream.bound(self.shared.config.limits.kernel_bytes);
        let connection = self.add_connection(kind, Link::WebSocket(stream));
        *connection.handshake.borrow_mut() = Some(Arc::new(handshake));
        let has_engine = match kind {
            Kind::SocketIo => true,
            Kind::Raw(at) => self.shared.raw[usize::from(at)].has_engine,
        };
        if has_engine {
            self.start_clocks(&connection);
            self.push_now(&connection, &self.open_packet(&connection));
        }
        self.drive(&connection, early);
    }

    /// Gives a connection its task, and what came before it had one.
    fn drive(self: &Rc<Self>, connection: &Rc<Connection>, early: &[u8]) {
        if !early.is_empty() {
            connection.with_input(|input| input.leftover = early.to_vec());
            connection.is_paused.set(true);
        }
        tokio::spawn(tokio::task::unconstrained(Drive(connection.key)));
    }

    /// The open long-polling session of this id, dead ones sorted out.
    fn polling(&self, sid: Id, kind: Kind) -> Option<Rc<Connection>> {
        let key = *self.sids.borrow().get(&sid)?;
        let connection = self.connection(key)?;
        self.expire(&connection, self.now());
        let is_polling = matches!(&*connection.link.borrow(), Link::Polling(_));
        (connection.is_open() && is_polling && connection.kind == kind).then_some(connection)
    }

    pub(crate) fn poll_session(&self, sid: Id, kind: Kind) -> Polled {
        let Some(connection) = self.polling(sid, kind) else { return Polled::Refused };
        let outcome = {
            let mut link = connection.link.borrow_mut();
            let Link::Polling(polling) = &mut *link else { return Polled::Refused };
            let mut out = connection.out.borrow_mut();
            if polling.poll.is_some() {
                None
            } else if !out.is_empty() {
                Some(Polled::Now(out.take_payload()))
            } else if polling.is_upgrading {
                Some(Polled::Now(b"6".to_vec()))
            } else {
                let (poll, answered) = oneshot::channel();
                polling.poll = Some(poll);
                let guard = Guard {
                    shared: self.shared.clone(),
                    worker: self.index,
                    connection: connection.key,
                    is_answered: false,
                };
                Some(Polled::Later(answered, guard))
            }
        };
        let Some(outcome) = outcome else {
            self.violated(&connection, protocol("two polls at once"));
            return Polled::Refused;
        };
        if let Polled::Now(_) = outcome {
            self.counters().writes.bump();
            self.flush(&connection);
        }
        outcome
    }

    pub(crate) fn post_session(self: &Rc<Self>, sid: Id, kind: Kind, body: &[u8]) -> Posted {
        let Some(connection) = self.polling(sid, kind) else { return Posted::Refused };
        let is_busy =
            with_polling(&connection, |polling| std::mem::replace(&mut polling.is_posting, true));
        if is_busy != Some(false) {
            self.violated(&connection, protocol("two posts at once"));
            return Posted::Refused;
        }
        if let Err(violation) = self.take_payload(&connection, body) {
            self.violated(&connection, violation);
            return Posted::Refused;
        }
        if connection.is_open() && connection.must_pause(&self.shared.config.limits) {
            let (post, taken) = oneshot::channel();
            with_polling(&connection, |polling| polling.post = Some(post));
            return Posted::Later(taken);
        }
        with_polling(&connection, |polling| polling.is_posting = false);
        Posted::Taken
    }

    fn take_payload(
        self: &Rc<Self>,
        connection: &Rc<Connection>,
        body: &[u8],
    ) -> Result<(), Violation> {
        for packet in engine::payload(body, self.shared.config.limits.payload_packets)? {
            if !connection.is_open() {
                break;
            }
            match packet {
                Packet::Text(text) => self.text(connection, text)?,
                Packet::Binary(data) => self.binary(connection, data.into())?,
            }
        }
        Ok(())
    }

    /// Lets a waiting POST go when its events have found their places.
    pub(crate) fn release_post(&self, connection: &Connection) {
        if connection.phase.get() == Phase::Open
            && matches!(&*connection.link.borrow(), Link::Polling(_))
            && !connection.must_pause(&self.shared.config.limits)
        {
            with_polling(connection, |polling| {
                if let Some(post) = polling.post.take() {
                    polling.is_posting = false;
                    let _client_left = post.send(());
                }
            });
        }
    }

    /// Whether this id is of an open connection, whatever its link.
    pub(crate) fn knows(&self, sid: Id) -> bool {
        self.sids.borrow().contains_key(&sid)
    }

    /// Whether a WebSocket may probe this session.
    pub(crate) fn may_upgrade(&self, sid: Id, kind: Kind) -> bool {
        let Some(connection) = self.polling(sid, kind) else { return false };
        with_polling(&connection, |polling| !polling.is_upgrading) == Some(true)
    }

    /// A WebSocket has probed this session: from here on polls end at once, so
    /// that the client can let go of the old transport.
    pub(crate) fn begin_upgrade(&self, sid: Id, kind: Kind) -> bool {
        let Some(connection) = self.polling(sid, kind) else { return false };
        let was_upgrading = with_polling(&connection, |polling| {
            let was_upgrading = std::mem::replace(&mut polling.is_upgrading, true);
            if let Some(poll) = polling.poll.take_if(|_| !was_upgrading) {
                drop(poll.send(b"6".to_vec()));
            }
            was_upgrading
        });
        was_upgrading == Some(false)
    }

    pub(crate) fn give_up_upgrade(&self, sid: Id, kind: Kind) {
        if let Some(connection) = self.polling(sid, kind) {
            with_polling(&connection, |polling| polling.is_upgrading = false);
        }
    }

    /// The client has let go: the WebSocket is the link now.
    pub(crate) fn finish_upgrade(
        self: &Rc<Self>,
        sid: Id,
        kind: Kind,
        stream: Stream,
        early: &[u8],
    ) {
        let Some(connection) = self.polling(sid, kind) else { return };
        let Ok(stream) = stream.rehome() else { return };
        stream.bound(self.shared.config.limits.kernel_bytes);
        let old = connection.link.replace(Link::WebSocket(stream));
        if let Link::Polling(mut polling) = old {
            if let Some(poll) = polling.poll.take() {
                drop(poll.send(b"6".to_vec()));
            }
            let _client_left = polling.post.take().map(|post| post.send(()));
        }
        self.counters().upgraded.bump();
        self.drive(&connection, early);
    }
}

fn with_polling<T>(connection: &Connection, act: impl FnOnce(&mut Polling) -> T) -> Option<T> {
    match &mut *connection.link.borrow_mut() {
        Link::Polling(polling) => Some(act(polling)),
        Link::WebSocket(_) | Link::Gone => None,
    }
}

/// The answer to a probe.
pub(crate) fn probe_answer() -> Frame {
    Frame::text("3probe")
}
